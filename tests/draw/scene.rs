//! A small canvas and the paints that the tests share.

use parallax_frame::{Frame, FrameSpec, Line};
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::chart::draw::{Area, LinePaint, Paint, Surface, TickMark, draw};
use parallax_web::chart::style::Stroke;
use parallax_web::protocol::{ChartReply, ChartSpec};
use plotters::style::RGBAColor;

use crate::recorder::Recorder;

/// The canvas, device pixels.
pub(crate) const CANVAS: (u32, u32) = (400, 200);

/// The plot area on it.
pub(crate) const AREA: Area = Area {
    left_px: 56,
    top_px: 8,
    width_px: 332,
    height_px: 168,
};

pub(crate) const BLUE: RGBAColor = RGBAColor(20, 90, 200, 1.0);
pub(crate) const RED: RGBAColor = RGBAColor(200, 40, 40, 1.0);

/// The paint at a pen width.
pub(crate) fn paint(line_px: u32) -> Paint {
    Paint {
        grid: RGBAColor(220, 220, 220, 1.0),
        axis: RGBAColor(120, 120, 120, 1.0),
        text: RGBAColor(60, 60, 60, 1.0),
        font: "sans-serif".into(),
        font_px: 12.0,
        line_px,
    }
}

/// A look.
pub(crate) fn look(colour: RGBAColor, stroke: Stroke) -> LinePaint {
    LinePaint { colour, stroke }
}

/// A line with one path.
pub(crate) fn path(series: usize, points: &[(i32, i32)]) -> Line {
    Line {
        series,
        paths: vec![points.to_vec()],
        points: 1_000,
        ..Line::default()
    }
}

/// A frame of these lines.
pub(crate) fn frame(lines: Vec<Line>) -> Frame {
    Frame {
        x_domain: (0.0, 100.0),
        y_domain: (0.0, 1.0),
        lines,
    }
}

/// An answer to a chart with these axes and domains.
pub(crate) fn reply(x: XChoice, y: YChoice, domains: ((f64, f64), (f64, f64))) -> ChartReply {
    ChartReply {
        spec: ChartSpec {
            series: Vec::new(),
            pair: None,
            width_px: FrameSpec::default().width_px,
            height_px: FrameSpec::default().height_px,
            line_width_px: 1,
            x,
            span: Span::All,
            y,
            smooth: 0.0,
        },
        frame: Frame {
            x_domain: domains.0,
            y_domain: domains.1,
            lines: Vec::new(),
        },
        statistics: Vec::new(),
        newest: Vec::new(),
        held_points: 0,
    }
}

/// Draws on a surface of the canvas' size.
pub(crate) fn draw_on<S: Surface>(
    surface: &mut S,
    ticks: (&[TickMark], &[TickMark]),
    frame: &Frame,
    line_px: u32,
    looks: &[LinePaint],
) {
    let drawn = draw(surface, AREA, ticks, frame, &paint(line_px), looks);
    assert!(drawn.is_ok());
}

/// What was drawn of a frame without ticks.
pub(crate) fn record(frame: &Frame, line_px: u32, looks: &[LinePaint]) -> Recorder {
    let mut recorder = Recorder::new(CANVAS);
    draw_on(&mut recorder, (&[], &[]), frame, line_px, looks);
    recorder
}
