//! Series that break naive statistics: constants, lone points, nothing but NaN, infinities, numbers
//! near the ends of float64 and of the steps, rows in no order, and units that do not match.
//!
//! Figures are worked out by hand; where numpy overflows (squares of 1e200), by scaling first.

use parallax_compare::align::Method;
use parallax_compare::align::ValueMap;
use parallax_compare::explain::{Kind, time_zone_ms};
use parallax_compare::verdict::Tolerance;
use parallax_compare::verdict::{Agreement, Status, Verdict};
use parallax_compare::{AlignedPair, Options, Side};

const MOVED: Kind = Kind::StepOffset { counts_from: None };
const DAY_MS: i64 = 1_700_000_000_000;

/// A series with a time for each step.
struct Rows {
    steps: Vec<i64>,
    times_ms: Vec<i64>,
    values: Vec<f64>,
}

impl Rows {
    fn new(steps: impl IntoIterator<Item = i64>, values: impl IntoIterator<Item = f64>) -> Self {
        let (steps, values): (Vec<i64>, Vec<f64>) = steps.into_iter().zip(values).unzip();
        let times_ms = (0..steps.len() as i64)
            .map(|row| DAY_MS + row * 1000)
            .collect();
        Self {
            steps,
            times_ms,
            values,
        }
    }

    fn side(&self) -> Side<'_> {
        Side::new(&self.steps, &self.times_ms, &self.values)
    }
}

/// A noisy falling curve in float64.
fn curve(n: usize) -> Vec<f64> {
    let mut state = 11_u64;
    let mut next = |row: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        1.0 + 3.0 * (-(row as f64) / 60.0).exp() + (state >> 40) as f64 / f64::from(1 << 26)
    };
    (0..n).map(&mut next).collect()
}

fn agreement(a: &Rows, b: &Rows) -> Agreement {
    AlignedPair::new(a.side(), b.side(), &Options::default()).agreement()
}

fn values(a: &[f64], b: &[f64]) -> Agreement {
    let rows = |values: &[f64]| Rows::new(1.., values.iter().copied());
    agreement(&rows(a), &rows(b))
}

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= 1e-12 * expected.abs()
}

#[test]
fn constants_have_no_correlation() {
    // 0.1 is no float64: the mean of many is not 0.1 to the last bit.
    for n in [2, 3, 7, 1000] {
        let got = values(&vec![0.1; n], &vec![0.1; n]);
        let figures = got.figures.unwrap();
        assert_eq!(got.verdict, Verdict::Identical);
        assert_eq!((figures.pearson, figures.rmse), (None, 0.0), "{n}");
        let moving: Vec<f64> = (0..n).map(|i| i as f64 * 0.3).collect();
        assert_eq!(
            values(&vec![0.1; n], &moving).figures.unwrap().pearson,
            None
        );
    }
}

#[test]
fn one_shared_step() {
    let a = Rows::new([1, 5, 9], [1.0, 2.0, 3.0]);
    let b = Rows::new([5, 6], [2.0, 7.0]);
    let got = agreement(&a, &b);
    assert_eq!((got.matched, got.only), (1, (2, 1)));
    assert_eq!(got.verdict, Verdict::Identical);
    assert_eq!(got.figures.unwrap().pearson, None);
}

#[test]
fn nothing_but_nan_and_equal_infinities() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let got = values(&[nan; 9], &[nan; 9]);
    assert_eq!((got.verdict, got.both_non_finite), (Verdict::Identical, 9));
    assert_eq!(got.figures, None);
    let got = values(&[inf, -inf, 1.0], &[inf, -inf, 1.0]);
    assert_eq!((got.verdict, got.both_non_finite), (Verdict::Identical, 2));
    assert_eq!(got.figures.unwrap().points, 1);
    let got = values(&[inf, 1.0, nan], &[-inf, 1.0, inf]);
    assert_eq!(got.by_status[Status::NonFinite as usize], 2);
    assert!(got.verdict.is_difference());
}

#[test]
fn sums_of_huge_numbers_do_not_overflow() {
    let (a, b) = (
        [1e308, 1.5e308, 1e308, 1.2e308],
        [1e308, 1e308, 1e308, 1.2e308],
    );
    let figures = values(&a, &b).figures.unwrap();
    assert!(close(figures.bias, -0.125e308), "{:e}", figures.bias);
    assert!(close(figures.mae, 0.125e308));
    // √(0.5² / 4) · 1e308
    assert!(close(figures.rmse, 0.25e308), "{:e}", figures.rmse);
    assert!(close(figures.max_relative, 1.0 / 3.0));
    // a: mean 1.175, Σ(a − mean)² = 0.1675; b: mean 1.05, Σ = 0.03; Σ of products 0.015 − …
    let product: f64 = [
        (-0.175, -0.05),
        (0.325, -0.05),
        (-0.175, -0.05),
        (0.025, 0.15),
    ]
    .iter()
    .map(|(x, y)| x * y)
    .sum();
    let expected = product / (0.1675_f64 * 0.03).sqrt();
    let pearson = figures.pearson.unwrap();
    assert!((pearson - expected).abs() < 1e-12, "{pearson} {expected}");
}

#[test]
fn squares_of_tiny_numbers_do_not_vanish() {
    let got = values(
        &[1e-200, 2e-200, 3e-200, 4e-200],
        &[1e-200, 2e-200, 3e-200, 6e-200],
    );
    let figures = got.figures.unwrap();
    assert!(close(figures.rmse, 1e-200), "{:e}", figures.rmse);
    assert!(close(figures.deviation.0, 1.25_f64.sqrt() * 1e-200));
    assert!(figures.pearson.unwrap() > 0.9);
}

#[test]
fn opposite_ends_of_float64_differ() {
    let got = values(&[f64::MAX, 1.0], &[f64::MIN, 1.0]);
    let figures = got.figures.unwrap();
    assert!(got.verdict.is_difference());
    assert_eq!((figures.max_relative, figures.max_relative_at), (2.0, 1));
    assert_eq!(figures.mean_relative, 1.0);
    let between = Options {
        method: Method::Interpolated,
        ..Options::default()
    };
    let a = Rows::new([0, 5, 10], [0.0; 3]);
    let b = Rows::new([0, 10], [f64::MIN, f64::MAX]);
    let rows = AlignedPair::new(a.side(), b.side(), &between).rows();
    assert_eq!(rows[1].b, Some(0.0));
}

#[test]
fn steps_at_the_ends_of_their_range() {
    let steps = [i64::MIN, -5, 0, 7, i64::MAX];
    let numbers = [1.0, 2.0, 3.0, 4.0, 5.0];
    let (a, b) = (Rows::new(steps, numbers), Rows::new(steps, numbers));
    let methods = [
        Method::Exact,
        Method::Nearest { tolerance_steps: 3 },
        Method::Interpolated,
        Method::TimeNearest { tolerance_ms: 10 },
        Method::RowOrder,
    ];
    for method in methods {
        let options = Options {
            method,
            ..Options::default()
        };
        let pair = AlignedPair::new(a.side(), b.side(), &options);
        assert_eq!(*pair.residual(true).delta.value, [0.0; 5], "{method}");
        let report = pair.report();
        assert_eq!(report.agreement.verdict, Verdict::Identical, "{method}");
        assert_eq!(report.agreement.matched, 5, "{method}");
    }
    // Far ends against each other: offers and gaps must not overflow either.
    let (low, high) = (
        Rows::new(
            [i64::MIN, i64::MIN + 1, i64::MIN + 2, i64::MIN + 3],
            numbers,
        ),
        Rows::new(
            [i64::MAX - 3, i64::MAX - 2, i64::MAX - 1, i64::MAX],
            numbers,
        ),
    );
    let pair = AlignedPair::new(low.side(), high.side(), &Options::default());
    assert!(pair.residual(false).delta.value.is_empty());
    let report = pair.report();
    assert_eq!(report.agreement.verdict, Verdict::NothingShared);
}

#[test]
fn rows_in_no_order_are_one_attempt() {
    let n = 997_i64;
    let shuffled = Rows::new(
        (0..n).map(|i| i * 509 % n),
        (0..n).map(|i| (i * 509 % n) as f64 * 0.5),
    );
    let falling = Rows::new((0..n).rev(), (0..n).rev().map(|i| i as f64 * 0.5));
    let sorted = Rows::new(0..n, (0..n).map(|i| i as f64 * 0.5));
    for (rows, what) in [(&shuffled, "shuffled"), (&falling, "falling")] {
        let got = AlignedPair::new(rows.side(), sorted.side(), &Options::default());
        assert_eq!(got.attempts.0.len(), 1, "{what}");
        assert_eq!(got.cleaned.0.overlapped, 0, "{what}");
        let agreement = got.agreement();
        assert_eq!((agreement.matched, agreement.only), (997, (0, 0)), "{what}");
        assert_eq!(agreement.verdict, Verdict::Identical, "{what}");
    }
}

#[test]
fn times_that_nobody_recorded_match_nothing() {
    let by_time = Options {
        method: Method::TimeNearest { tolerance_ms: 2000 },
        ..Options::default()
    };
    let (mut a, b) = (Rows::new(0..6, curve(6)), Rows::new(0..6, curve(6)));
    a.times_ms[1] = 0;
    a.times_ms[2] = 0;
    let got = AlignedPair::new(a.side(), b.side(), &by_time);
    assert_eq!(got.alignment.only_a, [1, 2]);
    assert_eq!(got.alignment.matched(), 4);
    a.times_ms.fill(0);
    let got = AlignedPair::new(a.side(), b.side(), &by_time).agreement();
    assert_eq!(got.verdict, Verdict::NothingShared);
}

#[test]
fn few_float32_values_are_told_from_their_digits() {
    // 0.1 and 0.7 as float32 beside their float64.
    let (a, b) = ([0.1, 0.7], [f64::from(0.1_f32), f64::from(0.7_f32)]);
    let verdict = values(&a, &b).verdict;
    assert!(
        matches!(verdict, Verdict::EqualWithinRounding { .. }),
        "{verdict:?}"
    );
    let verdict = values(&[0.1, 0.7], &[0.1001, 0.7]).verdict;
    assert_eq!(verdict, Verdict::WithinTolerance);
}

/// The first offer, and the verdict once it is accepted.
#[cfg(test)]
fn accepted(a: &Rows, b: &Rows) -> (Kind, Options, Verdict) {
    let before = AlignedPair::new(a.side(), b.side(), &Options::default());
    let offer = before.suggestions().into_iter().next().unwrap();
    let options = Options {
        transform: offer.transform,
        method: offer.method,
        tolerance: Tolerance {
            absolute: 0.0,
            relative: 1e-6,
        },
        ..Options::default()
    };
    let after = AlignedPair::new(a.side(), b.side(), &options);
    (offer.kind, options, after.agreement().verdict)
}

#[test]
fn units_that_do_not_match_are_named_and_meet_when_accepted() {
    let full = curve(120);
    let every = |k: i64, from: i64| (0..120).map(move |row| from + row * k);
    let same = || Rows::new(every(10, 10), full.clone());
    let mapped = |map: fn(f64) -> f64| Rows::new(every(10, 10), full.iter().map(|v| map(*v)));
    let stepped = |k, from| Rows::new(every(k, from), full.clone());
    let table = [
        ("percent", mapped(|v| v * 100.0), Kind::Percent),
        (
            "sum over 12 microbatches",
            mapped(|v| v * 12.0),
            Kind::MeanOrSum,
        ),
        ("mean over 12", mapped(|v| v / 12.0), Kind::MeanOrSum),
        ("logarithm", mapped(f64::ln), Kind::Logarithm),
        ("perplexity", mapped(f64::exp), Kind::Logarithm),
        ("decimal logarithm", mapped(f64::log10), Kind::Logarithm),
        (
            "tokens",
            stepped(10 * 4_194_304, 10 * 4_194_304),
            Kind::StepUnit,
        ),
        ("samples", stepped(10 * 256, 10 * 256), Kind::StepUnit),
        ("epochs", stepped(1, 1), Kind::Stride),
        ("rows from 0", stepped(1, 0), Kind::Stride),
        ("from 0", stepped(10, 0), MOVED),
        ("off by one", stepped(10, 9), MOVED),
        ("a checkpoint behind", stepped(10, 5010), MOVED),
    ];
    for (what, b, kind) in table {
        let (found, _, verdict) = accepted(&same(), &b);
        assert_eq!(found, kind, "{what}");
        assert!(verdict.rank() <= 2, "{what}: {verdict:?}");
        // And seen from the other side.
        let (found, _, verdict) = accepted(&b, &same());
        let reversed = match kind {
            Kind::StepUnit => Kind::Stride,
            Kind::Stride => Kind::StepUnit,
            kind => kind,
        };
        assert_eq!(found, reversed, "{what}, reversed");
        assert!(verdict.rank() <= 2, "{what}, reversed: {verdict:?}");
    }
}

#[test]
fn steps_in_a_broken_ratio() {
    // A counts optimizer steps and logs every 10th; B counts half steps from another origin and
    // logs every 30th of them: 15 steps. Every second row of B meets A.
    let full = curve(600);
    let a = Rows::new(
        (0..60).map(|row| row * 10),
        (0..60).map(|row| full[row * 10]),
    );
    let b = Rows::new(
        (0..40).map(|row| row * 30),
        (0..40).map(|row| full[row * 15]),
    );
    let (kind, options, verdict) = accepted(&a, &b);
    assert_eq!(kind, Kind::StepUnit);
    assert_eq!(
        (options.transform.step_times, options.transform.step_over),
        (1, 2)
    );
    assert!(verdict.rank() <= 2, "{verdict:?}");
}

#[test]
fn clocks_in_other_time_zones() {
    for hours in [5.5, -8.0, 0.25, 14.0] {
        let (a, mut b) = (Rows::new(0..50, curve(50)), Rows::new(0..50, curve(50)));
        let offset_ms = (hours * 3_600_000.0) as i64;
        b.times_ms
            .iter_mut()
            .for_each(|time| *time += offset_ms + 300);
        let pair = AlignedPair::new(a.side(), b.side(), &Options::default());
        let offer = pair.suggestions().remove(0);
        assert_eq!(offer.kind, Kind::ClockOffset);
        assert_eq!(offer.transform.time_plus_ms, -offset_ms);
        assert_eq!(time_zone_ms(offset_ms + 300), Some(offset_ms));
    }
    // 7 minutes are no time zone, but still a difference.
    let (a, mut b) = (Rows::new(0..50, curve(50)), Rows::new(0..50, curve(50)));
    b.times_ms.iter_mut().for_each(|time| *time += 420_000);
    let offer = AlignedPair::new(a.side(), b.side(), &Options::default())
        .suggestions()
        .remove(0);
    assert_eq!(offer.transform.time_plus_ms, -420_000);
    assert_eq!(time_zone_ms(420_000), None);
}

#[test]
fn an_offer_of_values_says_what_was_done() {
    let full = curve(120);
    let a = Rows::new(0..120, full.clone());
    let b = Rows::new(0..120, full.iter().map(|v| v * 0.01));
    let (_, options, _) = accepted(&a, &b);
    assert_eq!(options.transform.value, ValueMap::Times(100.0));
}
