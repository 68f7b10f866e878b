//! Ticks, their labels, and pointer ⇄ data.

use parallax_view::{XChoice, YChoice};
use parallax_web::chart::axes::ticks;
use parallax_web::chart::draw::{Area, TickMark};
use parallax_web::chart::geometry::Geometry;

use crate::recorder::{Recorder, Shape};
use crate::scene::{AREA, CANVAS, draw_on, frame, reply};

/// One day of milliseconds, from 2023-11-14 22:13:20 UTC on.
const START_MS: f64 = 1_700_000_000_000.0;
const DAY_MS: f64 = 86_400_000.0;

fn at(ticks: &[TickMark]) -> Vec<(i32, &str)> {
    ticks
        .iter()
        .map(|tick| (tick.at_px, tick.label.as_str()))
        .collect()
}

#[test]
fn ticks_stand_where_their_values_are() {
    let area = Area {
        width_px: 501,
        height_px: 201,
        ..AREA
    };
    // 500 px for 0 to 1000 and 200 px for 0 to 1, upwards.
    let linear = reply(
        XChoice::Iteration,
        YChoice::Linear,
        ((0.0, 1_000.0), (0.0, 1.0)),
    );
    let (x, y) = ticks(area, 1.0, &linear);
    assert_eq!(
        at(&x),
        [
            (0, "0"),
            (100, "200"),
            (200, "400"),
            (300, "600"),
            (400, "800"),
            (500, "1000")
        ]
    );
    let expected = [
        (200, "0"),
        (160, "0.2"),
        (120, "0.4"),
        (80, "0.6"),
        (40, "0.8"),
        (0, "1.0"),
    ];
    assert_eq!(at(&y), expected);
    // Four decades on 200 px: 50 px each.
    let log = reply(
        XChoice::Relative,
        YChoice::Log,
        ((0.0, 600_000.0), (0.01, 100.0)),
    );
    let (x, y) = ticks(area, 1.0, &log);
    assert_eq!(
        at(&x),
        [
            (0, "0"),
            (100, "2:00"),
            (200, "4:00"),
            (300, "6:00"),
            (400, "8:00"),
            (500, "10:00")
        ]
    );
    assert_eq!(
        at(&y),
        [
            (200, "0.01"),
            (150, "0.1"),
            (100, "1"),
            (50, "10"),
            (0, "100")
        ]
    );
}

#[test]
fn wall_time_has_the_clock_and_the_date_where_a_day_begins() {
    let area = Area {
        width_px: 865,
        height_px: 201,
        ..AREA
    };
    let wall = reply(
        XChoice::Wall,
        YChoice::Linear,
        ((START_MS, START_MS + DAY_MS), (0.0, 1.0)),
    );
    let (x, _) = ticks(area, 1.0, &wall);
    // 864 px a day: 22:13:20 to midnight is 6400 s, an hour is 36 px.
    assert!(at(&x).contains(&(64, "Nov 15")), "{x:?}");
    assert!(at(&x).contains(&(64 + 6 * 36, "06:00")), "{x:?}");
}

#[test]
fn twice_the_pixels_at_twice_the_ratio_have_the_same_ticks() {
    let reply = reply(
        XChoice::Iteration,
        YChoice::Linear,
        ((0.0, 1_000.0), (0.0, 1.0)),
    );
    let double = Area {
        left_px: 112,
        top_px: 16,
        width_px: 664,
        height_px: 336,
    };
    let labels = |ticks: Vec<TickMark>| ticks.into_iter().map(|t| t.label).collect::<Vec<_>>();
    let ((x1, y1), (x2, y2)) = (ticks(AREA, 1.0, &reply), ticks(double, 2.0, &reply));
    assert_eq!((labels(x1), labels(y1)), (labels(x2), labels(y2)));
}

#[test]
fn every_label_is_on_the_canvas() {
    let axes: [(XChoice, (f64, f64)); 8] = [
        (XChoice::Iteration, (0.0, 100_000.0)),
        (XChoice::Iteration, (1.0, 2_500.0)),
        (XChoice::Iteration, (1_234_000.0, 1_234_500.0)),
        (XChoice::Relative, (0.0, 600_000.0)),
        (XChoice::Relative, (0.0, 40.0 * DAY_MS)),
        (XChoice::Wall, (START_MS, START_MS + 30_000.0)),
        (XChoice::Wall, (START_MS + 80_000.0, START_MS + 80_010.0)),
        (XChoice::Wall, (START_MS, START_MS + 400.0 * DAY_MS)),
    ];
    let values: [(YChoice, (f64, f64)); 7] = [
        (YChoice::Linear, (0.0, 1.0)),
        (YChoice::Linear, (-12_000.0, 12_000.0)),
        (YChoice::Linear, (1.000_000_1, 1.000_000_4)),
        (YChoice::Linear, (-3.0e-12, 3.0e-12)),
        (YChoice::Linear, (-1.0e300, 1.0e300)),
        (YChoice::Log, (1.0e-9, 1.0e9)),
        (YChoice::Log, (0.9, 1.1)),
    ];
    let mut labels = 0;
    for (x, x_domain) in axes {
        for (y, y_domain) in values {
            let reply = reply(x, y, (x_domain, y_domain));
            let (x_ticks, y_ticks) = ticks(AREA, 1.0, &reply);
            let mut recorder = Recorder::new(CANVAS);
            draw_on(
                &mut recorder,
                (&x_ticks, &y_ticks),
                &frame(Vec::new()),
                1,
                &[],
            );
            for (text, [left, top, right, bottom]) in recorder.texts() {
                labels += 1;
                let inside = left >= 0 && top >= 0 && right <= 400 && bottom <= 200;
                assert!(
                    inside,
                    "«{text}» at {left},{top}–{right},{bottom}: {x:?} {x_domain:?} {y:?} {y_domain:?}"
                );
            }
        }
    }
    assert!(labels > 300, "{labels}");
}

#[test]
fn grid_lines_and_tick_marks_are_at_the_ticks() {
    let tick = |at_px, label: &str| TickMark {
        at_px,
        label: label.into(),
    };
    let mut recorder = Recorder::new(CANVAS);
    let (x, y) = ([tick(10, "10")], [tick(0, "1"), tick(167, "0")]);
    draw_on(&mut recorder, (&x, &y), &frame(Vec::new()), 1, &[]);
    let rects: Vec<_> = recorder
        .items
        .iter()
        .filter(|i| matches!(i.shape, Shape::Rect(..)))
        .map(|i| i.shape.clone())
        .collect();
    let expected = [
        Shape::Rect((56, 8), (388, 9), true),
        Shape::Rect((56, 175), (388, 176), true),
        Shape::Rect((56, 176), (388, 177), true),
        Shape::Rect((66, 176), (67, 182), true),
    ];
    assert_eq!(rects, expected);
    // Right of a y label and below a tick mark is a gap of half a letter; middles are at the tick.
    let boxes: Vec<_> = recorder.texts();
    assert_eq!(boxes[0], ("1".into(), [42, 2, 50, 14]));
    assert_eq!(boxes[2], ("10".into(), [66 - 7, 182, 66 + 8, 194]));
}

#[test]
fn the_pointer_and_the_data_are_inverse() {
    // At a ratio of 2: the plot is at (28, 4) and 166 × 84 CSS pixels.
    let linear = Geometry::new(
        AREA,
        2.0,
        &reply(
            XChoice::Iteration,
            YChoice::Linear,
            ((100.0, 300.0), (-1.0, 1.0)),
        ),
    );
    for (pointer_px, x) in [
        (28.0, Some(100.0)),
        (111.0, Some(200.0)),
        (194.0, Some(300.0)),
        (27.0, None),
        (195.0, None),
    ] {
        assert_eq!(linear.x_at(pointer_px), x, "{pointer_px}");
        assert_eq!(x.map(|x| linear.cursor_px(x)), x.map(|_| Some(pointer_px)));
    }
    assert_eq!(
        (linear.x_clamped(-5.0), linear.x_clamped(1e9)),
        (100.0, 300.0)
    );
    assert_eq!(
        (linear.cursor_px(99.0), linear.cursor_px(301.0)),
        (None, None)
    );
    let spots = [
        ((200.0, 0.0), Some((111.0, 46.0))),
        ((100.0, 1.0), Some((28.0, 4.0))),
        ((300.0, -1.0), Some((194.0, 88.0))),
        ((200.0, 1.1), None),
        ((99.0, 0.0), None),
        ((200.0, f64::NAN), None),
        ((200.0, f64::INFINITY), None),
    ];
    for ((x, value), spot) in spots {
        assert_eq!(linear.spot_px(x, value), spot, "{x} {value}");
    }
    let log = Geometry::new(
        AREA,
        2.0,
        &reply(
            XChoice::Iteration,
            YChoice::Log,
            ((0.0, 1.0), (0.01, 100.0)),
        ),
    );
    assert_eq!(log.spot_px(0.0, 1.0), Some((28.0, 46.0)));
    assert_eq!(log.spot_px(0.0, 0.0), None);
    assert_eq!(log.spot_px(0.0, -1.0), None);
}

#[test]
fn arrow_keys_walk_in_hundredths_and_stop_at_the_ends() {
    let g = Geometry::new(
        AREA,
        1.0,
        &reply(
            XChoice::Iteration,
            YChoice::Linear,
            ((100.0, 300.0), (0.0, 1.0)),
        ),
    );
    let cases = [
        (None, 1.0, 102.0),
        (None, -1.0, 298.0),
        (Some(150.0), 1.0, 152.0),
        (Some(299.0), 1.0, 300.0),
        (Some(100.0), -1.0, 100.0),
    ];
    for (from, direction, to) in cases {
        assert_eq!(g.step(from, direction), to, "{from:?} {direction}");
    }
}
