use super::*;
use crate::align::{Method, align};
use crate::explain::{Finding, RowKind, SideId, findings};

fn report(x: &[i64], y: &[i64], time_plus_ms: i64) -> GapReport {
    let (u, v) = (vec![1.0; x.len()], vec![1.0; y.len()]);
    let times = |steps: &[i64], plus: i64| -> Vec<i64> {
        steps
            .iter()
            .map(|s| 1_700_000_000_000 + s * 1000 + plus)
            .collect()
    };
    let (t, w) = (times(x, 0), times(y, time_plus_ms));
    let a = Side::new(x, &t, &u);
    let b = Side::new(y, &w, &v);
    let alignment = align(a, b, Method::Exact);
    gaps(a, b, &alignment, <_>::default())
}

fn every(step: i64, first: i64, last: i64) -> Vec<i64> {
    (first..=last).step_by(step as usize).collect()
}

#[test]
fn an_early_end_and_a_hole() {
    let x = every(10, 10, 3000);
    let y: Vec<i64> = every(10, 10, 860)
        .into_iter()
        .filter(|s| !(200..=230).contains(s))
        .collect();
    let got = report(&x, &y, 0);
    assert_eq!(
        got.b.early_end,
        Some(StepRange {
            first: 870,
            last: 3000,
            count: 214
        })
    );
    assert_eq!(
        got.b.missing_here,
        [StepRange {
            first: 200,
            last: 230,
            count: 4
        }]
    );
    assert_eq!(got.b.missing, got.b.missing_here);
    assert_eq!(got.a.missing_here, []);
    let range = |first, last, count| StepRange { first, last, count };
    assert_eq!(
        findings(&got),
        [
            Finding::EarlyEnd {
                side: SideId::B,
                last: 860,
                other: range(870, 3000, 214),
            },
            Finding::Missing(SideId::B, &[range(200, 230, 4)]),
        ]
    );
}

#[test]
fn every_tenth_step_misses_nothing() {
    let got = report(&every(1, 1, 1004), &every(10, 10, 1000), 0);
    assert_eq!((got.b.late_start, got.b.early_end), (None, None));
    assert_eq!((got.b.missing_here.len(), findings(&got)), (0, vec![]));
    let late = report(&every(1, 1, 100), &every(1, 31, 100), 0);
    let start = Finding::LateStart {
        side: SideId::B,
        first: 31,
        other: StepRange {
            first: 1,
            last: 30,
            count: 30,
        },
    };
    assert_eq!(findings(&late), [start]);
}

#[test]
fn clocks() {
    let steps = every(10, 10, 1000);
    let got = report(&steps, &steps, 3_600_000);
    let clock = Clock {
        offset_ms: 3_600_000,
        spread_ms: 0,
        drift_ms_per_hour: 0.0,
    };
    assert_eq!(got.clock, Some(clock));
    assert_eq!(findings(&got), [Finding::ClockOffset { ms: 3_600_000 }]);
    assert_eq!(
        findings(&report(&steps, &steps, -7_200_400)),
        [Finding::ClockOffset { ms: -7_200_000 }]
    );
    assert_eq!(findings(&report(&steps, &steps, 400)), []);
    // B's clock runs 1 % fast: 36 s an hour.
    let (t, w): (Vec<i64>, Vec<i64>) = (
        steps.iter().map(|s| s * 10_000).collect(),
        steps.iter().map(|s| s * 10_100).collect(),
    );
    let values = vec![0.0; steps.len()];
    let a = Side::new(&steps, &t, &values);
    let b = Side::new(&steps, &w, &values);
    let drift = clock_of(a, b).drift_ms_per_hour;
    assert!((drift - 36_000.0).abs() < 1e-6, "{drift}");
}

fn clock_of(a: Side<'_>, b: Side<'_>) -> Clock {
    clock(a, b, &align(a, b, Method::Exact)).unwrap()
}

#[test]
fn a_clock_that_stands_still_is_none() {
    let (steps, frozen) = (every(1, 1, 50), vec![5; 50]);
    let values = vec![f64::NAN; 50];
    let a = Side::new(&steps, &steps, &values);
    let b = Side::new(&steps, &frozen, &[1.0; 50]);
    let got = gaps(a, b, &align(a, b, Method::Exact), <_>::default());
    assert_eq!((got.clock, got.b.frozen_clock), (None, true));
    assert_eq!(
        got.a.non_finite_only_here,
        [StepRange {
            first: 1,
            last: 50,
            count: 50
        }]
    );
    assert_eq!(
        findings(&got),
        [
            Finding::NonFinite(SideId::A, &got.a.non_finite_only_here),
            Finding::FrozenClock(SideId::B),
        ]
    );
}

#[test]
fn an_empty_side() {
    let got = report(&[], &[1, 2], 0);
    assert_eq!((got.a.late_start, got.a.early_end), (None, None));
    assert_eq!(findings(&got), [Finding::Empty(SideId::A)]);
}

#[test]
fn rows_that_cleaning_left_out() {
    let mut got = report(&[1, 2], &[1, 2], 0);
    got.a.cleaned.overlapped = 5;
    got.b.cleaned.late = 1;
    got.b.cleaned.collapsed = 2;
    assert_eq!(
        findings(&got),
        [
            Finding::Rows(SideId::A, RowKind::OtherAttempt, 5),
            Finding::Rows(SideId::B, RowKind::Copy, 2),
            Finding::Rows(SideId::B, RowKind::Late, 1),
        ]
    );
    // A source that counts nothing.
    let mut got = report(&[7], &[7], 0);
    (got.a.cleaned.rows, got.a.cleaned.replaced) = (9, 8);
    assert_eq!(findings(&got), [Finding::OneStep(SideId::A, 9)]);
}
