//! `cargo xtask serve`: everything from a fresh clone to a page with runs on it.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::call::Failure;
use crate::project::Project;
use crate::steps::{self, Done, Step};
use crate::toolchain::{self, Wasm};
use crate::{page, tools};

/// Builds the dashboard and the server, and serves run folders.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The folder with the runs [default: examples/runs]
    runs_dir: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

struct Session {
    project: Project,
    wasm: Wasm,
}

const STEPS: [Step<Session>; 4] = [
    Step {
        name: "wasm32 target of Rust",
        usual: "60 s when it is missing",
        work: |session| {
            let (wasm, note) = toolchain::ensure(&session.project)?;
            session.wasm = wasm;
            Ok(Done::Ran(note))
        },
    },
    Step {
        name: "Trunk and wasm-bindgen",
        usual: "5 min when they are missing",
        work: |session| tools::ensure(&session.project).map(Done::Ran),
    },
    Step {
        name: "dashboard, in release mode",
        usual: "2 min the first time",
        work: |session| page::build(&session.project, &session.wasm).map(Done::Ran),
    },
    Step {
        name: "server, with the dashboard inside",
        usual: "90 s the first time",
        work: |session| build_server(&session.project).map(|()| Done::Ran(String::new())),
    },
];

/// Runs the command; returns only where a step or the start of the server fails.
pub(crate) fn run(args: &Serve) -> Result<ExitCode, Failure> {
    let project = Project::find(args.verbose)?;
    let runs = match &args.runs_dir {
        Some(folder) => std::path::absolute(folder).unwrap_or_else(|_| folder.clone()),
        None => project.root.join("examples/runs"),
    };
    check(&runs, args.port)?;
    if toolchain::present(&project).is_none()
        && let Some(failure) = toolchain::obstacle()
    {
        return Err(failure);
    }
    let wasm = Wasm::Same;
    let mut session = Session { project, wasm };
    let records = steps::run(&STEPS, &mut session, &mut io::stdout());
    if steps::failure(&records).is_some() {
        return Ok(steps::exit_code(&records));
    }
    start(&session.project, &runs, args.port)?;
    Ok(ExitCode::SUCCESS)
}

/// The release build of the server, which takes the built dashboard in.
pub(crate) fn build_server(project: &Project) -> Result<(), Failure> {
    let cargo = project.cargo("build --release --locked -p parallax-server");
    cargo.run(project.loud).map(|_| ())
}

/// The server that `build_server` makes.
pub(crate) fn server(project: &Project) -> PathBuf {
    let name = format!("parallax{}", std::env::consts::EXE_SUFFIX);
    project.target.join("release").join(name)
}

/// Finds mistakes before minutes of building.
fn check(runs: &Path, port: u16) -> Result<(), Failure> {
    if !runs.is_dir() {
        return Err(Failure::new(format!("{} is not a folder", runs.display())));
    }
    TcpListener::bind(("127.0.0.1", port))
        .map(|_| ())
        .map_err(|error| {
            Failure::new(format!(
                "port {port} on 127.0.0.1: {error}; choose another one with --port"
            ))
        })
}

fn start(project: &Project, runs: &Path, port: u16) -> Result<(), Failure> {
    let call = project
        .call(&server(project).to_string_lossy())
        .arg("serve")
        .arg(runs.to_string_lossy())
        .arg("--port")
        .arg(port.to_string());
    let fail = |error: io::Error| Failure {
        message: format!("the server did not start: {error}"),
        repeat: Some(call.line()),
        ..Failure::default()
    };
    become_process(call.command()).map_err(fail)
}

/// The server takes this process over, so that signals and the exit code are its own.
#[cfg(unix)]
fn become_process(mut command: std::process::Command) -> io::Result<()> {
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

#[cfg(not(unix))]
fn become_process(mut command: std::process::Command) -> io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
