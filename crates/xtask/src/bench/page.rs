//! Measures the page: builds what its pages need, makes the runs, and lets `bench/driver` do it.

use std::fs;
use std::path::Path;

use clap::ValueEnum;

use super::measure::Measurement;
use super::server::Server;
use super::{PAGES, Part, Session};
use crate::call::{Call, Failure};
use crate::serve;
use crate::toolchain::TARGET;
use crate::tools;

/// How the figures came about.
pub(crate) const NOTE: &str = "Headless Chromium with software raster, device pixel ratio 1. Canvas \
    of 800 × 400, lines one pixel wide, no animation; decimation on in Chart.js (min-max) and \
    ECharts (LTTB). Every time includes the raster (`getImageData`). Sides take turns, in the \
    opposite order each second time. \"Parallax\" is the engine's frame, its message and the page's \
    drawing together; \"worker\" and \"page\" are these halves. Peak memory is the most that the \
    page's process has held (`VmHWM`), less what it held before the load.";

/// The points of the large runs.
const LARGE: &str = "1000000";
/// The points of the run that is started with: 3 × 55,550.
const START: &str = "166650";

/// Compiles the engine for the pages, as the dashboard is compiled.
pub(crate) fn build(session: &Session) -> Result<(), Failure> {
    let Session { project, wasm, .. } = session;
    let words = format!("build --locked --profile web --target {TARGET} -p parallax-bench");
    wasm.cargo(project, &words, None).run(project.loud)?;
    let code = project.target.join(TARGET).join("web/parallax_bench.wasm");
    let bind = wasm.apply(project.call("wasm-bindgen"), tools::place(project));
    bind.words("--target web --no-typescript --out-dir")
        .arg(session.folder().join("site/bench/pkg").to_string_lossy())
        .arg(code.to_string_lossy())
        .run(project.loud)
        .map(|_| ())
}

/// Makes the runs that are not there yet, and the answers about a million rows.
pub(crate) fn make_runs(session: &Session) -> Result<String, Failure> {
    let runs = session.folder().join("runs");
    generate(session, &runs.join("large"), &["--points", LARGE])?;
    generate(
        session,
        &runs.join("growing"),
        &["--points", LARGE, "--formats", "jsonl"],
    )?;
    generate(
        session,
        &runs.join("start"),
        &["--points", START, "--series", "3"],
    )?;
    if !session.needs(&[Part::Draw, Part::Load, Part::Start, Part::Mouse, Part::Poll]) {
        return Ok(String::new());
    }
    let server = Server::start(&session.project, &runs.join("large"))?;
    let answers = session.folder().join("answers");
    fs::create_dir_all(&answers).map_err(|error| Failure::file(&answers, &error))?;
    server.save("", &answers.join("workload.json"))?;
    server.save("/metrics/available", &answers.join("available.json"))?;
    let bytes = server.save("/metrics/data", &answers.join("data.json"))?;
    Ok(format!("{} MB of JSON", bytes / 1_000_000))
}

/// The generator is optimised: a debug build takes minutes for a million points.
fn generate(session: &Session, folder: &Path, options: &[&str]) -> Result<(), Failure> {
    let project = &session.project;
    let done = folder.with_extension("made");
    let wanted = options.join(" ");
    if fs::read_to_string(&done).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    let call = project.cargo("run --quiet --release --locked -p xtask -- generate");
    let call = options.iter().fold(call, |call, option| call.arg(*option));
    call.arg(folder.to_string_lossy()).run(project.loud)?;
    fs::write(&done, wanted).map_err(|error| Failure::file(&done, &error))
}

/// Runs the driver over the wanted parts.
pub(crate) fn measure(session: &Session) -> Result<Vec<Measurement>, Failure> {
    let project = &session.project;
    let folder = session.folder();
    let Some((browser, _)) = &session.browser else {
        return Err(Failure::new("the step that finds the browser did not run"));
    };
    let mut call = Call::new("node", &project.root.join("bench"))
        .arg("driver/run.mjs")
        .env("CHROME", browser.chrome.to_string_lossy())
        .env("PARALLAX", serve::server(project).to_string_lossy())
        .env("PARALLAX_DIST", project.dist().to_string_lossy())
        .env("SITE", folder.join("site").to_string_lossy())
        .env("RUNS", folder.join("runs").to_string_lossy())
        .env("ANSWERS", folder.join("answers").to_string_lossy());
    for part in session.parts.iter().filter(|part| PAGES.contains(part)) {
        let name = part
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
        call = call.arg(name.unwrap_or_default());
    }
    if session.quick {
        call = call.arg("--quick");
    }
    let text = call.run(project.loud)?;
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(Measurement::parse).collect()
}
