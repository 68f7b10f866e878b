//! An event file of a million points: this project's reader against the loader of TensorBoard.
//!
//! Both are processes of their own that time themselves, by turns. TensorBoard's keeps 1,000 points
//! of a tag and checks checksums only with `--checksum`; this one keeps all points and checks all.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::measure::{Measurement, Unit};
use crate::project::{Project, files_below};

const WORK: &str = "read an event file of 1M points";

/// The package of TensorBoard's loader, whose latest version is of 2023.
const LOADER: &str = "tensorboard-data-server==0.7.2";

/// Reads the event file below `run` `repetitions` times. Without Python only this project's side.
pub(crate) fn measure(
    project: &Project,
    run: &Path,
    repetitions: usize,
) -> Result<(Vec<Measurement>, String)> {
    let events = files_below(run).into_iter().find(|file| {
        let name = file.file_name().unwrap_or_default();
        name.to_string_lossy().contains("tfevents")
    });
    let events = events.with_context(|| format!("no event file in {}", run.display()))?;
    project.run(&project.cargo("build --release --locked -p parallax-readers --example read"))?;
    let loader = loader(project)?;
    let (mut ours, mut theirs, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..repetitions {
        ours.push(read(project, &events)?);
        if let Some(loader) = &loader {
            theirs.push(load(project, loader, run, "--no-checksum")?);
            checked.push(load(project, loader, run, "--checksum")?);
        }
    }
    let mut all = vec![Measurement::new(WORK, "Parallax", Unit::Milliseconds, ours)];
    if loader.is_none() {
        return Ok((
            all,
            "without Python there is no TensorBoard beside it".to_owned(),
        ));
    }
    for (side, samples) in [
        ("tensorboard-data-server", theirs),
        ("tensorboard-data-server --checksum", checked),
    ] {
        all.push(Measurement::new(WORK, side, Unit::Milliseconds, samples));
    }
    Ok((all, String::new()))
}

/// TensorBoard's loader in an environment of its own; `None` without Python.
fn loader(project: &Project) -> Result<Option<PathBuf>> {
    let venv = project.target.join("bench/venv");
    let find = || {
        let mut files = files_below(&venv.join("lib")).into_iter();
        files.find(|file| file.ends_with("tensorboard_data_server/bin/server"))
    };
    if let Some(found) = find() {
        return Ok(Some(found));
    }
    let Some(python) = ["python3", "python"]
        .into_iter()
        .find_map(|name| which::which(name).ok())
    else {
        return Ok(None);
    };
    project.run(&project.command(python).words("-m venv").arg(&venv))?;
    let pip = project.command(venv.join("bin/pip"));
    project.run(&pip.words("install --quiet").arg(LOADER))?;
    Ok(find())
}

/// Milliseconds, as this project's reader prints them.
fn read(project: &Project, events: &Path) -> Result<f64> {
    let program = project.target.join("release/examples/read");
    let text = project.run(&project.command(program).arg(events))?;
    let took_ms = text.trim().rsplit('\t').next();
    let took_ms = took_ms.and_then(|text| text.parse().ok());
    took_ms.with_context(|| format!("{}: expected milliseconds, got {text:?}", events.display()))
}

/// Milliseconds of its load cycle, as TensorBoard's loader prints them. It would serve after that
/// and is killed.
fn load(project: &Project, loader: &Path, run: &Path, flag: &str) -> Result<f64> {
    let command = project
        .command(loader)
        .arg("--logdir")
        .arg(run)
        .words("--reload once --port 0 -v")
        .arg(flag);
    let process = command.reader()?;
    let mut lines = BufReader::new(&process).lines().map_while(Result::ok);
    let took_ms = lines.find_map(|line| load_cycle_ms(&line));
    process.kill()?;
    took_ms.with_context(|| format!("no time of a load cycle printed by {}", command.line()))
}

/// The time in `… Finished load cycle (312.5ms)`: a `Duration` as Rust prints it.
fn load_cycle_ms(line: &str) -> Option<f64> {
    let (_, rest) = line.split_once("Finished load cycle (")?;
    let (took, _) = rest.split_once(')')?;
    let units = [("ms", 1.0), ("µs", 1e-3), ("s", 1e3)];
    units.into_iter().find_map(|(unit, factor)| {
        let number = took.strip_suffix(unit)?;
        Some(number.parse::<f64>().ok()? * factor)
    })
}

#[cfg(test)]
mod tests {
    use super::load_cycle_ms;

    #[test]
    fn reads_the_time_as_the_loader_prints_it() {
        // a line of rustboard 0.7.2
        let line =
            "[2026-11-25T18:20:33Z INFO  rustboard_core::cli] Finished load cycle (3.178343861s)";
        let took_ms = load_cycle_ms(line).expect("a time");
        assert!((took_ms - 3_178.343_861).abs() < 1e-6, "{took_ms}");
        assert_eq!(load_cycle_ms("Finished load cycle (312.5ms)"), Some(312.5));
        assert_eq!(load_cycle_ms("Starting load cycle"), None);
    }
}
