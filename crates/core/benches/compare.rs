//! The comparison of two series of a million points: clean, align, detect the digits, summarise.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use parallax_core::compare::Side;
use parallax_core::compare::agree::{Rounding, Tolerance, agree};
use parallax_core::compare::align::{Method, align};
use parallax_core::compare::attempts::{Choice, SplitRule, clean};
use parallax_core::compare::digits::detect;

const POINTS: i64 = 1_000_000;

/// A noisy falling curve, and the same as a log prints it (7 significant digits).
fn columns() -> (Vec<i64>, Vec<i64>, Vec<f64>, Vec<f64>) {
    let mut state = 1_u64;
    let full: Vec<f64> = (0..POINTS)
        .map(|i| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let noise = (state >> 40) as f64 / f64::from(1 << 24);
            f64::from((1.0 + 8.0 * (-(i as f64) / 2e5).exp() + 0.2 * noise) as f32)
        })
        .collect();
    let printed = full
        .iter()
        .map(|v| format!("{v:.6e}").parse().unwrap_or(0.0))
        .collect();
    let steps: Vec<i64> = (0..POINTS).map(|i| i * 10).collect();
    let times = steps.iter().map(|s| 1_700_000_000_000 + s * 100).collect();
    (steps, times, full, printed)
}

fn whole(a: Side<'_>, b: Side<'_>) -> f64 {
    let rule = SplitRule::default();
    let (x, _) = clean(a, &rule, Choice::Latest);
    let (y, _) = clean(b, &rule, Choice::Latest);
    let alignment = align(x.side(), y.side(), Method::Exact);
    let rounding = Rounding {
        a: detect(&x.value),
        b: detect(&y.value),
        ..Rounding::default()
    };
    let tolerance = Tolerance::default();
    let got = agree(
        x.side(),
        y.side(),
        &alignment,
        rounding,
        tolerance,
        ("log", "wandb"),
    );
    got.figures.map_or(0.0, |figures| figures.rmse)
}

fn benches(c: &mut Criterion) {
    let (steps, times, full, printed) = columns();
    let a = Side {
        iteration: &steps,
        timestamp_ms: &times,
        value: &printed,
    };
    let b = Side {
        iteration: &steps,
        timestamp_ms: &times,
        value: &full,
    };
    let mut group = c.benchmark_group("compare 2 × 1M");
    group.sample_size(20);
    group.bench_function("clean + align + summarise", |bench| {
        bench.iter(|| whole(black_box(a), black_box(b)));
    });
    group.bench_function("align exact", |bench| {
        bench.iter(|| align(black_box(a), black_box(b), Method::Exact).matched());
    });
    group.bench_function("align nearest", |bench| {
        let method = Method::Nearest { tolerance_steps: 3 };
        bench.iter(|| align(black_box(a), black_box(b), method).matched());
    });
    group.finish();
}

criterion_group!(compare, benches);
criterion_main!(compare);
