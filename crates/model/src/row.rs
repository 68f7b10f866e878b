//! One recorded value.

use serde::{Deserialize, Serialize};

/// One row of a series: a value at a training step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The training step (`iteration` in the API).
    pub step: i64,
    /// When it was recorded, in milliseconds since the epoch, UTC; `None` if the source gives no
    /// time.
    pub time_ms: Option<i64>,
    /// The value: finite, NaN, infinite or missing, see [`crate::value`].
    pub value: f64,
}
