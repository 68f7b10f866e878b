//! The name of a series.

use serde::{Deserialize, Serialize};

use crate::source::Source;

/// What a series is named by: a metric as one source recorded it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The metric's name.
    pub metric: String,
    /// Who recorded it.
    pub source: Source,
}
