//! Metrics that a user asks to compare.

use std::fmt;
use std::str::FromStr;

use crate::parse_error::ParseError;

/// Metric names of A and B, written `a=b`; `a` alone stands for the same name in both, or, where B
/// has none of that name, for the metric that `a` is paired with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricPair {
    /// Name in A.
    pub a: String,
    /// Name in B, if it was given.
    pub b: Option<String>,
}

impl FromStr for MetricPair {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (a, b) = match text.split_once('=') {
            Some((a, b)) => (a.trim(), Some(b.trim())),
            None => (text.trim(), None),
        };
        if a.is_empty() || b.is_some_and(str::is_empty) {
            return Err(ParseError::MetricPair);
        }
        let (a, b) = (a.to_owned(), b.map(str::to_owned));
        Ok(Self { a, b })
    }
}

impl fmt::Display for MetricPair {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.b {
            Some(b) => write!(out, "{}={b}", self.a),
            None => write!(out, "{}", self.a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_error::round_trip;

    #[test]
    fn what_is_printed_reads_back() {
        round_trip::<MetricPair>(&["loss", "lm_loss=train/loss"], &["", "=b", "a=", "="]);
    }
}
