//! The comparison of two series of a million points (clean, align, detect the digits, summarise),
//! and matrices: of hundreds of metrics, of long series, and of series that all differ.

use std::hint::black_box;

use criterion::Criterion;
use parallax_compare::Side;
use parallax_compare::align::{Method, align};
use parallax_compare::attempts::{Choice, SplitRule, clean};
use parallax_compare::matrix::NamedSeries;
use parallax_compare::matrix::matrix;
use parallax_compare::verdict::{Rounding, Tolerance, agree, detect_precision};

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
        a: detect_precision(&x.value),
        b: detect_precision(&y.value),
        ..Rounding::default()
    };
    let tolerance = Tolerance::default();
    let got = agree(x.side(), y.side(), &alignment, rounding, tolerance);
    got.figures.map_or(0.0, |figures| figures.rmse)
}

/// Metrics of several sources over the same steps.
struct Run {
    steps: Vec<i64>,
    names: Vec<(String, String)>,
    values: Vec<Vec<f64>>,
}

impl Run {
    /// Each source's values are `change` of the others'.
    fn new(metrics: usize, sources: usize, points: i64, change: fn(f64, usize) -> f64) -> Self {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for source in 0..sources {
            for metric in 0..metrics {
                let wave = |i: i64| (i as f64 * (0.01 + metric as f64 * 0.003)).sin() + 2.0;
                names.push((format!("layer_{metric}/norm"), format!("source{source}")));
                values.push((0..points).map(|i| change(wave(i), source)).collect());
            }
        }
        Self {
            steps: (1..=points).collect(),
            names,
            values,
        }
    }

    fn compare(&self) -> usize {
        let both = self.names.iter().zip(&self.values);
        let named: Vec<NamedSeries<'_>> = both
            .map(|((metric, source), value)| NamedSeries {
                metric,
                source,
                side: Side::new(&self.steps, &self.steps, value),
            })
            .collect();
        matrix(&named, Choice::Latest, Tolerance::default())
            .rows
            .len()
    }
}

fn matrices(c: &mut Criterion) {
    let same: fn(f64, usize) -> f64 = |value, _| value;
    let doubled: fn(f64, usize) -> f64 = |value, source| value * (1.0 + source as f64);
    let noisy: fn(f64, usize) -> f64 = |value, source| value + (value * 1e4).sin() * source as f64;
    let mut group = c.benchmark_group("matrix");
    group.sample_size(10);
    for (name, metrics, sources, points, change) in [
        ("300 metrics, 2 × 10k, equal", 300, 2, 10_000, same),
        ("300 metrics, 2 × 10k, scaled", 300, 2, 10_000, doubled),
        ("300 metrics, 2 × 10k, different", 300, 2, 10_000, noisy),
        ("1 metric, 3 × 1M, equal", 1, 3, 1_000_000, same),
        ("1 metric, 3 × 1M, different", 1, 3, 1_000_000, noisy),
    ] {
        let run = Run::new(metrics, sources, points, change);
        group.bench_function(name, |bench| bench.iter(|| black_box(&run).compare()));
    }
    group.finish();
}

fn benches(c: &mut Criterion) {
    let (steps, times, full, printed) = columns();
    let a = Side::new(&steps, &times, &printed);
    let b = Side::new(&steps, &times, &full);
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

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    benches(&mut criterion);
    matrices(&mut criterion);
    criterion.final_summary();
}
