//! Measures the page: builds what its pages need, makes the runs, and lets `bench/driver` do it.

use std::env;
use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use super::measure::Measurement;
use super::server::Server;
use super::{PAGES, Part, Session};
use crate::command::Command;
use crate::serve;
use crate::toolchain::{self, TARGET};

/// How the figures were measured.
pub(crate) const NOTE: &str = "Headless Chromium with software raster, device pixel ratio 1. Canvas \
    of 800 × 400, lines one pixel wide, no animation; decimation on in Chart.js (min-max) and \
    ECharts (LTTB). Every time includes the raster (`getImageData`). Sides take turns, in the \
    opposite order each second time. \"Parallax\" is the engine's frame, its message and the page's \
    drawing together; \"worker\" and \"page\" are these halves. Peak memory is the largest \
    resident size of the page's process (`VmHWM`), less its size before the load.";

/// The run of a million points.
const LARGE: &str = "--points 1000000";
/// The same as a file that can grow line by line.
const GROWING: &str = "--points 1000000 --formats jsonl";
/// The run of the start, 3 × 55,550 points.
const START: &str = "--points 166650 --series 3";

/// Compiles the engine for the pages, as the dashboard is compiled.
pub(crate) fn build(session: &Session) -> Result<String> {
    let project = &session.project;
    let words = format!("build --locked --profile web --target {TARGET} -p parallax-bench");
    project.run(&toolchain::cargo(project, &words))?;
    let code = project.target.join(TARGET).join("web/parallax_bench.wasm");
    let bind = toolchain::for_wasm(project, project.command("wasm-bindgen"))
        .words("--target web --no-typescript --out-dir")
        .arg(session.folder().join("site/bench/pkg"))
        .arg(code);
    project.run(&bind).map(|_| String::new())
}

/// Generates the runs that are not there yet, and saves the answers about a million rows.
pub(crate) fn make_runs(session: &Session) -> Result<String> {
    let runs = session.folder().join("runs");
    generate(session, &runs.join("large"), LARGE)?;
    generate(session, &runs.join("growing"), GROWING)?;
    generate(session, &runs.join("start"), START)?;
    if !session.needs(&[Part::Draw, Part::Load, Part::Start, Part::Mouse, Part::Poll]) {
        return Ok(String::new());
    }
    let server = Server::start(&session.project, &runs.join("large"))?;
    let answers = session.folder().join("answers");
    fs_err::create_dir_all(&answers)?;
    server.save("", &answers.join("workload.json"))?;
    server.save("/metrics/available", &answers.join("available.json"))?;
    let bytes = server.save("/metrics/data", &answers.join("data.json"))?;
    Ok(format!("{} MB of JSON", bytes / 1_000_000))
}

fn generate(session: &Session, folder: &Path, options: &str) -> Result<()> {
    let project = &session.project;
    let state = folder.with_extension("made");
    if fs_err::read_to_string(&state).is_ok_and(|made| made == options) {
        return Ok(());
    }
    let generate = project.command(env::current_exe()?).arg("generate");
    project.run(&generate.words(options).arg(folder))?;
    Ok(fs_err::write(&state, options)?)
}

/// Runs the driver over the wanted parts.
pub(crate) fn measure(session: &Session) -> Result<Vec<Measurement>> {
    let project = &session.project;
    let folder = session.folder();
    let mut driver = Command::new("node", &project.root.join("bench"))
        .arg("driver/run.mjs")
        .env("CHROME", &project.browser()?.chrome)
        .env("PARALLAX", serve::server(project))
        .env("PARALLAX_DIST", project.dist())
        .env("SITE", folder.join("site"))
        .env("RUNS", folder.join("runs"))
        .env("ANSWERS", folder.join("answers"));
    for part in session.parts.iter().filter(|part| PAGES.contains(part)) {
        let value = part.to_possible_value();
        driver = driver.arg(value.map_or_else(String::new, |value| value.get_name().to_owned()));
    }
    if session.quick {
        driver = driver.arg("--quick");
    }
    let text = project.run(&driver)?;
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(Measurement::parse).collect()
}
