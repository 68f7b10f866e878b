//! Runs the Criterion benchmarks and reads the estimates that they write.

use std::path::Path;

use anyhow::{Context, Result, bail};
use parallax_fixtures::logs;
use serde_json::Value;

use super::measure::{Measurement, Unit};
use crate::project::{Project, files_below};

/// The groups of `crates/frame/benches/engine.rs` and `crates/readers/benches/readers`.
const GROUPS: [&str; 6] = ["scan", "append", "frame", "m4", "figures", "read"];

/// Runs the benchmarks; `quick` ends each as soon as its figure is stable.
pub(crate) fn measure(project: &Project, quick: bool) -> Result<Vec<Measurement>> {
    let quick = if quick { "--quick" } else { "" };
    for bench in [
        "-p parallax-frame --bench engine",
        "-p parallax-readers --bench readers",
    ] {
        let words = format!("bench --locked {bench} -- --noplot {quick}");
        project.run(&project.cargo(&words))?;
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

/// One benchmark: its name and throughput are in `benchmark.json`, its times in `estimates.json` beside.
fn estimate(file: &Path) -> Result<Measurement> {
    let parse = |file: &Path| -> Result<Value> {
        let text = fs_err::read_to_string(file)?;
        let parsed = serde_json::from_str(&text);
        parsed.with_context(|| format!("{}: expected JSON", file.display()))
    };
    let (bench, estimates) = (parse(file)?, parse(&file.with_file_name("estimates.json"))?);
    let named = bench.get("full_id").and_then(Value::as_str);
    let median_ns = estimates
        .pointer("/median/point_estimate")
        .and_then(Value::as_f64);
    let (Some(name), Some(median_ns)) = (named, median_ns) else {
        bail!(
            "{}: expected a benchmark's name and its median time",
            file.display()
        );
    };
    let throughput = bench.get("throughput").unwrap_or(&Value::Null);
    let of = |unit: &str| throughput.get(unit).and_then(Value::as_f64);
    let (unit, figure) = match (of("BytesDecimal").or(of("Bytes")), of("Elements")) {
        (Some(bytes), _) => (Unit::MegabytesPerSecond, bytes / median_ns * 1e3),
        (None, Some(elements)) => (Unit::MillionsPerSecond, elements / median_ns * 1e3),
        (None, None) => (Unit::Milliseconds, median_ns / 1e6),
    };
    Ok(Measurement::new(&work(name), "native", unit, vec![figure]))
}

/// The name of a benchmark, with the kinds of text logs in a group of their own.
fn work(name: &str) -> String {
    match name.strip_prefix("read/") {
        Some(kind) if logs::KINDS.iter().any(|one| one.name == kind) => format!("read/log/{kind}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_a_speed() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs_err::write(file(name), text).expect("a file");
        // 16 MB in 40 ms are 400 MB/s
        write(
            "benchmark.json",
            r#"{"full_id":"read/wandb","throughput":{"BytesDecimal":16000000}}"#,
        );
        write(
            "estimates.json",
            r#"{"median":{"point_estimate":40000000.0}}"#,
        );
        let measured = estimate(&file("benchmark.json")).expect("an estimate");
        assert_eq!(
            (measured.work.as_str(), measured.unit),
            ("read/wandb", Unit::MegabytesPerSecond)
        );
        assert!((measured.median() - 400.0).abs() < 1e-9);
    }

    #[test]
    fn text_logs_are_one_group() {
        assert_eq!(work("read/megatron"), "read/log/megatron");
        assert_eq!(work("read/wandb"), "read/wandb");
        assert_eq!(work("frame/5M"), "frame/5M");
    }
}
