//! Runs the Criterion benches of core and the readers, and reads the estimates that they leave.

use std::fs;
use std::path::Path;

use parallax_fixtures::logs;
use serde_json::Value;

use super::measure::{Measurement, Unit};
use crate::call::Failure;
use crate::project::{Project, files_below};

/// The groups of `crates/frame/benches/engine.rs` and `crates/readers/benches/readers`.
const GROUPS: [&str; 6] = ["scan", "append", "frame", "m4", "figures", "read"];

/// Runs the benches; `quick` ends each as soon as its figure is stable.
pub(crate) fn measure(project: &Project, quick: bool) -> Result<Vec<Measurement>, Failure> {
    let quick = if quick { "--quick" } else { "" };
    for bench in [
        "-p parallax-frame --bench engine",
        "-p parallax-readers --bench readers",
    ] {
        let words = format!("bench --locked {bench} -- --noplot {quick}");
        project.cargo(&words).run(project.loud)?;
    }
    let folder = project.target.join("criterion");
    let mut all = Vec::new();
    for group in GROUPS {
        let files = files_below(&folder.join(group)).into_iter();
        for file in files.filter(|file| file.ends_with("new/benchmark.json")) {
            all.push(estimate(&file)?);
        }
    }
    Ok(all)
}

/// One bench: its name and throughput are in `benchmark.json`, its times in `estimates.json` beside.
fn estimate(file: &Path) -> Result<Measurement, Failure> {
    let parse = |file: &Path| -> Result<Value, Failure> {
        let text = fs::read_to_string(file).map_err(|error| Failure::file(file, &error))?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("{}: expected JSON: {error}", file.display())))
    };
    let (bench, estimates) = (parse(file)?, parse(&file.with_file_name("estimates.json"))?);
    let named = bench.get("full_id").and_then(Value::as_str);
    let median_ns = estimates
        .pointer("/median/point_estimate")
        .and_then(Value::as_f64);
    let (Some(name), Some(median_ns)) = (named, median_ns) else {
        let place = file.display();
        return Err(Failure::new(format!(
            "{place}: expected a bench's name and its median time"
        )));
    };
    let throughput = bench.get("throughput").unwrap_or(&Value::Null);
    let of = |unit: &str| throughput.get(unit).and_then(Value::as_f64);
    let (unit, figure) = match (of("BytesDecimal").or(of("Bytes")), of("Elements")) {
        (Some(bytes), _) => (Unit::MegabytesPerSecond, bytes / median_ns * 1e3),
        (None, Some(elements)) => (Unit::MillionsPerSecond, elements / median_ns * 1e3),
        (None, None) => (Unit::Milliseconds, median_ns / 1e6),
    };
    Ok(Measurement::new(&place(name), "native", unit, vec![figure]))
}

/// The name with the kinds of text logs in a group of their own.
fn place(name: &str) -> String {
    match name.strip_prefix("read/") {
        Some(kind) if logs::KINDS.iter().any(|one| one.name == kind) => format!("read/log/{kind}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_says_its_speed() {
        let folder = std::env::temp_dir().join(format!("parallax-estimate-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
        // 16 MB in 40 ms are 400 MB/s
        write(
            "benchmark.json",
            r#"{"full_id":"read/wandb","throughput":{"BytesDecimal":16000000}}"#,
        );
        write(
            "estimates.json",
            r#"{"median":{"point_estimate":40000000.0}}"#,
        );
        let measured = estimate(&folder.join("benchmark.json")).expect("an estimate");
        fs::remove_dir_all(&folder).expect("it was made");
        assert_eq!(
            (measured.work.as_str(), measured.unit),
            ("read/wandb", Unit::MegabytesPerSecond)
        );
        assert!((measured.median() - 400.0).abs() < 1e-9);
    }

    #[test]
    fn text_logs_stand_together() {
        assert_eq!(place("read/megatron"), "read/log/megatron");
        assert_eq!(place("read/wandb"), "read/wandb");
        assert_eq!(place("frame/5M"), "frame/5M");
    }
}
