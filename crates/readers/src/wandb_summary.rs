//! `wandb-summary.json` → what the `.wandb` file lacks.
//!
//! The summary has the last value of each metric, without saying at which step it was logged; only
//! the last `_step` of the run is known. So it is no source of its own: [`fill_from_summary`] takes
//! from it the metrics that the `.wandb` does not have, and the end of those that it lost when the
//! run was killed.

use parallax_model::source::Source;
use parallax_model::value::is_missing;

use crate::Reader;
use crate::parsed_file::{Metrics, ParsedFile};
use crate::row::note_times;
use crate::row_buffer::RowBuffer;
use crate::wandb_json::flatten;
use parallax_model::columns::Columns;
use parallax_model::row::Row;

const NOT_JSON: &str = "not a JSON object as W&B writes it: nothing is read";
const FILLED: &str =
    "the .wandb file lacks a value that wandb-summary.json has: added at the summary's step";

/// More than any summary of numbers; what is longer is not one.
const MAX_BYTES: usize = 64 << 20;

/// Reads one `wandb-summary.json`, when it has come to rest: one point a metric, at `_step`.
#[derive(Default)]
pub struct WandbSummary {
    text: Vec<u8>,
    done: bool,
}

impl Reader for WandbSummary {
    fn feed(&mut self, bytes: &[u8], _parsed: &mut ParsedFile) {
        if !self.done && self.text.len() <= MAX_BYTES {
            self.text.extend_from_slice(bytes);
        }
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        if self.done || self.text.is_empty() {
            return;
        }
        read(&self.text, parsed);
        self.done = true;
        self.text = Vec::new();
    }

    fn pending_bytes(&self) -> u64 {
        self.text.len() as u64
    }
}

/// Adds the metrics of a summary.
fn read(text: &[u8], parsed: &mut ParsedFile) {
    let (mut buffer, mut values) = (RowBuffer::default(), Vec::new());
    let others = match flatten(text, "", &mut buffer, &mut values) {
        Ok(others) => others,
        Err(malformed) => return parsed.note(NOT_JSON, malformed.byte as u64),
    };
    let find = |name: &[u8]| {
        let metric = buffer.get(name)?;
        let is_found = |(at, value): &&(usize, f64)| *at == metric && value.is_finite();
        values.iter().find(is_found).map(|(_, value)| *value)
    };
    let step = find(b"_step").map_or(0, |step| step as i64);
    let time_ms = find(b"_timestamp").map(|seconds| (seconds * 1000.0).round() as i64);
    for (metric, value) in values {
        let is_metric = !matches!(buffer.name(metric).first(), None | Some(b'_'));
        if is_metric && !is_missing(value) {
            let row = Row {
                step,
                time_ms,
                value,
            };
            buffer.push(metric, row);
        }
    }
    buffer.move_into(Source::WANDB, parsed);
    if let Some((reason, count)) = others.refused {
        note_times(parsed, reason, 0, count);
    }
}

/// Adds to the rows of a `.wandb` file what only its summary has: metrics that are missing, and a
/// last row where the summary is ahead of the metric and its value is another one. (A metric that
/// is logged now and then keeps its last value in the summary while `_step` goes on: no row.)
///
/// Where the run's axis is a step metric (a metric whose values are its own steps and that reaches
/// the end of the run), the summary's value of it is the step, not `_step`.
pub fn fill_from_summary(parsed: &mut ParsedFile, summary: &ParsedFile) {
    let source = Source::from(Source::WANDB);
    let Some(last_values) = summary.columns.get(&source) else {
        return;
    };
    let empty = Metrics::default();
    let metrics = parsed.columns.get(&source).unwrap_or(&empty);
    let axis = axis_step(metrics, last_values);
    let mut lacking = Vec::new();
    for (metric, rows) in last_values {
        let Some(mut row) = rows.last() else {
            continue;
        };
        row.step = axis.unwrap_or(row.step);
        let known = metrics.get(metric).and_then(Columns::last);
        let is_new =
            known.is_none_or(|known| row.step > known.step && !same(row.value, known.value));
        // A run whose clock is frozen has a summary older than its rows; later it is all the same.
        row.time_ms = row.time_ms.max(known.and_then(|known| known.time_ms));
        if is_new {
            lacking.push((metric, row));
        }
    }
    for (metric, row) in lacking {
        parsed.push(Source::WANDB, metric, row);
        parsed.note(FILLED, 0);
    }
}

/// The summary's value of the metric that is the axis of the others, if there is such a metric.
fn axis_step(metrics: &Metrics, last_values: &Metrics) -> Option<i64> {
    let ends = metrics.values().filter_map(Columns::last);
    let end = ends.map(|row| row.step).max()?;
    metrics.iter().find_map(|(metric, rows)| {
        let is_axis =
            rows.last()?.step == end && rows.rows().all(|row| row.value == row.step as f64);
        let value = last_values.get(metric)?.last()?.value;
        (is_axis && value.fract() == 0.0).then_some(value as i64)
    })
}

/// Equal, where NaN equals NaN.
fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ParsedFile {
        let (mut parsed, mut reader) = (ParsedFile::default(), WandbSummary::default());
        for byte in text.as_bytes() {
            reader.feed(&[*byte], &mut parsed);
        }
        assert_eq!(reader.pending_bytes(), text.len() as u64);
        reader.finish_idle(&mut parsed);
        reader.finish_idle(&mut parsed);
        assert_eq!(reader.pending_bytes(), 0);
        parsed
    }

    fn parsed(rows: &[(&str, i64, f64)]) -> ParsedFile {
        let mut parsed = ParsedFile::default();
        for &(metric, step, value) in rows {
            let point = Row {
                step,
                time_ms: Some(0),
                value,
            };
            parsed.push(Source::WANDB, metric, point);
        }
        parsed
    }

    /// (metric, iteration, value) of what was added.
    fn added(file: &[(&str, i64, f64)], summary: &str) -> Vec<(String, i64, f64)> {
        let before = parsed(file);
        let mut after = before.clone();
        fill_from_summary(&mut after, &read(summary));
        let mut list = Vec::new();
        for (metric, rows) in after.columns.values().flatten() {
            let known = before.columns.values().next();
            let known = known.and_then(|metrics| metrics.get(metric));
            let new = rows.rows().skip(known.map_or(0, Columns::len));
            list.extend(new.map(|row| (metric.clone(), row.step, row.value)));
        }
        assert_eq!(
            after.notes.iter().map(|note| note.count).sum::<u64>(),
            list.len() as u64
        );
        list
    }

    #[test]
    fn a_summary_is_one_point_a_metric() {
        let parsed = read(
            r#"{"_step": 863, "_timestamp": 1651263597.5, "_wandb": {"runtime": 9}, "loss": 1.5,
               "val": {"acc": "NaN"}, "name": "x", "none": null, "img": {"_type": "i", "w": 1}}"#,
        );
        let metrics = &parsed.columns[&Source::from("wandb")];
        let names: Vec<&String> = metrics.keys().collect();
        assert_eq!(names, ["loss", "val.acc"]);
        let loss = Row {
            step: 863,
            time_ms: Some(1_651_263_597_500),
            value: 1.5,
        };
        assert!(metrics["loss"].rows().eq([loss]));
        assert!(metrics["val.acc"].values()[0].is_nan());
    }

    #[test]
    fn broken_and_empty_summaries() {
        assert_eq!(read(""), ParsedFile::default());
        assert_eq!(read("{}"), ParsedFile::default());
        let notes = read(r#"{"loss": 1."#).notes;
        assert_eq!((notes[0].byte, notes.len()), (11, 1));
    }

    #[test]
    fn only_what_the_file_lacks_is_added() {
        let file = [
            ("loss", 861, 1.7),
            ("val", 792, 68.0),
            ("lr", 861, f64::NAN),
        ];
        let summary = r#"{"_step": 863, "loss": 1.5, "val": 68.0, "best": 3, "lr": NaN}"#;
        assert_eq!(
            added(&file, summary),
            [("best".into(), 863, 3.0), ("loss".into(), 863, 1.5)]
        );
        assert_eq!(added(&file, r#"{"_step": 861, "loss": 1.5}"#), []);
        assert_eq!(
            added(&[], r#"{"_step": 4, "loss": 1.5}"#),
            [("loss".into(), 4, 1.5)]
        );
    }

    #[test]
    fn a_step_metric_is_the_step() {
        let file = [("loss", 1490, 1.7), ("gs", 10, 10.0), ("gs", 1490, 1490.0)];
        let summary = r#"{"_step": 156, "loss": 1.5, "gs": 1500}"#;
        let expected = [("gs".into(), 1500, 1500.0), ("loss".into(), 1500, 1.5)];
        assert_eq!(added(&file, summary), expected);
        // An epoch that happens to be 0 at step 0 is no axis.
        let file = [("loss", 100, 1.7), ("epoch", 0, 0.0)];
        assert_eq!(
            added(&file, r#"{"_step": 90, "loss": 1.5, "epoch": 5}"#),
            [("epoch".into(), 90, 5.0)]
        );
    }
}
