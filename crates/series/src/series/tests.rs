//! Attempts, order, overlap, windows.

use super::*;
use crate::window::{Window, XAxis};
use parallax_fixtures::random::Random;
use parallax_model::value::MISSING;

fn columns(rows: &[(i64, i64, f64)]) -> Columns {
    let mut columns = Columns::new();
    for &(iteration, timestamp_ms, value) in rows {
        columns.push(iteration, timestamp_ms, value);
    }
    columns
}

fn series(rows: &[(i64, i64, f64)]) -> Series {
    let mut series = Series::new();
    series.append(&columns(rows));
    series
}

/// The iterations of each attempt.
fn iterations(series: &Series) -> Vec<Vec<i64>> {
    let attempts = series.attempts().iter();
    attempts
        .map(|a| a.rows().map(|r| r.iteration).collect())
        .collect()
}

/// A run that is killed after step 95 and goes on from its checkpoint at 60; a step takes 1 s, the
/// restart 30 s.
fn resumed() -> Vec<(i64, i64, f64)> {
    let first = (0..20).map(|i| (i * 5, 1_000_000 + i * 5_000, i as f64));
    let second = (12..30).map(|i| (i * 5, 1_065_000 + i * 5_000, 100.0 + i as f64));
    first.chain(second).collect()
}

#[test]
fn a_restart_is_a_new_attempt() {
    let series = series(&resumed());
    assert_eq!(
        iterations(&series),
        [
            (0..20).map(|i| i * 5).collect::<Vec<_>>(),
            (12..30).map(|i| i * 5).collect()
        ]
    );
    assert_eq!(series.len(), 38);
}

#[test]
fn batches_and_order_of_arrival_do_not_matter() {
    let rows = resumed();
    let whole = iterations(&series(&rows));
    let mut random = Random::new(5);
    for case in 0..300 {
        let mut rows = rows.clone();
        if case % 3 != 0 {
            for i in (1..rows.len()).rev() {
                rows.swap(i, random.below(i + 1));
            }
        }
        if case % 3 == 2 {
            // A narrow window first, then the whole.
            rows.sort_by_key(|row| row.1 < 1_100_000);
        }
        let mut series = Series::new();
        let mut rest = &rows[..];
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(1 + random.below(rest.len()));
            series.append(&columns(batch));
            rest = after;
        }
        assert_eq!(iterations(&series), whole, "case {case}: {rows:?}");
    }
}

#[test]
fn rows_that_come_again_are_dropped() {
    let mut rows = resumed();
    rows[7].2 = f64::NAN;
    rows[30].2 = MISSING;
    let mut series = series(&rows);
    let (len, version) = (series.len(), series.version());
    series.append(&columns(&rows[3..]));
    series.append(&columns(&rows));
    assert_eq!((series.len(), series.dropped()), (len, 35 + 38));
    assert!(series.version() > version);
    // The same place with another value is another row.
    series.append(&columns(&[(145, 1_210_000, -1.0)]));
    assert_eq!(series.len(), len + 1);
    assert_eq!(series.attempts().len(), 2);
}

#[test]
fn nothing_new_changes_nothing() {
    let mut series = series(&[]);
    assert!(series.is_empty() && series.version() == 0);
    series.append(&Columns::new());
    assert_eq!(series.version(), 0);
    assert_eq!(series.bounds(XAxis::Iteration, &Window::All), None);
    assert_eq!(series.nearest(XAxis::Iteration, 0.0), None);
    assert_eq!(series.newest_timestamp_ms(), None);
}

#[test]
fn disorder_is_placed() {
    // Whole seconds, several steps each, in random order; two ranks with one clock each.
    let mut rows: Vec<(i64, i64, f64)> = Vec::new();
    for step in 0..200 {
        rows.push((step, 1_000 * (step / 8), step as f64));
        rows.push((step, 1_000 * (step / 8) + 400, -(step as f64)));
    }
    let mut random = Random::new(9);
    for i in 0..rows.len() - 6 {
        rows.swap(i, i + random.below(6));
    }
    let series = series(&rows);
    assert_eq!(series.attempts().len(), 1);
    let steps = &iterations(&series)[0];
    assert!(steps.is_sorted() && steps.len() == 400);
}

#[test]
fn without_clock_only_a_long_way_back_is_a_restart() {
    let mut rows: Vec<_> = (0..100).map(|i| (i, 7_000, 0.0)).collect();
    rows.extend((90..200).map(|i| (i, 7_000, 1.0)));
    assert_eq!(series(&rows).attempts().len(), 1);
    rows.extend((100..300).map(|i| (i, 7_000, 2.0)));
    assert_eq!(series(&rows).attempts().len(), 2);
}

#[test]
fn one_iteration_for_all() {
    let rows: Vec<_> = (0..5_000).map(|i| (0, 1_000 + i / 10, i as f64)).collect();
    let mut series = series(&rows);
    series.append(&columns(&rows));
    assert_eq!((series.len(), series.attempts().len()), (5_000, 1));
    assert_eq!(series.attempts()[0].finite().value[4_999], 4_999.0);
}

#[test]
fn values_that_are_not_finite_stand_beside() {
    let rows = [
        (0, 10, f64::NAN),
        (1, 20, 1.0),
        (2, 30, f64::INFINITY),
        (3, 40, MISSING),
        (4, 50, 2.0),
        (5, 60, f64::NEG_INFINITY),
    ];
    let series = series(&rows);
    let attempt = &series.attempts()[0];
    let places: Vec<_> = attempt.odd().iter().map(|odd| odd.before).collect();
    assert_eq!((attempt.finite().len(), places), (2, vec![0, 1, 1, 2]));
    assert_eq!(iterations(&series), [[0, 1, 2, 3, 4, 5]]);
    assert_eq!(attempt.first().unwrap().iteration, 0);
    assert_eq!(attempt.last().unwrap().iteration, 5);
    let figures = series.statistics(XAxis::Iteration, &Window::All);
    let expected = Statistics {
        count: 6,
        finite: 2,
        nan: 1,
        pos_inf: 1,
        neg_inf: 1,
        missing: 1,
        min: Some(1.0),
        max: Some(2.0),
        mean: Some(1.5),
        first: Some(1.0),
        last: Some(2.0),
    };
    assert_eq!(figures, expected);
    for (count, finite, odd) in [
        (1, 0, 1),
        (2, 1, 1),
        (3, 1, 2),
        (5, 2, 3),
        (6, 2, 4),
        (99, 2, 4),
    ] {
        let figures = series.statistics(XAxis::Iteration, &Window::LastPoints(count));
        assert_eq!(
            (figures.finite, figures.count - figures.finite),
            (finite, odd),
            "{count}"
        );
    }
    assert!(
        series
            .nearest(XAxis::Iteration, 3.2)
            .unwrap()
            .value
            .is_nan()
    );
    assert_eq!(series.nearest(XAxis::WallTime, 24.0).unwrap().iteration, 1);
}

/// The figures of `resumed()`, counted by hand.
#[test]
fn windows() {
    let series = series(&resumed());
    let table = [
        (Window::All, 38, (0.0, 145.0), (0.0, 129.0)),
        (
            Window::Range {
                from: 60.0,
                to: 70.0,
            },
            6,
            (60.0, 70.0),
            (12.0, 114.0),
        ),
        (
            Window::Range {
                from: 61.0,
                to: 64.0,
            },
            0,
            (0.0, 0.0),
            (0.0, 0.0),
        ),
        (Window::LastPoints(3), 3, (135.0, 145.0), (127.0, 129.0)),
        (Window::LastPoints(20), 20, (60.0, 145.0), (18.0, 129.0)),
        (Window::LastSteps(60), 14, (90.0, 145.0), (18.0, 129.0)),
        (
            Window::LastDuration { ms: 10_000 },
            3,
            (135.0, 145.0),
            (127.0, 129.0),
        ),
        (
            Window::LastDuration { ms: 120_000 },
            20,
            (60.0, 145.0),
            (18.0, 129.0),
        ),
    ];
    for (window, points, x, y) in table {
        let bounds = series.bounds(XAxis::Iteration, &window);
        let figures = series.statistics(XAxis::Iteration, &window);
        assert_eq!(figures.count, points, "{window:?}");
        if points == 0 {
            assert_eq!(bounds, None);
            assert_eq!(figures, Statistics::default());
            continue;
        }
        let bounds = bounds.unwrap();
        assert_eq!(
            (bounds.points, figures.min, figures.max),
            (points, Some(y.0), Some(y.1))
        );
        assert_eq!(bounds.y, Some(y), "{window:?}");
        // LastSteps(60) holds 90 and 95 of the first attempt too.
        assert_eq!(bounds.x, x, "{window:?}");
    }
    let time = series
        .bounds(XAxis::WallTime, &Window::LastPoints(2))
        .unwrap();
    assert_eq!(time.x, (1_205_000.0, 1_210_000.0));
}

#[test]
fn windows_over_several_series() {
    let (a, b) = (
        series(&resumed()),
        series(&[(0, 1_000_000, 1.0), (50, 1_050_000, 2.0)]),
    );
    let all = [&a, &b];
    let origin = 1_000_000.0;
    for (window, axis, newest, expected) in [
        (Window::All, XAxis::Iteration, None, Some((0.0, 145.0))),
        (
            Window::All,
            XAxis::RelativeTime,
            None,
            Some((0.0, 210_000.0)),
        ),
        (
            Window::All,
            XAxis::WallTime,
            None,
            Some((1_000_000.0, 1_210_000.0)),
        ),
        (
            Window::Range { from: 5.0, to: 6.0 },
            XAxis::RelativeTime,
            None,
            Some((5.0, 6.0)),
        ),
        (
            Window::Range { from: 7.0, to: 6.0 },
            XAxis::RelativeTime,
            None,
            None,
        ),
        (
            Window::LastSteps(100),
            XAxis::Iteration,
            None,
            Some((46.0, 145.0)),
        ),
        (
            Window::Range {
                from: 100.0,
                to: f64::INFINITY,
            },
            XAxis::Iteration,
            None,
            Some((100.0, 145.0)),
        ),
        (
            Window::Range {
                from: f64::NEG_INFINITY,
                to: 7_000.0,
            },
            XAxis::RelativeTime,
            None,
            Some((0.0, 7_000.0)),
        ),
        (
            Window::Range {
                from: 500.0,
                to: f64::INFINITY,
            },
            XAxis::Iteration,
            None,
            Some((500.0, 500.0)),
        ),
        (
            Window::LastDuration { ms: 10_000 },
            XAxis::RelativeTime,
            None,
            Some((200_000.0, 210_000.0)),
        ),
        (
            Window::LastDuration { ms: 10_000 },
            XAxis::RelativeTime,
            Some(1_300_000),
            Some((290_000.0, 300_000.0)),
        ),
        (
            Window::LastDuration { ms: 10_000 },
            XAxis::Iteration,
            None,
            Some((135.0, 145.0)),
        ),
        (
            Window::LastDuration { ms: 10_000 },
            XAxis::Iteration,
            Some(1_300_000),
            None,
        ),
        (
            Window::LastPoints(1),
            XAxis::Iteration,
            None,
            Some((50.0, 145.0)),
        ),
    ] {
        assert_eq!(
            window.resolve(axis, origin, newest, &all),
            expected,
            "{window:?} {axis:?}"
        );
    }
    assert_eq!(Window::All.resolve(XAxis::Iteration, 0.0, None, &[]), None);
}

#[test]
fn time_that_does_not_rise_is_put_in_order() {
    // Timestamps of ingest: the second half of the file came first, in one attempt.
    let rows: Vec<_> = (0..1_000)
        .map(|i| (i, 50_000 + (i * 7) % 1_000, i as f64))
        .collect();
    let mut series = Series::new();
    series.append(&columns(&rows));
    assert_eq!(series.attempts().len(), 1);
    let ordered = series.attempts()[0].along(XAxis::WallTime);
    assert!(ordered.finite().timestamp_ms.is_sorted());
    assert_eq!(ordered.len(), 1_000);
    let point = series.nearest(XAxis::WallTime, 50_014.0).unwrap();
    assert_eq!(point.iteration, 2);
}

#[test]
fn the_mean_is_exact_where_a_plain_sum_is_not() {
    let series = series(&[(0, 0, 1e16), (1, 1, 1.0), (2, 2, -1e16), (3, 3, 1.0)]);
    let figures = series.statistics(XAxis::Iteration, &Window::All);
    assert_eq!(figures.mean, Some(0.5));
}

#[test]
fn a_million_points_take_forty_bytes_each_at_most() {
    let mut series = Series::new();
    for batch in 0..100 {
        let rows = (0..10_000i64).map(|i| Row {
            iteration: batch * 10_000 + i,
            timestamp_ms: batch * 10_000 + i,
            value: (i % 977) as f64,
        });
        series.append(&rows.collect());
    }
    let bytes = series.memory_bytes();
    assert!(bytes <= 40 * series.len(), "{bytes}");
}

#[test]
fn expected_rows_have_room_that_is_never_moved() {
    let mut series = Series::expecting(100_000);
    for start in (0..100_000).step_by(1_000) {
        let rows: Vec<_> = (start..start + 1_000).map(|i| (i, i, 0.5)).collect();
        series.append(&columns(&rows));
    }
    assert_eq!(series.len(), 100_000);
    // Three columns of eight bytes, 16 bytes for each block of 16 values, and a little above.
    let bytes = series.memory_bytes();
    assert!(bytes < 100_000 * 26, "{bytes}");
    // More than were expected are taken too.
    series.append(&columns(&[(100_000, 100_000, 0.5)]));
    assert_eq!(series.len(), 100_001);
}
