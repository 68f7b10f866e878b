//! The answers to charts and to the pointer.

use parallax_model::columns::Columns;
use parallax_model::value::MISSING;
use parallax_view::{Last, Span, XChoice};
use parallax_web::engine::session::Session;
use parallax_web::protocol::{ChartSpec, Reading, SeriesKey};

use crate::held::{chart, key, rows, session};

/// 2023-11-14 22:13:20 UTC.
const T0: i64 = 1_700_000_000_000;

/// Ten steps of `log` (one is NaN, one missing), five of `wandb`.
fn two_sources() -> Session {
    session(two_sources_rows())
}

fn two_sources_rows() -> Vec<(SeriesKey, Columns)> {
    let log: Vec<_> = (1..=10)
        .map(|step| {
            let value = match step {
                4 => f64::NAN,
                6 => MISSING,
                _ => step as f64 * 0.5,
            };
            (step * 10, T0 + 2_000 * step, value)
        })
        .collect();
    let wandb: Vec<_> = (1..=5)
        .map(|step| (step * 20, T0 + 4_000 * step + 500, 10.0 * step as f64))
        .collect();
    vec![
        (key("loss", "log"), rows(&log)),
        (key("loss", "wandb"), rows(&wandb)),
    ]
}

#[test]
fn a_chart_answers_with_figures_of_the_raw_values_in_the_span() {
    let session = two_sources();
    let series = [key("loss", "log"), key("loss", "wandb"), key("gone", "log")];
    let all = session.chart(chart(&series, Span::All));
    assert_eq!((all.held_points, all.frame.x_domain), (15, (10.0, 100.0)));
    let log = all.statistics[0].as_ref().unwrap();
    // 0.5, 1, 1.5, 2.5, 3.5, 4, 4.5, 5: 22.5 over 8.
    assert_eq!((log.count, log.finite, log.nan, log.missing), (10, 8, 1, 1));
    assert_eq!(
        (log.min, log.max, log.mean),
        (Some(0.5), Some(5.0), Some(2.8125))
    );
    assert_eq!((log.first, log.last), (Some(0.5), Some(5.0)));
    assert_eq!(all.statistics[1].as_ref().and_then(|s| s.mean), Some(30.0));
    assert_eq!(all.statistics[2], None, "not held is not empty");
    assert_eq!(all.spec.series, series);
    let points: Vec<_> = all
        .frame
        .lines
        .iter()
        .map(|line| (line.series, line.points))
        .collect();
    assert_eq!(points, [(0, 10), (1, 5)]);

    let span = Span::Range {
        from: Some(30.0),
        to: Some(80.0),
    };
    let part = session.chart(chart(&series, span));
    assert_eq!((part.held_points, part.frame.x_domain), (15, (30.0, 80.0)));
    let log = part.statistics[0].as_ref().unwrap();
    // Steps 30 to 80: 1.5, NaN, 2.5, missing, 3.5, 4.
    assert_eq!((log.count, log.finite, log.mean), (6, 4, Some(2.875)));
    // Steps 40, 60, 80.
    assert_eq!(part.statistics[1].as_ref().and_then(|s| s.mean), Some(30.0));
    assert_eq!(part.statistics[1].as_ref().map(|s| s.count), Some(3));
    let points: Vec<_> = part.frame.lines.iter().map(|line| line.points).collect();
    assert_eq!(points, [6, 3]);
}

#[test]
fn times_count_from_the_first_point_of_the_workload() {
    let session = two_sources();
    let series = [key("loss", "log"), key("loss", "wandb")];
    let over = |session: &Session, x, span| {
        let mut spec = chart(&series, span);
        spec.x = x;
        session.chart(spec).frame.x_domain
    };
    // From 2 s of `log` to 20.5 s of `wandb`.
    assert_eq!(
        over(&session, XChoice::Relative, Span::All),
        (0.0, 18_500.0)
    );
    let wall = ((T0 + 2_000) as f64, (T0 + 20_500) as f64);
    assert_eq!(over(&session, XChoice::Wall, Span::All), wall);
    let last = Span::Last(Last::Duration { ms: 5_000 });
    assert_eq!(
        over(&session, XChoice::Relative, last),
        (13_500.0, 18_500.0)
    );
    let last = Span::Last(Last::Steps(30));
    // Thirty steps: 71 to 100.
    assert_eq!(over(&session, XChoice::Iteration, last), (71.0, 100.0));
    // An older row of another metric moves the origin for all, a row without a time does not.
    let mut untimed = rows(&[(1, T0, 1.0)]);
    untimed.push_untimed(2, 0, 1.0);
    let mut all = two_sources_rows();
    all.push((key("lr", "tensorflow"), untimed));
    let session = crate::held::session(all);
    assert_eq!(
        over(&session, XChoice::Relative, Span::All),
        (2_000.0, 20_500.0)
    );
}

#[test]
fn the_pointer_reads_the_nearest_raw_point_of_each_series() {
    let session = two_sources();
    let series = [key("loss", "log"), key("loss", "wandb"), key("gone", "log")];
    let spec = |x: XChoice| ChartSpec {
        x,
        ..chart(&series, Span::All)
    };
    let found = session.probe(&spec(XChoice::Iteration), 46.0);
    let log = Reading {
        step: 50,
        time_ms: Some(T0 + 10_000),
        x: 50.0,
        value: 2.5,
    };
    let wandb = Reading {
        step: 40,
        time_ms: Some(T0 + 8_500),
        x: 40.0,
        value: 20.0,
    };
    assert_eq!(found, [Some(log), Some(wandb), None]);
    // 6.4 s after the origin at 2 s: 8 s is at 6 s, 8.5 s at 6.5 s.
    let found = session.probe(&spec(XChoice::Relative), 6_400.0);
    let x = |reading: &Option<Reading>| reading.as_ref().map(|r| (r.step, r.x));
    assert_eq!(
        found.iter().map(x).collect::<Vec<_>>(),
        [Some((40, 6_000.0)), Some((40, 6_500.0)), None]
    );
    assert!(
        found[0].is_some_and(|reading| reading.value.is_nan()),
        "a NaN is a reading"
    );
    let far = session.probe(&spec(XChoice::Iteration), -1e9);
    assert_eq!(
        far.iter().map(x).collect::<Vec<_>>(),
        [Some((10, 10.0)), Some((20, 20.0)), None]
    );
}

#[test]
fn all_places_of_the_pointer_read_what_each_would() {
    let session = two_sources();
    let series = [key("loss", "log"), key("loss", "wandb"), key("gone", "log")];
    for (x, x_domain) in [
        (XChoice::Iteration, (-5.0, 107.0)),
        (XChoice::Relative, (0.0, 18_500.0)),
    ] {
        let spec = ChartSpec {
            x,
            width_px: 640,
            ..chart(&series, Span::All)
        };
        let probes = session.probes(&spec, x_domain);
        for place in 0..=640 {
            let at = x_domain.0 + f64::from(place) / 640.0 * (x_domain.1 - x_domain.0);
            let same = |(a, b): (&Option<Reading>, &Option<Reading>)| match (a, b) {
                (Some(a), Some(b)) => a.is_same(b),
                (a, b) => a.is_none() && b.is_none(),
            };
            let (all, one) = (probes.at(at), session.probe(&spec, at));
            assert!(
                all.len() == 3 && all.iter().zip(&one).all(same),
                "{at}: {all:?}, {one:?}"
            );
        }
    }
}

#[test]
fn an_empty_session_answers_empty() {
    let session = Session::new("run".into());
    let reply = session.chart(chart(&[key("loss", "log")], Span::All));
    assert_eq!((reply.held_points, reply.statistics), (0, vec![None]));
    assert!(reply.frame.lines.is_empty() && reply.frame.x_domain.0 < reply.frame.x_domain.1);
    assert_eq!(
        (
            session.newest_ms(),
            session.probe(&chart(&[key("a", "b")], Span::All), 0.0)
        ),
        (None, vec![None])
    );
}
