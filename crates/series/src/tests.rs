//! Attempts, order, overlap, windows.

use super::*;
use crate::window::Window;
use parallax_fixtures::random::Random;
use parallax_model::attempts::find_attempts;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::value::MISSING;

fn columns(rows: &[(i64, i64, f64)]) -> Columns {
    let rows = rows.iter().map(|&(step, time_ms, value)| Row {
        step,
        time_ms: Some(time_ms),
        value,
    });
    rows.collect()
}

fn series(rows: &[(i64, i64, f64)]) -> Series {
    Series::of(&columns(rows))
}

/// The iterations of each attempt.
fn iterations(series: &Series) -> Vec<Vec<i64>> {
    let attempts = series.attempts().iter();
    attempts
        .map(|a| a.rows().map(|r| r.step).collect())
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

/// Random rows: restarts, late rows, equal rows, rows without a time, without a finite value.
fn random_rows(random: &mut Random, count: usize) -> Columns {
    let (mut step, mut time_ms) = (0, 1_000_000);
    (0..count)
        .map(|_| {
            step += match random.below(20) {
                0 => -(random.below(50) as i64),
                1 | 2 => -(random.below(3) as i64),
                _ => random.below(3) as i64,
            };
            time_ms += random.below(3_000) as i64 - 200;
            Row {
                step,
                time_ms: (random.below(9) > 0).then_some(time_ms),
                value: match random.below(9) {
                    0 => f64::NAN,
                    1 => MISSING,
                    _ => random.below(4) as f64,
                },
            }
        })
        .collect()
}

/// Everything that a series says, in comparable form.
fn facts(series: &Series) -> Vec<String> {
    let mut facts = vec![format!("{:?}", series.recorded_rows())];
    for attempt in series.attempts() {
        let rows: Vec<_> = attempt.numbered_rows().collect();
        facts.push(format!(
            "{:?} {} {rows:?}",
            attempt.start(),
            attempt.number()
        ));
        facts.push(format!(
            "{:?} {}",
            attempt.time_range_ms(),
            attempt.untimed()
        ));
        let by_time: Vec<_> = attempt.along(XAxis::WallTime).numbered_rows().collect();
        facts.push(format!("{by_time:?}"));
    }
    for axis in [XAxis::Iteration, XAxis::WallTime] {
        facts.push(format!("{:?}", series.statistics(axis, &Window::All)));
        facts.push(format!("{:?}", series.bounds(axis, &Window::LastPoints(7))));
    }
    facts
}

#[test]
fn any_growth_and_replacement_ends_in_the_same_series() {
    let mut random = Random::new(5);
    for case in 0..200 {
        let count = 1 + random.below(120);
        let rows = random_rows(&mut random, count);
        let whole = facts(&Series::of(&rows));
        let (mut own, mut given) = (Series::new(), Series::new());
        let mut held = 0;
        while held < rows.len() {
            // Some of what is held is replaced: by other rows that the next answer takes back.
            let keep = held - random.below(held.min(9) + 1);
            let end = (keep + 1 + random.below(30)).min(rows.len());
            let mut part = Columns::new();
            part.extend_range(&rows, keep, end);
            let junk = random.below(4);
            (0..junk).for_each(|n| {
                part.push(Row {
                    step: n as i64,
                    time_ms: None,
                    value: 9.0,
                });
            });
            let mut all = Columns::new();
            all.extend_range(&rows, 0, keep);
            all.extend_from(&part);
            let starts = find_attempts(all.steps(), all.values());
            own.extend(keep as u64, &part);
            given.replace(keep as u64, &part, &starts);
            assert_eq!(facts(&own), facts(&given), "case {case}");
            assert_eq!(facts(&own), facts(&Series::of(&all)), "case {case}");
            if junk > 0 {
                own.extend(end as u64, &Columns::new());
                let starts = find_attempts(&rows.steps()[..end], &rows.values()[..end]);
                given.replace(end as u64, &Columns::new(), &starts);
            }
            held = end;
        }
        assert_eq!(facts(&own), whole, "case {case}");
        assert_eq!(facts(&given), whole, "case {case}");
    }
}

#[test]
fn rows_are_in_the_order_of_recording_with_their_numbers() {
    let mut random = Random::new(8);
    for _ in 0..100 {
        let count = random.below(100);
        let rows = random_rows(&mut random, count);
        let series = Series::of(&rows);
        assert_eq!(format!("{:?}", series.recorded_rows()), format!("{rows:?}"));
        let numbered = series.attempts().iter().flat_map(Attempt::numbered_rows);
        for (number, row) in numbered {
            assert_eq!(
                format!("{row:?}"),
                format!("{:?}", rows.row(number as usize).unwrap())
            );
        }
        for count in [0, 1, 10, 1_000] {
            let last = series.last_rows(count as u64);
            assert_eq!(last.len(), count.min(rows.len()));
            let first = rows.len() - last.len();
            let expected: Columns = rows.rows().skip(first).collect();
            assert_eq!(
                format!("{:?}", last.recorded_rows()),
                format!("{expected:?}")
            );
        }
    }
}

#[test]
fn equal_rows_are_rows_of_their_own() {
    // Issue 9, row 4 (case 05): two trainings in one file with equal rows.
    let once: Vec<_> = (1..=5).map(|epoch| (epoch, epoch * 1_000, 0.5)).collect();
    let series = series(&[once.clone(), once].concat());
    assert_eq!((series.len(), series.attempts().len()), (10, 2));
}

#[test]
fn the_last_recorded_row_is_not_the_one_furthest_right() {
    // Issue 9, row 5 (case 60): a resumed run that diverges.
    let first = (0..10).map(|i| (i * 10, i * 1_000, 1.0));
    let second = (5..8).map(|i| (i * 10, 20_000 + i * 1_000, 9.0));
    let series = series(&first.chain(second).collect::<Vec<_>>());
    let last = series.last_recorded(XAxis::Iteration, f64::NEG_INFINITY, f64::INFINITY);
    let last = last.unwrap();
    assert_eq!(
        (last.row.step, last.row.value, last.attempt, last.number),
        (70, 9.0, 2, 12)
    );
    let before = series.last_recorded(XAxis::Iteration, 0.0, 49.0).unwrap();
    assert_eq!((before.row.step, before.attempt), (40, 1));
    assert!(series.last_recorded(XAxis::Iteration, 91.0, 99.0).is_none());
    // Equal steps: the one recorded last.
    let equal = Series::of(&columns(&[(1, 1, 1.0), (1, 2, 2.0)]));
    assert_eq!(
        equal
            .last_recorded(XAxis::Iteration, 0.0, 9.0)
            .unwrap()
            .row
            .value,
        2.0
    );
}

#[test]
fn rows_without_a_time_are_on_no_time_axis() {
    let mut rows = columns(&[(1, 5_000, 1.0)]);
    rows.push(Row {
        step: 2,
        time_ms: None,
        value: 2.0,
    });
    rows.push(Row {
        step: 3,
        time_ms: Some(6_000),
        value: 3.0,
    });
    rows.push(Row {
        step: 4,
        time_ms: None,
        value: f64::NAN,
    });
    let series = Series::of(&rows);
    let attempt = &series.attempts()[0];
    assert_eq!((attempt.len(), attempt.untimed()), (4, 2));
    assert_eq!(
        attempt.along(XAxis::WallTime).xs(XAxis::WallTime),
        [5_000, 6_000]
    );
    assert_eq!(
        series.bounds(XAxis::WallTime, &Window::All).unwrap().x,
        Some((5_000.0, 6_000.0))
    );
    assert_eq!(series.nearest(XAxis::WallTime, 9e9).unwrap().row.step, 3);
    assert_eq!(series.earliest_time_ms(), Some(5_000));
    let untimed = Series::of(
        &rows
            .rows()
            .map(|row| Row {
                time_ms: None,
                ..row
            })
            .collect(),
    );
    assert_eq!(untimed.nearest(XAxis::WallTime, 0.0), None);
    assert_eq!(
        resolve_window(&Window::All, XAxis::WallTime, 0.0, None, &[&untimed]),
        None
    );
}

#[test]
fn windows_count_back_from_the_running_attempt() {
    // Case 62: a restart far back.
    let first = (0..1_000).map(|i| (i * 10, i * 1_000, 1.0));
    let second = (10..200).map(|i| (i * 10, 2_000_000 + i * 1_000, 2.0));
    let series = series(&first.chain(second).collect::<Vec<_>>());
    let steps = resolve_window(
        &Window::LastSteps(500),
        XAxis::Iteration,
        0.0,
        None,
        &[&series],
    );
    assert_eq!(steps, Some((1_491.0, 1_990.0)));
    let last = series.last_rows(50);
    assert_eq!(
        (
            last.len(),
            last.attempts().len(),
            last.attempts()[0].number()
        ),
        (50, 1, 2)
    );
    assert_eq!(
        series
            .statistics(XAxis::Iteration, &Window::LastPoints(50))
            .count,
        50
    );
    assert_eq!(series.last_rows(300).attempts().len(), 2);
}

#[test]
fn nothing_new_changes_nothing() {
    let mut series = series(&[]);
    assert!(series.is_empty() && series.version() == 0);
    series.extend(0, &Columns::new());
    assert_eq!(series.version(), 0);
    assert_eq!(series.bounds(XAxis::Iteration, &Window::All), None);
    assert_eq!(series.nearest(XAxis::Iteration, 0.0), None);
    assert_eq!(series.latest_time_ms(), None);
}

#[test]
fn late_rows_are_placed() {
    // Two ranks print every step, in random order within six rows.
    let mut rows: Vec<(i64, i64, f64)> = Vec::new();
    for step in 0..200 {
        rows.push((step * 10, 1_000 * step, step as f64));
        rows.push((step * 10, 1_000 * step + 400, step as f64));
    }
    let mut random = Random::new(9);
    for i in 0..rows.len() - 6 {
        rows.swap(i, i + random.below(2));
    }
    let series = series(&rows);
    assert_eq!(series.attempts().len(), 1);
    let steps = &iterations(&series)[0];
    assert!(steps.is_sorted() && steps.len() == 400);
}

#[test]
fn one_iteration_for_all() {
    let rows: Vec<_> = (0..5_000).map(|i| (0, 1_000 + i / 10, i as f64)).collect();
    let series = series(&rows);
    assert_eq!((series.len(), series.attempts().len()), (5_000, 1));
    assert_eq!(series.attempts()[0].finite().values()[4_999], 4_999.0);
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
    let places: Vec<_> = attempt.non_finite().iter().map(|row| row.before).collect();
    assert_eq!((attempt.finite().len(), places), (2, vec![0, 1, 1, 2]));
    assert_eq!(iterations(&series), [[0, 1, 2, 3, 4, 5]]);
    assert_eq!(attempt.first().unwrap().step, 0);
    assert_eq!(attempt.last().unwrap().step, 5);
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
            .row
            .value
            .is_nan()
    );
    assert_eq!(series.nearest(XAxis::WallTime, 24.0).unwrap().row.step, 1);
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
        assert_eq!(bounds.x, Some(x), "{window:?}");
    }
    let time = series
        .bounds(XAxis::WallTime, &Window::LastPoints(2))
        .unwrap();
    assert_eq!(time.x, Some((1_205_000.0, 1_210_000.0)));
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
            resolve_window(&window, axis, origin, newest, &all),
            expected,
            "{window:?} {axis:?}"
        );
    }
    assert_eq!(
        resolve_window(&Window::All, XAxis::Iteration, 0.0, None, &[]),
        None
    );
}

#[test]
fn time_that_does_not_rise_is_put_in_order() {
    // Timestamps of ingest: the second half of the file came first, in one attempt.
    let rows: Vec<_> = (0..1_000)
        .map(|i| (i, 50_000 + (i * 7) % 1_000, i as f64))
        .collect();
    let series = series(&rows);
    assert_eq!(series.attempts().len(), 1);
    let ordered = series.attempts()[0].along(XAxis::WallTime);
    assert!(ordered.xs(XAxis::WallTime).is_sorted());
    assert_eq!(ordered.len(), 1_000);
    let point = series.nearest(XAxis::WallTime, 50_014.0).unwrap();
    assert_eq!(point.row.step, 2);
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
            step: batch * 10_000 + i,
            time_ms: Some(batch * 10_000 + i),
            value: (i % 977) as f64,
        });
        series.extend(series.len() as u64, &rows.collect());
    }
    let bytes = series.memory_bytes();
    assert!(bytes <= 40 * series.len(), "{bytes}");
}

#[test]
fn expected_rows_have_room_that_is_never_moved() {
    let mut series = Series::expecting(100_000);
    for start in (0..100_000).step_by(1_000) {
        let rows: Vec<_> = (start..start + 1_000).map(|i| (i, i, 0.5)).collect();
        series.extend(series.len() as u64, &columns(&rows));
    }
    assert_eq!(series.len(), 100_000);
    // Three columns of eight bytes, 16 bytes for each block of 16 values, and a little above.
    let bytes = series.memory_bytes();
    assert!(bytes < 100_000 * 26, "{bytes}");
    // More than were expected are taken too.
    series.extend(series.len() as u64, &columns(&[(100_000, 100_000, 0.5)]));
    assert_eq!(series.len(), 100_001);
}
