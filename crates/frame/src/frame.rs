//! What a chart draws for series at a size: the last step before pixels.
//!
//! # Contract
//! - All pixels are device pixels of the plot area, x from its left, y from its top edge. The
//!   domain's ends lie on the first and the last pixel.
//! - Nothing is sampled away: the picture equals that of all points on the pixel grid. Lines run to
//!   the edges: the points right outside the window are connected too, so paths may leave the plot
//!   and are to be clipped.
//! - A value that is missing or not finite, and on a logarithmic axis one that is not positive,
//!   breaks the line and leaves a mark; so does a value outside of a chosen y range, without
//!   breaking the line. Attempts never connect.
//! - Smoothing leaves the raw line as a ghost; domains and marks are of raw values.
//! - Lines come ghosts first, then in order of series and attempts.

mod axes;
mod line;

#[cfg(test)]
mod tests;

pub use crate::lines::Bar;
use crate::scale::Scale;
use axes::Axes;
use parallax_series::{Series, XAxis};
use serde::{Deserialize, Serialize};

/// What to draw, and how large.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameSpec {
    /// Width of the plot area, device pixels.
    pub width_px: u32,
    /// Height of the plot area, device pixels.
    pub height_px: u32,
    /// What values are plotted over.
    pub x: XAxis,
    /// Where relative time starts, milliseconds since the epoch; ignored on the other axes.
    pub x_origin_ms: f64,
    /// The x domain, in x units relative to the origin; `None` for all points.
    pub x_range: Option<(f64, f64)>,
    /// How y is spread.
    pub y_scale: Scale,
    /// The y domain; `None` for what is in view.
    pub y_range: Option<(f64, f64)>,
    /// Fit the y axis to the middle 90 % of the values in view.
    pub ignore_outliers: bool,
    /// Weight of the smoothed line, 0 (off) to below 1.
    pub smooth: f64,
    /// Width of the pen, device pixels; what a painter needs besides, see [`Bar::rect`].
    pub line_width_px: u32,
}

impl Default for FrameSpec {
    fn default() -> Self {
        Self {
            width_px: 800,
            height_px: 400,
            x: XAxis::Iteration,
            x_origin_ms: 0.0,
            x_range: None,
            y_scale: Scale::Linear,
            y_range: None,
            ignore_outliers: false,
            smooth: 0.0,
            line_width_px: 1,
        }
    }
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The x axis from its first to its last pixel, relative to the origin.
    pub x_domain: (f64, f64),
    /// The y axis from its last (lowest) to its first pixel.
    pub y_domain: (f64, f64),
    /// What to draw, in this order.
    pub lines: Vec<Line>,
}

/// One attempt of one series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Index into the series that the frame was made of.
    pub series: usize,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The raw line under a smoothed one.
    pub ghost: bool,
    /// Dense pixel columns, inside of the plot.
    #[serde(with = "crate::lines::packed")]
    pub bars: Vec<Bar>,
    /// Strokes; the pen is up between them.
    pub paths: Vec<Vec<(i32, i32)>>,
    /// Samples that stand alone, which no path shows.
    pub dots: Vec<(i32, i32)>,
    /// Values that the axes cannot show, once a pixel column and kind. Not on smoothed lines.
    pub marks: Vec<Mark>,
    /// Rows in the window, finite or not.
    pub points: u64,
    /// Points that the bars and paths were made from.
    pub drawn: u64,
}

/// A value at `x` that the axes cannot show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Pixels from the left edge.
    pub x: i32,
    /// Why it is not shown.
    pub kind: MarkKind,
}

/// Why a value is not shown where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MarkKind {
    /// Not a number.
    Nan,
    /// +∞.
    PosInf,
    /// −∞.
    NegInf,
    /// Above the y domain.
    Above,
    /// Below the y domain.
    Below,
    /// Recorded without a value.
    Missing,
    /// Zero or negative, on a logarithmic axis.
    NotPositive,
    /// In a comparison: a step that only side A has.
    OnlyA,
    /// In a comparison: a step that only side B has.
    OnlyB,
}

/// Draws the series. See the module.
pub fn frame(series: &[&Series], spec: &FrameSpec) -> Frame {
    let axes = Axes::new(series, spec);
    let mut frame = Frame {
        x_domain: axes.x_domain,
        y_domain: axes.y_domain,
        lines: Vec::new(),
    };
    if spec.width_px == 0 || spec.height_px == 0 {
        return frame;
    }
    let smooth = spec.smooth > 0.0;
    for smoothed in [false, true] {
        if smoothed && !smooth {
            continue;
        }
        for (index, series) in series.iter().enumerate() {
            for attempt in series.attempts() {
                frame.lines.push(Line {
                    series: index,
                    attempt: attempt.number(),
                    ghost: smooth && !smoothed,
                    ..line::draw(&axes, attempt.along(spec.x), smoothed)
                });
            }
        }
    }
    frame
}
