//! Series: strokes, dashes, ghosts, bars, dots, markers, marks, and the clip around them.

use parallax_frame::{Bar, Frame, Line, Mark, MarkKind};
use parallax_model::source::Source;
use parallax_web::chart::style::Stroke;

use crate::recorder::{Item, Shape};
use crate::scene::{AREA, BLUE, RED, frame, look, path, record};

/// The pen of [`AREA`]: everything of a series is kept inside.
const CLIP: Option<(i32, i32, i32, i32)> = Some((56, 8, 332, 168));

fn is_blue(item: &&Item) -> bool {
    let (red, green, blue, _) = item.colour;
    (red, green, blue) == (BLUE.0, BLUE.1, BLUE.2)
}

fn marked(kind: MarkKind, line_px: u32) -> Vec<Shape> {
    let line = Line {
        marks: vec![Mark { x: 100, kind }],
        points: 1_000,
        ..Line::default()
    };
    let drawn = record(&frame(vec![line]), line_px, &[look(BLUE, Stroke::Solid)]);
    let marks = drawn.items.iter().filter(is_blue);
    marks.map(|item| item.shape.clone()).collect()
}

#[test]
fn each_source_has_its_dashes_in_widths_of_the_pen() {
    let cases: [(&str, u32, &[f64]); 5] = [
        ("log", 1, &[]),
        ("wandb", 1, &[5.0, 4.0]),
        ("wandb", 3, &[15.0, 12.0]),
        ("tensorflow", 2, &[3.0, 6.0]),
        ("aim", 2, &[12.0, 6.0, 3.0, 6.0]),
    ];
    for (source, line_px, dash) in cases {
        let stroke = Stroke::of(&Source::from(source));
        let drawn = record(
            &frame(vec![path(0, &[(0, 0), (331, 167)])]),
            line_px,
            &[look(BLUE, stroke)],
        );
        // At least one stroke in full colour has the dashes; the plot's corner is the origin.
        let full = (BLUE.0, BLUE.1, BLUE.2, 1.0);
        let strokes = drawn.paths();
        let mut dashed = strokes
            .iter()
            .filter(|(_, item)| item.colour == full && item.dash == dash);
        let (points, item) = dashed.next().unwrap();
        assert_eq!(*points, [(56, 8), (387, 175)], "{source}");
        assert_eq!(item.shape, Shape::Path(points.to_vec(), line_px));
    }
}

#[test]
fn each_series_has_its_own_paint_and_one_without_paint_is_left_out() {
    let lines = vec![
        path(1, &[(0, 0), (9, 9)]),
        path(0, &[(0, 9), (9, 0)]),
        path(2, &[(3, 3), (4, 4)]),
    ];
    let drawn = record(
        &frame(lines),
        1,
        &[look(BLUE, Stroke::Solid), look(RED, Stroke::Solid)],
    );
    let strokes: Vec<_> = drawn
        .paths()
        .into_iter()
        .map(|(points, item)| (points[0], item.colour))
        .collect();
    assert_eq!(
        strokes,
        [
            ((56, 8), (200, 40, 40, 1.0)),
            ((56, 17), (20, 90, 200, 1.0))
        ]
    );
}

#[test]
fn a_raw_line_is_faint_below_its_smoothed_one() {
    let ghost = Line {
        ghost: true,
        bars: vec![Bar { x: 2, y0: 0, y1: 9 }],
        ..path(0, &[(0, 0), (9, 9)])
    };
    let drawn = record(
        &frame(vec![ghost, path(0, &[(0, 5), (9, 5)])]),
        1,
        &[look(BLUE, Stroke::Solid)],
    );
    let alphas: Vec<f64> = drawn
        .items
        .iter()
        .filter(is_blue)
        .map(|item| item.colour.3)
        .collect();
    let (faint, full) = alphas.split_at(alphas.iter().position(|a| *a == 1.0).unwrap());
    assert!(
        faint.len() == 2 && faint.iter().all(|a| (0.1..0.5).contains(a)),
        "{alphas:?}"
    );
    assert!(full.iter().all(|a| *a == 1.0), "{alphas:?}");
}

#[test]
fn dense_columns_are_filled_rectangles() {
    // A square pen of 1, 2, 3 pixels on rows 10 to 20 of column 5: the plot is at (56, 8).
    for (line_px, left_top, right_bottom) in [
        (1, (61, 18), (62, 29)),
        (2, (61, 18), (63, 30)),
        (3, (60, 17), (63, 30)),
    ] {
        let line = Line {
            bars: vec![Bar {
                x: 5,
                y0: 10,
                y1: 20,
            }],
            points: 1_000,
            ..Line::default()
        };
        let drawn = record(&frame(vec![line]), line_px, &[look(BLUE, Stroke::Dashed)]);
        let bars: Vec<_> = drawn.items.iter().filter(is_blue).collect();
        assert_eq!(bars.len(), 1);
        assert_eq!(bars[0].shape, Shape::Rect(left_top, right_bottom, true));
    }
}

#[test]
fn a_lone_sample_is_a_dot() {
    let line = Line {
        dots: vec![(40, 30)],
        points: 1_000,
        ..Line::default()
    };
    let drawn = record(&frame(vec![line]), 1, &[look(BLUE, Stroke::Dotted)]);
    let dots: Vec<_> = drawn
        .items
        .iter()
        .filter(is_blue)
        .map(|i| (&i.shape, i.dash.len()))
        .collect();
    assert_eq!(dots, [(&Shape::Circle((96, 38), 2), 0)]);
}

#[test]
fn what_has_no_place_is_marked_at_the_edge() {
    // The plot's rows are 8 to 175; its column 100 is 156. All points of a mark lie within.
    let above = [MarkKind::PosInf, MarkKind::Above];
    let below = [MarkKind::NegInf, MarkKind::Below, MarkKind::NotPositive];
    for line_px in [1, 3] {
        for (kinds, tip_is_above, edge) in [(&above[..], true, 8), (&below[..], false, 175)] {
            for kind in kinds {
                let marks = marked(*kind, line_px);
                let [Shape::Polygon(points)] = marks.as_slice() else {
                    panic!("{kind:?}: {marks:?}")
                };
                let tip = points.iter().find(|(x, _)| *x == 156).unwrap();
                let base: Vec<_> = points.iter().filter(|p| *p != tip).collect();
                assert!(base.len() == 2 && base[0].1 == base[1].1, "{kind:?}");
                assert_eq!(tip.1 < base[0].1, tip_is_above, "{kind:?}");
                assert!((tip.1 - edge).abs() <= 2, "{kind:?}: {tip:?}");
                assert!(
                    points.iter().all(|(_, y)| (8..=176).contains(y)),
                    "{kind:?}: {points:?}"
                );
            }
        }
        for kind in [MarkKind::Nan, MarkKind::Missing] {
            let marks = marked(kind, line_px);
            let [Shape::Line(a, b), Shape::Line(c, d)] = marks.as_slice() else {
                panic!("{kind:?}: {marks:?}")
            };
            assert_eq!((a.0 + b.0, c.0 + d.0), (312, 312), "a cross at column 156");
            assert!((a.1 - b.1).signum() == (d.1 - c.1).signum() && a.1 != b.1);
            assert!([a, b, c, d].iter().all(|(_, y)| (160..=176).contains(y)));
        }
    }
}

#[test]
fn few_points_get_markers_by_source_and_many_or_ghosts_get_none() {
    let points: Vec<(i32, i32)> = (0..5).map(|i| (60 * i, 80)).collect();
    let count = |line: Line, stroke| {
        let drawn = record(&frame(vec![line]), 1, &[look(BLUE, stroke)]);
        let shapes = drawn
            .items
            .iter()
            .filter(is_blue)
            .map(|item| item.shape.clone());
        let markers: Vec<_> = shapes
            .filter(|shape| !matches!(shape, Shape::Path(..)))
            .collect();
        markers
    };
    let few = |points: &[(i32, i32)]| Line {
        points: points.len() as u64,
        ..path(0, points)
    };
    for (stroke, corners) in [
        (Stroke::Solid, None),
        (Stroke::Dashed, Some(0)),
        (Stroke::Dotted, Some(4)),
        (Stroke::DashDot, Some(3)),
    ] {
        let markers = count(few(&points), stroke);
        assert_eq!(markers.len(), 5, "{stroke:?}");
        for marker in &markers {
            let as_expected = match marker {
                Shape::Circle(..) => corners.is_none(),
                Shape::Rect(..) => corners == Some(0),
                Shape::Polygon(corner) => corners == Some(corner.len()),
                _ => false,
            };
            assert!(as_expected, "{stroke:?}: {marker:?}");
        }
    }
    assert_eq!(
        count(
            Line {
                points: 1_000,
                ..few(&points)
            },
            Stroke::Solid
        ),
        []
    );
    assert_eq!(
        count(
            Line {
                ghost: true,
                ..few(&points)
            },
            Stroke::Solid
        ),
        []
    );
}

#[test]
fn lines_and_marks_are_kept_inside_the_plot_and_labels_are_not() {
    let line = Line {
        bars: vec![Bar {
            x: 0,
            y0: 0,
            y1: 167,
        }],
        marks: vec![
            Mark {
                x: 0,
                kind: MarkKind::Nan,
            },
            Mark {
                x: 331,
                kind: MarkKind::PosInf,
            },
        ],
        dots: vec![(331, 0)],
        ..path(0, &[(-50, -4_000), (331, 9_000)])
    };
    let drawn = record(&frame(vec![line]), 3, &[look(BLUE, Stroke::Dashed)]);
    let (blue, others): (Vec<_>, Vec<_>) = drawn.items.iter().partition(is_blue);
    assert!(blue.len() >= 6 && blue.iter().all(|item| item.clip == CLIP));
    assert!(!others.is_empty() && others.iter().all(|item| item.clip.is_none()));
    assert_eq!(
        CLIP,
        Some((AREA.left_px, AREA.top_px, AREA.width_px, AREA.height_px))
    );
    assert_eq!(
        (drawn.clip, drawn.presented),
        (None, 1),
        "lifted at the end, shown once"
    );
}

#[test]
fn dashes_end_with_their_line() {
    let lines = vec![
        Line {
            dots: vec![(9, 9)],
            marks: vec![Mark {
                x: 5,
                kind: MarkKind::Nan,
            }],
            ..path(0, &[(0, 0), (9, 9)])
        },
        path(1, &[(0, 9), (9, 0)]),
    ];
    let drawn = record(
        &frame(lines),
        1,
        &[look(BLUE, Stroke::Dotted), look(RED, Stroke::Solid)],
    );
    let dashed = drawn.items.iter().filter(|item| !item.dash.is_empty());
    for item in dashed {
        assert!(
            is_blue(&item) && matches!(item.shape, Shape::Path(..)),
            "{item:?}"
        );
    }
}

#[test]
fn an_empty_frame_is_an_axis() {
    let drawn = record(&Frame::default(), 1, &[]);
    let shapes: Vec<_> = drawn.items.iter().map(|item| &item.shape).collect();
    assert_eq!(shapes, [&Shape::Rect((56, 176), (388, 177), true)]);
}
