//! Pointer ⇄ data: the position of an x or of a point in CSS pixels from the corner of the plot element.

use parallax_frame::scale::{Mapping, Scale};
use parallax_view::YChoice;

use super::draw::Area;
use crate::protocol::ChartReply;

/// The mapping of one drawn frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    left_px: f64,
    top_px: f64,
    width_px: f64,
    height_px: f64,
    x_domain: (f64, f64),
    y_domain: (f64, f64),
    y: YChoice,
}

impl Geometry {
    /// The mapping of a frame drawn on `area` (device pixels).
    pub fn new(area: Area, ratio: f64, reply: &ChartReply) -> Self {
        let css = |device_px: i32| f64::from(device_px) / ratio;
        Self {
            left_px: css(area.left_px),
            top_px: css(area.top_px),
            width_px: css(area.width_px),
            height_px: css(area.height_px),
            x_domain: reply.frame.x_domain,
            y_domain: reply.frame.y_domain,
            y: reply.spec.y,
        }
    }

    /// The nearest position inside the plot area.
    pub fn clamp_px(&self, pointer_px: f64) -> f64 {
        pointer_px.clamp(self.left_px, self.left_px + self.width_px)
    }

    /// The x under a pointer; `None` outside of the plot area.
    pub fn x_at(&self, pointer_px: f64) -> Option<f64> {
        let share = (pointer_px - self.left_px) / self.width_px;
        (0.0..=1.0).contains(&share).then(|| self.at_share(share))
    }

    /// The x under a pointer, or at the nearest edge of the plot area.
    pub fn x_clamped(&self, pointer_px: f64) -> f64 {
        self.at_share((self.clamp_px(pointer_px) - self.left_px) / self.width_px)
    }

    /// The x after a press of an arrow key: a hundredth of the plot area to the left (`direction`
    /// −1) or right (1); from `None` the first one at the far edge.
    pub fn step(&self, from: Option<f64>, direction: f64) -> f64 {
        let (low, high) = self.x_domain;
        let from = from.unwrap_or(if direction > 0.0 { low } else { high });
        (from + direction * (high - low) / 100.0).clamp(low, high)
    }

    /// The crosshair's position for an x; `None` outside of the domain.
    pub fn cursor_px(&self, x: f64) -> Option<f64> {
        let (low, high) = self.x_domain;
        let share = (x - low) / (high - low);
        (0.0..=1.0)
            .contains(&share)
            .then_some(self.left_px + share * self.width_px)
    }

    /// The position of a point; `None` outside of the plot area.
    pub fn spot_px(&self, x: f64, value: f64) -> Option<(f64, f64)> {
        let scale = match self.y {
            YChoice::Linear => Scale::Linear,
            YChoice::Log => Scale::Log,
        };
        let y_px = Mapping::new(scale, self.y_domain, (self.height_px, 0.0)).to_px(value)?;
        (0.0..=self.height_px)
            .contains(&y_px)
            .then_some((self.cursor_px(x)?, self.top_px + y_px))
    }

    fn at_share(&self, share: f64) -> f64 {
        self.x_domain.0 + share * (self.x_domain.1 - self.x_domain.0)
    }
}
