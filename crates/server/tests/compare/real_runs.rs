//! The verdicts of real runs. What is expected comes from how the runs were made: the scripts log
//! one float to every sink; of others' runs, from numpy over their files as W&B's own reader
//! gives them.

use serde_json::json;

use crate::support::{compare, examples, row, row_with, shared};

#[test]
fn a_clean_run_is_equal_within_rounding_and_identical_in_float32() {
    let runs = examples();
    let got = row(&runs, "charlm-clean", "log,wandb", "lm_loss=train/lm_loss");
    assert_eq!(got["verdict"], "equal_within_rounding");
    assert_eq!(
        (&got["matched"], &got["coverage_b"]),
        (&json!(300), &json!(1.0))
    );
    assert_eq!(got["precision_a"], "7 significant digits");
    let got = row(&runs, "charlm-clean", "wandb,tensorflow", "train/lm_loss");
    assert_eq!(got["verdict"], "identical");
    let said = compare(&runs, &["--workload", "charlm-clean"]);
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert!(
        said.out
            .starts_with("charlm-clean: no difference beyond 0.1 %")
    );
}

#[test]
fn a_resumed_run_has_steps_twice_and_others_lost() {
    let runs = examples();
    let got = row_with(&runs, "charlm-resume", "log,wandb", "lm_loss", &["--gaps"]);
    assert_eq!((&got["matched"], &got["only_a"]), (&json!(146), &json!(4)));
    let gaps = &got["gaps"];
    let lost = json!([{"first": 870, "last": 900, "count": 4}]);
    assert_eq!(gaps["b"]["missing_here"], lost);
    assert_eq!(
        gaps["a"]["cadences"],
        json!([{"steps": 10, "first": 10, "last": 1500}])
    );
    let twice = "log: rows that belong to attempts that are not shown: 5.";
    assert!(gaps["findings"].as_array().unwrap().contains(&json!(twice)));
    // 910–950 twice in log and TensorBoard: all attempts give five pairs more than the latest.
    for (attempts, matched) in [("latest", 150), ("all", 155), ("1", 95), ("2", 60)] {
        let options = ["--attempts", attempts];
        let got = row_with(
            &runs,
            "charlm-resume",
            "log,tensorflow",
            "lm_loss",
            &options,
        );
        assert_eq!(got["matched"], matched, "{attempts}");
        assert_eq!(got["verdict"], "equal_within_rounding", "{attempts}");
    }
    // W&B has the second attempt's values there.
    let first = ["--attempts", "first"];
    let got = row_with(&runs, "charlm-resume", "log,wandb", "lm_loss", &first);
    assert_eq!(got["verdict"], "differs");
    let steps = (&got["first_differing_step"], &got["last_differing_step"]);
    assert_eq!(steps, (&json!(910), &json!(950)));
}

#[test]
fn a_diverged_run_spikes_and_is_nan_on_all_sides() {
    let runs = examples();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pair.csv");
    for sources in ["log,wandb", "log,tensorflow", "wandb,tensorflow"] {
        let name = if sources.starts_with("log") {
            "lm_loss"
        } else {
            "train/lm_loss"
        };
        let export = ["--export", file.to_str().unwrap()];
        let got = row_with(&runs, "charlm-diverge", sources, name, &export);
        assert_eq!(got["differs"], false, "{sources}");
        let counts = (&got["both_non_finite"], &got["one_non_finite"]);
        assert_eq!(counts, (&json!(10), &json!(0)), "{sources}");
        let text = std::fs::read_to_string(&file).unwrap();
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = text.lines().skip(1).map(cells).collect();
        for side in [1, 2] {
            let nan = rows.iter().find(|row| row[side] == "NaN").unwrap();
            assert_eq!(nan[0], "1110", "{sources}");
            let finite = rows.iter().filter(|row| row[side] != "NaN");
            let number = |row: &&Vec<String>| row[side].parse::<f64>().unwrap();
            let peak = finite
                .max_by(|p, q| number(p).total_cmp(&number(q)))
                .unwrap();
            assert_eq!(peak[0], "510", "{sources}");
        }
    }
}

#[test]
fn a_trainer_prints_four_digits_and_wandb_counts_other_steps() {
    let runs = examples();
    let got = row(&runs, "hf-trainer", "log,wandb", "loss=train/loss");
    assert_eq!(got["verdict"], "equal_within_rounding");
    assert_eq!(got["precision_a"], "4 significant digits");
    assert_eq!(got["matched"], 150);
}

#[test]
fn epochs_from_zero_are_found_offered_and_met() {
    let runs = examples();
    let got = row(&runs, "keras-digits", "log,csv", "loss");
    assert_eq!(
        (&got["verdict"], &got["matched"]),
        (&json!("differs"), &json!(24))
    );
    assert_eq!(got["hint"]["options"], "--offset 1");
    let got = row_with(&runs, "keras-digits", "log,csv", "loss", &["--offset", "1"]);
    assert_eq!(got["verdict"], "equal_within_rounding");
    assert_eq!(got["matched"], 25);
    assert_eq!(got["pairing"], "same name; values agree at 25 of 25 steps");
}

#[test]
fn a_run_against_its_baseline() {
    let runs = examples();
    let pair = ["--workload", "charlm-resume", "--baseline", "charlm-clean"];
    let options = [&pair[..], &["--sources", "log", "--metric", "lm_loss"]].concat();
    let said = compare(&runs, &options);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(
        said.out
            .starts_with("charlm-resume against charlm-clean: 1 of 1 pair differ")
    );
    // Both saw the same data up to the first resume's seed; half a unit is more than they part.
    let said = compare(&runs, &[&options[..], &["--tolerance", "abs:0.5"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.out);
}

#[test]
fn a_keyword_run_matches_862_steps_and_the_log_has_one_more() {
    let Some(runs) = shared("wandb") else { return };
    let got = row(
        &runs,
        "kwt_3ojed7lz",
        "log,wandb",
        "cross_entropy=Training/loss",
    );
    // The run file ends at 861; wandb-summary.json has the last values, of step 863.
    assert_eq!(
        (&got["matched"], &got["only_a"], &got["only_b"]),
        (&json!(862), &json!(1), &json!(0))
    );
    assert_eq!(got["verdict"], "equal_within_rounding");
}

#[test]
fn an_evaluated_run_matches_29_of_29_once_its_rows_are_counted_as_steps() {
    let Some(runs) = shared("wandb") else { return };
    let got = row(
        &runs,
        "nanogpt_cyzc1wxt",
        "log,wandb",
        "train_loss=train/loss",
    );
    // W&B counted its rows: only the first one meets, and that is said.
    assert_eq!((&got["matched"], &got["only_b"]), (&json!(1), &json!(28)));
    assert_eq!(got["hint"]["options"], "--step-ratio 250");
    for metric in ["train_loss=train/loss", "val_loss=val/loss"] {
        let accepted = ["--step-ratio", "250"];
        let got = row_with(&runs, "nanogpt_cyzc1wxt", "log,wandb", metric, &accepted);
        assert_eq!(got["verdict"], "equal_within_rounding");
        assert_eq!(
            (&got["matched"], &got["only_a"], &got["only_b"]),
            (&json!(29), &json!(0), &json!(0))
        );
        assert_eq!(got["precision_a"], "4 decimals");
    }
}
