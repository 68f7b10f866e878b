//! The smoothed line: an exponential moving average without bias at its start.
//!
//! As TensorBoard's scalars page smooths (`classicSmoothing` in its `line_chart_v2`, Apache-2.0):
//! `s ← w·s + (1 − w)·y`, shown as `s / (1 − wᵏ)` after `k` values. Values that are not finite
//! neither count nor change the state. A constant start is shown exactly. The weight is from 0 (the
//! raw line) to below 1.

use crate::pyramid::Pyramid;

/// The heaviest weight that still moves.
const HEAVIEST: f64 = 0.9999;

/// The state of the average between two values.
#[derive(Clone, Copy, Debug)]
pub struct Smoother {
    weight: f64,
    /// The biased average.
    state: f64,
    /// wᵏ.
    bias: f64,
    /// The value that all values so far have, if they have one.
    constant: Option<f64>,
    empty: bool,
}

impl Smoother {
    /// Before the first value.
    pub(crate) fn new(weight: f64) -> Self {
        let weight = if weight.is_nan() { 0.0 } else { weight };
        Self {
            weight: weight.clamp(0.0, HEAVIEST),
            state: 0.0,
            bias: 1.0,
            constant: None,
            empty: true,
        }
    }

    /// The smoothed value after one more value; a value that is not finite comes back as it is.
    #[inline]
    pub fn next(&mut self, value: f64) -> f64 {
        if !value.is_finite() {
            return value;
        }
        self.state = self.state * self.weight + (1.0 - self.weight) * value;
        self.bias *= self.weight;
        if self.empty {
            self.empty = false;
            self.constant = Some(value);
        }
        if let Some(constant) = self.constant {
            if constant == value {
                return value;
            }
            self.constant = None;
        }
        self.state / (1.0 - self.bias)
    }
}

/// Smooths a whole sequence.
pub fn smooth(values: &[f64], weight: f64) -> Vec<f64> {
    let mut smoother = Smoother::new(weight);
    values.iter().map(|&value| smoother.next(value)).collect()
}

/// A smoothed column with its pyramid, kept from frame to frame and grown as the column grows.
#[derive(Clone, Debug)]
pub struct Smoothed {
    weight: f64,
    smoother: Smoother,
    values: Vec<f64>,
    pyramid: Pyramid,
}

impl Smoothed {
    pub(crate) fn new(weight: f64) -> Self {
        Self {
            weight,
            smoother: Smoother::new(weight),
            values: Vec::new(),
            pyramid: Pyramid::default(),
        }
    }

    pub(crate) fn has_weight(&self, weight: f64) -> bool {
        self.weight.to_bits() == weight.to_bits()
    }

    /// Takes in the values that were added to the end of the raw column.
    pub fn extend(&mut self, raw: &[f64]) {
        let new = raw.get(self.values.len()..).unwrap_or(&[]);
        parallax_model::columns::reserve_tight(&mut self.values, new.len());
        let smoother = &mut self.smoother;
        self.values
            .extend(new.iter().map(|&value| smoother.next(value)));
        self.pyramid.extend(&self.values);
    }

    /// The number of values.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The smoothed values, one a finite row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The pyramid over the smoothed values.
    pub fn pyramid(&self) -> &Pyramid {
        &self.pyramid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: w = 0.5 over 1, 2, 4: s = 0.5, 1.25, 2.625; 1 − wᵏ = 0.5, 0.75, 0.875.
    #[test]
    fn equals_the_formula() {
        let smoothed = smooth(&[1.0, 2.0, 4.0], 0.5);
        let expected = [1.0, 1.25 / 0.75, 2.625 / 0.875];
        for (a, b) in smoothed.iter().zip(expected) {
            assert!((a - b).abs() < 1e-15, "{a} {b}");
        }
    }

    #[test]
    fn weight_zero_is_the_raw_line() {
        assert_eq!(smooth(&[3.0, -1.0, 7.5], 0.0), [3.0, -1.0, 7.5]);
        assert_eq!(smooth(&[3.0, -1.0], f64::NAN), [3.0, -1.0]);
    }

    #[test]
    fn a_constant_stays_exact() {
        assert_eq!(smooth(&[0.1; 50], 0.97), [0.1; 50]);
    }

    #[test]
    fn nan_neither_counts_nor_spreads() {
        let with = smooth(&[1.0, f64::NAN, 2.0, f64::INFINITY, 4.0], 0.5);
        let without = smooth(&[1.0, 2.0, 4.0], 0.5);
        assert!(with[1].is_nan() && with[3] == f64::INFINITY);
        assert_eq!([with[0], with[2], with[4]], without[..]);
    }

    #[test]
    fn growing_equals_at_once() {
        let raw: Vec<f64> = (0..1000).map(|i| f64::from(i % 37)).collect();
        let mut grown = Smoothed::new(0.9);
        for end in [1, 2, 500, 999, 1000] {
            grown.extend(&raw[..end]);
        }
        assert_eq!(grown.values(), smooth(&raw, 0.9));
        assert_eq!(grown.len(), 1000);
    }
}
