//! `cargo xtask serve`: everything from a fresh clone to a page with runs on it; `cargo xtask dev`:
//! the same with a page that is rebuilt on each save.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::command::{Command, run_together};
use crate::page;
use crate::project::Project;
use crate::steps::{self, Step};
use crate::{toolchain, tools};

/// The port of the API that Trunk.toml passes requests on to.
const API_PORT: u16 = 8080;

/// Builds the dashboard and the server, and serves run folders
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The folder with the runs [default: examples/runs]
    runs_dir: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = API_PORT)]
    port: u16,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

/// Serves run folders, and a dashboard that Trunk rebuilds on each save, until Ctrl-C
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// The folder with the runs [default: examples/runs]
    runs_dir: Option<PathBuf>,
    /// The server's port on 127.0.0.1
    #[arg(long, default_value_t = API_PORT)]
    port: u16,
    /// The dashboard's port on 127.0.0.1
    #[arg(long, default_value_t = 8081)]
    page_port: u16,
    /// Show what the called programs print
    #[arg(long)]
    verbose: bool,
}

/// Runs `cargo xtask serve`; returns only where a step or the start of the server fails.
pub(crate) fn serve(args: &Serve) -> Result<ExitCode> {
    let steps = [
        toolchain::step(),
        tools::step(),
        page::build_step(),
        server_step(),
    ];
    let (mut project, runs_dir) = prepare(args.runs_dir.as_deref(), args.verbose)?;
    check_port(args.port)?;
    let reports = steps::run(&steps, &mut project, &mut io::stdout());
    if steps::all_passed(&reports) {
        server_command(&project, &runs_dir, args.port).exec()?;
    }
    Ok(steps::exit_code(&reports))
}

/// Runs `cargo xtask dev` until Ctrl-C.
pub(crate) fn dev(args: &Dev) -> Result<ExitCode> {
    let steps = [toolchain::step(), tools::step(), server_step()];
    let (mut project, runs_dir) = prepare(args.runs_dir.as_deref(), args.verbose)?;
    check_port(args.port)?;
    check_port(args.page_port)?;
    let reports = steps::run(&steps, &mut project, &mut io::stdout());
    if steps::all_passed(&reports) {
        let trunk = page::trunk(&project)?
            .words("serve --proxy-no-system-proxy --dist")
            .arg(page::debug_dist(&project)?)
            .arg(format!("--port={}", args.page_port))
            .arg(format!(
                "--proxy-backend=http://127.0.0.1:{}/api",
                args.port
            ));
        run_together(&[server_command(&project, &runs_dir, args.port), trunk])?;
    }
    Ok(steps::exit_code(&reports))
}

/// Finds mistakes before minutes of building.
fn prepare(runs_dir: Option<&Path>, verbose: bool) -> Result<(Project, PathBuf)> {
    let project = Project::find(verbose)?;
    let runs_dir = match runs_dir {
        Some(folder) => std::path::absolute(folder)?,
        None => project.root.join("examples/runs"),
    };
    ensure!(runs_dir.is_dir(), "{} is not a folder", runs_dir.display());
    toolchain::check_installable(&project)?;
    Ok((project, runs_dir))
}

fn check_port(port: u16) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port));
    listener.with_context(|| format!("port {port} on 127.0.0.1: choose another one"))?;
    Ok(())
}

/// The step that builds the server in release mode, which takes the built dashboard in.
pub(crate) fn server_step<C: AsMut<Project>>() -> Step<C> {
    let name = "server, with the dashboard inside";
    Step::new(name, "90 s the first time", |context| {
        let project = context.as_mut();
        let build = project.cargo("build --release --locked -p parallax-server");
        project.run(&build).map(|_| String::new())
    })
}

/// The server that [`server_step`] builds.
pub(crate) fn server(project: &Project) -> PathBuf {
    let name = format!("parallax{}", std::env::consts::EXE_SUFFIX);
    project.target.join("release").join(name)
}

fn server_command(project: &Project, runs_dir: &Path, port: u16) -> Command {
    let serve = project.command(server(project)).arg("serve").arg(runs_dir);
    serve.arg("--port").arg(port.to_string())
}
