//! Faults put into the records of a real run: the command finds them and its exit code tells.
//!
//! The base is charlm-clean: its log, and `metrics.jsonl`, which the script wrote beside it.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{compare, examples, row, row_with};

/// A run with the log and changed JSON lines.
fn run(change: impl Fn(&mut Value) -> bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (examples().join("charlm-clean"), folder.path().join("run"));
    fs::create_dir(&to).unwrap();
    fs::copy(from.join("console.log"), to.join("console.log")).unwrap();
    let text = fs::read_to_string(from.join("metrics.jsonl")).unwrap();
    let mut lines = String::new();
    for line in text.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        if change(&mut row) {
            lines.push_str(&format!("{row}\n"));
        }
    }
    fs::write(to.join("metrics.jsonl"), lines).unwrap();
    folder
}

const LOSS: &str = "train/lm_loss";

fn pair(folder: &TempDir) -> Value {
    row(folder.path(), "run", "log,jsonl", "lm_loss=train/lm_loss")
}

/// Replaces a number, if it is there.
fn set(row: &mut Value, key: &str, change: impl Fn(f64) -> f64) {
    if let Some(number) = row[key].as_f64() {
        row[key] = json!(change(number));
    }
}

#[test]
fn without_a_fault_all_agree() {
    let got = pair(&run(|_| true));
    assert_eq!(
        (&got["verdict"], &got["matched"]),
        (&json!("equal_within_rounding"), &json!(300))
    );
}

#[test]
fn one_wrong_digit_is_found() {
    let folder = run(|row| {
        if row["step"] == 1230 {
            set(row, LOSS, |loss| loss + 1e-5);
        }
        true
    });
    let strict = ["--tolerance", "0"];
    let got = row_with(
        folder.path(),
        "run",
        "log,jsonl",
        "lm_loss=train/lm_loss",
        &strict,
    );
    assert_eq!(
        (&got["verdict"], &got["differing"]),
        (&json!("differs"), &json!(1))
    );
    assert_eq!(got["first_differing_step"], 1230);
    // A thousandth is tolerated by default, but not called rounding.
    assert_eq!(pair(&folder)["verdict"], "within_tolerance");
}

#[test]
fn a_value_beyond_the_tolerance_fails_the_build() {
    let folder = run(|row| {
        if row["step"] == 2000 {
            set(row, LOSS, |loss| loss * 1.01);
        }
        true
    });
    let said = compare(folder.path(), &[]);
    assert_eq!(said.code, Some(1));
    let line = said
        .out
        .lines()
        .find(|line| line.contains("differs at 2,000"))
        .unwrap();
    assert!(
        line.trim_start().starts_with("!") && line.contains("lm_loss = train/lm_loss"),
        "{line}"
    );
    assert_eq!(compare(folder.path(), &["--tolerance", "2%"]).code, Some(0));
}

#[test]
fn shifts_and_scales_are_offered_and_met() {
    type Change = fn(&mut Value);
    let table: [(Change, &str); 3] = [
        (
            |row| row["step"] = json!(row["step"].as_i64().unwrap() - 1),
            "--offset 1",
        ),
        (
            |row| row["step"] = json!(row["step"].as_i64().unwrap() * 256),
            "--step-ratio 1/256",
        ),
        (|row| set(row, LOSS, |loss| loss * 100.0), "--scale 0.01"),
    ];
    for (change, options) in table {
        let folder = run(|row| {
            change(row);
            true
        });
        let asked = ["run", "log,jsonl", "lm_loss=train/lm_loss"];
        let said = compare(
            folder.path(),
            &["--sources", asked[1], "--metric", asked[2]],
        );
        assert!(
            said.out.contains(&format!("Try {options}\n")),
            "{}",
            said.out
        );
        // 2 where no step is in both: that is no agreement, and no difference.
        let has_shared = !said.out.contains("nothing shared");
        assert_eq!(
            said.code,
            Some(if has_shared { 1 } else { 2 }),
            "{}",
            said.err
        );
        let accepted: Vec<&str> = options.split(' ').collect();
        let got = row_with(folder.path(), asked[0], asked[1], asked[2], &accepted);
        assert_eq!(got["verdict"], "equal_within_rounding", "{options}");
        assert_eq!(got["matched"], 300, "{options}");
    }
}

#[test]
fn dropped_ranges_are_named() {
    let folder = run(|row| {
        let step = row["step"].as_i64().unwrap();
        !(500..=600).contains(&step) && step <= 2500
    });
    let said = compare(
        folder.path(),
        &["--gaps", "--metric", "lm_loss=train/lm_loss"],
    );
    assert_eq!(said.code, Some(0));
    for finding in [
        "jsonl stops at step 2,500; log goes on to 3,000 (50 steps more).",
        "jsonl lacks steps that log has: 500–600 (11 steps).",
    ] {
        assert!(said.out.contains(finding), "{}", said.out);
    }
}

#[test]
fn swapped_metrics_are_named() {
    let folder = run(|row| {
        let (loss, norm) = (row[LOSS].clone(), row["train/grad_norm"].clone());
        if loss.is_number() && norm.is_number() {
            row[LOSS] = norm;
            row["train/grad_norm"] = loss;
        }
        true
    });
    let said = compare(folder.path(), &[]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.out
            .contains("those of lm_loss are in train/grad_norm: swapped?"),
        "{}",
        said.out
    );
}

#[test]
fn names_from_files_cannot_steer_the_terminal() {
    let folder = run(|row| {
        if let Some(fields) = row.as_object_mut() {
            if let Some(loss) = fields.get(LOSS).cloned() {
                fields.insert("train/\u{1b}[2Jlm_loss".to_owned(), loss);
            }
            fields.remove(LOSS);
        }
        true
    });
    let said = compare(folder.path(), &[]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'));
    assert!(said.out.contains("train/\\u{1b}[2Jlm_loss"), "{}", said.out);
    // Errors name what there is.
    for options in [["--metric", "trian/lm_loss"], ["--workload", "\u{9b}r"]] {
        let said = compare(folder.path(), &options);
        assert_eq!(said.code, Some(2), "{}", said.err);
        let is_plain = |line: &str| !line.contains(char::is_control);
        assert!(said.err.lines().all(is_plain), "{:?}", said.err);
        assert!(said.err.contains("\\u{"), "{}", said.err);
    }
}
