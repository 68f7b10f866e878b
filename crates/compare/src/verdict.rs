//! The answer of a comparison in one word, with its place in the order from best to worst.

use serde::{Deserialize, Serialize};

use super::digits::Precision;
use super::say;

/// The answer in one word.
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

    /// In a table: `equal within rounding`, `differs from step 510 on`.
    pub fn describe(&self) -> String {
        match *self {
            Self::DiffersFrom {
                points: 1, step, ..
            } => format!("differs at {}", say::count(step)),
            Self::DiffersFrom { step, .. } => format!("differs from {} on", say::count(step)),
            Self::DifferentMetric => "different metric?".to_owned(),
            _ => self.code().replace('_', " "),
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

    /// True where values differ beyond the tolerance.
    pub fn is_difference(&self) -> bool {
        matches!(self, Self::DiffersFrom { .. } | Self::DifferentMetric)
    }
}
