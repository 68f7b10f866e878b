//! A change of B's columns that makes it meet A: what a suggestion proposes and the user accepts.
//!
//! Applied to B only, in this order: steps are multiplied by a ratio and moved, times are moved,
//! values are mapped. Identity changes nothing. A step that the ratio doesn't divide evenly is
//! rounded to the nearest; steps saturate instead of overflowing. NaN stays NaN.

use serde::{Deserialize, Serialize};

use super::side::{Points, Side};

/// What to do to a value of B.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum ValueMap {
    /// Leave it.
    #[default]
    Same,
    /// Multiply.
    Times(f64),
    /// `1 − b`: an error rate against an accuracy.
    OneMinus,
    /// `e^b`: B is a logarithm of A.
    Exp,
    /// `ln b`: B is a perplexity, A its loss.
    Ln,
    /// `10^b`.
    Exp10,
    /// `log10 b`.
    Log10,
}

impl ValueMap {
    /// The mapped value.
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Same => value,
            Self::Times(factor) => value * factor,
            Self::OneMinus => 1.0 - value,
            Self::Exp => value.exp(),
            Self::Ln => value.ln(),
            Self::Exp10 => 10f64.powf(value),
            Self::Log10 => value.log10(),
        }
    }

    /// The value that was mapped to this one.
    pub(crate) fn undo(self, mapped: f64) -> f64 {
        match self {
            Self::Same => mapped,
            Self::Times(factor) => mapped / factor,
            Self::OneMinus => 1.0 - mapped,
            Self::Exp => mapped.ln(),
            Self::Ln => mapped.exp(),
            Self::Exp10 => mapped.log10(),
            Self::Log10 => 10f64.powf(mapped),
        }
    }

    /// How far the mapped value can be off if the value is off by `half`.
    pub(crate) fn spread(self, value: f64, half: f64) -> f64 {
        match self {
            Self::Same | Self::OneMinus => half,
            Self::Times(factor) => half * factor.abs(),
            _ => (self.apply(value + half) - self.apply(value)).abs(),
        }
    }
}

/// A change of B's columns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Transform {
    /// Steps are multiplied by this…
    pub step_times: i64,
    /// … and divided by this (positive).
    pub step_over: i64,
    /// Then this many steps are added.
    pub step_plus: i64,
    /// Added to the times, in milliseconds.
    pub time_plus_ms: i64,
    /// Done to the values.
    pub value: ValueMap,
}

impl Default for Transform {
    fn default() -> Self {
        Self {
            step_times: 1,
            step_over: 1,
            step_plus: 0,
            time_plus_ms: 0,
            value: ValueMap::Same,
        }
    }
}

impl Transform {
    /// True if nothing changes.
    pub fn is_identity(&self) -> bool {
        *self == Self::default()
    }

    /// The step that B's step becomes.
    pub fn step(&self, step: i64) -> i64 {
        if self.step_times == 1 && self.step_over == 1 {
            return step.saturating_add(self.step_plus);
        }
        let over = i128::from(self.step_over.max(1));
        let scaled = i128::from(step) * i128::from(self.step_times);
        let rounded = (scaled + over / 2).div_euclid(over) + i128::from(self.step_plus);
        rounded.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    /// True if B's step becomes a whole step.
    pub(crate) fn divides(&self, step: i64) -> bool {
        (i128::from(step) * i128::from(self.step_times)) % i128::from(self.step_over.max(1)) == 0
    }

    /// B's points, changed. Order is kept (ratios are positive).
    pub fn apply(&self, b: Side<'_>) -> Points<'static> {
        let end = b.len();
        let time = |&ms: &i64| {
            if ms == 0 {
                0
            } else {
                ms.saturating_add(self.time_plus_ms)
            }
        };
        Points {
            iteration: b
                .iteration
                .iter()
                .take(end)
                .map(|&step| self.step(step))
                .collect(),
            timestamp_ms: b.timestamp_ms.iter().take(end).map(time).collect(),
            value: b
                .value
                .iter()
                .take(end)
                .map(|&value| self.value.apply(value))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_times_and_values() {
        let side = Side {
            iteration: &[160, 320, 330],
            timestamp_ms: &[0, 1000, 2000],
            value: &[1.0, 2.0, f64::NAN],
        };
        let change = Transform {
            step_over: 16,
            step_plus: -1,
            time_plus_ms: -500,
            value: ValueMap::Times(100.0),
            ..Transform::default()
        };
        let got = change.apply(side);
        assert_eq!(&*got.iteration, &[9, 19, 20]);
        assert_eq!(&*got.timestamp_ms, &[0, 500, 1500]);
        assert_eq!(&got.value[..2], &[100.0, 200.0]);
        assert!(got.value[2].is_nan());
        assert!(change.divides(160) && !change.divides(330) && !change.is_identity());
    }

    #[test]
    fn steps_saturate() {
        let change = Transform {
            step_times: 1000,
            step_plus: 7,
            ..Transform::default()
        };
        assert_eq!(change.step(i64::MAX), i64::MAX);
        assert_eq!(change.step(i64::MIN), i64::MIN);
    }

    #[test]
    fn maps_undo_what_a_logger_did() {
        let x = 2.5_f64;
        for (map, logged) in [
            (ValueMap::Exp, x.ln()),
            (ValueMap::Ln, x.exp()),
            (ValueMap::Exp10, x.log10()),
            (ValueMap::Log10, 10f64.powf(x)),
            (ValueMap::OneMinus, 1.0 - x),
        ] {
            assert!((map.apply(logged) - x).abs() < 1e-15 * 8.0, "{map:?}");
            assert!((map.undo(x) - logged).abs() < 1e-12, "{map:?}");
        }
    }
}
