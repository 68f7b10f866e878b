//! Decides whether two values agree.
//!
//! A pair is equal, or within rounding (|Δ| no more than both sources' half-units together, see
//! [`super::precision`]), or within the tolerance, or differs. Two NaN, or two equal infinities, are
//! equal; one alone differs.

use serde::{Deserialize, Serialize};

use super::precision::{HalfUnits, Precision};
use super::tolerance::Tolerance;
use crate::align::ValueMap;
use crate::side::same;

/// How the sources round, and what was done to B's values before the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rounding {
    /// How A rounds.
    pub a: Precision,
    /// How B rounds, in the numbers that it logged.
    pub b: Precision,
    /// The map from B's logged numbers to the compared ones.
    pub map: ValueMap,
}

/// How one pair agrees; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// The same number, or both NaN.
    Equal,
    /// Explained by how the sources round.
    WithinRounding,
    /// Within the tolerance.
    WithinTolerance,
    /// Beyond the tolerance.
    Differs,
    /// One is NaN or infinite and the other isn't the same.
    NonFinite,
}

/// The rules for the pairs of two sources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VerdictRules {
    a: HalfUnits,
    b: HalfUnits,
    map: ValueMap,
    tolerance: Tolerance,
}

impl VerdictRules {
    pub(crate) fn new(rounding: &Rounding, tolerance: Tolerance) -> Self {
        Self {
            a: HalfUnits::new(rounding.a),
            b: HalfUnits::new(rounding.b),
            map: rounding.map,
            tolerance,
        }
    }

    /// Rules for values that are looked for: printed constants and factors are rarely exact, so a
    /// millionth is no difference.
    pub(crate) fn lenient(rounding: &Rounding) -> Self {
        let (absolute, relative) = (0.0, 1e-6);
        Self::new(rounding, Tolerance { absolute, relative })
    }

    /// How a value of A and a compared value of B agree. Takes `&mut self` because half-units are
    /// kept for the next value.
    #[inline]
    pub(crate) fn status(&mut self, a: f64, b: f64) -> Status {
        if same(a, b) {
            return Status::Equal;
        }
        if !a.is_finite() || !b.is_finite() {
            return Status::NonFinite;
        }
        let (delta, size) = ((b - a).abs(), a.abs().max(b.abs()));
        // The half-units are exact only to float64's own rounding.
        if delta <= (self.a.at(a) + self.half_b(b)) * (1.0 + 1e-9) + 2.0 * f64::EPSILON * size {
            return Status::WithinRounding;
        }
        let is_tolerated = if delta.is_finite() {
            delta <= self.tolerance.absolute + self.tolerance.relative * size
        } else {
            relative_delta(a, b).abs() <= self.tolerance.relative
        };
        if is_tolerated {
            Status::WithinTolerance
        } else {
            Status::Differs
        }
    }

    /// Whether the two values agree, in one way or another.
    #[inline]
    pub(crate) fn agree(&mut self, a: f64, b: f64) -> bool {
        self.status(a, b) <= Status::WithinTolerance
    }

    #[inline]
    fn half_b(&mut self, mapped: f64) -> f64 {
        if self.map == ValueMap::Same {
            return self.b.at(mapped);
        }
        let logged = self.map.undo(mapped);
        self.map.spread(logged, self.b.at(logged))
    }
}

/// `Δ / max(|a|, |b|)`, 0 where both are 0.
#[inline]
pub fn relative_delta(a: f64, b: f64) -> f64 {
    let (size, delta) = (a.abs().max(b.abs()), b - a);
    match delta.is_finite() {
        _ if size == 0.0 => 0.0,
        true => delta / size,
        // Of numbers near the end of float64's range only the shares can be subtracted.
        false => b / size - a / size,
    }
}
