//! The aligned pair as CSV and as JSON: step, a, b, Δ, relative Δ, status.
//!
//! One row a pair and one a step of one side alone, by step (A's step for a pair). Numbers are
//! written so that they read back as the same float64; NaN and infinities as `NaN`, `Infinity`,
//! `-Infinity` (quoted in JSON, as the API does); what does not exist is empty, in JSON `null`.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::align::Alignment;
use crate::side::Side;
use crate::verdict::{Rounding, Status, Tolerance, VerdictRules, relative_delta};

/// One row of the export.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Training step.
    pub step: i64,
    /// Value of A.
    pub a: Option<f64>,
    /// Value of B.
    pub b: Option<f64>,
    /// How they agree; `None` for a step of one side alone.
    pub status: Option<Status>,
}

impl Row {
    /// `b − a`, where both are finite.
    pub fn delta(&self) -> Option<f64> {
        let (a, b) = self.finite()?;
        Some(b - a)
    }

    /// `Δ / max(|a|, |b|)`, where both are finite.
    pub fn relative_delta(&self) -> Option<f64> {
        let (a, b) = self.finite()?;
        Some(relative_delta(a, b))
    }

    fn finite(&self) -> Option<(f64, f64)> {
        self.a
            .zip(self.b)
            .filter(|(a, b)| a.is_finite() && b.is_finite())
    }

    /// A, B, Δ and relative Δ.
    fn numbers(&self) -> [Option<f64>; 4] {
        [self.a, self.b, self.delta(), self.relative_delta()]
    }

    /// The status in a file; never changes.
    fn status_code(&self) -> &'static str {
        match self.status {
            Some(Status::Equal) => "equal",
            Some(Status::WithinRounding) => "within_rounding",
            Some(Status::WithinTolerance) => "within_tolerance",
            Some(Status::Differs) => "differs",
            Some(Status::NonFinite) => "non_finite",
            None if self.a.is_some() => "only_a",
            None => "only_b",
        }
    }
}

/// All rows by step.
pub fn rows(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    rounding: &Rounding,
    tolerance: Tolerance,
) -> Vec<Row> {
    let mut rules = VerdictRules::new(rounding, tolerance);
    let pairs = alignment.pairs(a, b).map(|pair| Row {
        step: a.step(pair.row_a as usize),
        a: Some(pair.a),
        b: Some(pair.b),
        status: Some(rules.status(pair.a, pair.b)),
    });
    let mut out: Vec<Row> = pairs.collect();
    let lone = |step, a, b| Row {
        step,
        a,
        b,
        status: None,
    };
    out.extend(points(a, &alignment.only_a).map(|(step, value)| lone(step, Some(value), None)));
    out.extend(points(b, &alignment.only_b).map(|(step, value)| lone(step, None, Some(value))));
    out.sort_by_key(|row| row.step);
    out
}

fn points<'s>(side: Side<'s>, rows: &'s [u32]) -> impl Iterator<Item = (i64, f64)> + 's {
    let rows = rows.iter().map(|&row| row as usize);
    rows.map(move |row| (side.step(row), side.number(row)))
}

/// CSV with a header line, `\n` line ends.
pub fn to_csv(rows: &[Row]) -> String {
    let mut out = String::from("step,a,b,delta,relative_delta,status\n");
    for row in rows {
        let cell = |value: Option<f64>| value.map(number).unwrap_or_default();
        let ([a, b, delta, relative], status) = (row.numbers().map(cell), row.status_code());
        let _ = writeln!(out, "{},{a},{b},{delta},{relative},{status}", row.step);
    }
    out
}

/// A JSON array of objects.
pub fn to_json(rows: &[Row]) -> String {
    let cell = |value: Option<f64>| match value {
        None => "null".to_owned(),
        Some(value) if value.is_finite() => number(value),
        Some(value) => format!("\"{}\"", number(value)),
    };
    let mut out = String::from("[");
    for (at, row) in rows.iter().enumerate() {
        let ([a, b, delta, relative], status) = (row.numbers().map(cell), row.status_code());
        let _ = write!(
            out,
            "{}\n{{\"step\":{},\"a\":{a},\"b\":{b},\"delta\":{delta},\
             \"relative_delta\":{relative},\"status\":\"{status}\"}}",
            if at == 0 { "" } else { "," },
            row.step
        );
    }
    out.push_str("\n]\n");
    out
}

/// The shortest form that reads back as the same number.
fn number(value: f64) -> String {
    match value {
        v if v.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        v => {
            let mut text = format!("{v:?}");
            if text.ends_with(".0") {
                text.truncate(text.len() - 2);
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::{Method, align};

    fn example() -> Vec<Row> {
        let values = [1.5, 1e-7, f64::NEG_INFINITY, 1e300];
        let a = Side::new(&[1, 2, 3, 5], &[0; 4], &[2.0, 1e-7, f64::NAN, 4.0]);
        let b = Side::new(&[1, 2, 3, 4], &[0; 4], &values);
        let alignment = align(a, b, Method::Exact);
        rows(a, b, &alignment, &Rounding::default(), Tolerance::default())
    }

    #[test]
    fn csv() {
        assert_eq!(
            to_csv(&example()),
            "step,a,b,delta,relative_delta,status\n\
             1,2,1.5,-0.5,-0.25,differs\n\
             2,1e-7,1e-7,0,0,equal\n\
             3,NaN,-Infinity,,,non_finite\n\
             4,,1e300,,,only_b\n\
             5,4,,,,only_a\n"
        );
    }

    #[test]
    fn json_is_read_by_others() {
        let text = to_json(&example());
        let got: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(got[0]["delta"], -0.5);
        assert_eq!(
            (&got[2]["a"], &got[2]["b"]),
            (&"NaN".into(), &"-Infinity".into())
        );
        assert!(got[3]["a"].is_null() && got[2]["delta"].is_null());
        assert_eq!(got[4]["status"], "only_a");
        let empty: Vec<serde_json::Value> = serde_json::from_str(&to_json(&[])).unwrap();
        assert!(empty.is_empty());
    }
}
