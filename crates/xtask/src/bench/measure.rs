//! Samples of one piece of work by one side, and their statistics.

use anyhow::{Context, Result};
use serde::Deserialize;

/// The unit of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Unit {
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Bytes.
    #[serde(rename = "bytes")]
    Bytes,
    /// Decimal megabytes a second.
    #[serde(rename = "MB/s")]
    MegabytesPerSecond,
    /// Millions of elements a second.
    #[serde(rename = "M/s")]
    MillionsPerSecond,
}

/// One piece of work, as one side did it several times.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Measurement {
    /// What was done; sides of the same work are compared.
    pub(crate) work: String,
    /// Who did it.
    pub(crate) side: String,
    /// The unit of the samples.
    pub(crate) unit: Unit,
    /// A figure each time.
    pub(crate) samples: Vec<f64>,
}

impl Measurement {
    /// A measurement of this program's own.
    pub(crate) fn new(work: &str, side: &str, unit: Unit, samples: Vec<f64>) -> Self {
        Self {
            work: work.to_owned(),
            side: side.to_owned(),
            unit,
            samples,
        }
    }

    /// Reads a line of JSON as the page's driver prints it.
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let parsed = serde_json::from_str(line);
        parsed.with_context(|| format!("{line:?}: expected a measurement as JSON"))
    }

    /// The middle sample, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        let middle = sorted.len() / 2;
        match sorted.get(middle) {
            None => f64::NAN,
            Some(upper) if sorted.len() % 2 == 1 => *upper,
            Some(upper) => sorted
                .get(middle - 1)
                .map_or(f64::NAN, |lower| (lower + upper) / 2.0),
        }
    }

    /// The best sample: the smallest time or size, the highest speed.
    pub(crate) fn best(&self) -> f64 {
        let sorted = self.sorted();
        let best = match self.unit {
            Unit::Milliseconds | Unit::Bytes => sorted.first(),
            Unit::MegabytesPerSecond | Unit::MillionsPerSecond => sorted.last(),
        };
        best.copied().unwrap_or(f64::NAN)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// A figure with its unit, in three significant digits.
pub(crate) fn figure(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds => format!("{} ms", digits(value)),
        Unit::MegabytesPerSecond => format!("{} MB/s", digits(value)),
        Unit::MillionsPerSecond => format!("{} M/s", digits(value)),
        Unit::Bytes if value.abs() >= 1e6 => format!("{} MB", digits(value / 1e6)),
        Unit::Bytes if value.abs() >= 1e4 => format!("{} KB", digits(value / 1e3)),
        Unit::Bytes => format!("{} B", digits(value)),
    }
}

/// Three significant digits, without an exponent.
pub(crate) fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 => 0,
        size if size < 1.0 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_driver_gives_median_and_best() {
        let line = r#"{"work":"redraw 1M","side":"uPlot","unit":"ms","samples":[9,1,4,2]}"#;
        let measured = Measurement::parse(line).expect("it is one");
        assert_eq!((measured.median(), measured.best()), (3.0, 1.0));
        let three = Measurement::new("read", "log", Unit::MegabytesPerSecond, vec![3.0, 9.0, 1.0]);
        assert_eq!((three.median(), three.best()), (3.0, 9.0));
        let error = Measurement::parse("{}").expect_err("it is empty");
        let error = format!("{error:#}");
        assert!(error.contains("missing field `work`"), "{error}");
    }

    #[test]
    fn figures_have_three_digits() {
        let bytes = |value| figure(value, Unit::Bytes);
        assert_eq!(bytes(142_300_000.0), "142 MB");
        assert_eq!(bytes(199_950.0), "200 KB");
        assert_eq!(bytes(31.25), "31.2 B");
        assert_eq!(figure(0.0834, Unit::Milliseconds), "0.083 ms");
    }
}
