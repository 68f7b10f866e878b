//! `wandb-summary.json` → what the `.wandb` file lacks.
//!
//! The summary has the last value of each metric, without saying at which step it was logged; only
//! the last `_step` of the run is known. So it is no source of its own: [`fill_from_summary`] takes
//! from it the metrics that the `.wandb` does not have, and the end of those that it lost when the
//! run was killed.

use parallax_model::source::Source;
use parallax_model::value::is_missing;

use crate::Reader;
use crate::columns::Columns;
use crate::row::note_times;
use crate::sheet::{NO_TIME, Point, Sheet, Table};
use crate::wandb_json::flatten;

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
    fn feed(&mut self, bytes: &[u8], _sheet: &mut Sheet) {
        if !self.done && self.text.len() <= MAX_BYTES {
            self.text.extend_from_slice(bytes);
        }
    }

    fn rest(&mut self, sheet: &mut Sheet) {
        if self.done || self.text.is_empty() {
            return;
        }
        read(&self.text, sheet);
        self.done = true;
        self.text = Vec::new();
    }

    fn held_bytes(&self) -> u64 {
        self.text.len() as u64
    }
}

/// Adds the metrics of a summary.
fn read(text: &[u8], sheet: &mut Sheet) {
    let (mut columns, mut values) = (Columns::default(), Vec::new());
    let others = match flatten(text, "", &mut columns, &mut values) {
        Ok(others) => others,
        Err(malformed) => return sheet.note(NOT_JSON, malformed.byte as u64),
    };
    let find = |name: &[u8]| {
        let column = columns.get(name)?;
        let found = values
            .iter()
            .find(|(at, value)| *at == column && value.is_finite());
        found.map(|(_, value)| *value)
    };
    let iteration = find(b"_step").map_or(0, |step| step as i64);
    let timestamp_ms = find(b"_timestamp").map_or(NO_TIME, |s| (s * 1000.0).round() as i64);
    for (column, value) in values {
        let is_metric = !matches!(columns.name(column).first(), None | Some(b'_'));
        if is_metric && !is_missing(value) {
            let point = Point {
                iteration,
                timestamp_ms,
                value,
            };
            columns.push(column, point);
        }
    }
    if columns.has_points() {
        columns.flush(sheet.table(Source::WANDB));
    }
    if let Some((reason, count)) = others.refused {
        note_times(sheet, reason, 0, count);
    }
}

/// Adds to a `.wandb` file's sheet what only its summary has: metrics that are missing, and a last
/// point where the summary is ahead of the metric and its value is another one. (A metric that is
/// logged now and then keeps its last value in the summary while `_step` goes on: that is no point.)
///
/// Where the run's axis is a step metric (a metric whose values are its own iterations and that
/// reaches the end of the run), the summary's value of it is the step, not `_step`.
pub fn fill_from_summary(sheet: &mut Sheet, summary: &Sheet) {
    let source = Source::from(Source::WANDB);
    let Some(last_values) = summary.tables.get(&source) else {
        return;
    };
    let empty = Table::default();
    let table = sheet.tables.get(&source).unwrap_or(&empty);
    let axis = axis_step(table, last_values);
    let mut lacking = Vec::new();
    for (metric, points) in &last_values.metrics {
        let Some(&(mut point)) = points.last() else {
            continue;
        };
        point.iteration = axis.unwrap_or(point.iteration);
        let known = table.metrics.get(metric).and_then(|points| points.last());
        let news = known.is_none_or(|known| {
            point.iteration > known.iteration && !same(point.value, known.value)
        });
        // A run whose clock is frozen has a summary older than its rows; later it is all the same.
        if let Some(known) = known {
            point.timestamp_ms = point.timestamp_ms.max(known.timestamp_ms);
        }
        if news {
            lacking.push((metric, point));
        }
    }
    for (metric, point) in lacking {
        sheet.table(Source::WANDB).push(metric, point);
        sheet.note(FILLED, 0);
    }
}

/// The summary's value of the metric that is the axis of the table, if there is such a metric.
fn axis_step(table: &Table, last_values: &Table) -> Option<i64> {
    let ends = table.metrics.values().filter_map(|points| points.last());
    let end = ends.map(|point| point.iteration).max()?;
    table.metrics.iter().find_map(|(metric, points)| {
        let is_axis = points.last()?.iteration == end
            && points
                .iter()
                .all(|point| point.value == point.iteration as f64);
        let value = last_values.metrics.get(metric)?.last()?.value;
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

    fn read(text: &str) -> Sheet {
        let (mut sheet, mut reader) = (Sheet::default(), WandbSummary::default());
        for byte in text.as_bytes() {
            reader.feed(&[*byte], &mut sheet);
        }
        assert_eq!(reader.held_bytes(), text.len() as u64);
        reader.rest(&mut sheet);
        reader.rest(&mut sheet);
        assert_eq!(reader.held_bytes(), 0);
        sheet
    }

    fn sheet(rows: &[(&str, i64, f64)]) -> Sheet {
        let mut sheet = Sheet::default();
        for &(metric, iteration, value) in rows {
            let point = Point {
                iteration,
                timestamp_ms: 0,
                value,
            };
            sheet.table(Source::WANDB).push(metric, point);
        }
        sheet
    }

    /// (metric, iteration, value) of what was added.
    fn added(file: &[(&str, i64, f64)], summary: &str) -> Vec<(String, i64, f64)> {
        let before = sheet(file);
        let mut after = before.clone();
        fill_from_summary(&mut after, &read(summary));
        let mut list = Vec::new();
        for (metric, points) in after.tables.values().flat_map(|table| &table.metrics) {
            let known = before.tables.values().next();
            let known = known
                .and_then(|t| t.metrics.get(metric))
                .map_or(0, Vec::len);
            let new = points[known..].iter();
            list.extend(new.map(|point| (metric.clone(), point.iteration, point.value)));
        }
        assert_eq!(
            after.notes.iter().map(|note| note.count).sum::<u64>(),
            list.len() as u64
        );
        list
    }

    #[test]
    fn a_summary_is_one_point_a_metric() {
        let sheet = read(
            r#"{"_step": 863, "_timestamp": 1651263597.5, "_wandb": {"runtime": 9}, "loss": 1.5,
               "val": {"acc": "NaN"}, "name": "x", "none": null, "img": {"_type": "i", "w": 1}}"#,
        );
        let table = &sheet.tables[&Source::from("wandb")];
        let names: Vec<&String> = table.metrics.keys().collect();
        assert_eq!(names, ["loss", "val.acc"]);
        let loss = Point {
            iteration: 863,
            timestamp_ms: 1_651_263_597_500,
            value: 1.5,
        };
        assert_eq!(table.metrics["loss"], [loss]);
        assert!(table.metrics["val.acc"][0].value.is_nan());
    }

    #[test]
    fn broken_and_empty_summaries() {
        assert_eq!(read(""), Sheet::default());
        assert_eq!(read("{}"), Sheet::default());
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
