//! `cargo xtask bench`: speed and memory, side by side with others, in one run.
//!
//! `page` drives a browser (the pages are in `bench/`), `server`, `readers` and `criterion` measure
//! natively, all into `measure`; `goals` and `report` make the tables. A whole run writes
//! `bench/RESULTS.md`, with the notes of `bench/NOTES.md` in it.

mod criterion;
mod goals;
mod machine;
mod measure;
mod page;
mod readers;
mod report;
mod server;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::browser;
use crate::project::Project;
use crate::steps::{self, Step};
use crate::{page as dashboard, serve, toolchain, tools};
use measure::{Measurement, Unit};
use report::Section;

/// Measures speed and memory beside others, and writes bench/RESULTS.md
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Only these parts, separated by commas; writes no file
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// A few repetitions, for work on the benchmarks; writes no file
    #[arg(long)]
    quick: bool,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

/// A part that can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Redraw, zoom and append beside uPlot, Chart.js and ECharts
    Draw,
    /// A million rows of JSON to columns beside fetch().json(), with the memory that takes
    Load,
    /// From the address to the first chart beside uPlot
    Start,
    /// The pointer over a million points beside uPlot and Chart.js
    Mouse,
    /// The bytes of a poll
    Poll,
    /// The size of the first load
    Size,
    /// The server's metrics/data
    Server,
    /// The reader of event files beside TensorBoard's
    Readers,
    /// The Criterion benchmarks
    Criterion,
}

/// What the steps work on.
pub(crate) struct Session {
    project: Project,
    browser: String,
    parts: Vec<Part>,
    quick: bool,
    sections: Vec<Section>,
}

impl Session {
    fn needs(&self, parts: &[Part]) -> bool {
        self.parts.iter().any(|part| parts.contains(part))
    }

    /// How often something is measured natively.
    fn repetitions(&self) -> usize {
        if self.quick { 3 } else { 20 }
    }

    /// The folder of generated runs and of everything else that a run writes.
    fn folder(&self) -> PathBuf {
        self.project.target.join("bench")
    }

    fn add(&mut self, title: &'static str, measured: Vec<Measurement>, note: &str) -> String {
        let remark = format!("{} figures", measured.len());
        self.sections.push(Section {
            title,
            note: note.to_owned(),
            measured,
        });
        remark
    }
}

impl AsMut<Project> for Session {
    fn as_mut(&mut self) -> &mut Project {
        &mut self.project
    }
}

const PAGES: [Part; 5] = [Part::Draw, Part::Load, Part::Start, Part::Mouse, Part::Poll];
const BUILT: [Part; 7] = [
    Part::Draw,
    Part::Load,
    Part::Start,
    Part::Mouse,
    Part::Poll,
    Part::Size,
    Part::Server,
];

const RUNS: [Part; 6] = [
    Part::Load,
    Part::Start,
    Part::Mouse,
    Part::Poll,
    Part::Server,
    Part::Readers,
];

/// A step, and the parts that need it.
type Needed = (&'static [Part], Step<Session>);

fn steps() -> [Needed; 12] {
    [
        (&BUILT, toolchain::step()),
        (&BUILT, tools::step()),
        (&BUILT, dashboard::build_step()),
        (&BUILT, serve::server_step()),
        (
            &PAGES,
            Step::new(
                "Chromium, Node.js, other libraries",
                "30 s when they are missing",
                browser_step,
            ),
        ),
        (
            &PAGES,
            Step::new(
                "the engine for the pages",
                "2 min the first time",
                |session| page::build(session),
            ),
        ),
        (
            &RUNS,
            Step::new("generated runs", "20 s the first time", |session| {
                page::make_runs(session)
            }),
        ),
        (
            &PAGES,
            Step::new("the page beside other libraries", "15 min", |session| {
                let measured = page::measure(session)?;
                Ok(session.add("Page", measured, page::NOTE))
            }),
        ),
        (
            &[Part::Size],
            Step::new("size of the first load", "1 s", size_step),
        ),
        (
            &[Part::Server],
            Step::new("the server's metrics/data", "2 min", server_step),
        ),
        (
            &[Part::Readers],
            Step::new("event files beside TensorBoard", "1 min", readers_step),
        ),
        (
            &[Part::Criterion],
            Step::new("Criterion benchmarks", "8 min", |session| {
                let measured = criterion::measure(&session.project, session.quick)?;
                Ok(session.add("Criterion, one core, natively", measured, ""))
            }),
        ),
    ]
}

/// Runs the command; a step that failed has printed why.
pub(crate) fn run(args: &Bench) -> Result<ExitCode> {
    let parts = match args.only.as_slice() {
        [] => Part::value_variants().to_vec(),
        some => some.to_vec(),
    };
    let mut session = Session {
        project: Project::find(args.verbose)?,
        browser: String::new(),
        parts,
        quick: args.quick,
        sections: Vec::new(),
    };
    let needed = steps()
        .into_iter()
        .filter(|(parts, _)| session.needs(parts));
    let needed: Vec<Step<Session>> = needed.map(|(_, step)| step).collect();
    let machine = machine::describe(&session.project);
    let reports = steps::run(&needed, &mut session, &mut io::stdout());
    if steps::all_passed(&reports) {
        report(&session, &machine, args)?;
    }
    Ok(steps::exit_code(&reports))
}

/// Prints the tables, and writes them after a whole run.
fn report(session: &Session, machine: &str, args: &Bench) -> Result<()> {
    let machine = format!("{machine}{}", session.browser);
    let run: Vec<Measurement> = session
        .sections
        .iter()
        .flat_map(|section| section.measured.clone())
        .collect();
    for section in &session.sections {
        println!("\n{}", report::figures(section).trim_end());
    }
    println!("\n{}\n{}", machine, report::goals(&run).trim_end());
    if args.quick || !args.only.is_empty() {
        return Ok(());
    }
    let folder = session.project.root.join("bench");
    let notes = fs_err::read_to_string(folder.join("NOTES.md"))?;
    let text = report::results(&machine, &session.sections, &notes);
    Ok(fs_err::write(folder.join("RESULTS.md"), text)?)
}

fn browser_step(session: &mut Session) -> Result<String> {
    let remark = browser::ensure_browser(&mut session.project)?;
    browser::npm_packages(&session.project, "bench")?;
    session.browser = format!(" Browser: {remark}.");
    Ok(remark)
}

fn size_step(session: &mut Session) -> Result<String> {
    let sizes = dashboard::first_load(&session.project.dist())?;
    let of = |work: String, bytes: u64| {
        Measurement::new(&work, "Parallax", Unit::Bytes, vec![bytes as f64])
    };
    let mut measured = Vec::new();
    for (index, encoding) in ["brotli", "gzip"].into_iter().enumerate() {
        let sum = sizes.iter().filter_map(|(_, sizes)| sizes.get(index)).sum();
        measured.push(of(format!("first load, {encoding}"), sum));
    }
    let files = sizes.into_iter();
    measured.extend(files.map(|(name, [brotli, _])| of(format!("{name}, brotli"), brotli)));
    Ok(session.add("First load", measured, ""))
}

fn server_step(session: &mut Session) -> Result<String> {
    let server = server::Server::start(&session.project, &session.folder().join("runs/large"))?;
    let measured = server::measure(&server, session.repetitions())?;
    Ok(session.add("Server, on one core", measured, ""))
}

fn readers_step(session: &mut Session) -> Result<String> {
    let run = session.folder().join("runs/large");
    let (measured, note) = readers::measure(&session.project, &run, session.repetitions())?;
    Ok(session.add("Event files", measured, &note))
}
