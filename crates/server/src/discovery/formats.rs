//! What a file is: the interface between the readers and the rest of the server.
//!
//! The server knows of a format only what it needs to arrange files into series; how its bytes
//! are read is behind [`Format::open`].

use std::fmt;
use std::sync::Arc;

use parallax_readers::Reader;

/// How many bytes of a file are looked at to find its format: the second length where the first
/// leaves it open. A log can begin with a long dump of arguments or its own source.
pub const HEAD_BYTES: [u64; 2] = [64 * 1024, 4 * 1024 * 1024];

/// What a file contributes to a workload; decides which files belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A TensorBoard event file: several in one folder are one run.
    Events,
    /// A W&B run file: several of one run id are one run. Holds the console too, under `log`.
    Wandb,
    /// W&B's last values beside a run file: used only for what that file lacks.
    WandbSummary,
    /// A console or training log.
    TextLog,
    /// A table or document of metrics: JSON lines, CSV, trainer state.
    Table,
}

/// Makes a reader at the start of a file.
pub type Open = Arc<dyn Fn() -> Box<dyn Reader> + Send + Sync>;

/// A recognised format.
#[derive(Clone)]
pub struct Format {
    /// Its name, for people.
    pub name: String,
    /// The source that its points are listed under.
    pub source: String,
    /// What it contributes.
    pub kind: Kind,
    /// The file is one document that is rewritten as a whole, not appended to.
    pub is_whole_document: bool,
    /// Makes a reader for it.
    pub open: Open,
}

impl fmt::Debug for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Format({})", self.name)
    }
}

/// What the name and the first bytes of a file give away of its format.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Recognised.
    Known(Format),
    /// Could turn out to be a log with more of its lines; ask again with a longer head.
    NotYet,
    /// Not a training record.
    No,
}

/// Finds the format of a file; the readers' table in the binary, a small one in tests.
pub trait Formats: Send + Sync {
    /// `head` is the first bytes of the file (see [`HEAD_BYTES`]), or all of it if it is shorter.
    /// An empty head asks by name alone.
    fn detect(&self, file_name: &str, head: &[u8]) -> Verdict;
}
