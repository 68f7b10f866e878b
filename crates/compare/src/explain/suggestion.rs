//! An offer: a change of B that would make it meet A, with the evidence.

use serde::{Deserialize, Serialize};

use super::side_id::SideId;
use crate::align::{Method, Transform};

/// What is offered. Numbers that a kind does not have are in the transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// All steps are a constant apart: counted from another number, or from a checkpoint.
    StepOffset {
        /// The first step of B, 0 or 1, where A counts from the other one.
        counts_from: Option<u8>,
    },
    /// Same steps, but each value is at the step before or after.
    ShiftedRow,
    /// B counts its own rows or epochs: one of them is several steps.
    Stride,
    /// B counts samples or tokens: several of them are one step.
    StepUnit,
    /// Only the order of rows shows which belongs to which.
    RowOrder,
    /// One source logs every k-th step of the other (nothing to change).
    EveryKth {
        /// The side that logs less often.
        side: SideId,
        /// Steps of the other side for each of its own.
        k: i64,
    },
    /// A fraction against a percentage.
    Percent,
    /// A mean against a sum over k parts.
    MeanOrSum,
    /// Opposite signs.
    Negated,
    /// Another constant factor.
    Scale,
    /// One is the logarithm of the other.
    Logarithm,
    /// One is 1 minus the other.
    OneMinus,
    /// The clocks differ by a constant.
    ClockOffset,
}

/// What an offer improves.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// Matched pairs, before and after.
    pub matched: (u64, u64),
    /// Pairs that are equal within rounding, before and after.
    pub agreeing: (u64, u64),
    /// Root mean square Δ, before and after (of clocks: median difference in ms). `None` without
    /// a pair of finite values.
    pub residual: (Option<f64>, Option<f64>),
}

/// An offer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What kind.
    pub kind: Kind,
    /// What to do to B.
    pub transform: Transform,
    /// How to align afterwards.
    pub method: Method,
    /// What it improves.
    pub evidence: Evidence,
}

impl Suggestion {
    /// True if accepting it changes anything.
    pub fn is_change(&self) -> bool {
        !self.transform.is_identity() || self.method != Method::default()
    }
}
