//! What values are plotted over.

use parallax_model::row::Row;
use serde::{Deserialize, Serialize};

/// What values are plotted over: steps, or milliseconds on both time axes.
///
/// Methods of a series know no origin: there, both time axes are milliseconds since the epoch.
/// Where an origin is a parameter, [`XAxis::RelativeTime`] is milliseconds since it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XAxis {
    /// The training step.
    #[default]
    Iteration,
    /// Milliseconds since an origin, usually the workload's start.
    RelativeTime,
    /// Milliseconds since the epoch.
    WallTime,
}

impl XAxis {
    /// True for the two axes of time.
    pub fn is_time(self) -> bool {
        self != Self::Iteration
    }

    /// Where a row is on an axis without origin; `None` on a time axis for a row without a time.
    pub fn x(self, row: &Row) -> Option<f64> {
        match self {
            Self::Iteration => Some(row.step as f64),
            Self::RelativeTime | Self::WallTime => row.time_ms.map(|ms| ms as f64),
        }
    }

    /// The origin that counts on this axis: 0 except for relative time.
    pub fn origin(self, origin_ms: f64) -> f64 {
        if self == Self::RelativeTime && origin_ms.is_finite() {
            origin_ms
        } else {
            0.0
        }
    }
}
