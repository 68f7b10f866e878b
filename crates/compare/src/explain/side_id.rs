//! One of the two sides of a comparison.

use serde::{Deserialize, Serialize};

/// Which side is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SideId {
    /// The reference.
    A,
    /// The side that is compared with it.
    B,
}

impl SideId {
    /// What a pair holds for this side, then what it holds for the other one.
    pub fn first<T>(self, (a, b): (T, T)) -> (T, T) {
        match self {
            Self::A => (a, b),
            Self::B => (b, a),
        }
    }
}
