//! What a comparison of two aligned series gives: a verdict and its figures.
//!
//! Δ is `b − a`; relative Δ is `Δ / max(|a|, |b|)` (0 where both are 0), so it is symmetric and at
//! most 2.

use serde::{Deserialize, Serialize};

use super::precision::Precision;
use super::rules::Rounding;
use super::tolerance::Tolerance;

/// The worst that holds for any pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// Every matched pair is the same number.
    Identical,
    /// Rounding explains every difference.
    EqualWithinRounding {
        /// How A rounds.
        a: Precision,
        /// How B rounds.
        b: Precision,
    },
    /// Every difference is within the tolerance.
    WithinTolerance,
    /// Some pairs differ.
    DiffersFrom {
        /// First step that differs.
        step: i64,
        /// Last step that differs.
        last: i64,
        /// How many pairs differ.
        points: u64,
        /// True if every pair from the first one on differs.
        throughout: bool,
    },
    /// Nearly everything differs and the shapes don't match either.
    DifferentMetric,
    /// No point of one side meets a point of the other.
    NothingShared,
}

impl Verdict {
    /// 0 for the best, 5 for the worst.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Identical => 0,
            Self::EqualWithinRounding { .. } => 1,
            Self::WithinTolerance => 2,
            Self::NothingShared => 3,
            Self::DifferentMetric => 4,
            Self::DiffersFrom { .. } => 5,
        }
    }

    /// In a file that programs read; never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::EqualWithinRounding { .. } => "equal_within_rounding",
            Self::WithinTolerance => "within_tolerance",
            Self::DiffersFrom { .. } => "differs",
            Self::DifferentMetric => "different_metric",
            Self::NothingShared => "nothing_shared",
        }
    }

    /// True unless every matched value agrees, and one does.
    pub fn is_unexplained(&self) -> bool {
        self.rank() > 2
    }

    /// True where values differ beyond the tolerance.
    pub fn is_difference(&self) -> bool {
        matches!(self, Self::DiffersFrom { .. } | Self::DifferentMetric)
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

/// How two aligned series agree.
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
    /// Pairs by status, in the order of [`super::Status`].
    pub by_status: [u64; 5],
    /// Pairs where both are NaN or the same infinity (they count as equal).
    pub both_non_finite: u64,
    /// Figures; `None` without a pair of finite values.
    pub figures: Option<Figures>,
    /// How the sources round.
    pub rounding: Rounding,
    /// What was tolerated.
    pub tolerance: Tolerance,
    /// The verdict.
    pub verdict: Verdict,
}

impl Agreement {
    /// Pairs that differ beyond the tolerance, or where one side alone is NaN or infinite.
    pub fn differing(&self) -> u64 {
        let [_, _, _, beyond, non_finite] = self.by_status;
        beyond + non_finite
    }

    /// True where less than half of either side is matched: what agrees there, or differs, may do
    /// so because the steps of the two don't mean the same.
    pub fn is_thin(&self) -> bool {
        self.coverage.0.max(self.coverage.1) < 0.5
    }
}
