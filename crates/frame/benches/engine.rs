//! The engine's steps, from bytes to a frame: `cargo bench -p parallax-frame`.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parallax_api::scan::Scanner;
use parallax_frame::m4::{Track, XGrid, columns as pixel_columns};
use parallax_frame::scale::{Mapping, Scale};
use parallax_frame::{FrameSpec, frame};
use parallax_model::columns::Columns;
use parallax_series::Series;
use parallax_series::XAxis;
use parallax_series::smooth::smooth;
use parallax_series::window::Window;
use std::fmt::Write;
use std::hint::black_box;

/// A loss-like value: falling, with noise from a small generator.
fn value(step: u64) -> f64 {
    let mut noise = step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    noise ^= noise >> 29;
    noise = noise.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11;
    let noise = noise as f64 / (1u64 << 53) as f64;
    2.0 + 8.0 / (1.0 + step as f64 / 10_000.0) + (noise - 0.5) * 0.4
}

fn columns(rows: i64) -> Columns {
    let mut columns = Columns::new();
    for i in 0..rows {
        columns.push_timed(i, 1_763_726_400_000 + i * 2_700, value(i as u64));
    }
    columns
}

fn series(rows: i64) -> Series {
    let mut series = Series::new();
    series.extend(series.len() as u64, &columns(rows));
    series
}

/// How a body's rows are written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// One metric after the other, as the bundled server writes.
    BySeries,
    /// Five metrics a step, in changing order, as servers in the field do.
    BySteps,
    /// The same with 7 digits a value, as logs have.
    Short,
    /// Indented, keys in alphabetical order.
    Pretty,
    /// No two rows alike in the order of their keys: the general path.
    Shuffled,
}

const METRICS: [&str; 5] = [
    "lm_loss",
    "learning_rate",
    "grad_norm",
    "train/accuracy",
    "tokens_per_gpu",
];

fn body(rows: u64, form: Form) -> String {
    let mut body = String::from("{\"workload_uid\":\"bench\",\"data\":[");
    for i in 0..rows {
        let (step, metric) = match form {
            Form::BySeries => (i % (rows / 5), METRICS[(i / (rows / 5)) as usize % 5]),
            _ => (i / 5, METRICS[((i + (i / 5) * 3) % 5) as usize]),
        };
        let value = match form {
            Form::Short => format!("{:.6}", value(i)),
            _ => format!("{}", value(i)),
        };
        let time = 1_763_726_400_000 + step * 2_700;
        let comma = if i == 0 { "" } else { "," };
        let _ = match form {
            Form::Pretty => write!(
                body,
                "{comma}\n    {{\n      \"data_source\": \"wandb\",\n      \"iteration\": {step},\n      \"metric_name\": \"{metric}\",\n      \"timestamp\": {time},\n      \"value\": {value}\n    }}"
            ),
            Form::Shuffled if i % 2 == 0 => write!(
                body,
                "{comma}{{\"data_source\":\"wandb\",\"iteration\":{step},\"metric_name\":\"{metric}\",\"timestamp\":{time},\"value\":{value}}}"
            ),
            Form::Shuffled if i % 3 == 0 => write!(
                body,
                "{comma}{{\"value\":{value},\"data_source\":\"wandb\",\"iteration\":{step},\"metric_name\":\"{metric}\",\"timestamp\":{time}}}"
            ),
            _ => write!(
                body,
                "{comma}{{\"metric_name\":\"{metric}\",\"value\":{value},\"timestamp\":{time},\"iteration\":{step},\"data_source\":\"wandb\"}}"
            ),
        };
    }
    body.push_str("],\"total_count\":0}");
    body
}

fn scan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scan");
    group.sample_size(10);
    for form in [
        Form::BySeries,
        Form::BySteps,
        Form::Short,
        Form::Pretty,
        Form::Shuffled,
    ] {
        let body = body(200_000, form);
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{form:?}")), |bench| {
            bench.iter(|| {
                let mut scanner = Scanner::new();
                for chunk in body.as_bytes().chunks(64 * 1024) {
                    scanner.feed(black_box(chunk));
                }
                let mut rows = 0;
                scanner.hand_over(|_, columns| rows += columns.len());
                assert_eq!(rows, 200_000);
                scanner
            });
        });
    }
    group.finish();
}

fn append(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("append");
    group.sample_size(20);
    let rows = columns(1_000_000);
    group.throughput(Throughput::Elements(1_000_000));
    group.bench_function("1M to nothing", |bench| {
        bench.iter_batched_ref(
            Series::new,
            |series| series.extend(series.len() as u64, &rows),
            BatchSize::PerIteration,
        );
    });
    let mut more = Columns::new();
    for i in 1_000_000..1_001_000i64 {
        more.push_timed(i, 1_763_726_400_000 + i * 2_700, value(i as u64));
    }
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("1k to 1M", |bench| {
        bench.iter_batched_ref(
            || series(1_000_000),
            |series| series.extend(series.len() as u64, &more),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    let (million, five) = (series(1_000_000), series(5_000_000));
    let spec = FrameSpec::default();
    let zoomed = FrameSpec {
        x_range: Some((500_000.0, 500_100.0)),
        ..spec.clone()
    };
    let part = FrameSpec {
        x_range: Some((123_456.0, 654_321.0)),
        ..spec.clone()
    };
    let time = FrameSpec {
        x: XAxis::WallTime,
        ..spec.clone()
    };
    let log = FrameSpec {
        y_scale: Scale::Log,
        ..spec.clone()
    };
    let smooth = FrameSpec {
        smooth: 0.9,
        ..spec.clone()
    };
    for (name, series, spec) in [
        ("1M", &million, &spec),
        ("5M", &five, &spec),
        ("1M half in view", &million, &part),
        ("1M, 100 in view", &million, &zoomed),
        ("1M over time", &million, &time),
        ("1M logarithmic", &million, &log),
        ("1M smoothed, kept", &million, &smooth),
    ] {
        group.bench_function(name, |bench| {
            bench.iter(|| frame(&[black_box(series)], spec));
        });
    }
    let many: Vec<Series> = (0..16).map(|_| series(62_500)).collect();
    let many: Vec<&Series> = many.iter().collect();
    group.bench_function("16 x 62.5k", |bench| {
        bench.iter(|| frame(black_box(&many), &spec));
    });
    group.finish();
}

/// The pixel columns alone, of one attempt.
fn m4(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("m4");
    for (name, rows) in [("1M", 1_000_000), ("5M", 5_000_000)] {
        let series = series(rows);
        let Some(attempt) = series.attempts().first() else {
            continue;
        };
        let track = Track {
            xs: attempt.finite().steps(),
            values: attempt.finite().values(),
            pyramid: attempt.pyramid(),
        };
        let x = XGrid::new((0.0, rows as f64 - 1.0), 0.0, 800);
        let y = Mapping::new(Scale::Linear, (1.5, 10.5), (399.0, 0.0));
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let mut seen = 0;
                pixel_columns(black_box(&track), 0, track.xs.len(), &x, &y, |_| seen += 1);
                assert_eq!(seen, 800);
            });
        });
    }
    group.finish();
}

fn figures(criterion: &mut Criterion) {
    let rows = columns(1_000_000);
    let million = series(1_000_000);
    let mut group = criterion.benchmark_group("figures");
    group.sample_size(20);
    group.throughput(Throughput::Elements(1_000_000));
    group.bench_function("smooth 1M", |bench| {
        bench.iter(|| smooth(black_box(rows.values()), 0.9));
    });
    group.bench_function("statistics of 1M", |bench| {
        bench.iter(|| million.statistics(XAxis::Iteration, black_box(&Window::All)));
    });
    group.bench_function("nearest of 1M", |bench| {
        bench.iter(|| million.nearest(XAxis::Iteration, black_box(654_321.4)));
    });
    group.finish();
}

criterion_group!(benches, scan, append, frames, m4, figures);
criterion_main!(benches);
