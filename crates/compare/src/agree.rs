//! How well two aligned series agree: figures, and a verdict with its reason.
//!
//! Δ is `b − a`; relative Δ is `Δ / max(|a|, |b|)` (0 where both are 0), so it is symmetric and at
//! most 2. Figures are over pairs where both values are finite; two NaN, or two equal infinities,
//! agree, one alone differs. Each pair is equal, or within rounding (|Δ| no more than both sources'
//! half-units together, see [`super::digits`]), or within the tolerance, or differs; the verdict is
//! the worst of them. Sums are compensated: they equal exact sums to about 1e-15.

use serde::{Deserialize, Serialize};

use super::align::Alignment;
use super::digits::{HalfUnits, Precision};
use super::pass::FirstPass;
use super::side::{Side, same};
use super::transform::ValueMap;

pub use super::tolerance::Tolerance;
pub use super::verdict::Verdict;

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

/// Decides about single pairs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge {
    a: HalfUnits,
    b: HalfUnits,
    map: ValueMap,
    tolerance: Tolerance,
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

impl Judge {
    pub(crate) fn new(rounding: &Rounding, tolerance: Tolerance) -> Self {
        let (a, b) = (HalfUnits::new(rounding.a), HalfUnits::new(rounding.b));
        Self {
            a,
            b,
            map: rounding.map,
            tolerance,
        }
    }

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

/// Figures over the pairs where both values are finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Pairs counted.
    pub points: u64,
    /// Mean Δ.
    pub bias: f64,
    /// Mean |Δ|.
    pub mae: f64,
    /// Root of the mean Δ².
    pub rmse: f64,
    /// Largest |Δ|.
    pub max_abs: f64,
    /// Its step (in A), the first of equals.
    pub max_abs_at: i64,
    /// Mean |relative Δ|.
    pub mean_relative: f64,
    /// Largest |relative Δ|.
    pub max_relative: f64,
    /// Its step (in A), the first of equals.
    pub max_relative_at: i64,
    /// Pearson's correlation; `None` where a side is constant.
    pub pearson: Option<f64>,
    /// Standard deviation of A and B over these pairs (divided by n).
    pub deviation: (f64, f64),
}

/// Everything said about one pair of series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Points of A and B.
    pub points: (u64, u64),
    /// Matched pairs.
    pub matched: u64,
    /// Points of A and B without partner.
    pub only: (u64, u64),
    /// Share of A's and B's points that are matched, 0 to 1.
    pub coverage: (f64, f64),
    /// Pairs by status, in the order of [`Status`].
    pub by_status: [u64; 5],
    /// Pairs where both are NaN or the same infinity (they count as equal).
    pub both_non_finite: u64,
    /// Figures; `None` without a pair of finite values.
    pub figures: Option<Figures>,
    /// How the sources round.
    pub rounding: Rounding,
    /// What was tolerated.
    pub tolerance: Tolerance,
    /// The answer.
    pub verdict: Verdict,
    /// The answer in plain words.
    pub sentence: String,
}

impl Agreement {
    /// True where less than half of either side is matched: what agrees there, or differs, may do
    /// so because the steps of the two don't mean the same.
    pub fn is_thin(&self) -> bool {
        self.coverage.0.max(self.coverage.1) < 0.5
    }
}

/// Compares aligned points. `names` are the sides' names for the sentence.
pub fn agree(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    rounding: Rounding,
    tolerance: Tolerance,
    names: (&str, &str),
) -> Agreement {
    let mut pass = FirstPass::new(Judge::new(&rounding, tolerance));
    for pair in alignment.pairs(a, b) {
        pass.take(&pair, a);
    }
    let figures = pass.figures(a, b, alignment);
    let matched = alignment.matched() as u64;
    let used_b = (b.len() - alignment.only_b.len().min(b.len())) as u64;
    let share = |part: u64, whole: usize| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    let mut out = Agreement {
        points: (a.len() as u64, b.len() as u64),
        matched,
        only: (alignment.only_a.len() as u64, alignment.only_b.len() as u64),
        coverage: (share(matched, a.len()), share(used_b, b.len())),
        by_status: pass.by_status,
        both_non_finite: pass.both_non_finite,
        figures,
        rounding,
        tolerance,
        verdict: pass.verdict(matched, figures.as_ref(), &rounding),
        sentence: String::new(),
    };
    out.sentence = super::sentence::explain(&out, names);
    out
}

#[cfg(test)]
#[path = "agree_tests.rs"]
mod tests;
