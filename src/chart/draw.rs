//! Draws a frame with plotters, on any backend; the same frame gives the same pixels.
//!
//! All coordinates are device pixels from the top left corner.

use parallax_frame::{Bar, Frame, Line, Mark, MarkKind};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontFamily, FontStyle, IntoFont, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::{DrawingBackend, DrawingErrorKind};

use super::style::Stroke;

/// A backend with dashed lines and a clip.
///
/// It may also paint many bars at once, before anything else is drawn.
pub trait Surface: DrawingBackend {
    /// Sets the dashes of following lines, in device pixels; empty for solid.
    fn set_dash(&mut self, pattern_px: &[f64]);
    /// Clips what follows to a rectangle (left, top, width, height); `None` removes the clip.
    fn clip(&mut self, area_px: Option<(i32, i32, i32, i32)>);
    /// Paints all bars of a plot area on which nothing is drawn yet. Returns false, having painted
    /// nothing, where drawing them one by one is as fast.
    fn paint_bars(&mut self, _area: Area, _pen_px: u32, _bars: &[ColouredBars<'_>]) -> bool {
        false
    }
    /// Sets whether what follows is drawn below the present pixels. Called only after
    /// [`Self::paint_bars`] has painted.
    fn draw_under(&mut self, _under: bool) {}
}

/// The colour of a line and its bars.
pub type ColouredBars<'a> = (RGBAColor, &'a [Bar]);

/// The plot area on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub left_px: i32,
    /// Top edge.
    pub top_px: i32,
    /// Width.
    pub width_px: i32,
    /// Height.
    pub height_px: i32,
}

/// A tick and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct TickMark {
    /// Distance from the plot area's left or top edge.
    pub at_px: i32,
    /// Its label.
    pub label: String,
}

/// Colours and sizes of everything that is not a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Paint {
    /// Grid lines.
    pub grid: RGBAColor,
    /// The x axis.
    pub axis: RGBAColor,
    /// Labels.
    pub text: RGBAColor,
    /// The font's family.
    pub font: String,
    /// The font's size.
    pub font_px: f64,
    /// Width of a series' line.
    pub line_px: u32,
}

/// The colour and the dashes of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinePaint {
    /// Its colour.
    pub colour: RGBAColor,
    /// Its dashes.
    pub stroke: Stroke,
}

type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Alpha of a raw line below its smoothed one.
const GHOST_ALPHA: f64 = 0.28;
/// Alpha of the solid line below a dashed one.
const UNDERLAY_ALPHA: f64 = 0.4;
/// Points get markers where they are at least this many line widths apart on average.
const MARKER_SPACING: i32 = 12;

/// Draws grid, labels and lines. `lines` has the paint of each series of the frame.
pub fn draw<B: Surface>(
    surface: &mut B,
    area: Area,
    (x_ticks, y_ticks): (&[TickMark], &[TickMark]),
    frame: &Frame,
    paint: &Paint,
    lines: &[LinePaint],
) -> Drawn<B> {
    let with_paint = || {
        let frame_lines = frame.lines.iter();
        frame_lines.filter_map(|line| Some((line, *lines.get(line.series)?)))
    };
    // Translucent lines blend with what is below them, so bars can't be painted before them.
    let is_opaque = with_paint().all(|(line, _)| !line.ghost);
    let bars: Vec<ColouredBars<'_>> = with_paint()
        .map(|(line, look)| (look.colour, line.bars.as_slice()))
        .collect();
    let painted = is_opaque && surface.paint_bars(area, paint.line_px, &bars);
    surface.set_dash(&[]);
    if painted {
        surface.draw_under(true);
    }
    draw_axes(surface, area, x_ticks, y_ticks, paint)?;
    if painted {
        surface.draw_under(false);
    }
    surface.clip(Some((
        area.left_px,
        area.top_px,
        area.width_px,
        area.height_px,
    )));
    // Translucent lines first, then all bars, then all strokes, which bars would hide.
    for (line, look) in with_paint().filter(|(line, _)| line.ghost) {
        draw_bars(surface, area, line, look, paint.line_px)?;
        draw_strokes(surface, area, line, look, paint.line_px, false)?;
    }
    if !painted {
        for (line, look) in with_paint().filter(|(line, _)| !line.ghost) {
            draw_bars(surface, area, line, look, paint.line_px)?;
        }
    }
    for (line, look) in with_paint().filter(|(line, _)| !line.ghost) {
        let marked = has_markers(frame, line, area, paint.line_px);
        draw_strokes(surface, area, line, look, paint.line_px, marked)?;
    }
    surface.set_dash(&[]);
    for line in &frame.lines {
        if let Some(look) = lines.get(line.series) {
            for mark in &line.marks {
                draw_mark(surface, area, *mark, look.colour, paint.line_px)?;
            }
        }
    }
    surface.clip(None);
    surface.present()
}

fn draw_axes<B: Surface>(
    surface: &mut B,
    area: Area,
    x: &[TickMark],
    y: &[TickMark],
    paint: &Paint,
) -> Drawn<B> {
    let (right, bottom) = (area.left_px + area.width_px, area.top_px + area.height_px);
    let thin = |colour: RGBAColor| ShapeStyle {
        color: colour,
        filled: true,
        stroke_width: 1,
    };
    let gap = (paint.font_px * 0.5) as i32;
    let label = |h_pos, v_pos| {
        let font = (
            FontFamily::from(paint.font.as_str()),
            paint.font_px,
            FontStyle::Normal,
        )
            .into_font();
        TextStyle::from(font)
            .color(&paint.text)
            .pos(Pos::new(h_pos, v_pos))
    };
    for tick in y {
        let at = area.top_px + tick.at_px;
        surface.draw_rect((area.left_px, at), (right, at + 1), &thin(paint.grid), true)?;
        let style = label(HPos::Right, VPos::Center);
        draw_label(surface, &tick.label, &style, (area.left_px - gap, at))?;
    }
    surface.draw_rect(
        (area.left_px, bottom),
        (right, bottom + 1),
        &thin(paint.axis),
        true,
    )?;
    for tick in x {
        let at = area.left_px + tick.at_px;
        surface.draw_rect(
            (at, bottom),
            (at + 1, bottom + gap),
            &thin(paint.axis),
            true,
        )?;
        let style = label(HPos::Center, VPos::Top);
        draw_label(surface, &tick.label, &style, (at, bottom + gap))?;
    }
    Ok(())
}

/// Writes a label, moved inside the canvas where its edge would cut it off.
fn draw_label<B: Surface>(
    surface: &mut B,
    text: &str,
    style: &TextStyle<'_>,
    (x, y): (i32, i32),
) -> Drawn<B> {
    let size = surface.estimate_text_size(text, style)?;
    let canvas = surface.get_size();
    // (before, after): the extent of the label on either side of its position.
    let keep = |at: i32, (before, after): (u32, u32), edge: u32| {
        at.min(edge as i32 - after as i32).max(before as i32)
    };
    let half = |length: u32| (length.div_ceil(2), length.div_ceil(2));
    let across = match style.pos.h_pos {
        HPos::Left => (0, size.0),
        HPos::Center => half(size.0),
        HPos::Right => (size.0, 0),
    };
    let down = match style.pos.v_pos {
        VPos::Top => (0, size.1),
        VPos::Center => half(size.1),
        VPos::Bottom => (size.1, 0),
    };
    let place = (keep(x, across, canvas.0), keep(y, down, canvas.1));
    surface.draw_text(text, style, place)
}

/// The pen of a line.
fn pen(line: &Line, look: LinePaint, line_px: u32) -> ShapeStyle {
    let RGBAColor(red, green, blue, _) = look.colour;
    let color = if line.ghost {
        RGBAColor(red, green, blue, GHOST_ALPHA)
    } else {
        look.colour
    };
    ShapeStyle {
        color,
        filled: true,
        stroke_width: line_px,
    }
}

fn draw_bars<B: Surface>(
    surface: &mut B,
    area: Area,
    line: &Line,
    look: LinePaint,
    line_px: u32,
) -> Drawn<B> {
    let style = pen(line, look, line_px);
    for bar in &line.bars {
        let (x, y, width, height) = bar.rect(line_px);
        let (left, top) = (area.left_px + x, area.top_px + y);
        surface.draw_rect((left, top), (left + width, top + height), &style, true)?;
    }
    Ok(())
}

fn draw_strokes<B: Surface>(
    surface: &mut B,
    area: Area,
    line: &Line,
    look: LinePaint,
    line_px: u32,
    marked: bool,
) -> Drawn<B> {
    let style = pen(line, look, line_px);
    let thickness = line_px.max(1) as i32;
    let place = |(x, y): (i32, i32)| (area.left_px + x, area.top_px + y);
    let pattern: Vec<f64> = look
        .stroke
        .pattern()
        .iter()
        .map(|part| part * f64::from(line_px))
        .collect();
    surface.set_dash(&pattern);
    if !pattern.is_empty() && !line.ghost {
        // A faint solid line below the dashes keeps a noisy curve in one piece.
        let RGBAColor(red, green, blue, _) = look.colour;
        let faint = ShapeStyle {
            color: RGBAColor(red, green, blue, UNDERLAY_ALPHA),
            ..style
        };
        surface.set_dash(&[]);
        for path in &line.paths {
            surface.draw_path(path.iter().copied().map(place), &faint)?;
        }
        surface.set_dash(&pattern);
    }
    for path in &line.paths {
        surface.draw_path(path.iter().copied().map(place), &style)?;
    }
    surface.set_dash(&[]);
    for dot in &line.dots {
        surface.draw_circle(place(*dot), line_px + 1, &style, true)?;
    }
    if marked {
        for point in line.paths.iter().flatten() {
            draw_marker(surface, place(*point), look.stroke, thickness + 1, &style)?;
        }
    }
    Ok(())
}

/// Whether the points of a line's series, over all its attempts, are far enough apart for markers.
fn has_markers(frame: &Frame, line: &Line, area: Area, line_px: u32) -> bool {
    let of_series = || {
        frame
            .lines
            .iter()
            .filter(|other| other.series == line.series && !other.ghost)
    };
    let points: u64 = of_series().map(|other| other.points).sum();
    let limit = i64::from(area.width_px) / (i64::from(MARKER_SPACING) * i64::from(line_px.max(1)));
    of_series().all(|other| other.bars.is_empty())
        && i64::try_from(points).unwrap_or(i64::MAX) <= limit
}

fn draw_marker<B: Surface>(
    surface: &mut B,
    (x, y): (i32, i32),
    stroke: Stroke,
    r: i32,
    style: &ShapeStyle,
) -> Drawn<B> {
    match stroke {
        Stroke::Solid => surface.draw_circle((x, y), r.unsigned_abs(), style, true),
        Stroke::Dashed => surface.draw_rect((x - r, y - r), (x + r + 1, y + r + 1), style, true),
        Stroke::Dotted => surface.fill_polygon(
            [
                (x, y - r - 1),
                (x + r + 1, y),
                (x, y + r + 1),
                (x - r - 1, y),
            ],
            style,
        ),
        Stroke::DashDot => surface.fill_polygon(
            [(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)],
            style,
        ),
    }
}

/// Draws a mark at the plot's edge for a value that the y axis can't show: ▲ above, ▼ below, × not a
/// number. Steps of one side of a comparison are ticks: A's at the top, B's at the bottom.
fn draw_mark<B: Surface>(
    surface: &mut B,
    area: Area,
    mark: Mark,
    colour: RGBAColor,
    line_px: u32,
) -> Drawn<B> {
    let r = 2 * line_px as i32 + 1;
    let x = area.left_px + mark.x;
    let (top, bottom) = (area.top_px + r + 1, area.top_px + area.height_px - r - 1);
    let style = ShapeStyle {
        color: colour,
        filled: true,
        stroke_width: line_px,
    };
    match mark.kind {
        MarkKind::PosInf | MarkKind::Above => {
            surface.fill_polygon([(x, top - r), (x + r, top + r), (x - r, top + r)], &style)
        }
        MarkKind::NegInf | MarkKind::Below | MarkKind::NotPositive => surface.fill_polygon(
            [(x, bottom + r), (x + r, bottom - r), (x - r, bottom - r)],
            &style,
        ),
        MarkKind::OnlyA => {
            let end = area.top_px + 4 * r;
            surface.draw_rect((x, area.top_px), (x + line_px as i32, end), &style, true)
        }
        MarkKind::OnlyB => {
            let end = area.top_px + area.height_px;
            surface.draw_rect((x, end - 4 * r), (x + line_px as i32, end), &style, true)
        }
        MarkKind::Nan | MarkKind::Missing => {
            surface.draw_line((x - r, bottom - r), (x + r, bottom + r), &style)?;
            surface.draw_line((x - r, bottom + r), (x + r, bottom - r), &style)
        }
    }
}
