//! Why nothing could be compared, in a few lines: what, where, and what was expected.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::near;
use crate::serve::unreadable;
use crate::terminal::printable;

/// See the module.
#[derive(Debug)]
pub enum CompareError {
    /// The folder can't be read.
    RunsDir(PathBuf, io::Error),
    /// The folder has no run in it.
    NoRuns(PathBuf),
    /// A name that is not there, of a kind (`workload`), with those that are.
    Unknown {
        /// What was named.
        kind: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Nothing that could be compared, and why.
    NothingToCompare(String),
    /// An export of other than one pair, with the pairs there are.
    NotOnePair(Vec<String>),
    /// A file can't be written.
    Export(PathBuf, io::Error),
    /// The output can't be written.
    Output(io::Error),
}

impl fmt::Display for CompareError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RunsDir(path, error) => out.write_str(&unreadable(path, error)),
            Self::NoRuns(path) => write!(
                out,
                "no training run in `{}`; expected folders with logs, W&B run files or \
                 TensorBoard event files",
                printable(path.display())
            ),
            Self::Unknown { kind, name, known } => {
                let (name, instead) = (printable(name), near::instead(name, known));
                write!(out, "no {kind} `{name}`; {instead}")
            }
            Self::NothingToCompare(why) => write!(out, "nothing to compare: {why}"),
            Self::NotOnePair(pairs) => {
                write!(
                    out,
                    "--export writes one pair, and these are {}; choose with --workload, \
                     --sources and --metric",
                    pairs.len()
                )?;
                pairs
                    .iter()
                    .take(near::MOST_NAMES)
                    .try_for_each(|pair| write!(out, "\n  {}", printable(pair)))
            }
            Self::Export(path, error) => {
                write!(out, "can't write `{}`: {error}", printable(path.display()))
            }
            Self::Output(error) => write!(out, "can't write the comparison: {error}"),
        }
    }
}

impl std::error::Error for CompareError {}
