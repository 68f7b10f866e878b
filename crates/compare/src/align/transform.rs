//! A change of B's columns that makes it meet A: what a suggestion proposes and the user accepts.
//!
//! Applied to B only, in this order: steps are multiplied by a ratio and moved, times are moved,
//! values are mapped. Identity changes nothing. A step that the ratio doesn't divide evenly is
//! rounded to the nearest; steps saturate instead of overflowing. NaN stays NaN.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::parse_error::ParseError;
use crate::side::{Points, Side};

/// What to do to a value of B. Written `same`, `times:FACTOR`, `one-minus`, `exp`, `ln`, `exp10` or
/// `log10`.
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

impl FromStr for ValueMap {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let factor = || {
            let factor: f64 = text.strip_prefix("times:")?.parse().ok()?;
            factor.is_normal().then_some(Self::Times(factor))
        };
        let map = match text {
            "same" => Some(Self::Same),
            "one-minus" => Some(Self::OneMinus),
            "exp" => Some(Self::Exp),
            "ln" => Some(Self::Ln),
            "exp10" => Some(Self::Exp10),
            "log10" => Some(Self::Log10),
            _ => factor(),
        };
        map.ok_or(ParseError::ValueMap)
    }
}

impl fmt::Display for ValueMap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => write!(out, "same"),
            Self::Times(factor) => write!(out, "times:{factor}"),
            Self::OneMinus => write!(out, "one-minus"),
            Self::Exp => write!(out, "exp"),
            Self::Ln => write!(out, "ln"),
            Self::Exp10 => write!(out, "exp10"),
            Self::Log10 => write!(out, "log10"),
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

/// The greatest common divisor of two numbers, the first one if the second is 0.
pub(crate) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Transform {
    /// True if nothing changes.
    pub fn is_identity(&self) -> bool {
        *self == Self::default()
    }

    /// This change and then another one, as one; `None` where one can't be both.
    pub fn then(self, next: Self) -> Option<Self> {
        let (mut times, mut over) = (
            self.step_times.checked_mul(next.step_times)?,
            self.step_over.checked_mul(next.step_over)?,
        );
        let common = gcd(times, over).max(1);
        (times, over) = (times / common, over / common);
        let moved = self.step_plus.checked_mul(next.step_times)?;
        if moved % next.step_over != 0 {
            return None;
        }
        Some(Self {
            step_times: times,
            step_over: over,
            step_plus: (moved / next.step_over).checked_add(next.step_plus)?,
            time_plus_ms: self.time_plus_ms.checked_add(next.time_plus_ms)?,
            value: match (self.value, next.value) {
                (ValueMap::Same, value) | (value, ValueMap::Same) => value,
                (ValueMap::Times(a), ValueMap::Times(b)) => ValueMap::Times(a * b),
                (ValueMap::OneMinus, ValueMap::OneMinus) => ValueMap::Same,
                _ => return None,
            },
        })
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
        let time = |&ms: &i64| match ms {
            0 => 0,
            ms => ms.saturating_add(self.time_plus_ms),
        };
        let steps = b.steps().iter().map(|&step| self.step(step));
        let values = b.values().iter().map(|&value| self.value.apply(value));
        Points {
            iteration: steps.collect(),
            timestamp_ms: b.times_ms().iter().map(time).collect(),
            value: values.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_error::round_trip;

    #[test]
    fn one_change_after_another() {
        let steps = |step_times, step_over, step_plus| Transform {
            step_times,
            step_over,
            step_plus,
            ..Transform::default()
        };
        let value = |value| Transform {
            value,
            ..Transform::default()
        };
        for (first, second) in [
            (steps(250, 1, 0), steps(1, 1, -1)),
            (steps(1, 1, 6), steps(1, 3, 2)),
            (steps(2, 3, 0), steps(3, 2, 0)),
            (value(ValueMap::Times(100.0)), value(ValueMap::Times(0.5))),
            (steps(1, 1, 5), value(ValueMap::OneMinus)),
        ] {
            let both = first.then(second).unwrap();
            for step in [0, 6, 900] {
                assert_eq!(both.step(step), second.step(first.step(step)), "{both:?}");
                let number = step as f64;
                let mapped = second.value.apply(first.value.apply(number));
                assert_eq!(both.value.apply(number), mapped);
            }
        }
        assert_eq!(steps(1, 1, 1).then(steps(1, 2, 0)), None);
        assert_eq!(value(ValueMap::Ln).then(value(ValueMap::OneMinus)), None);
    }

    #[test]
    fn steps_times_and_values() {
        let side = Side::new(&[160, 320, 330], &[0, 1000, 2000], &[1.0, 2.0, f64::NAN]);
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
    fn what_is_printed_reads_back() {
        round_trip::<ValueMap>(
            &[
                "same",
                "one-minus",
                "exp",
                "ln",
                "exp10",
                "log10",
                "times:100",
                "times:-0.01",
            ],
            &["", "times:0", "times:NaN", "times:inf", "times:", "log"],
        );
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
