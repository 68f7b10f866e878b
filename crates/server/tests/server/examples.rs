//! The demo runs through the API, with the readers' own formats.
//!
//! The figures are independent of the readers: points a file are those of the vendors' readers
//! (`wandb` and `tensorboard` for Python; written down in `crates/readers/tests/figures`), values are those of `metrics.jsonl`, which the training
//! script wrote beside the other records from the same floats.

use std::fs;
use std::path::{Path, PathBuf};

use parallax_server::discovery::known;
use parallax_server::reload::Reloader;
use serde_json::Value;

use crate::support::{Server, T0, plain_app};

fn runs_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/runs")
}

fn serve() -> Server {
    let mut reloader = Reloader::new(&runs_dir(), known::formats(), T0);
    // Any time at which the files are at rest.
    reloader.pass(T0).unwrap();
    Server::start(plain_app(reloader.shared()))
}

/// (iteration, value) of one series.
fn points(server: &Server, uid: &str, metric: &str, source: &str) -> Vec<(i64, f64)> {
    let metric = metric.replace('/', "%2F");
    let path =
        format!("/api/v1/workloads/{uid}/metrics/data?metrics={metric}&data_source={source}");
    let body = server.json(&path);
    let rows = body["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let value = match &row["value"] {
            Value::String(text) => text.parse().unwrap(),
            value => value.as_f64().unwrap(),
        };
        (row["iteration"].as_i64().unwrap(), value)
    })
    .collect()
}

/// (step, value) of one metric of a run's `metrics.jsonl`, which has bare `NaN`.
fn reference(run: &str, metric: &str) -> Vec<(i64, f64)> {
    let text = fs::read_to_string(runs_dir().join(run).join("metrics.jsonl")).unwrap();
    let rows = text.lines().map(|line| {
        let line = line
            .replace(": NaN", ": \"NaN\"")
            .replace(": Infinity", ": \"inf\"");
        serde_json::from_str::<Value>(&line).unwrap()
    });
    rows.filter_map(|row| {
        let value = match row.get(metric)? {
            Value::String(text) => text.parse().unwrap(),
            value => value.as_f64().unwrap(),
        };
        Some((row["step"].as_i64().unwrap(), value))
    })
    .collect()
}

fn is_same(a: &[(i64, f64)], b: &[(i64, f64)], as_stored: impl Fn(f64) -> f64) -> bool {
    let same = |x: f64, y: f64| x == y || (x.is_nan() && y.is_nan());
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(x, y)| x.0 == y.0 && same(x.1, as_stored(y.1)))
}

#[test]
fn the_runs_and_their_files() {
    let server = serve();
    let list = server.json("/api/v1/workloads?order_by=start_at");
    let uids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["uid"].as_str().unwrap())
        .collect();
    // Newest first: the times stand in the names of the W&B folders.
    assert_eq!(
        uids,
        [
            "charlm-diverge",
            "keras-digits",
            "charlm-resume",
            "hf-trainer",
            "charlm-clean"
        ]
    );
    for (uid, end, expected) in [
        ("charlm-clean", ".vm.1261.0", 1824),
        ("charlm-clean", "run-charlmc1.wandb", 1824),
        ("charlm-diverge", ".vm.23209.0", 728),
        ("charlm-diverge", "run-charlmd1.wandb", 728),
        ("charlm-resume", ".vm.3954.0", 576),
        ("charlm-resume", ".vm.7015.0", 366),
        ("charlm-resume", "080009-charlmr1/run-charlmr1.wandb", 522),
        ("charlm-resume", "080136-charlmr1/run-charlmr1.wandb", 366),
    ] {
        let body = server.json(&format!("/api/v1/workloads/{uid}"));
        let mut files = body["files"].as_array().unwrap().iter();
        let file = files.find(|file| file["path"].as_str().unwrap().ends_with(end));
        assert_eq!(file.unwrap()["points"], expected, "{uid} {end}");
    }
}

#[test]
fn the_clean_run_is_what_the_script_reported() {
    let server = serve();
    let reference = reference("charlm-clean", "train/lm_loss");
    assert_eq!(reference.len(), 300);
    let wandb = points(&server, "charlm-clean", "train/lm_loss", "wandb");
    assert!(is_same(&wandb, &reference, |value| value));
    let tensorflow = points(&server, "charlm-clean", "train/lm_loss", "tensorflow");
    assert!(is_same(&tensorflow, &reference, |value| f64::from(
        value as f32
    )));
}

#[test]
fn a_run_that_was_killed_and_resumed() {
    let server = serve();
    let reference = reference("charlm-resume", "train/lm_loss");
    let tensorflow = points(&server, "charlm-resume", "train/lm_loss", "tensorflow");
    assert!(is_same(&tensorflow, &reference, |value| f64::from(
        value as f32
    )));
    let steps: Vec<i64> = tensorflow.iter().map(|(step, _)| *step).collect();
    // 10 … 950, then 910 … 1500.
    let expected: Vec<i64> = (1..=95).chain(91..=150).map(|n| n * 10).collect();
    assert_eq!(steps, expected);
    // W&B lost 870 … 900 with the process.
    let wandb = points(&server, "charlm-resume", "train/lm_loss", "wandb");
    let steps: Vec<i64> = wandb.iter().map(|(step, _)| *step).collect();
    let expected: Vec<i64> = (1..=86).chain(91..=150).map(|n| n * 10).collect();
    assert_eq!(steps, expected);
}

#[test]
fn a_run_that_diverged() {
    let server = serve();
    let reference = reference("charlm-diverge", "train/lm_loss");
    let wandb = points(&server, "charlm-diverge", "train/lm_loss", "wandb");
    assert!(is_same(&wandb, &reference, |value| value));
    let first_nan = wandb.iter().find(|(_, value)| value.is_nan());
    assert_eq!(first_nan.map(|(step, _)| *step), Some(1110));
}

#[test]
fn keras_writes_train_and_validation_folders() {
    let server = serve();
    for (metric, expected) in [
        ("train/epoch_loss", 12),
        ("validation/epoch_loss", 12),
        ("train/batch_loss", 112),
    ] {
        let got = points(&server, "keras-digits", metric, "tensorflow").len();
        assert_eq!(got, expected, "{metric}");
    }
}
