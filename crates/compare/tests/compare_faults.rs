//! Faults put into a real run: each must be found and named.
//!
//! The base is charlm-clean's loss, as the log printed it (A) and as W&B has it (B, faulted).

#[cfg(test)]
mod compare_support;

use compare_support::{Columns, series};
use parallax_compare::StepRange;
use parallax_compare::align::ValueMap;
use parallax_compare::attempts::Choice;
use parallax_compare::explain::{Finding, Kind, SideId, Suggestion, findings};
use parallax_compare::matrix::matrix;
use parallax_compare::matrix::{Basis, NamedSeries};
use parallax_compare::verdict::{Tolerance, Verdict};
use parallax_compare::{AlignedPair, Options};

const MOVED: Kind = Kind::StepOffset { counts_from: None };
const FILE: &str = "twin/charlm-clean.tsv";

fn pair() -> (Columns, Columns) {
    (
        series(FILE, "log", "lm_loss"),
        series(FILE, "wandb", "train/lm_loss"),
    )
}

/// Accepts the first offer and compares again.
fn accept(a: &Columns, b: &Columns) -> (Suggestion, Verdict) {
    let before = AlignedPair::new(a.side(), b.side(), &Options::default());
    assert!(before.agreement().verdict.rank() > 2);
    let offer = before.suggestions().remove(0);
    let (transform, method) = (offer.transform, offer.method);
    let options = Options {
        transform,
        method,
        ..Options::default()
    };
    let after = AlignedPair::new(a.side(), b.side(), &options).agreement();
    (offer, after.verdict)
}

#[test]
fn a_shifted_step() {
    let (a, mut b) = pair();
    b.iteration.iter_mut().for_each(|step| *step -= 1);
    let (offer, verdict) = accept(&a, &b);
    assert_eq!((offer.kind, offer.transform.step_plus), (MOVED, 1));
    assert!(
        matches!(verdict, Verdict::EqualWithinRounding { .. }),
        "{verdict:?}"
    );

    let (a, mut b) = pair();
    b.value.rotate_right(1);
    let (offer, verdict) = accept(&a, &b);
    assert_eq!(
        (offer.kind, offer.transform.step_plus),
        (Kind::ShiftedRow, -10)
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
        let (offer, verdict) = accept(&a, &b);
        assert_eq!(offer.kind, kind);
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
    let found = AlignedPair::new(a.side(), b.side(), &Options::default())
        .suggestions()
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
    let got = AlignedPair::new(a.side(), b.side(), &Options::default());
    let gaps = got.gaps();
    let range = |first, last, count| StepRange { first, last, count };
    assert_eq!(
        gaps.b.missing_here,
        [range(500, 600, 11), range(1000, 1000, 1)]
    );
    assert_eq!(
        findings(&gaps),
        [
            Finding::EarlyEnd {
                side: SideId::B,
                last: 2500,
                other: range(2510, 3000, 50),
            },
            Finding::Missing(SideId::B, &gaps.b.missing_here),
        ]
    );
    let agreement = got.agreement();
    assert!(matches!(
        agreement.verdict,
        Verdict::EqualWithinRounding { .. }
    ));
    assert_eq!(agreement.only, (62, 0));
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
    let got = AlignedPair::new(a.side(), b.side(), &strict).agreement();
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
    assert_eq!((got.differing(), got.matched), (1, 300));
    // A thousandth is tolerated by default, yet it is not called rounding.
    let got = AlignedPair::new(a.side(), b.side(), &Options::default()).agreement();
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
    let named = |c: &'static str, source, side| NamedSeries {
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
        assert_eq!(row.pairing.basis, Basis::NamesAgainstValues);
        assert!(row.pairing.rival.is_some(), "{:?}", row.pairing);
    }
}

#[test]
fn a_clock_one_hour_off() {
    let (a, mut b) = pair();
    b.timestamp_ms
        .iter_mut()
        .for_each(|time| *time -= 3_600_000);
    let got = AlignedPair::new(a.side(), b.side(), &Options::default());
    let clock = Finding::ClockOffset { ms: -3_600_000 };
    assert_eq!(findings(&got.gaps()), [clock]);
    let offer = got.suggestions().remove(0);
    assert_eq!(
        (offer.kind, offer.transform.time_plus_ms),
        (Kind::ClockOffset, 3_600_000)
    );
}

#[test]
fn a_nan_on_one_side() {
    let (a, mut b) = pair();
    b.value[7] = f64::NAN;
    let got = AlignedPair::new(a.side(), b.side(), &Options::default());
    let verdict = Verdict::DiffersFrom {
        step: 80,
        last: 80,
        points: 1,
        throughout: false,
    };
    assert_eq!(got.agreement().verdict, verdict);
    let only = StepRange {
        first: 80,
        last: 80,
        count: 1,
    };
    let gaps = got.gaps();
    assert_eq!(findings(&gaps), [Finding::NonFinite(SideId::B, &[only])]);
}

#[test]
fn a_drift_from_a_step_on() {
    let (a, mut b) = pair();
    let from = b.iteration.iter().position(|step| *step == 2000).unwrap();
    b.value[from..].iter_mut().for_each(|value| *value *= 1.02);
    let got = AlignedPair::new(a.side(), b.side(), &Options::default()).agreement();
    let verdict = Verdict::DiffersFrom {
        step: 2000,
        last: 3000,
        points: 101,
        throughout: true,
    };
    assert_eq!(got.verdict, verdict);
    assert_eq!(got.matched, 300);
}
