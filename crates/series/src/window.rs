//! Which rows are looked at.

use serde::{Deserialize, Serialize};

/// The part of a workload that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// Everything.
    #[default]
    All,
    /// From and to on the x axis, both inclusive, in its units.
    Range {
        /// The smaller end.
        from: f64,
        /// The larger end.
        to: f64,
    },
    /// The last rows of each series, in the order of recording.
    LastPoints(u64),
    /// Steps above the newest attempt's highest one minus this many: the last 100 of 145 begin at 46.
    LastSteps(i64),
    /// Rows at most this much older than the newest one.
    LastDuration {
        /// Milliseconds.
        ms: i64,
    },
}
