//! Two series compared with each other, on the project's own runs.
//!
//! Columns are those of the vendors' readers (`crates/compare/tests/figures`). Figures are by Python:
//! `math.fsum` over the pairs of equal steps, `statistics.correlation`.

use std::fs;
use std::path::Path;

use parallax_compare::align::Transform;
use parallax_compare::verdict::{Agreement, Figures, Precision, Verdict};
use parallax_frame::MarkKind;
use parallax_model::columns::Columns;
use parallax_model::value;
use parallax_view::{Comparing, Last, Pair, Side, Span, XChoice};
use parallax_web::engine::session::Session;
use parallax_web::protocol::compare::FromCompare;
use parallax_web::protocol::{ChartSpec, PairPart, PairSpec, SeriesKey, decode, encode};

use crate::held::{chart, key, load, rows, session};

fn columns(run: &str) -> Vec<(SeriesKey, Columns)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/compare/tests/figures/twin");
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
            .push_timed(step.parse().unwrap(), ms.parse().unwrap(), number);
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

fn spec(pair: &Pair, span: Span) -> PairSpec {
    PairSpec {
        pair: pair.clone(),
        comparing: Comparing::default(),
        span,
        x: XChoice::Iteration,
    }
}

fn compare(session: &Session, pair: &Pair, span: Span) -> Option<Agreement> {
    let report = session.compare(&spec(pair, span));
    report.map(|report| report.agreement)
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
    let all = compare(&session, &loss(), Span::All).unwrap();
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
    let part = compare(&session, &loss(), span).unwrap();
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
    let last = compare(&session, &loss(), Span::Last(Last::Points(10))).unwrap();
    assert_eq!(last.points, (10, 10));
}

#[test]
fn a_run_that_diverges_is_nan_on_both_sides() {
    let session = session(columns("charlm-diverge"));
    let found = compare(&session, &loss(), Span::All).unwrap();
    assert_eq!(
        (found.points, found.matched, found.both_non_finite),
        ((120, 120), 120, 10)
    );
    assert_eq!(found.figures.map(|figures| figures.points), Some(110));
    let span = Span::Range {
        from: Some(1_110.0),
        to: None,
    };
    let nothing_finite = compare(&session, &loss(), span).unwrap();
    assert_eq!((nothing_finite.matched, nothing_finite.figures), (10, None));
}

#[test]
fn a_side_without_points_has_no_report() {
    let session = session(columns("charlm-diverge"));
    for missing in [
        pair(("gone", "log"), ("train/lm_loss", "wandb")),
        pair(("lm_loss", "log"), ("lm_loss", "wandb")),
    ] {
        assert_eq!(compare(&session, &missing, Span::All), None);
    }
    assert_eq!(compare(&Session::new("u".into()), &loss(), Span::All), None);
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
    let same = compare(&session, &pair(("x", "log"), ("x", "log")), Span::All).unwrap();
    assert_eq!((same.verdict, same.matched), (Verdict::Identical, 3));
    let found = compare(&session, &pair(("x", "log"), ("x", "wandb")), Span::All).unwrap();
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

/// Two sides that share steps 1 and 2: Δ is 0 and 0.5; step 3 is A's alone, step 4 B's.
fn by_hand() -> (Session, Pair) {
    let (a, b) = (
        [(1, 1_000, 1.0), (2, 2_000, 2.0), (3, 3_000, 4.0)],
        [(1, 1_000, 1.0), (2, 2_000, 2.5), (4, 4_000, 4.0)],
    );
    let session = session(vec![
        (key("x", "log"), rows(&a)),
        (key("x", "wandb"), rows(&b)),
    ]);
    (session, pair(("x", "log"), ("x", "wandb")))
}

fn drawn(spec: &PairSpec, part: PairPart) -> ChartSpec {
    ChartSpec {
        pair: Some(Box::new((spec.clone(), part))),
        ..chart(&[], Span::All)
    }
}

#[test]
fn the_strip_has_the_differences_and_a_tick_for_each_lone_step() {
    let (session, pair) = by_hand();
    let spec = spec(&pair, Span::All);
    let curves = session.chart(drawn(&spec, PairPart::Curves));
    let strip = session.chart(drawn(&spec, PairPart::Strip));
    assert_eq!(strip.frame.x_domain, curves.frame.x_domain);
    assert_eq!((curves.held_points, strip.held_points), (6, 4));
    let delta = strip.statistics[0].unwrap();
    assert_eq!(
        (delta.count, delta.min, delta.max),
        (2, Some(0.0), Some(0.5))
    );
    let marks: Vec<_> = strip
        .frame
        .lines
        .iter()
        .flat_map(|line| line.marks.iter().map(|mark| (line.series, mark.kind)))
        .collect();
    assert_eq!(marks, [(1, MarkKind::OnlyA), (2, MarkKind::OnlyB)]);
    let readings = session.probe(&drawn(&spec, PairPart::Strip), 2.2);
    assert_eq!(readings[0].map(|r| (r.step, r.value)), Some((2, 0.5)));
    // A window moves the figures and both charts.
    let part = PairSpec {
        span: Span::Range {
            from: Some(2.0),
            to: Some(3.0),
        },
        ..spec
    };
    let found = session.compare(&part).unwrap().agreement;
    assert_eq!((found.matched, found.only), (1, (1, 0)));
    let zoomed = session.chart(drawn(&part, PairPart::Strip));
    assert_eq!(zoomed.frame.x_domain, (2.0, 3.0));
    assert_eq!(zoomed.statistics[0].map(|s| s.count), Some(1));
}

#[test]
fn an_accepted_change_moves_b_everywhere() {
    let (session, pair) = by_hand();
    let moved = PairSpec {
        comparing: Comparing {
            transform: Transform {
                step_plus: -1,
                ..Transform::default()
            },
            ..Comparing::default()
        },
        ..spec(&pair, Span::All)
    };
    // B's steps become 0, 1 and 3: 1 meets 2.5, 3 meets 4.
    let found = session.compare(&moved).unwrap().agreement;
    assert_eq!((found.matched, found.only), (2, (1, 1)));
    assert_eq!(
        found.figures.map(|f| (f.max_abs, f.max_abs_at)),
        Some((1.5, 1))
    );
    let curves = session.chart(drawn(&moved, PairPart::Curves));
    assert_eq!(curves.frame.x_domain, (0.0, 3.0));
    assert_eq!(curves.statistics[1].and_then(|s| s.last), Some(4.0));
    assert_eq!(
        session.export(&moved, false),
        "step,a,b,delta,relative_delta,status\n0,,1,,,only_b\n1,1,2.5,1.5,0.6,differs\n\
         2,2,,,,only_a\n3,4,4,0,0,equal\n"
    );
    assert!(session.export(&moved, true).contains("\"delta\":1.5"));
}

#[test]
fn a_baseline_is_side_a_and_starts_where_the_run_starts() {
    let (mut session, pair) = by_hand();
    let mut baseline = Session::new("before".into());
    // The same values an hour earlier.
    let rows = rows(&[
        (1, -3_599_000, 1.0),
        (2, -3_598_000, 2.5),
        (4, -3_596_000, 4.0),
    ]);
    load(&mut baseline.store, &[(key("x", "log"), rows)]);
    let spec = PairSpec {
        comparing: Comparing {
            baseline: Some("before".into()),
            ..Comparing::default()
        },
        ..spec(&pair, Span::All)
    };
    assert_eq!(session.compare(&spec), None);
    session.baseline = Some(Box::new(baseline));
    let found = session.compare(&spec).unwrap().agreement;
    assert_eq!((found.verdict, found.matched), (Verdict::Identical, 3));
    let relative = PairSpec {
        x: XChoice::Relative,
        ..spec
    };
    let curves = session.chart(ChartSpec {
        x: XChoice::Relative,
        ..drawn(&relative, PairPart::Curves)
    });
    assert_eq!(curves.frame.x_domain, (0.0, 3_000.0));
}

#[test]
fn a_report_crosses_the_worker_boundary() {
    let (session, pair) = by_hand();
    let spec = spec(&pair, Span::All);
    let report = session.compare(&spec).map(Box::new);
    let message = FromCompare::Compared { spec, report };
    assert_eq!(decode(&encode(&message)), Some(message));
}
