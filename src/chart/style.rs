//! The style of a series: its colour stands for the metric, dash and marker for the source.

use parallax_model::source::Source;

/// Number of series colours in the style sheets (`--series-0` …).
pub const COLOURS: usize = 8;

/// Dash and marker of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stroke {
    /// `log`: solid, circles.
    Solid,
    /// `wandb`: dashed, squares.
    Dashed,
    /// `tensorflow`: dotted, diamonds.
    Dotted,
    /// Any other source: dash-dot, triangles.
    DashDot,
}

impl Stroke {
    /// The stroke of a source.
    pub fn of(source: &Source) -> Self {
        match source.as_str() {
            Source::LOG => Self::Solid,
            Source::WANDB => Self::Dashed,
            Source::TENSORFLOW => Self::Dotted,
            _ => Self::DashDot,
        }
    }

    /// Lengths of dashes and gaps in line widths; empty for solid.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[5.0, 4.0],
            Self::Dotted => &[1.5, 3.0],
            Self::DashDot => &[6.0, 3.0, 1.5, 3.0],
        }
    }

    /// The pattern for an SVG line of width 2, as `stroke-dasharray` takes it.
    pub fn svg_pattern(self) -> String {
        let lengths = self.pattern().iter().map(|l| (l * 1.6).to_string());
        lengths.collect::<Vec<_>>().join(" ")
    }
}

/// The style of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesStyle {
    /// Number of the series colour.
    pub colour: usize,
    /// Dash and marker.
    pub stroke: Stroke,
}
