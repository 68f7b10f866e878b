//! From values to pixels and back, linear or logarithmic.
//!
//! A domain is (low, high) in data units, a range (first, last) in pixels; either may run
//! backwards in the range. Values that a logarithmic scale cannot show (not positive) have no
//! pixel. NaN has none on either scale.

use serde::{Deserialize, Serialize};

/// How an axis spreads values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scale {
    /// Equal differences take equal space.
    #[default]
    Linear,
    /// Equal ratios take equal space; positive values only.
    Log,
}

impl Scale {
    /// The value's place before it is stretched to pixels: itself, or its decimal logarithm.
    #[inline]
    pub fn forward(self, value: f64) -> Option<f64> {
        match self {
            Self::Linear => (!value.is_nan()).then_some(value),
            Self::Log => (value > 0.0).then(|| value.log10()),
        }
    }

    /// The value at a place; undoes [`Self::forward`].
    pub fn backward(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Log => 10f64.powf(place),
        }
    }
}

/// Maps a domain to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mapping {
    scale: Scale,
    start: f64,
    pixels_per_unit: f64,
    first_px: f64,
}

/// Pixels are held within this distance, so that sums of them fit any integer; lines that reach so
/// far are steep beyond what a screen can tell.
pub const FARTHEST_PX: i32 = 1_000_000;

impl Mapping {
    /// A mapping of `domain` to the pixels `range`. A domain without extent maps to the first.
    pub fn new(scale: Scale, domain: (f64, f64), range_px: (f64, f64)) -> Self {
        let start = scale.forward(domain.0).unwrap_or(0.0);
        let extent = scale.forward(domain.1).unwrap_or(start) - start;
        let stretch = (range_px.1 - range_px.0) / extent;
        Self {
            scale,
            start,
            pixels_per_unit: if stretch.is_finite() { stretch } else { 0.0 },
            first_px: range_px.0,
        }
    }

    /// Where a value lies, between pixels too; `None` where the scale cannot show it.
    pub fn to_px(&self, value: f64) -> Option<f64> {
        let place = self.scale.forward(value)?;
        Some((place - self.start) * self.pixels_per_unit + self.first_px)
    }

    /// The pixel of a value that the scale can show: rounded to nearest, halves up.
    #[inline]
    pub fn to_grid(&self, value: f64) -> i32 {
        let place = match self.scale {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        };
        grid((place - self.start) * self.pixels_per_unit + self.first_px)
    }

    /// The value at a pixel.
    pub fn to_value(&self, px: f64) -> f64 {
        if self.pixels_per_unit == 0.0 {
            return self.scale.backward(self.start);
        }
        let place = (px - self.first_px) / self.pixels_per_unit + self.start;
        self.scale.backward(place)
    }
}

/// Rounds to the pixel grid: to nearest, halves up. Without `round`, which is a library call where
/// the processor has no instruction for it.
#[inline]
pub(crate) fn grid(px: f64) -> i32 {
    let far = f64::from(FARTHEST_PX);
    // Adding the offset makes the number positive, where a cast rounds down.
    (px.clamp(-far, far) + (far + 0.5)) as i32 - FARTHEST_PX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_and_back() {
        let mapping = Mapping::new(Scale::Linear, (10.0, 20.0), (99.0, 0.0));
        for (value, px) in [(10.0, 99.0), (20.0, 0.0), (15.0, 49.5), (25.0, -49.5)] {
            assert_eq!(mapping.to_px(value), Some(px));
            assert_eq!(mapping.to_value(px), value);
        }
        assert_eq!(mapping.to_px(f64::NAN), None);
    }

    #[test]
    fn logarithmic_and_back() {
        let mapping = Mapping::new(Scale::Log, (0.01, 100.0), (0.0, 400.0));
        for (value, px) in [(0.01, 0.0), (0.1, 100.0), (1.0, 200.0), (100.0, 400.0)] {
            assert!((mapping.to_px(value).unwrap() - px).abs() < 1e-9);
            assert!((mapping.to_value(px) / value - 1.0).abs() < 1e-12);
        }
        assert_eq!(mapping.to_px(0.0), None);
        assert_eq!(mapping.to_px(-1.0), None);
    }

    #[test]
    fn the_grid_rounds_halves_up_and_is_bounded() {
        for (px, expected) in [
            (0.0, 0),
            (0.5, 1),
            (0.499, 0),
            (-0.5, 0),
            (-0.51, -1),
            (-1.5, -1),
            (1e300, FARTHEST_PX),
            (f64::NEG_INFINITY, -FARTHEST_PX),
        ] {
            assert_eq!(grid(px), expected, "{px}");
        }
    }

    #[test]
    fn a_domain_without_extent() {
        let mapping = Mapping::new(Scale::Linear, (3.0, 3.0), (0.0, 100.0));
        assert_eq!(mapping.to_grid(5.0), 0);
        assert_eq!(mapping.to_value(50.0), 3.0);
    }
}
