//! Runs the binary and reads what it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/runs")
}

/// Runs of others, which are not part of the repository; says so where they are not there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no ../shared/data/{name}");
    None
}

pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn command(runs: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
    command.arg("compare").arg(runs).args(options);
    command
}

/// What a comparison prints and how it ends.
pub(crate) fn compare(runs: &Path, options: &[&str]) -> Said {
    let Output {
        status,
        stdout,
        stderr,
    } = command(runs, options).output().unwrap();
    Said {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// The JSON of a comparison that could be made.
pub(crate) fn json(runs: &Path, options: &[&str]) -> Value {
    let said = compare(runs, &[options, &["--format", "json"]].concat());
    assert!(matches!(said.code, Some(0 | 1)), "{}", said.err);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(document["differs"], said.code == Some(1));
    document
}

/// The one row of a comparison of one pair.
pub(crate) fn row(runs: &Path, workload: &str, sources: &str, metric: &str) -> Value {
    row_with(runs, workload, sources, metric, &[])
}

pub(crate) fn row_with(
    runs: &Path,
    workload: &str,
    sources: &str,
    metric: &str,
    more: &[&str],
) -> Value {
    let pair = [
        "--workload",
        workload,
        "--sources",
        sources,
        "--metric",
        metric,
    ];
    let document = json(runs, &[&pair, more].concat());
    let rows = document["workloads"][0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{workload} {sources} {metric}");
    rows[0].clone()
}
