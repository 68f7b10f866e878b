//! `cargo xtask generate`: large generated runs, for benchmarks and tests.
//!
//! The same arguments give the same bytes. What was made, and where the spikes are, is printed.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;
use fs_err::File;
use parallax_fixtures::{Format, Run};

/// How much is written at a time.
const WRITE_BYTES: usize = 1 << 20;

/// The most series, spikes and runs: more than any real run has.
const MOST: u64 = 10_000;

/// Writes runs into a folder that `cargo xtask serve` can show
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The folder for the runs: `run-1`, `run-2`, … are made in it
    dir: PathBuf,
    /// How many points each file has, rounded up to whole steps
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    points: u64,
    /// Among how many series they are divided
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    series: u64,
    /// What is written, separated by commas
    #[arg(
        long,
        default_value = "tfevents",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(Format::ALL.map(Format::name))
    )]
    formats: Vec<String>,
    /// How many spikes of one sample each series has
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=MOST))]
    spikes: u64,
    /// How many runs
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    runs: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Generate) -> Result<ExitCode> {
    let is_wanted = |format: &Format| args.formats.iter().any(|name| name == format.name());
    for number in 1..=args.runs {
        let run = Run::of_points(args.points, args.series, args.spikes, number - 1);
        let folder = args.dir.join(format!("run-{number}"));
        for format in Format::ALL.into_iter().filter(is_wanted) {
            let path = folder.join(format.path(&run));
            let bytes = write(format, &run, &path)?;
            print(&format!(
                "{}: {} points, {bytes} bytes\n",
                path.display(),
                run.points()
            ));
        }
        if number == 1 {
            print(&spikes(&run));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes one file, with the folders above it, and returns its length in bytes.
fn write(format: Format, run: &Run, path: &Path) -> io::Result<u64> {
    fs_err::create_dir_all(path.parent().unwrap_or(path))?;
    let mut out = BufWriter::with_capacity(WRITE_BYTES, File::create(path)?);
    format.write(run, &mut out)?;
    out.flush()?;
    Ok(out.get_ref().metadata()?.len())
}

/// A line a series: where its spikes are, which is the same in each run.
fn spikes(run: &Run) -> String {
    let line = |(series, name): (u64, String)| {
        let steps: Vec<String> = run.spike_steps(series).iter().map(u64::to_string).collect();
        format!("spikes of {name} at steps {}\n", steps.join(", "))
    };
    let names = (0..).zip(run.names());
    names.filter(|_| run.spikes > 0).map(line).collect()
}

/// Prints, also to an output that was closed: that does not end the work.
fn print(text: &str) {
    let mut out = io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
