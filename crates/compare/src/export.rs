//! The aligned pair as CSV and as JSON: step, a, b, Δ, relative Δ, status.
//!
//! One row a pair and one a step of one side alone, by step (A's step for a pair). Numbers are
//! written so that they read back as the same float64; NaN and infinities as `NaN`, `Infinity`,
//! `-Infinity` (quoted in JSON, as the API does); what does not exist is empty, in JSON `null`.

use parallax_model::order::sort_by_key;
use serde::{Deserialize, Serialize};

use super::agree::{Judge, Rounding, Status, Tolerance, relative_delta};
use super::align::Alignment;
use super::side::Side;

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

    /// The status as the export spells it.
    pub fn status_text(&self) -> &'static str {
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
    let mut judge = Judge::new(rounding, tolerance);
    let pairs = alignment.pairs(a, b).map(|pair| Row {
        step: a.step(pair.row_a as usize),
        a: Some(pair.a),
        b: Some(pair.b),
        status: Some(judge.status(pair.a, pair.b)),
    });
    let mut out: Vec<Row> = pairs.collect();
    let lone =
        |side: Side<'_>, row: u32| (side.step(row as usize), Some(side.number(row as usize)));
    out.extend(alignment.only_a.iter().map(|&row| {
        let (step, value) = lone(a, row);
        Row {
            step,
            a: value,
            b: None,
            status: None,
        }
    }));
    out.extend(alignment.only_b.iter().map(|&row| {
        let (step, value) = lone(b, row);
        Row {
            step,
            a: None,
            b: value,
            status: None,
        }
    }));
    sort_by_key(&mut out, |row| row.step);
    out
}

/// CSV with a header line, `\n` line ends.
pub fn to_csv(rows: &[Row]) -> String {
    let mut out = String::from("step,a,b,delta,relative_delta,status\n");
    for row in rows {
        out.push_str(&row.step.to_string());
        for cell in [row.a, row.b, row.delta(), row.relative_delta()] {
            out.push(',');
            if let Some(value) = cell {
                push_number(&mut out, value);
            }
        }
        out.push(',');
        out.push_str(row.status_text());
        out.push('\n');
    }
    out
}

/// A JSON array of objects.
pub fn to_json(rows: &[Row]) -> String {
    let mut out = String::from("[");
    for (at, row) in rows.iter().enumerate() {
        out.push_str(if at == 0 {
            "\n{\"step\":"
        } else {
            ",\n{\"step\":"
        });
        out.push_str(&row.step.to_string());
        let cells = [
            ("a", row.a),
            ("b", row.b),
            ("delta", row.delta()),
            ("relative_delta", row.relative_delta()),
        ];
        for (name, cell) in cells {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":");
            push_json_number(&mut out, cell);
        }
        out.push_str(",\"status\":\"");
        out.push_str(row.status_text());
        out.push_str("\"}");
    }
    out.push_str("\n]\n");
    out
}

fn push_json_number(out: &mut String, cell: Option<f64>) {
    match cell {
        None => out.push_str("null"),
        Some(value) if value.is_finite() => push_number(out, value),
        Some(value) => {
            out.push('"');
            push_number(out, value);
            out.push('"');
        }
    }
}

/// Shortest form that reads back as the same number.
fn push_number(out: &mut String, value: f64) {
    match value {
        v if v.is_nan() => out.push_str("NaN"),
        f64::INFINITY => out.push_str("Infinity"),
        f64::NEG_INFINITY => out.push_str("-Infinity"),
        v => {
            let text = format!("{v:?}");
            out.push_str(text.strip_suffix(".0").unwrap_or(&text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::align::{Method, align};
    use super::*;

    fn example() -> Vec<Row> {
        let inf = f64::INFINITY;
        let a = Side {
            iteration: &[1, 2, 3, 5],
            timestamp_ms: &[0; 4],
            value: &[2.0, 1e-7, f64::NAN, 4.0],
        };
        let b = Side {
            iteration: &[1, 2, 3, 4],
            timestamp_ms: &[0; 4],
            value: &[1.5, 1e-7, -inf, 1e300],
        };
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
