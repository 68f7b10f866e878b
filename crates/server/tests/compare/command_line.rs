//! Options, exit codes, the shape of the JSON, and readers that stop reading.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use crate::support::{command, compare, examples, json};

#[test]
fn what_can_not_be_compared_says_why_and_ends_with_2() {
    let runs = examples();
    let clean = ["--workload", "charlm-clean"];
    let with = |more: &[&'static str]| [&clean[..], more].concat();
    let table: [(Vec<&str>, &str); 17] = [
        (
            vec!["--workload", "charlm-claen"],
            "did you mean `charlm-clean`",
        ),
        (
            vec!["--workload", "zzz"],
            "no workload `zzz`; there are `charlm-clean`",
        ),
        (
            vec!["--baseline", "hf-trainr"],
            "did you mean `hf-trainer`?",
        ),
        (
            with(&["--sources", "wandbb"]),
            "no source `wandbb`; did you mean `wandb`?",
        ),
        (
            with(&["--metric", "lm_los"]),
            "no metric `lm_los`; did you mean `lm_loss`",
        ),
        (
            with(&["--metric", "lm_loss=trainloss"]),
            "no metric `trainloss`; did you mean",
        ),
        (with(&["--metric", "=x"]), "names no metric"),
        (
            with(&["--sources", "log"]),
            "nothing to compare: no metric is in two sources",
        ),
        (with(&["--tolerance", "-1"]), "neither below 0"),
        (with(&["--tolerance", "NaN"]), "expected a fraction"),
        (with(&["--tolerance", "rel:3"]), "accepts any two numbers"),
        (
            with(&["--attempts", "0"]),
            "expected latest, first, all or a number from 1",
        ),
        (
            with(&["--align", "nearest:-2"]),
            "expected exact, nearest:STEPS",
        ),
        (
            with(&["--step-ratio", "0"]),
            "expected whole numbers above 0",
        ),
        (with(&["--scale", "100"]), "--metric"),
        (with(&["--export", "pair.txt"]), "ends in .csv or .json"),
        (with(&["--export", "pair.csv"]), "--export writes one pair"),
    ];
    for (options, expected) in table {
        let said = compare(&runs, &options);
        assert_eq!(said.code, Some(2), "{options:?}: {}", said.err);
        assert!(said.err.contains(expected), "{options:?}: {}", said.err);
        assert_eq!(said.out, "", "{options:?}");
    }
}

#[test]
fn folders_without_runs_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let said = compare(folder.path(), &[]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("no training run in"), "{}", said.err);
    let said = compare(&folder.path().join("nowhere"), &[]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("can't read the folder"), "{}", said.err);
}

#[test]
fn a_broken_file_is_told_and_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (examples().join("charlm-clean"), folder.path().join("run"));
    fs::create_dir(&to).unwrap();
    for name in ["console.log", "metrics.jsonl"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let broken = "long enough for a record of an event file, but none: 0123456789";
    fs::write(to.join("events.out.tfevents.1.x"), broken).unwrap();
    let said = compare(folder.path(), &["--sources", "log,jsonl"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let told: Vec<&str> = said.err.lines().collect();
    assert_eq!(told.len(), 1, "{}", said.err);
    assert!(
        told[0].starts_with("run/events.out.tfevents.1.x: "),
        "{}",
        told[0]
    );
}

#[test]
fn the_exit_code_says_what_was_found() {
    let runs = examples();
    for (workload, code) in [
        ("charlm-clean", 0),
        ("charlm-resume", 0),
        ("keras-digits", 1),
    ] {
        let said = compare(&runs, &["--workload", workload]);
        assert_eq!(said.code, Some(code), "{workload}: {}", said.out);
    }
    // One that differs is enough.
    let both = ["--workload", "charlm-clean", "--workload", "keras-digits"];
    assert_eq!(compare(&runs, &both).code, Some(1));
}

#[test]
fn the_json_has_the_fields_that_programs_rely_on() {
    let document = json(&examples(), &["--workload", "charlm-clean", "--gaps"]);
    let keys = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let set = |names: &str| {
        names
            .split_whitespace()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(document["version"], 1);
    assert_eq!(
        keys(&document),
        set("version differs tolerance align attempts workloads skipped")
    );
    let workload = &document["workloads"][0];
    assert_eq!(
        keys(workload),
        set("uid name baseline differs rows unpaired")
    );
    assert_eq!(workload["uid"], "charlm-clean");
    assert_eq!(
        keys(&workload["rows"][0]),
        set(
            "metric_a metric_b source_a source_b verdict differs sentence points_a points_b \
             matched only_a only_b coverage_a coverage_b differing first_differing_step \
             last_differing_step both_non_finite one_non_finite precision_a precision_b attempts_a attempts_b bias mae \
             rmse max_abs max_abs_step mean_relative max_relative max_relative_step pearson \
             paired_by pairing hint gaps"
        )
    );
    assert_eq!(
        keys(&workload["rows"][0]["gaps"]),
        set("a b clock findings")
    );
    assert_eq!(keys(&workload["unpaired"][0]), set("metric source"));
}

#[test]
fn a_reader_that_stops_is_no_error() {
    let mut child = command(&examples(), &["--workload", "charlm-clean"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""));
}

#[test]
fn an_export_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let pair = [
        "--workload",
        "charlm-clean",
        "--sources",
        "log,wandb",
        "--metric",
        "lm_loss",
    ];
    let file = folder.path().join("pair.json");
    let said = compare(
        &examples(),
        &[&pair[..], &["--export", file.to_str().unwrap()]].concat(),
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    let text = fs::read_to_string(&file).unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["step"]),
        (300, &serde_json::json!(10))
    );
    // The log's first line: `lm loss: 4.655858E+00`.
    assert_eq!(rows[0]["a"], 4.655858);
    let there = folder.path().join("no/such/folder.csv");
    let said = compare(
        &examples(),
        &[&pair[..], &["--export", there.to_str().unwrap()]].concat(),
    );
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("can't write"), "{}", said.err);
}
