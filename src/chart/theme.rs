//! The colours and the font of the style sheets, for the canvas.

use leptos::prelude::*;
use plotters::style::{BLACK, Color, RGBAColor};
use web_sys::CssStyleDeclaration;

use super::draw::{LinePaint, Paint};
use super::style::{SeriesStyle, Stroke};

/// The CSS custom properties of the current theme.
pub struct Theme(CssStyleDeclaration);

impl Theme {
    /// Reads the current values. `None` before there is a document.
    pub fn read() -> Option<Self> {
        let root = document().document_element()?;
        window().get_computed_style(&root).ok().flatten().map(Self)
    }

    /// Colours and sizes at a device pixel ratio.
    pub fn paint(&self, ratio: f64) -> Paint {
        Paint {
            grid: self.colour("--grid"),
            axis: self.colour("--line-strong"),
            text: self.colour("--text-2"),
            font: self.value("--font"),
            font_px: self.length_px("--text-s") * ratio,
            line_px: line_px(ratio),
        }
    }

    /// The style of a series. Sources of one metric differ in shade as well as in dash, so that
    /// overlapping lines can be distinguished.
    pub fn line(&self, style: SeriesStyle) -> LinePaint {
        let base = self.colour(&format!("--series-{}", style.colour));
        let colour = match style.stroke {
            Stroke::Solid => base,
            Stroke::Dashed => mix(base, self.colour("--text"), 0.45),
            Stroke::Dotted => mix(base, self.colour("--surface"), 0.4),
            Stroke::DashDot => mix(base, self.colour("--text-3"), 0.5),
        };
        LinePaint {
            colour,
            stroke: style.stroke,
        }
    }

    fn value(&self, name: &str) -> String {
        self.0
            .get_property_value(name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    fn length_px(&self, name: &str) -> f64 {
        let value = self.value(name);
        value.trim_end_matches("px").parse().unwrap_or(12.0)
    }

    /// `#rrggbb`; anything else is black.
    fn colour(&self, name: &str) -> RGBAColor {
        let value = self.value(name);
        let digits = value.strip_prefix('#').unwrap_or_default();
        let channel = |from: usize| {
            let hex = digits.get(from..from + 2)?;
            u8::from_str_radix(hex, 16).ok()
        };
        match (channel(0), channel(2), channel(4)) {
            (Some(red), Some(green), Some(blue)) => RGBAColor(red, green, blue, 1.0),
            _ => BLACK.to_rgba(),
        }
    }
}

/// Width of a line: 1.5 CSS pixels, whole device pixels.
pub fn line_px(ratio: f64) -> u32 {
    (1.5 * ratio).floor().max(1.0) as u32
}

fn mix(a: RGBAColor, b: RGBAColor, share: f64) -> RGBAColor {
    let blend = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
    RGBAColor(blend(a.0, b.0), blend(a.1, b.1), blend(a.2, b.2), 1.0)
}
