//! The ways to match points, and how users write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::parse_error::ParseError;

/// How points are matched. Written `exact`, `nearest:STEPS`, `interpolate`, `time:MILLISECONDS` or
/// `order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Method {
    /// Equal iterations.
    #[default]
    Exact,
    /// The nearest iteration, each the other's nearest.
    Nearest {
        /// Largest distance, in steps.
        tolerance_steps: i64,
    },
    /// B interpolated linearly at A's iterations, between two finite points.
    Interpolated,
    /// The nearest time, each the other's nearest. Points without a time are left over.
    TimeNearest {
        /// Largest distance.
        tolerance_ms: i64,
    },
    /// The k-th point with the k-th point, whatever the steps are.
    RowOrder,
}

impl FromStr for Method {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let distance = |number: &str| number.parse().ok().filter(|number: &i64| *number >= 0);
        let method = match text.split_once(':') {
            None if text == "exact" => Some(Self::Exact),
            None if text == "interpolate" => Some(Self::Interpolated),
            None if text == "order" => Some(Self::RowOrder),
            Some(("nearest", steps)) => {
                distance(steps).map(|tolerance_steps| Self::Nearest { tolerance_steps })
            }
            Some(("time", ms)) => {
                distance(ms).map(|tolerance_ms| Self::TimeNearest { tolerance_ms })
            }
            _ => None,
        };
        method.ok_or(ParseError::Method)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => write!(out, "exact"),
            Self::Nearest { tolerance_steps } => write!(out, "nearest:{tolerance_steps}"),
            Self::Interpolated => write!(out, "interpolate"),
            Self::TimeNearest { tolerance_ms } => write!(out, "time:{tolerance_ms}"),
            Self::RowOrder => write!(out, "order"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_error::round_trip;

    #[test]
    fn what_is_printed_reads_back() {
        round_trip::<Method>(
            &["exact", "nearest:5", "interpolate", "time:500", "order"],
            &[
                "",
                "nearest",
                "nearest:-1",
                "nearest:x",
                "time:",
                "exact:1",
                "Exact",
            ],
        );
    }
}
