//! Faults put into a real run: each must be found and named.
//!
//! The base is charlm-clean's loss, as the log printed it (A) and as W&B has it (B, faulted).

#[cfg(test)]
mod compare_support;

use compare_support::{Columns, series};
use parallax_compare::agree::{Tolerance, Verdict};
use parallax_compare::attempts::Choice;
use parallax_compare::matrix::matrix;
use parallax_compare::pairing::{Basis, Named};
use parallax_compare::side::StepRange;
use parallax_compare::suggest::Kind;
use parallax_compare::transform::ValueMap;
use parallax_compare::{Options, Prepared};

const NAMES: (&str, &str) = ("log", "wandb");
const FILE: &str = "twin/charlm-clean.tsv";

fn pair() -> (Columns, Columns) {
    (
        series(FILE, "log", "lm_loss"),
        series(FILE, "wandb", "train/lm_loss"),
    )
}

/// Accepts the first offer and compares again.
fn accept(a: &Columns, b: &Columns) -> (Kind, String, Verdict) {
    let before = Prepared::new(a.side(), b.side(), &Options::default());
    assert!(before.agreement(NAMES).verdict.rank() > 2);
    let offer = before.suggestions(NAMES).remove(0);
    let (transform, method) = (offer.transform, offer.method);
    let options = Options {
        transform,
        method,
        ..Options::default()
    };
    let after = Prepared::new(a.side(), b.side(), &options).agreement(NAMES);
    (offer.kind, offer.reason, after.verdict)
}

#[test]
fn a_shifted_step() {
    let (a, mut b) = pair();
    b.iteration.iter_mut().for_each(|step| *step -= 1);
    let (kind, reason, verdict) = accept(&a, &b);
    assert_eq!(
        (kind, reason.as_str()),
        (Kind::StepOffset, "wandb is 1 step behind log throughout.")
    );
    assert!(
        matches!(verdict, Verdict::EqualWithinRounding { .. }),
        "{verdict:?}"
    );

    let (a, mut b) = pair();
    b.value.rotate_right(1);
    let (kind, reason, verdict) = accept(&a, &b);
    assert_eq!(kind, Kind::ShiftedRow);
    assert_eq!(
        reason,
        "wandb logs each value at the step after that of log (10 steps)."
    );
    assert!(
        matches!(verdict, Verdict::EqualWithinRounding { .. }),
        "{verdict:?}"
    );
}

#[test]
fn a_scaled_value() {
    for (factor, kind) in [
        (100.0, Kind::Percent),
        (16.0, Kind::MeanOrSum),
        (-1.0, Kind::Negated),
    ] {
        let (a, mut b) = pair();
        b.value.iter_mut().for_each(|value| *value *= factor);
        let (found, reason, verdict) = accept(&a, &b);
        assert_eq!(found, kind, "{reason}");
        assert!(
            matches!(verdict, Verdict::EqualWithinRounding { .. }),
            "{factor}: {verdict:?}"
        );
    }
}

#[test]
fn a_shift_and_a_scale_at_once() {
    let (a, mut b) = pair();
    b.iteration.iter_mut().for_each(|step| *step += 5000);
    b.value.iter_mut().for_each(|value| *value *= 0.01);
    let found = Prepared::new(a.side(), b.side(), &Options::default())
        .suggestions(NAMES)
        .remove(0);
    let transform = found.transform;
    assert_eq!(
        (transform.step_plus, transform.value),
        (-5000, ValueMap::Times(100.0))
    );
}

#[test]
fn dropped_ranges() {
    let (a, mut b) = pair();
    let keep = |step: i64| !(500..=600).contains(&step) && step != 1000 && step <= 2500;
    let rows: Vec<usize> = (0..b.iteration.len())
        .filter(|&i| keep(b.iteration[i]))
        .collect();
    b.value = rows.iter().map(|&i| b.value[i]).collect();
    b.timestamp_ms = rows.iter().map(|&i| b.timestamp_ms[i]).collect();
    b.iteration = rows.iter().map(|&i| b.iteration[i]).collect();
    let got = Prepared::new(a.side(), b.side(), &Options::default());
    let gaps = got.gaps(NAMES);
    let range = |first, last, count| StepRange { first, last, count };
    assert_eq!(
        gaps.b.missing_here,
        [range(500, 600, 11), range(1000, 1000, 1)]
    );
    assert_eq!(
        gaps.findings,
        [
            "wandb stops at step 2,500; log goes on to 3,000 (50 steps more).",
            "wandb lacks steps that log has: 500–600 (11 steps), 1,000.",
        ]
    );
    let agreement = got.agreement(NAMES);
    assert!(matches!(
        agreement.verdict,
        Verdict::EqualWithinRounding { .. }
    ));
    assert!(
        agreement.sentence.ends_with("62 steps are only in log."),
        "{}",
        agreement.sentence
    );
}

#[test]
fn one_wrong_digit() {
    let (mut a, b) = pair();
    let at = a.iteration.iter().position(|step| *step == 1230).unwrap();
    let (was, unit) = (a.value[at], 1e-5);
    a.value[at] = ((was + unit) * 1e6).round() / 1e6;
    let strict = Options {
        tolerance: Tolerance {
            absolute: 0.0,
            relative: 0.0,
        },
        ..Options::default()
    };
    let got = Prepared::new(a.side(), b.side(), &strict).agreement(NAMES);
    let verdict = Verdict::DiffersFrom {
        step: 1230,
        last: 1230,
        points: 1,
        throughout: false,
    };
    assert_eq!(
        (got.verdict, got.figures.unwrap().max_abs_at),
        (verdict, 1230)
    );
    assert!(
        got.sentence
            .starts_with("1 of 300 shared steps differs, step 1,230;"),
        "{}",
        got.sentence
    );
    // A thousandth is tolerated by default, yet it is not called rounding.
    let got = Prepared::new(a.side(), b.side(), &Options::default()).agreement(NAMES);
    assert_eq!(got.verdict, Verdict::WithinTolerance);
}

#[test]
fn swapped_sources() {
    let (loss, norm) = (
        series(FILE, "wandb", "train/lm_loss"),
        series(FILE, "wandb", "train/grad_norm"),
    );
    let log = [
        series(FILE, "log", "lm_loss"),
        series(FILE, "log", "grad_norm"),
    ];
    let named = |c: &'static str, source, side| Named {
        metric: c,
        source,
        side,
    };
    let all = [
        named("lm_loss", "log", log[0].side()),
        named("grad_norm", "log", log[1].side()),
        named("train/lm_loss", "wandb", norm.side()),
        named("train/grad_norm", "wandb", loss.side()),
    ];
    let got = matrix(&all, Choice::Latest, Tolerance::default());
    assert!(got.differs() && got.rows.len() == 2);
    for row in &got.rows {
        assert_eq!(row.basis, Basis::NamesAgainstValues);
        assert!(row.pairing.ends_with("swapped?"), "{}", row.pairing);
    }
}

#[test]
fn a_clock_one_hour_off() {
    let (a, mut b) = pair();
    b.timestamp_ms
        .iter_mut()
        .for_each(|time| *time -= 3_600_000);
    let got = Prepared::new(a.side(), b.side(), &Options::default());
    assert_eq!(
        got.gaps(NAMES).findings,
        ["The clock of wandb is 1 h behind log's."]
    );
    let offer = got.suggestions(NAMES).remove(0);
    assert_eq!(
        (offer.kind, offer.transform.time_plus_ms),
        (Kind::ClockOffset, 3_600_000)
    );
    assert_eq!(
        offer.reason,
        "The clock of wandb is 1 h behind log's, a difference of time zones."
    );
}

#[test]
fn a_nan_on_one_side() {
    let (a, mut b) = pair();
    b.value[7] = f64::NAN;
    let got = Prepared::new(a.side(), b.side(), &Options::default());
    let verdict = Verdict::DiffersFrom {
        step: 80,
        last: 80,
        points: 1,
        throughout: false,
    };
    assert_eq!(got.agreement(NAMES).verdict, verdict);
    assert_eq!(
        got.gaps(NAMES).findings,
        ["Only wandb is NaN or infinite at 80."]
    );
}

#[test]
fn a_drift_from_a_step_on() {
    let (a, mut b) = pair();
    let from = b.iteration.iter().position(|step| *step == 2000).unwrap();
    b.value[from..].iter_mut().for_each(|value| *value *= 1.02);
    let got = Prepared::new(a.side(), b.side(), &Options::default()).agreement(NAMES);
    let verdict = Verdict::DiffersFrom {
        step: 2000,
        last: 3000,
        points: 101,
        throughout: true,
    };
    assert_eq!(got.verdict, verdict);
    assert!(
        got.sentence
            .starts_with("From step 2,000 on all 101 shared steps differ (300 are shared);")
    );
}
