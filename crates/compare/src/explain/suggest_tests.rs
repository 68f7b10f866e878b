use super::*;
use crate::explain::SideId;
use std::f64::consts::{LN_2, LOG2_E};

/// A noisy falling curve that no shift of itself resembles.
fn curve(n: usize) -> Vec<f64> {
    let mut state = 7_u64;
    (0..n)
        .map(|i| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            1.0 + 3.0 * (-(i as f64) / 50.0).exp() + (state >> 40) as f64 / f64::from(1 << 26)
        })
        .collect()
}

/// As a log prints it, `%.6E`.
fn printed(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .map(|v| format!("{v:.6e}").parse().unwrap())
        .collect()
}

fn every(k: i64, from: i64, n: usize) -> Vec<i64> {
    (0..n as i64).map(|i| from + i * k).collect()
}

fn ask(a: (&[i64], &[f64]), b: (&[i64], &[f64])) -> Vec<Suggestion> {
    let times = |steps: &[i64]| -> Vec<i64> { steps.iter().map(|s| 1_000_000 + s).collect() };
    let (t, u) = (times(a.0), times(b.0));
    let x = Side::new(a.0, &t, a.1);
    let y = Side::new(b.0, &u, b.1);
    suggest(x, y)
}

fn only(found: &[Suggestion]) -> (Kind, Transform) {
    assert_eq!(found.len(), 1, "{found:#?}");
    (found[0].kind, found[0].transform)
}

fn offset(counts_from: Option<u8>) -> Kind {
    Kind::StepOffset { counts_from }
}

#[test]
fn steps() {
    let same = Transform::default();
    let (full, log) = (curve(200), printed(&curve(200)));
    let plus = |step_plus| Transform { step_plus, ..same };
    type Case = (Vec<i64>, Vec<i64>, Kind, Transform);
    let table: [Case; 6] = [
        (every(1, 1, 200), every(1, 0, 200), offset(Some(0)), plus(1)),
        (every(10, 10, 200), every(10, 9, 200), offset(None), plus(1)),
        (
            every(10, 10, 200),
            every(10, 9010, 200),
            offset(None),
            plus(-9000),
        ),
        (
            every(10, 10, 200),
            every(1, 0, 200),
            Kind::Stride,
            Transform {
                step_times: 10,
                step_plus: 10,
                ..same
            },
        ),
        (
            every(10, 10, 200),
            every(160, 160, 200),
            Kind::StepUnit,
            Transform {
                step_over: 16,
                ..same
            },
        ),
        (
            every(1, 1, 200),
            every(8192, 8192, 200),
            Kind::StepUnit,
            Transform {
                step_over: 8192,
                ..same
            },
        ),
    ];
    for (x, y, kind, transform) in table {
        let found = ask((&x, &log), (&y, &full));
        assert_eq!(only(&found), (kind, transform));
        assert_eq!(
            (found[0].evidence.matched.1, found[0].evidence.agreeing.1),
            (200, 200)
        );
    }
}

#[test]
fn a_row_late() {
    let (full, steps) = (curve(201), every(10, 10, 200));
    let found = ask((&steps, &printed(&full[1..])), (&steps, &full[..200]));
    let (kind, transform) = only(&found);
    assert_eq!((kind, transform.step_plus), (Kind::ShiftedRow, -10));
    assert_eq!(found[0].evidence.matched, (200, 199));
    let (before, after) = found[0].evidence.residual;
    assert!(before.unwrap() > 1000.0 * after.unwrap());
}

#[test]
fn steps_that_only_order_matches() {
    // HF's `_step` counts evaluation rows too: 0…24, 26…49, …
    let counted: Vec<i64> = (0..150).map(|i| i + i / 25).collect();
    let full = curve(150);
    let found = ask((&every(10, 10, 150), &printed(&full)), (&counted, &full));
    assert_eq!(
        (found[0].kind, found[0].method),
        (Kind::RowOrder, Method::RowOrder)
    );
    assert_eq!(found[0].evidence.agreeing.1, 150);
}

#[test]
fn values() {
    let (full, steps) = (curve(200), every(10, 10, 200));
    let log = printed(&full);
    let map = |f: fn(f64) -> f64| -> Vec<f64> { full.iter().map(|v| f(*v)).collect() };
    let times = ValueMap::Times;
    let table: [(Vec<f64>, Kind, ValueMap); 11] = [
        (map(|v| v * 0.01), Kind::Percent, times(100.0)),
        (map(|v| v * 100.0), Kind::Percent, times(0.01)),
        (map(|v| -v), Kind::Negated, times(-1.0)),
        (map(|v| v * 8.0), Kind::MeanOrSum, times(0.125)),
        (map(|v| v / 32.0), Kind::MeanOrSum, times(32.0)),
        (map(|v| v * 1000.0), Kind::Scale, times(0.001)),
        (map(|v| v * LOG2_E), Kind::Scale, times(LN_2)),
        (map(|v| v * 1.25), Kind::Scale, times(0.8)),
        (map(f64::exp), Kind::Logarithm, ValueMap::Ln),
        (map(f64::ln), Kind::Logarithm, ValueMap::Exp),
        (map(|v| 1.0 - v), Kind::OneMinus, ValueMap::OneMinus),
    ];
    for (values, kind, map) in table {
        let found = ask((&steps, &log), (&steps, &values));
        let (found_kind, transform) = only(&found);
        assert_eq!(found_kind, kind);
        match (transform.value, map) {
            (ValueMap::Times(found), ValueMap::Times(factor)) => {
                assert!((found / factor - 1.0).abs() < 1e-6, "{kind:?}: {found}");
            }
            (found, map) => assert_eq!(found, map),
        }
        assert!(found[0].evidence.agreeing.0 < 20 && found[0].evidence.agreeing.1 >= 190);
    }
}

#[test]
fn a_printed_percentage_against_a_fraction() {
    // "accuracy 47.66%" beside 0.4765625.
    let full: Vec<f64> = curve(200).iter().map(|v| v / 10.0).collect();
    let percent: Vec<f64> = full
        .iter()
        .map(|v| format!("{:.2}", v * 100.0).parse().unwrap())
        .collect();
    let steps = every(1, 1, 200);
    let found = ask((&steps, &full), (&steps, &percent));
    assert_eq!(only(&found).0, Kind::Percent);
    let found = ask((&steps, &percent), (&steps, &full));
    assert_eq!(only(&found).0, Kind::Percent);
}

#[test]
fn clocks_and_cadences() {
    let (full, steps) = (curve(200), every(10, 10, 200));
    let times: Vec<i64> = steps.iter().map(|s| 1_700_000_000_000 + s * 100).collect();
    let late: Vec<i64> = times.iter().map(|t| t + 3_600_000 + t % 700).collect();
    let a = Side::new(&steps, &times, &full);
    let found = suggest(
        a,
        Side {
            timestamp_ms: &late,
            ..a
        },
    );
    let (kind, transform) = only(&found);
    assert_eq!(
        (kind, transform.time_plus_ms),
        (Kind::ClockOffset, -3_600_000)
    );

    let rare: Vec<i64> = steps.iter().copied().step_by(5).collect();
    let few: Vec<f64> = full.iter().copied().step_by(5).collect();
    let found = ask((&steps, &printed(&full)), (&rare, &few));
    let (kind, transform) = only(&found);
    let side = SideId::B;
    assert_eq!(kind, Kind::EveryKth { side, k: 5 });
    assert!(transform.is_identity());
}

#[test]
fn nothing_where_nothing_helps() {
    let steps = every(10, 10, 200);
    let full = curve(200);
    assert_eq!(ask((&steps, &full), (&steps, &full)), []);
    let other: Vec<f64> = (0..200).map(|i| f64::from(i * 7919 % 200)).collect();
    assert_eq!(ask((&steps, &full), (&steps, &other)), []);
    let ones = vec![1.0; 200];
    assert_eq!(ask((&steps, &ones), (&every(10, 17, 200), &ones)), []);
    assert_eq!(ask((&[], &[]), (&steps, &full)), []);
    // A smooth schedule moved by a step is close to itself, yet not equal: not this one.
    let smooth: Vec<f64> = (0..200).map(|i| 1.0 + 1e-4 * f64::from(i).cos()).collect();
    assert_eq!(ask((&steps, &smooth), (&steps, &full)), []);
}
