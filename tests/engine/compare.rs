//! Two series held against each other, on the project's own runs.
//!
//! Columns are those of the vendors' readers (`crates/core/tests/figures`). Figures are by Python:
//! `math.fsum` over the pairs of equal steps, `statistics.correlation`.

use std::fs;
use std::path::Path;

use parallax_core::columns::Columns;
use parallax_core::compare::agree::{Figures, Verdict};
use parallax_core::compare::digits::Precision;
use parallax_core::value;
use parallax_core::view::{Last, Pair, Side, Span, XChoice};
use parallax_web::engine::session::Session;
use parallax_web::protocol::SeriesKey;

use crate::held::{key, rows, session};

fn columns(run: &str) -> Vec<(SeriesKey, Columns)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/core/tests/figures/twin");
    let text = fs::read_to_string(folder.join(format!("{run}.tsv"))).unwrap();
    let mut series: Vec<(SeriesKey, Columns)> = Vec::new();
    for line in text.lines() {
        if let Some((source, metric)) = line
            .strip_prefix("# ")
            .and_then(|head| head.split_once('\t'))
        {
            series.push((key(metric, source), Columns::new()));
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let [step, ms, number] = cells.as_slice() else {
            panic!("{line}")
        };
        let number = value::parse(number).unwrap();
        series
            .last_mut()
            .unwrap()
            .1
            .push(step.parse().unwrap(), ms.parse().unwrap(), number);
    }
    series
}

fn pair(a: (&str, &str), b: (&str, &str)) -> Pair {
    let side = |(metric, source): (&str, &str)| Side {
        metric: metric.into(),
        source: source.into(),
    };
    Pair {
        a: side(a),
        b: side(b),
    }
}

fn loss() -> Pair {
    pair(("lm_loss", "log"), ("train/lm_loss", "wandb"))
}

/// Bias, MAE, RMSE, largest Δ and its step, mean relative Δ, correlation.
fn assert_figures(found: Figures, expected: ([f64; 6], i64)) {
    let ([bias, mae, rmse, max_abs, relative, pearson], step) = expected;
    let pairs = [
        ("bias", found.bias, bias, 1e-9),
        ("mae", found.mae, mae, 1e-9),
        ("rmse", found.rmse, rmse, 1e-9),
        ("largest", found.max_abs, max_abs, 1e-9),
        ("relative", found.mean_relative, relative, 1e-9),
        ("pearson", found.pearson.unwrap_or(f64::NAN), pearson, 1e-12),
    ];
    for (name, found, expected, room) in pairs {
        let far = (found - expected).abs() / expected.abs();
        assert!(far <= room, "{name}: {found} is not {expected}");
    }
    assert_eq!(found.max_abs_at, step);
}

#[test]
fn a_clean_run_over_all_steps_and_over_a_span() {
    let session = session(columns("charlm-clean"));
    let all = session
        .compare(&loss(), Span::All, XChoice::Iteration)
        .unwrap();
    let equal = Verdict::EqualWithinRounding {
        a: Precision::Significant(7),
        b: Precision::Float32,
    };
    assert_eq!(
        (all.points, all.matched, all.verdict),
        ((300, 300), 300, equal)
    );
    let figures = [
        -1.1040395105540075e-8,
        2.380_556_742_287_432e-7,
        2.761_405_180_173_806_5e-7,
        4.974288940751137e-7,
        1.250_449_681_650_075_9e-7,
        0.999999999999748,
    ];
    assert_figures(all.figures.unwrap(), (figures, 2_880));

    let span = Span::Range {
        from: Some(500.0),
        to: Some(1_000.0),
    };
    let part = session.compare(&loss(), span, XChoice::Iteration).unwrap();
    assert_eq!((part.points, part.matched), ((51, 51), 51));
    let figures = [
        2.7727762852642978e-8,
        2.1949962539943585e-7,
        2.550_882_186_169_827e-7,
        4.820175170117125e-7,
        1.087_593_589_813_589e-7,
        0.9999999999983866,
    ];
    assert_figures(part.figures.unwrap(), (figures, 890));
    // Ten steps of ten.
    let last = session
        .compare(&loss(), Span::Last(Last::Points(10)), XChoice::Iteration)
        .unwrap();
    assert_eq!(last.points, (10, 10));
}

#[test]
fn a_run_that_diverges_is_nan_on_both_sides() {
    let session = session(columns("charlm-diverge"));
    let found = session
        .compare(&loss(), Span::All, XChoice::Iteration)
        .unwrap();
    assert_eq!(
        (found.points, found.matched, found.both_non_finite),
        ((120, 120), 120, 10)
    );
    assert_eq!(found.figures.map(|figures| figures.points), Some(110));
    let span = Span::Range {
        from: Some(1_110.0),
        to: None,
    };
    let nothing_finite = session.compare(&loss(), span, XChoice::Iteration).unwrap();
    assert_eq!((nothing_finite.matched, nothing_finite.figures), (10, None));
}

#[test]
fn a_side_without_points_has_no_report() {
    let session = session(columns("charlm-diverge"));
    for missing in [
        pair(("gone", "log"), ("train/lm_loss", "wandb")),
        pair(("lm_loss", "log"), ("lm_loss", "wandb")),
    ] {
        assert_eq!(
            session.compare(&missing, Span::All, XChoice::Iteration),
            None
        );
    }
    assert_eq!(
        Session::new("u".into()).compare(&loss(), Span::All, XChoice::Iteration),
        None
    );
}

#[test]
fn a_series_with_itself_is_identical_and_two_constants_differ_by_hand() {
    let (a, b) = (
        [(1, 1_000, 1.0), (2, 2_000, 2.0), (3, 3_000, 4.0)],
        [(1, 1_000, 1.0), (2, 2_000, 2.5), (4, 4_000, 4.0)],
    );
    let session = session(vec![
        (key("x", "log"), rows(&a)),
        (key("x", "wandb"), rows(&b)),
    ]);
    let same = session
        .compare(
            &pair(("x", "log"), ("x", "log")),
            Span::All,
            XChoice::Iteration,
        )
        .unwrap();
    assert_eq!((same.verdict, same.matched), (Verdict::Identical, 3));
    let found = session
        .compare(
            &pair(("x", "log"), ("x", "wandb")),
            Span::All,
            XChoice::Iteration,
        )
        .unwrap();
    let figures = found.figures.unwrap();
    // Steps 1 and 2 are on both sides: Δ is 0 and 0.5.
    assert_eq!((found.matched, found.only), (2, (1, 1)));
    assert_eq!(
        (
            figures.bias,
            figures.mae,
            figures.max_abs,
            figures.max_abs_at
        ),
        (0.25, 0.25, 0.5, 2)
    );
    assert_eq!(
        (figures.rmse, figures.mean_relative, figures.max_relative),
        (0.125_f64.sqrt(), 0.1, 0.2)
    );
}
