use super::super::align::{Method, align};
use super::*;

fn report(x: &[i64], y: &[i64], time_plus_ms: i64) -> GapReport {
    let (u, v) = (vec![1.0; x.len()], vec![1.0; y.len()]);
    let times = |steps: &[i64], plus: i64| -> Vec<i64> {
        steps
            .iter()
            .map(|s| 1_700_000_000_000 + s * 1000 + plus)
            .collect()
    };
    let (t, w) = (times(x, 0), times(y, time_plus_ms));
    let a = Side {
        iteration: x,
        timestamp_ms: &t,
        value: &u,
    };
    let b = Side {
        iteration: y,
        timestamp_ms: &w,
        value: &v,
    };
    let alignment = align(a, b, Method::Exact);
    gaps(a, b, &alignment, <_>::default(), ("log", "wandb"))
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
    assert_eq!(
        got.findings,
        [
            "wandb stops at step 860; log goes on to 3,000 (214 steps more).",
            "wandb lacks steps that log has: 200–230 (4 steps).",
        ]
    );
}

#[test]
fn every_tenth_step_misses_nothing() {
    let got = report(&every(1, 1, 1004), &every(10, 10, 1000), 0);
    assert_eq!((got.b.late_start, got.b.early_end), (None, None));
    assert_eq!(
        (got.b.missing_here.len(), got.findings.len()),
        (0, 0),
        "{:?}",
        got.findings
    );
    let late = report(&every(1, 1, 100), &every(1, 31, 100), 0);
    assert_eq!(
        late.findings,
        ["wandb starts at step 31; log at 1 (30 steps before)."]
    );
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
    assert_eq!(got.findings, ["The clock of wandb is 1 h ahead of log's."]);
    assert_eq!(
        report(&steps, &steps, -7_200_000).findings,
        ["The clock of wandb is 2 h behind log's."]
    );
    assert_eq!(report(&steps, &steps, 400).findings, Vec::<String>::new());
    // B's clock runs 1 % fast: 36 s an hour.
    let (t, w): (Vec<i64>, Vec<i64>) = (
        steps.iter().map(|s| s * 10_000).collect(),
        steps.iter().map(|s| s * 10_100).collect(),
    );
    let values = vec![0.0; steps.len()];
    let a = Side {
        iteration: &steps,
        timestamp_ms: &t,
        value: &values,
    };
    let b = Side {
        iteration: &steps,
        timestamp_ms: &w,
        value: &values,
    };
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
    let a = Side {
        iteration: &steps,
        timestamp_ms: &steps,
        value: &values,
    };
    let b = Side {
        iteration: &steps,
        timestamp_ms: &frozen,
        value: &[1.0; 50],
    };
    let got = gaps(
        a,
        b,
        &align(a, b, Method::Exact),
        <_>::default(),
        ("log", "wandb"),
    );
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
        got.findings,
        [
            "Only log is NaN or infinite at 1–50 (50 steps).",
            "wandb has no usable clock: all of its points have one time.",
        ]
    );
}

#[test]
fn an_empty_side() {
    let got = report(&[], &[1, 2], 0);
    assert_eq!((got.a.late_start, got.a.early_end), (None, None));
    assert_eq!(got.findings, ["log has no points."]);
}
