//! `parallax compare`: compares what the sources of a run recorded of the same metric.
//!
//! # Layout
//! `options` (the command line) → `runs` (the folder, read once as `serve` reads it) → `workload`
//! (the core's comparison of one workload) → `table` or `json` (what is printed) and `export`.
//! `near` suggests names, `error` is why nothing was compared. All decisions are `parallax_compare`'s.
//!
//! # Contract
//! stdout has the comparison and nothing else; stderr has what was skipped, and on a terminal the
//! progress. A reader that stops reading (`| head`) is no error: the exit code stays that of the comparison.

pub mod error;
mod export;
pub mod json;
mod near;
pub mod options;
pub mod runs;
pub mod table;
pub mod workload;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use error::CompareError;
use options::{CompareOptions, Format};
use workload::{Compared, Task};

use crate::serve::remarks;
use crate::store::snapshot::{Catalog, WorkloadSnapshot};
use crate::terminal::printable;

/// How a comparison ended that could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Something differs beyond the tolerance.
    pub differs: bool,
}

/// Reads, compares and prints.
pub fn run(options: &CompareOptions) -> Result<Outcome, CompareError> {
    let chosen = choose(read(options)?.as_ref(), options)?;
    for line in &chosen.skipped {
        eprintln!("{}", printable(line));
    }
    let compared = compare_all(&chosen, options);
    let pairs: usize = compared.iter().map(|one| one.matrix.rows.len()).sum();
    let nothing = || CompareError::NothingToCompare(why_nothing(pairs, options));
    if pairs == 0 {
        return Err(nothing());
    }
    if let Some(file) = &options.export {
        export::write(file, &compared)?;
    }
    print(&match options.format {
        Format::Table => table::table(&compared, options),
        Format::Json => json::json(&compared, options, &chosen.skipped),
    })?;
    // What was paired has been shown, with what might bring it together.
    if !compared.iter().any(|one| one.matrix.has_shared_steps()) {
        return Err(nothing());
    }
    let differs = compared.iter().any(|one| one.matrix.differs());
    Ok(Outcome { differs })
}

fn read(options: &CompareOptions) -> Result<Arc<Catalog>, CompareError> {
    let mut ticker = Ticker::new();
    ticker.show(&format!(
        "reading {}",
        printable(options.runs_dir.display())
    ));
    let catalog = runs::read(&options.runs_dir);
    ticker.clear();
    catalog
}

/// What the user wants compared.
struct Chosen {
    workloads: Vec<Arc<WorkloadSnapshot>>,
    baseline: Option<Arc<WorkloadSnapshot>>,
    /// What of their files could not be read.
    skipped: Vec<String>,
}

fn choose(catalog: &Catalog, options: &CompareOptions) -> Result<Chosen, CompareError> {
    let baseline = options.baseline.as_deref();
    let baseline = baseline.map(|name| runs::find(catalog, name)).transpose()?;
    let mut workloads = runs::choose(catalog, &options.workloads)?;
    if let Some(baseline) = baseline {
        workloads.retain(|workload| workload.info.uid != baseline.info.uid);
    }
    let involved: Vec<_> = workloads.iter().chain(baseline).cloned().collect();
    runs::check_names(&involved, &options.sources, &options.metrics)?;
    Ok(Chosen {
        workloads,
        baseline: baseline.cloned(),
        skipped: remarks(&runs::part(catalog, &involved)),
    })
}

fn compare_all(chosen: &Chosen, options: &CompareOptions) -> Vec<Compared> {
    let mut ticker = Ticker::new();
    let mut out = Vec::new();
    for workload in &chosen.workloads {
        let task = Task {
            workload,
            baseline: chosen.baseline.as_deref(),
            options,
        };
        let name = printable(&workload.info.name);
        out.push(task.compare(&mut |done, of| ticker.tick(&format!("{name}: {done} of {of}"))));
    }
    ticker.clear();
    out
}

fn why_nothing(pairs: usize, options: &CompareOptions) -> String {
    let what = match (pairs, options.metrics.is_empty()) {
        (0, true) => "no metric is in two sources",
        (0, false) => "no two sources have the metrics that were named",
        _ => "no two sources have a step in common; try --align or --offset",
    };
    match (&options.baseline, pairs) {
        (Some(baseline), 0) => format!("no run shares a metric with `{}`", printable(baseline)),
        _ => what.to_owned(),
    }
}

fn print(text: &str) -> Result<(), CompareError> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CompareError::Output(error)),
        _ => Ok(()),
    }
}

/// Progress in one line on stderr, where that is a terminal and it takes long.
struct Ticker {
    is_on: bool,
    next: Instant,
    has_line: bool,
}

impl Ticker {
    const PATIENCE: Duration = Duration::from_millis(700);
    const PAUSE: Duration = Duration::from_millis(100);

    fn new() -> Self {
        Self {
            is_on: io::stderr().is_terminal(),
            next: Instant::now() + Self::PATIENCE,
            has_line: false,
        }
    }

    /// Shows the text if it has been quiet for long enough.
    fn tick(&mut self, text: &str) {
        if Instant::now() >= self.next {
            self.show(text);
        }
    }

    fn show(&mut self, text: &str) {
        if self.is_on {
            eprint!("\r\x1b[K{text}");
            self.has_line = true;
            self.next = Instant::now() + Self::PAUSE;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.has_line) {
            eprint!("\r\x1b[K");
        }
    }
}
