//! `cargo xtask bench`: speed and memory, side by side with others, in one run.
//!
//! `page` drives a browser (the pages are in `bench/`), `server`, `readers` and `criterion` measure
//! natively, all into `measure`; `goals` and `report` make the tables. A whole run writes
//! `bench/RESULTS.md`, with the notes of `bench/NOTES.md` in it.

mod criterion;
mod goals;
mod http;
mod machine;
mod measure;
mod page;
mod readers;
mod report;
mod server;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::browser::{self, Browser};
use crate::call::Failure;
use crate::project::Project;
use crate::steps::{self, Done, Step};
use crate::toolchain::{self, Wasm};
use crate::{page as dashboard, serve, tools};
use measure::{Measurement, Unit};
use report::Section;

/// Measures speed and memory beside others, and writes bench/RESULTS.md.
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

/// What can be measured by itself.
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
    /// The weight of the first load
    Size,
    /// The server's metrics/data
    Server,
    /// The reader of event files beside TensorBoard's
    Readers,
    /// The Criterion benches of core and the readers
    Criterion,
}

/// What the steps work on.
pub(crate) struct Session {
    project: Project,
    wasm: Wasm,
    browser: Option<(Browser, String)>,
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

    /// The folder of made runs and of everything else that a run leaves.
    fn folder(&self) -> PathBuf {
        self.project.target.join("bench")
    }

    fn take(&mut self, title: &'static str, measured: Vec<Measurement>, note: String) -> Done {
        let done = Done::Ran(format!("{} figures", measured.len()));
        self.sections.push(Section {
            title,
            note,
            measured,
        });
        done
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

/// A step, and the parts that need it.
type Needed = (&'static [Part], Step<Session>);

fn steps() -> [Needed; 12] {
    let step = |name, usual, work| Step { name, usual, work };
    [
        (
            &BUILT,
            step(
                "wasm32 target of Rust",
                "60 s when it is missing",
                toolchain_step,
            ),
        ),
        (
            &BUILT,
            step(
                "Trunk and wasm-bindgen",
                "5 min when they are missing",
                |session| tools::ensure(&session.project).map(Done::Ran),
            ),
        ),
        (
            &BUILT,
            step(
                "dashboard, in release mode",
                "2 min the first time",
                |session| dashboard::build(&session.project, &session.wasm).map(Done::Ran),
            ),
        ),
        (
            &BUILT,
            step(
                "server, with the dashboard inside",
                "90 s the first time",
                |session| serve::build_server(&session.project).map(|()| Done::Ran(String::new())),
            ),
        ),
        (
            &PAGES,
            step(
                "Chromium, Node.js, other libraries",
                "30 s when they are missing",
                browser_step,
            ),
        ),
        (
            &PAGES,
            step(
                "the engine for the pages",
                "2 min the first time",
                |session| page::build(session).map(|()| Done::Ran(String::new())),
            ),
        ),
        (
            &[
                Part::Load,
                Part::Start,
                Part::Mouse,
                Part::Poll,
                Part::Server,
                Part::Readers,
            ],
            step("made runs", "20 s the first time", |session| {
                page::make_runs(session).map(Done::Ran)
            }),
        ),
        (
            &PAGES,
            step("the page beside other libraries", "15 min", |session| {
                let measured = page::measure(session)?;
                Ok(session.take("Page", measured, page::NOTE.to_owned()))
            }),
        ),
        (
            &[Part::Size],
            step("size of the first load", "1 s", size_step),
        ),
        (
            &[Part::Server],
            step("the server's metrics/data", "2 min", server_step),
        ),
        (
            &[Part::Readers],
            step("event files beside TensorBoard", "1 min", readers_step),
        ),
        (
            &[Part::Criterion],
            step("Criterion benches", "8 min", |session| {
                let measured = criterion::measure(&session.project, session.quick)?;
                Ok(session.take("Criterion, one core, natively", measured, String::new()))
            }),
        ),
    ]
}

/// Runs the command; a step that failed has said so already.
pub(crate) fn run(args: &Bench) -> Result<ExitCode, Failure> {
    let parts = match args.only.as_slice() {
        [] => Part::value_variants().to_vec(),
        some => some.to_vec(),
    };
    let mut session = Session {
        project: Project::find(args.verbose)?,
        wasm: Wasm::Same,
        browser: None,
        parts,
        quick: args.quick,
        sections: Vec::new(),
    };
    let needed = steps()
        .into_iter()
        .filter(|(parts, _)| session.needs(parts));
    let needed: Vec<Step<Session>> = needed.map(|(_, step)| step).collect();
    let machine = machine::describe(&session.project);
    let records = steps::run(&needed, &mut session, &mut io::stdout());
    if steps::failure(&records).is_none() {
        report(&session, &machine, args)?;
    }
    Ok(steps::exit_code(&records))
}

/// Prints the tables, and writes them after a whole run.
fn report(session: &Session, machine: &str, args: &Bench) -> Result<(), Failure> {
    let browser = session.browser.as_ref();
    let browser = browser.map_or(String::new(), |(_, name)| format!(" Browser: {name}."));
    let machine = format!("{machine}{browser}");
    let run: Vec<Measurement> = session
        .sections
        .iter()
        .flat_map(|one| one.measured.clone())
        .collect();
    for section in &session.sections {
        println!("\n{}", report::figures(section).trim_end());
    }
    println!("\n{}\n{}", machine, report::goals(&run).trim_end());
    if args.quick || !args.only.is_empty() {
        return Ok(());
    }
    let folder = session.project.root.join("bench");
    let (notes, results) = (folder.join("NOTES.md"), folder.join("RESULTS.md"));
    let notes = fs::read_to_string(&notes).map_err(|error| Failure::file(&notes, &error))?;
    let text = report::results(&machine, &session.sections, &notes);
    fs::write(&results, text).map_err(|error| Failure::file(&results, &error))
}

fn toolchain_step(session: &mut Session) -> Result<Done, Failure> {
    let (wasm, note) = toolchain::ensure(&session.project)?;
    session.wasm = wasm;
    Ok(Done::Ran(note))
}

fn browser_step(session: &mut Session) -> Result<Done, Failure> {
    let (browser, note) = browser::ensure(&session.project)?;
    browser::npm_packages(&session.project, "bench")?;
    session.browser = Some((browser, note.clone()));
    Ok(Done::Ran(note))
}

fn size_step(session: &mut Session) -> Result<Done, Failure> {
    let sizes = dashboard::first_load(&session.project.dist())?;
    let total: usize = sizes.iter().map(|(_, bytes)| bytes).sum();
    let of = |work: &str, bytes: usize| {
        Measurement::new(work, "Parallax", Unit::Bytes, vec![bytes as f64])
    };
    let mut measured = vec![of("first load, gzip", total)];
    measured.extend(sizes.iter().map(|(name, bytes)| of(name, *bytes)));
    Ok(session.take("First load", measured, String::new()))
}

fn server_step(session: &mut Session) -> Result<Done, Failure> {
    let server = server::Server::start(&session.project, &session.folder().join("runs/large"))?;
    let measured = server::measure(&server, session.repetitions())?;
    Ok(session.take("Server, on one core", measured, String::new()))
}

fn readers_step(session: &mut Session) -> Result<Done, Failure> {
    let run = session.folder().join("runs/large");
    let (measured, note) = readers::measure(&session.project, &run, session.repetitions())?;
    Ok(session.take("Event files", measured, note))
}
