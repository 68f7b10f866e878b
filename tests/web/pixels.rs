//! Frames on a real canvas against all raw points drawn by brute force on a second one.
//!
//! The brute force has its own rounding to the grid of pixels and knows nothing of pixel columns:
//! it joins every point to the next, with `fillRect` (exact) or with `stroke` (anti-aliased).

use parallax_frame::{Frame, FrameSpec, Line, frame};
use parallax_model::columns::Columns;
use parallax_series::Series;
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::chart::canvas::{Canvas, paint};
use parallax_web::chart::draw::{Area, LinePaint, Paint, draw};
use parallax_web::chart::style::{SeriesStyle, Stroke};
use parallax_web::hooks::size::Size;
use parallax_web::protocol::{ChartReply, ChartSpec, SeriesKey};
use plotters::style::RGBAColor;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::page::{canvas, pixels};

const BLUE: RGBAColor = RGBAColor(16, 96, 192, 1.0);
const BLUE_CSS: &str = "rgba(16,96,192,1)";

/// Apart by more than anti-aliasing makes of a pixel: a bar's pen is square, and of the pixel at the
/// corner of a pen of three a round one covers a third.
const FAR: u8 = 192;

/// Apart by no more than the rounding of anti-aliasing, which depends on a path's length.
const SAME: u8 = 16;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, below: usize) -> usize {
        (self.bits() % below as u64) as usize
    }
}

/// Points on a canvas, drawn by the dashboard.
struct Shown {
    canvas: HtmlCanvasElement,
    frame: Frame,
    area: Area,
    pen_px: u32,
    points: Vec<(i64, f64)>,
}

impl Shown {
    fn new(points: Vec<(i64, f64)>, size: (u32, u32), pen_px: u32) -> Self {
        let mut columns = Columns::new();
        for (step, value) in &points {
            columns.push_timed(*step, *step, *value);
        }
        let mut series = Series::new();
        series.extend(0, &columns);
        let spec = FrameSpec {
            width_px: size.0,
            height_px: size.1,
            line_width_px: pen_px,
            ..FrameSpec::default()
        };
        let frame = frame(&[&series], &spec);
        let area = Area {
            left_px: 7,
            top_px: 5,
            width_px: size.0 as i32,
            height_px: size.1 as i32,
        };
        let canvas = canvas(size.0 + 16, size.1 + 12);
        draw_on(&canvas, area, &frame, pen_px, Stroke::Solid);
        Self {
            canvas,
            frame,
            area,
            pen_px,
            points,
        }
    }

    /// Where the raw points are on the canvas.
    fn places(&self) -> Vec<(i32, i32)> {
        let ((x0, x1), (y0, y1)) = (self.frame.x_domain, self.frame.y_domain);
        let (last_x, last_y) = (
            f64::from(self.area.width_px - 1),
            f64::from(self.area.height_px - 1),
        );
        let place = |&(step, value): &(i64, f64)| {
            let x = (step as f64 - x0) / (x1 - x0) * last_x;
            let y = (y1 - value) / (y1 - y0) * last_y;
            (
                self.area.left_px + (x + 0.5).floor() as i32,
                self.area.top_px + (y + 0.5).floor() as i32,
            )
        };
        self.points.iter().map(place).collect()
    }

    /// How many raw points each column of the canvas has.
    fn density(&self) -> Vec<usize> {
        let mut counts = vec![0; self.canvas.width() as usize];
        self.places()
            .iter()
            .for_each(|(x, _)| counts[*x as usize] += 1);
        counts
    }

    /// A second canvas with the plot's clip.
    fn second(&self) -> (HtmlCanvasElement, CanvasRenderingContext2d) {
        let second = canvas(self.canvas.width(), self.canvas.height());
        let context = second.get_context("2d").unwrap().unwrap();
        let context: CanvasRenderingContext2d = context.unchecked_into();
        context.begin_path();
        let Area {
            left_px,
            top_px,
            width_px,
            height_px,
        } = self.area;
        context.rect(
            left_px.into(),
            top_px.into(),
            width_px.into(),
            height_px.into(),
        );
        context.clip();
        context.set_fill_style_str(BLUE_CSS);
        context.set_stroke_style_str(BLUE_CSS);
        (second, context)
    }

    /// Every point joined to the next in whole pixels; the way to another column is half in each.
    fn by_rectangles(&self) -> HtmlCanvasElement {
        let (second, context) = self.second();
        let pen = self.pen_px as i32;
        let fill = |x: i32, a: i32, b: i32| {
            let (x, y) = (x - (pen - 1) / 2, a.min(b) - (pen - 1) / 2);
            context.fill_rect(x.into(), y.into(), pen.into(), ((a - b).abs() + pen).into());
        };
        for pair in self.places().windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            if x0 == x1 {
                fill(x0, y0, y1);
                continue;
            }
            assert_eq!(x0 + 1, x1, "no column is left out");
            let middle = y0 + (y1 - y0) / 2;
            fill(x0, y0, middle);
            fill(x1, middle + (y1 - middle).signum(), y1);
        }
        second
    }

    /// All points as one stroke, whose middle is where the middle of a bar is. Joins are those of
    /// the dashboard's strokes (`bevel`), or what comes near the square pen of its bars (`round`).
    fn by_stroke(&self, join: &str) -> HtmlCanvasElement {
        let (second, context) = self.second();
        let middle = f64::from(self.pen_px) / 2.0 - f64::from((self.pen_px - 1) / 2);
        context.translate(middle, middle).unwrap();
        context.set_line_width(self.pen_px.into());
        context.set_line_join(join);
        if join == "round" {
            context.set_line_cap("square");
        }
        context.begin_path();
        for (x, y) in self.places() {
            context.line_to(x.into(), y.into());
        }
        context.stroke();
        second
    }
}

fn draw_on(canvas: &HtmlCanvasElement, area: Area, frame: &Frame, pen_px: u32, stroke: Stroke) {
    let clear = RGBAColor(0, 0, 0, 0.0);
    let paint = Paint {
        grid: clear,
        axis: clear,
        text: clear,
        font: "sans-serif".into(),
        font_px: 12.0,
        line_px: pen_px,
    };
    let mut surface = Canvas::new(canvas.clone()).unwrap();
    let looks = [LinePaint {
        colour: BLUE,
        stroke,
    }];
    assert!(draw(&mut surface, area, (&[], &[]), frame, &paint, &looks).is_ok());
}

/// The sum of inked pixels, and of those that differ.
#[derive(Default)]
struct Count {
    ink: usize,
    different: usize,
}

impl Count {
    /// Compares a canvas with drawings of the same by brute force, over some columns: a pixel
    /// differs if its alpha is further than `room` from that of each drawing.
    fn add(
        &mut self,
        canvas: &HtmlCanvasElement,
        drawings: &[&HtmlCanvasElement],
        room: u8,
        column: impl Fn(usize) -> bool,
    ) {
        let width = canvas.width() as usize;
        let drawings: Vec<_> = drawings.iter().map(|drawing| pixels(drawing)).collect();
        for (i, a) in pixels(canvas)
            .iter()
            .enumerate()
            .filter(|(i, _)| column(i % width))
        {
            let others = || drawings.iter().map(|drawing| drawing[i][3]);
            self.ink += usize::from(a[3] > 0 || others().any(|b| b > 0));
            self.different += usize::from(others().all(|b| a[3].abs_diff(b) > room));
        }
    }
}

fn noise(random: &mut Random, points: i64) -> Vec<(i64, f64)> {
    (0..points).map(|step| (step, random.unit())).collect()
}

/// A curve that wanders by small and by large steps.
fn walk(random: &mut Random, points: i64, step: f64) -> Vec<(i64, f64)> {
    let mut level = 0.0;
    let mut next = |at: i64| {
        level += step * (random.unit() - 0.5);
        (at, level + 0.02 * random.unit())
    };
    (0..points).map(&mut next).collect()
}

#[wasm_bindgen_test]
fn dense_columns_equal_all_points_pixel_by_pixel() {
    let (mut random, mut count) = (Random(1), Count::default());
    for pen_px in [1, 2, 3] {
        for points in [
            noise(&mut random, 30_000),
            walk(&mut random, 15_000, 0.3),
            walk(&mut random, 5_000, 3.0),
        ] {
            let shown = Shown::new(points, (500, 240), pen_px);
            assert!(
                shown.frame.lines.iter().all(|line| line.paths.is_empty()),
                "all dense"
            );
            let all = shown.by_rectangles();
            assert!(pixels(&shown.canvas) == pixels(&all), "every byte");
            count.add(&shown.canvas, &[&all], 0, |_| true);
        }
    }
    console_log!(
        "dense, exact: {} of {} inked pixels differ",
        count.different,
        count.ink
    );
    assert!(count.different == 0 && count.ink > 100_000);
}

#[wasm_bindgen_test]
fn dense_columns_equal_one_stroke_through_all_points() {
    let (mut random, mut count) = (Random(2), Count::default());
    for pen_px in [1, 2, 3] {
        for points in [noise(&mut random, 40_000), walk(&mut random, 20_000, 0.3)] {
            let shown = Shown::new(points, (400, 200), pen_px);
            count.add(&shown.canvas, &[&shown.by_stroke("round")], FAR, |_| true);
        }
    }
    console_log!(
        "dense, stroke: {} of {} inked pixels differ",
        count.different,
        count.ink
    );
    assert!(count.different == 0 && count.ink > 100_000);
}

#[wasm_bindgen_test]
fn sparse_parts_equal_one_stroke_through_all_points() {
    let (mut random, mut count) = (Random(3), Count::default());
    for pen_px in [1, 2, 3] {
        for points in [noise(&mut random, 300), walk(&mut random, 900, 0.5)] {
            let shown = Shown::new(points, (600, 200), pen_px);
            assert!(
                shown.frame.lines.iter().all(|line| line.bars.is_empty()),
                "all sparse"
            );
            count.add(&shown.canvas, &[&shown.by_stroke("bevel")], SAME, |_| true);
        }
    }
    console_log!(
        "sparse: {} of {} inked pixels differ",
        count.different,
        count.ink
    );
    assert!(count.different * 1_000 <= count.ink && count.ink > 50_000);
}

/// Runs of steps one by one, forty to a pixel, and runs of leaps of about a pixel.
fn dense_and_sparse(random: &mut Random) -> Vec<(i64, f64)> {
    let (mut step, mut points, mut level) = (0, Vec::new(), 0.0);
    while step < 32_000 {
        let (dense, leaps) = (random.below(4_000), random.below(120));
        for i in 0..dense + leaps {
            step += if i < dense {
                1
            } else {
                20 + random.below(60) as i64
            };
            level += 0.2 * (random.unit() - 0.5);
            points.push((step, level + random.unit()));
        }
    }
    points
}

#[wasm_bindgen_test]
fn dense_and_sparse_parts_of_one_line_meet() {
    let mut random = Random(4);
    let (mut dense, mut sparse, mut ends) = (Count::default(), Count::default(), Count::default());
    for pen_px in [1, 2, 3] {
        let shown = Shown::new(dense_and_sparse(&mut random), (800, 300), pen_px);
        let line = &shown.frame.lines[0];
        assert!(line.bars.len() > 100 && line.paths.len() > 2, "both kinds");
        let density = shown.density();
        // All columns that a pen in this one reaches have few points, or all have many.
        let reach =
            |column: usize| column.saturating_sub(pen_px as usize)..=column + pen_px as usize;
        let is = |column: usize, few: bool| {
            reach(column).all(|c| (density.get(c).copied().unwrap_or(0) < 4) == few)
        };
        let (round, bevel) = (shown.by_stroke("round"), shown.by_stroke("bevel"));
        dense.add(&shown.canvas, &[&round], FAR, |c| is(c, false));
        sparse.add(&shown.canvas, &[&bevel], SAME, |c| is(c, true));
        // Where the kinds meet there are joins of both.
        ends.add(&shown.canvas, &[&round, &bevel], FAR, |c| {
            !is(c, false) && !is(c, true)
        });
    }
    for (what, count) in [
        ("dense", &dense),
        ("sparse", &sparse),
        ("where they meet", &ends),
    ] {
        console_log!(
            "mixed, {what}: {} of {} inked pixels differ",
            count.different,
            count.ink
        );
    }
    assert!(dense.different == 0 && dense.ink > 20_000);
    let different = sparse.different + ends.different;
    assert!(different * 1_000 <= sparse.ink + ends.ink && sparse.ink > 10_000 && ends.ink > 2_000);
}

/// Every pixel of a spike's column from its height down to the noise has ink.
fn spikes_seen(points: usize, least: u8) -> usize {
    let mut random = Random(5);
    let mut rows: Vec<(i64, f64)> = (0..points as i64)
        .map(|step| (step, 0.05 * random.unit()))
        .collect();
    let spacing = points / 100;
    let spikes: Vec<usize> = (0..100)
        .map(|i| i * spacing + 1 + random.below(spacing - 2))
        .collect();
    for spike in &spikes {
        rows[*spike].1 = 0.4 + 0.6 * random.unit();
    }
    let shown = Shown::new(rows, (1_000, 250), 1);
    let width = shown.canvas.width() as usize;
    let (pixels, places) = (pixels(&shown.canvas), shown.places());
    let seen = |spike: &&usize| {
        let ((x, top), (_, foot)) = (places[**spike], places[**spike + 1]);
        let bottom = top + (foot - top) / if points > 10_000 { 1 } else { 2 };
        (top..=bottom).all(|y| pixels[y as usize * width + x as usize][3] >= least)
    };
    spikes.iter().filter(seen).count()
}

#[wasm_bindgen_test]
fn single_sample_spikes_are_always_seen() {
    // Dense: in full ink.
    assert_eq!(spikes_seen(100_000, 255), 100);
    // One point a pixel: strokes that are steep, and cut off at their tip.
    let sparse = spikes_seen(1_000, 32);
    assert_eq!(sparse, 100);
}

/// Rows and columns with ink of a line on an otherwise empty canvas, in full and faint.
fn inked(path: Vec<(i32, i32)>, pen_px: u32, stroke: Stroke) -> Vec<[u8; 4]> {
    let area = Area {
        left_px: 0,
        top_px: 0,
        width_px: 200,
        height_px: 20,
    };
    let line = Line {
        paths: vec![path],
        points: 1_000,
        ..Line::default()
    };
    let frame = Frame {
        lines: vec![line],
        ..Frame::default()
    };
    let canvas = canvas(200, 20);
    draw_on(&canvas, area, &frame, pen_px, stroke);
    pixels(&canvas)
}

#[wasm_bindgen_test]
fn level_lines_are_sharp() {
    for (pen_px, rows) in [(1, 10..11), (2, 10..12), (3, 9..12)] {
        let pixels = inked(vec![(0, 10), (199, 10)], pen_px, Stroke::Solid);
        for y in 0..20 {
            let alpha = pixels[y * 200 + 100][3];
            assert_eq!(
                alpha,
                if rows.contains(&y) { 255 } else { 0 },
                "pen {pen_px}, row {y}"
            );
        }
    }
}

#[wasm_bindgen_test]
fn dashes_reach_the_canvas() {
    // Five of nine, 1.5 of 4.5 and 7.5 of 13.5 lengths are drawn.
    for (stroke, share) in [
        (Stroke::Solid, 1.0),
        (Stroke::Dashed, 5.0 / 9.0),
        (Stroke::Dotted, 1.0 / 3.0),
        (Stroke::DashDot, 7.5 / 13.5),
    ] {
        let pixels = inked(vec![(0, 10), (199, 10)], 2, stroke);
        let full = (0..199).filter(|x| pixels[10 * 200 + x][3] == 255).count();
        let found = full as f64 / 199.0;
        assert!((found - share).abs() < 0.12, "{stroke:?}: {found}");
    }
}

fn reply(points: Vec<(i64, f64)>, area: Area) -> ChartReply {
    let mut columns = Columns::new();
    points
        .iter()
        .for_each(|(step, value)| columns.push_timed(*step, *step, *value));
    let mut series = Series::new();
    series.extend(0, &columns);
    let (width_px, height_px) = (area.width_px as u32, area.height_px as u32);
    let spec = FrameSpec {
        width_px,
        height_px,
        ..FrameSpec::default()
    };
    ChartReply {
        frame: frame(&[&series], &spec),
        spec: ChartSpec {
            pair: None,
            series: vec![SeriesKey {
                metric: "loss".into(),
                source: "log".into(),
            }],
            width_px,
            height_px,
            line_width_px: 1,
            x: XChoice::Iteration,
            span: Span::All,
            y: YChoice::Linear,
            smooth: 0.0,
        },
        statistics: vec![None],
        newest: Vec::new(),
        held_points: points.len() as u64,
    }
}

#[wasm_bindgen_test]
fn a_chart_is_painted_in_the_themes_colours_and_twice_the_same() {
    let root: web_sys::HtmlElement = leptos::prelude::document()
        .document_element()
        .unwrap()
        .unchecked_into();
    let theme = "--grid:#00ff00;--line-strong:#00ff00;--text-2:#ff0000;--text-s:12px;--font:sans-serif;--series-0:#0000ff";
    root.set_attribute("style", theme).unwrap();
    let area = Area {
        left_px: 112,
        top_px: 16,
        width_px: 664,
        height_px: 336,
    };
    let size = Size {
        width_px: 400.0,
        height_px: 200.0,
        ratio: 2.0,
    };
    let styles = [SeriesStyle {
        colour: 0,
        stroke: Stroke::Solid,
    }];
    let reply = reply(noise(&mut Random(6), 50_000), area);
    let canvas = canvas(1, 1);
    paint(canvas.clone(), size, area, &reply, &styles);
    assert_eq!(
        (canvas.width(), canvas.height()),
        (800, 400),
        "device pixels"
    );
    let first = pixels(&canvas);
    let at = |x: usize, y: usize| first[y * 800 + x];
    let inside = |x: usize, y: usize| (112..776).contains(&x) && (16..352).contains(&y);
    let places = || (0..400).flat_map(|y| (0..800).map(move |x| (x, y)));
    let (mut blue, mut red) = (0, 0);
    for (x, y) in places() {
        let [r, _, b, alpha] = at(x, y);
        if b > 0 && alpha > 0 {
            assert!(inside(x, y), "ink of the line at {x}, {y}");
            blue += 1;
        }
        if r > 0 && alpha > 0 {
            assert!(!inside(x, y), "ink of a label at {x}, {y}");
            assert!(
                x > 0 && x < 799 && y > 0 && y < 399,
                "a label is cut off at {x}, {y}"
            );
            red += 1;
        }
    }
    assert!(blue > 100_000 && red > 300, "{blue} {red}");
    paint(canvas.clone(), size, area, &reply, &styles);
    assert!(
        pixels(&canvas) == first,
        "nothing is left of the first time"
    );
    root.remove_attribute("style").unwrap();
}
