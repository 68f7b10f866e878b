//! Frames against a rasteriser that draws every point.

use super::*;
use parallax_fixtures::random::Random;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::value::MISSING;
use std::collections::BTreeSet;

/// One flag a pixel, row by row.
struct Pixels {
    plot: (i32, i32),
    set: Vec<bool>,
}

impl Pixels {
    fn new(plot: (i32, i32)) -> Self {
        let size = (plot.0 * plot.1) as usize;
        Self {
            plot,
            set: vec![false; size],
        }
    }

    fn insert(&mut self, (x, y): (i32, i32)) {
        if (0..self.plot.0).contains(&x) && (0..self.plot.1).contains(&y) {
            self.set[(y * self.plot.0 + x) as usize] = true;
        }
    }

    /// Pixels that are set here and not there.
    fn without(&self, other: &Self) -> Vec<usize> {
        let pairs = self.set.iter().zip(&other.set).enumerate();
        pairs
            .filter(|(_, (a, b))| **a && !**b)
            .map(|(i, _)| i)
            .take(5)
            .collect()
    }
}

/// A line one pixel wide: a step a pixel along the longer side, halves towards the start.
fn raster(pixels: &mut Pixels, a: (i32, i32), b: (i32, i32)) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let steps = dx.abs().max(dy.abs());
    let along = |from: i32, delta: i32, step: i32| {
        // The nearest to delta · step / steps, halves down.
        let twice = 2 * i64::from(delta.abs()) * i64::from(step) + i64::from(steps) - 1;
        from + delta.signum() * twice.div_euclid(2 * i64::from(steps.max(1))) as i32
    };
    for step in 0..=steps {
        let at = (along(a.0, dx, step), along(a.1, dy, step));
        pixels.insert(at);
    }
}

fn raster_frame(frame: &Frame, plot: (i32, i32)) -> Pixels {
    let mut pixels = Pixels::new(plot);
    for line in &frame.lines {
        for bar in &line.bars {
            assert!(
                bar.y0 <= bar.y1 && bar.y0 >= 0 && bar.y1 < plot.1,
                "{bar:?}"
            );
            (bar.y0..=bar.y1).for_each(|y| pixels.insert((bar.x, y)));
        }
        for path in &line.paths {
            assert!(path.len() > 1);
            for pair in path.windows(2) {
                raster(&mut pixels, pair[0], pair[1]);
            }
        }
        for &dot in &line.dots {
            raster(&mut pixels, dot, dot);
        }
    }
    pixels
}

/// All points of all attempts, each joined to the next; one beyond the window on each side.
fn raster_points(series: &Series, spec: &FrameSpec, frame: &Frame) -> Pixels {
    let plot = (spec.width_px as i32, spec.height_px as i32);
    let origin = if spec.x == XAxis::RelativeTime {
        spec.x_origin_ms
    } else {
        0.0
    };
    let place = |v: f64| {
        if spec.y_scale == Scale::Log {
            v.log10()
        } else {
            v
        }
    };
    let (x0, x1) = frame.x_domain;
    let (y0, y1) = (place(frame.y_domain.0), place(frame.y_domain.1));
    let mut pixels = Pixels::new(plot);
    for attempt in series.attempts() {
        let mut rows: Vec<_> = attempt.rows().collect();
        if spec.x != XAxis::Iteration {
            rows.sort_by_key(|row| row.time_ms);
        }
        let x = |row: &Row| spec.x.x(row).unwrap() - origin;
        let finite = |row: &&Row| row.value.is_finite();
        let before = rows.iter().filter(finite).filter(|r| x(r) < x0).count();
        let inside = rows
            .iter()
            .filter(finite)
            .filter(|r| x(r) >= x0 && x(r) <= x1)
            .count();
        let mut pen: Option<(i32, i32)> = None;
        let mut number = 0;
        for row in &rows {
            let shown = row.value.is_finite() && (spec.y_scale == Scale::Linear || row.value > 0.0);
            let near = number + 1 >= before && number <= before + inside;
            number += usize::from(row.value.is_finite());
            if !shown || !near {
                pen = None;
                continue;
            }
            let px = ((x(row) - x0) * (f64::from(plot.0 - 1) / (x1 - x0)) + 0.5).floor();
            let py = (f64::from(plot.1 - 1)
                - (place(row.value) - y0) * (f64::from(plot.1 - 1) / (y1 - y0))
                + 0.5)
                .floor();
            let at = (px.clamp(-1e6, 1e6) as i32, py.clamp(-1e6, 1e6) as i32);
            raster(&mut pixels, pen.unwrap_or(at), at);
            pen = Some(at);
        }
    }
    pixels
}

fn assert_equal(series: &Series, spec: &FrameSpec) -> Frame {
    let frame = frame(&[series], spec);
    let plot = (spec.width_px as i32, spec.height_px as i32);
    let (found, expected) = (
        raster_frame(&frame, plot),
        raster_points(series, spec, &frame),
    );
    let (missing, extra) = (expected.without(&found), found.without(&expected));
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing {missing:?}, extra {extra:?}, {spec:?}"
    );
    frame
}

/// A noisy curve with uneven steps, jumps, breaks and a restart.
fn messy(random: &mut Random, points: usize, breaks: bool) -> Series {
    let mut rows = Columns::new();
    let (mut iteration, mut ms, mut level) = (0i64, 1_700_000_000_000i64, 5.0);
    for i in 0..points {
        let leap = random.below(200) == 0;
        iteration += if leap {
            random.below(points) as i64
        } else {
            1 + random.below(4) as i64
        };
        ms += 1 + random.below(3_000) as i64;
        if i == points / 2 && random.below(2) == 0 {
            iteration /= 2;
            ms += 60_000;
        }
        level += random.unit() - 0.5;
        let value = match random.below(400) {
            0 => level * 30.0,
            1 if breaks => f64::NAN,
            2 if breaks => f64::INFINITY,
            3 if breaks => MISSING,
            4 if breaks => -level.abs(),
            _ => level + random.unit(),
        };
        rows.push_timed(iteration, ms, value);
    }
    let mut series = Series::new();
    series.extend(series.len() as u64, &rows);
    series
}

#[test]
fn every_pixel_equals_drawing_all_points() {
    let mut random = Random::new(11);
    for case in 0..60 {
        let points = [3, 50, 400, 3_000, 20_000][case % 5];
        let series = messy(&mut random, points, case % 2 == 0);
        let mut spec = FrameSpec {
            width_px: 1 + random.below(300) as u32,
            height_px: 1 + random.below(200) as u32,
            x: [XAxis::Iteration, XAxis::RelativeTime, XAxis::WallTime][case % 3],
            x_origin_ms: 1_700_000_000_000.0,
            y_scale: [Scale::Linear, Scale::Linear, Scale::Log][random.below(3)],
            ..FrameSpec::default()
        };
        let whole = assert_equal(&series, &spec);
        for _ in 0..4 {
            let (low, high) = whole.x_domain;
            let from = low + (high - low) * random.unit();
            let size = (high - low) * random.unit().powi(4);
            spec.x_range = Some((from, from + size));
            spec.y_range = None;
            assert_equal(&series, &spec);
            let (low, high) = whole.y_domain;
            let from = low + (high - low) * random.unit() * 0.5;
            spec.y_range = Some((from, from + (high - low) * 0.3));
            assert_equal(&series, &spec);
        }
    }
}

#[test]
fn every_spike_is_drawn() {
    let mut random = Random::new(21);
    let spec = FrameSpec::default();
    for _ in 0..10 {
        let points = 100_000;
        let spikes: BTreeSet<usize> = (0..30).map(|_| random.below(points)).collect();
        let mut rows = Columns::new();
        for i in 0..points {
            let calm = (i as f64 / 9_000.0).sin();
            let value = if spikes.contains(&i) { 100.0 } else { calm };
            rows.push_timed(i as i64, i as i64, value);
        }
        let mut series = Series::new();
        series.extend(series.len() as u64, &rows);
        let frame = frame(&[&series], &spec);
        for at in spikes {
            // The value 100 lies 4 % of the extent below the upper edge.
            let px = (at as f64 * 799.0 / 99_999.0 + 0.5).floor() as i32;
            let bars = &frame.lines[0].bars;
            let bar = bars.iter().find(|bar| bar.x == px).unwrap();
            assert!(bar.y0 < 20, "{bar:?}");
        }
        assert_eq!(frame.lines[0].points, 100_000);
        assert!(frame.lines[0].drawn <= 4 * 800);
    }
}

/// From all points to a hundred around each spike: its pixel is drawn, be it in a bar or a path.
#[test]
fn every_spike_is_drawn_at_every_zoom() {
    let mut random = Random::new(22);
    let points = 200_000;
    let spikes: Vec<i64> = (0..20)
        .map(|_| 100 + random.below(points - 200) as i64)
        .collect();
    let mut rows = Columns::new();
    for step in 0..points as i64 {
        let number = spikes.iter().position(|spike| *spike == step);
        let value = match number {
            Some(number) if number % 2 == 0 => 100.0,
            Some(_) => -100.0,
            None => random.unit(),
        };
        rows.push_timed(step, step, value);
    }
    let mut series = Series::new();
    series.extend(series.len() as u64, &rows);
    let mut windows = 0;
    for spike in &spikes {
        let mut size = points as f64;
        while size >= 100.0 {
            let from = (*spike as f64 - size * random.unit()).floor();
            let spec = FrameSpec {
                x_range: Some((from, from + size)),
                ..FrameSpec::default()
            };
            let frame = frame(&[&series], &spec);
            let plot = (spec.width_px as i32, spec.height_px as i32);
            let drawn = raster_frame(&frame, plot);
            let seen = |at: &&i64| (from..=from + size).contains(&(**at as f64));
            for (number, at) in spikes.iter().enumerate().filter(|(_, at)| seen(at)) {
                let value = if number % 2 == 0 { 100.0 } else { -100.0 };
                let (y0, y1) = frame.y_domain;
                let x = ((*at as f64 - from) / size * f64::from(plot.0 - 1) + 0.5).floor();
                let y = ((y1 - value) / (y1 - y0) * f64::from(plot.1 - 1) + 0.5).floor();
                let pixel = y as i32 * plot.0 + x as i32;
                assert!(drawn.set[pixel as usize], "step {at} of {from} + {size}");
            }
            windows += 1;
            size /= 3.0;
        }
    }
    assert_eq!(windows, 20 * 7);
}

fn small(values: &[f64]) -> Series {
    let mut rows = Columns::new();
    for (i, &value) in (0..).zip(values) {
        rows.push_timed(i * 10, i * 1_000, value);
    }
    let mut series = Series::new();
    series.extend(series.len() as u64, &rows);
    series
}

fn spec() -> FrameSpec {
    FrameSpec {
        width_px: 101,
        height_px: 101,
        ..FrameSpec::default()
    }
}

#[test]
fn breaks_are_drawn_and_marked() {
    let series = small(&[
        0.0,
        1.0,
        f64::NAN,
        1.0,
        MISSING,
        0.5,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        1.0,
        0.0,
    ]);
    let frame = frame(&[&series], &spec());
    let line = &frame.lines[0];
    assert_eq!(frame.x_domain, (0.0, 100.0));
    assert_eq!(frame.y_domain, (-0.04, 1.04));
    assert_eq!(line.paths.len(), 2);
    assert_eq!(line.paths[0], [(0, 96), (10, 4)]);
    assert_eq!(line.dots, [(30, 4), (50, 50)]);
    let marks: Vec<_> = line.marks.iter().map(|m| (m.x, m.kind)).collect();
    let expected = [
        (20, MarkKind::Nan),
        (40, MarkKind::Missing),
        (60, MarkKind::PosInf),
        (70, MarkKind::NegInf),
    ];
    assert_eq!(marks, expected);
    assert_eq!((line.points, line.drawn), (11, 7));
}

#[test]
fn values_outside_are_marked() {
    let series = small(&[1.0, 50.0, 1.0, -50.0, 1.0]);
    let marked = |spec: &FrameSpec| -> Vec<_> {
        let frame = frame(&[&series], spec);
        frame.lines[0].marks.iter().map(|m| m.kind).collect()
    };
    let ranged = FrameSpec {
        y_range: Some((0.0, 2.0)),
        ..spec()
    };
    assert_eq!(marked(&ranged), [MarkKind::Above, MarkKind::Below]);
    assert_eq!(
        marked(&FrameSpec {
            y_scale: Scale::Log,
            ..spec()
        }),
        [MarkKind::NotPositive]
    );
    assert_eq!(marked(&spec()), []);
}

#[test]
fn outliers_leave_the_domain_and_are_marked() {
    let values: Vec<f64> = (0..1_000)
        .map(|i| if i == 500 { 1e9 } else { (i % 100) as f64 })
        .collect();
    let spec = FrameSpec {
        ignore_outliers: true,
        ..spec()
    };
    let frame = frame(&[&small(&values)], &spec);
    assert!(frame.y_domain.1 < 110.0);
    assert!(frame.lines[0].marks.contains(&Mark {
        x: 50,
        kind: MarkKind::Above
    }));
}

#[test]
fn degenerate_data_has_a_frame() {
    for values in [
        &[][..],
        &[2.5],
        &[2.5, 2.5, 2.5],
        &[f64::NAN, f64::NAN],
        &[f64::MIN, f64::MAX],
    ] {
        for y_scale in [Scale::Linear, Scale::Log] {
            for (width_px, height_px) in [(0, 0), (1, 1), (2, 300), (100_000, 1)] {
                let spec = FrameSpec {
                    width_px,
                    height_px,
                    y_scale,
                    smooth: 0.5,
                    ..spec()
                };
                let frame = frame(&[&small(values)], &spec);
                assert!(frame.x_domain.0 < frame.x_domain.1);
                assert!(frame.y_domain.0 < frame.y_domain.1, "{values:?}");
            }
        }
    }
    let frame = frame(&[&small(&[2.5])], &spec());
    assert_eq!(frame.lines[0].dots, [(50, 50)]);
    assert_eq!(frame.x_domain, (-0.5, 0.5));
}

#[test]
fn lines_run_to_the_edges() {
    let series = small(&[0.0, 10.0, 20.0, 30.0]);
    let spec = FrameSpec {
        x_range: Some((5.0, 25.0)),
        ..spec()
    };
    let frame = frame(&[&series], &spec);
    let path = &frame.lines[0].paths[0];
    assert_eq!((path[0].0, path[3].0), (-25, 125));
    assert_eq!(frame.lines[0].points, 2);
    // Also where the window lies between two points.
    let spec = FrameSpec {
        x_range: Some((12.0, 18.0)),
        ..spec
    };
    let frame = super::frame(&[&series], &spec);
    assert_eq!((frame.lines[0].paths.len(), frame.lines[0].points), (1, 0));
}

#[test]
fn smoothing_leaves_a_ghost() {
    let values: Vec<f64> = (0..5_000).map(|i| f64::from(i % 2)).collect();
    let mut series = small(&values);
    let spec = FrameSpec {
        smooth: 0.99,
        ..spec()
    };
    let lines = frame(&[&series], &spec).lines;
    let kinds: Vec<_> = lines.iter().map(|line| (line.series, line.ghost)).collect();
    assert_eq!(kinds, [(0, true), (0, false)]);
    let tall = |line: &Line| line.bars.iter().map(|b| b.y1 - b.y0).max().unwrap();
    assert!(tall(&lines[0]) > 90 && tall(&lines[1]) < 60);
    // An append takes the smoothed line along.
    let mut more = Columns::new();
    more.push_timed(60_000, 6_000_000, 0.0);
    series.extend(series.len() as u64, &more);
    assert_eq!(frame(&[&series], &spec).lines[1].points, 5_001);
}

#[test]
fn a_bar_under_a_pen() {
    let bar = Bar {
        x: 10,
        y0: 5,
        y1: 7,
    };
    for (pen, rect) in [
        (1, (10, 5, 1, 3)),
        (2, (10, 5, 2, 4)),
        (3, (9, 4, 3, 5)),
        (0, (10, 5, 1, 3)),
    ] {
        assert_eq!(bar.rect(pen), rect);
    }
}
