//! W&B history rows → points of source `wandb`.
//!
//! # The x axis
//! A point's iteration is the row's `_step`, unless `define_metric` gave its metric another step
//! metric (Hugging Face `train/global_step`, Lightning `trainer/global_step`, Keras `epoch/epoch`).
//! Then it is the value of that key in the row; in a row without it, its newest value in an earlier
//! row; before there is one, `_step`. A step metric with fractions (epoch 0.5) can't be an
//! iteration: from the first fraction on its metrics stay at `_step`, which a note says. A
//! definition holds for the rows behind it in the file.
//!
//! # Values
//! Numbers and booleans (1 and 0); `NaN` and the infinities are values; `null` is
//! `value::MISSING`. Text, lists and media are counted in a note. Keys with a leading `_` are
//! W&B's own and are no metrics. Nested keys are joined with `.`.

use std::collections::HashSet;

use parallax_model::row::Row;
use parallax_model::source::Source;

use crate::number::step_of;
use crate::parsed_file::ParsedFile;
use crate::proto::{Fields, Malformed, Value};
use crate::row::note_times;
use crate::row_buffer::RowBuffer;
use crate::wandb_clock::Clock;
use crate::wandb_item::{Content, Item};
use crate::wandb_json::{self, flatten};
use crate::wandb_steps::{Defined, StepRules};

const NOT_A_NUMBER: &str = "a history value is text, a list or media, not a number: skipped";
const NOT_JSON: &str = "a history value is not JSON as W&B writes it: skipped";
const NO_STEP_METRIC: &str = "a row lacks the step metric that was defined for it: its points stand at the step metric's last value, or at `_step`";
const FRACTION: &str =
    "a step metric has fractions: the points that it was defined for stand at `_step`";
const LATE: &str =
    "a step metric was defined after rows of its metrics: those rows stay at `_step`";
const TOO_MANY_GLOBS: &str =
    "step metrics were defined for more than 64 globs: the other definitions are skipped";

/// What is known of a column beside its name.
#[derive(Clone, Default)]
struct Track {
    /// The column that this one steps by; `None` is `_step`.
    axis: Option<usize>,
    /// It belongs to a media object: `_type` stood beside it.
    media: bool,
    has_points: bool,
    /// As a step metric: its newest value, the row that had it, and whether it ever was fractional.
    step: i64,
    step_row: u64,
    fractional: bool,
}

/// A row while its items are read.
#[derive(Default)]
struct HistoryRow {
    step: Option<i64>,
    timestamp_s: Option<f64>,
    runtime_s: Option<f64>,
    /// (column, value) in the order of the row.
    values: Vec<(usize, f64)>,
}

/// The history of a run.
#[derive(Default)]
pub(crate) struct History {
    columns: RowBuffer,
    tracks: Vec<Track>,
    rules: StepRules,
    /// Paths of media objects, each with a `.` at its end.
    media: HashSet<Vec<u8>>,
    row: HistoryRow,
    /// Rows read so far; the first one is row 1.
    rows: u64,
    last_step: Option<i64>,
    key: Vec<u8>,
}

impl History {
    /// Takes a `MetricRecord` at that offset of the file.
    pub(crate) fn define(
        &mut self,
        record: &[u8],
        byte: u64,
        parsed: &mut ParsedFile,
    ) -> Result<(), Malformed> {
        let (mut columns, step) = match self.rules.define(record)? {
            Defined::Nothing => return Ok(()),
            Defined::TooMany => {
                parsed.note(TOO_MANY_GLOBS, byte);
                return Ok(());
            }
            Defined::Metric(name, step) => (self.columns.get(&name).into_iter().collect(), step),
            Defined::Glob(prefix, step) => (self.columns.with_prefix(&prefix), step),
        };
        columns.extend(step.and_then(|step| self.columns.get(&step)));
        for column in columns {
            let axis = self.axis(column);
            if let Some(track) = self.tracks.get_mut(column) {
                if axis != track.axis && track.has_points {
                    parsed.note(LATE, byte);
                }
                track.axis = axis;
            }
        }
        Ok(())
    }

    /// Takes a `HistoryRecord` (item = 1, step = 2) at that offset of the file.
    pub(crate) fn take(
        &mut self,
        record: &[u8],
        byte: u64,
        clock: &mut Clock,
        parsed: &mut ParsedFile,
    ) -> Result<(), Malformed> {
        self.rows += 1;
        let mut row = std::mem::take(&mut self.row);
        row.values.clear();
        (row.step, row.timestamp_s, row.runtime_s) = (None, None, None);
        let mut record_step = None;
        for field in Fields::new(record) {
            match field? {
                (1, Value::Bytes(item)) => self.item(item, byte, &mut row, parsed)?,
                (2, Value::Bytes(step)) => record_step = Some(step_num(step)?),
                _ => {}
            }
        }
        let next = self.last_step.map_or(0, |step| step.saturating_add(1));
        let step = row.step.or(record_step).unwrap_or(next);
        self.last_step = Some(step);
        let (time_ms, note) = clock.row_ms(row.timestamp_s, row.runtime_s);
        if let Some(note) = note {
            parsed.note(note, byte);
        }
        self.emit(&row, step, time_ms, byte, parsed);
        self.row = row;
        Ok(())
    }

    /// Moves the rows read so far into the parse result.
    pub(crate) fn move_into(&mut self, parsed: &mut ParsedFile) {
        self.columns.move_into(Source::WANDB, parsed);
    }

    /// Reads a `HistoryItem`.
    fn item(
        &mut self,
        item: &[u8],
        byte: u64,
        row: &mut HistoryRow,
        parsed: &mut ParsedFile,
    ) -> Result<(), Malformed> {
        let mut key = std::mem::take(&mut self.key);
        let item = Item::read(item, &mut key)?;
        let name = if item.nested {
            key.as_slice()
        } else {
            item.key
        };
        match item.content {
            Content::Number(value) => self.value(name, value, byte, row, parsed),
            Content::Json(text) => self.json(name, text, byte, row, parsed),
            Content::Other => parsed.note(NOT_A_NUMBER, byte),
        }
        self.key = key;
        Ok(())
    }

    #[inline]
    fn json(
        &mut self,
        name: &[u8],
        text: &[u8],
        byte: u64,
        row: &mut HistoryRow,
        parsed: &mut ParsedFile,
    ) {
        if let Some(value) = wandb_json::number(text) {
            return self.value(name, value, byte, row, parsed);
        }
        if name.starts_with(b"_") {
            return;
        }
        let start = row.values.len();
        let root = String::from_utf8_lossy(name);
        let Ok(others) = flatten(text, &root, &mut self.columns, &mut row.values) else {
            return parsed.note(NOT_JSON, byte);
        };
        for (column, value) in row.values.get(start..).unwrap_or_default() {
            self.track(*column, *value);
        }
        note_times(parsed, NOT_A_NUMBER, byte, others.not_numbers);
        if let Some((reason, count)) = others.refused {
            note_times(parsed, reason, byte, count);
        }
        // A media object whose members are items of their own.
        if let Some(parent) = name.strip_suffix(b"_type")
            && parent.ends_with(b".")
        {
            self.is_media(parent);
        }
    }

    #[inline]
    fn value(
        &mut self,
        name: &[u8],
        value: f64,
        byte: u64,
        row: &mut HistoryRow,
        parsed: &mut ParsedFile,
    ) {
        if name.first() == Some(&b'_') {
            match name {
                b"_step" => row.step = step_of(value),
                b"_timestamp" => row.timestamp_s = Some(value),
                b"_runtime" => row.runtime_s = Some(value),
                _ => {}
            }
            return;
        }
        match self.columns.find(name) {
            Ok(column) => {
                self.track(column, value);
                row.values.push((column, value));
            }
            Err(reason) => parsed.note(reason, byte),
        }
    }

    /// Takes a value of the column as one of a step metric, which it may be.
    #[inline]
    fn track(&mut self, column: usize, value: f64) {
        if column >= self.tracks.len() {
            self.add_tracks(column);
        }
        if let Some(track) = self.tracks.get_mut(column) {
            match step_of(value) {
                Some(step) => (track.step, track.step_row) = (step, self.rows),
                None => track.fractional |= value.is_finite(),
            }
        }
    }

    /// Makes the tracks up to `column`, and those of the step metrics that they need.
    fn add_tracks(&mut self, column: usize) {
        while self.tracks.len() <= column {
            let new = self.tracks.len();
            let name = self.columns.name(new);
            let mut parents = memchr::memchr_iter(b'.', name);
            let media = !self.media.is_empty()
                && parents.any(|dot| self.media.contains(name.get(..=dot).unwrap_or_default()));
            self.tracks.push(Track {
                media,
                ..Track::default()
            });
            let axis = self.axis(new);
            if let Some(track) = self.tracks.get_mut(new) {
                track.axis = axis;
            }
        }
    }

    /// The column that `column` steps by. Step metrics get a column (and a track) even before they
    /// have a value.
    fn axis(&mut self, column: usize) -> Option<usize> {
        let step = self.rules.step_of(self.columns.name(column))?.to_vec();
        let axis = self.columns.find(&step).ok()?;
        if axis >= self.tracks.len() {
            self.add_tracks(axis);
        }
        Some(axis)
    }

    /// The names that begin with `parent` are those of a media object.
    fn is_media(&mut self, parent: &[u8]) {
        if self.media.insert(parent.to_vec()) {
            for column in self.columns.with_prefix(parent) {
                if let Some(track) = self.tracks.get_mut(column) {
                    track.media = true;
                }
            }
        }
    }

    fn emit(
        &mut self,
        row: &HistoryRow,
        step: i64,
        time_ms: Option<i64>,
        byte: u64,
        parsed: &mut ParsedFile,
    ) {
        let (mut lacking, mut fractional) = (false, false);
        for &(column, value) in &row.values {
            let Some(track) = self.tracks.get_mut(column) else {
                continue;
            };
            if track.media {
                continue;
            }
            track.has_points = true;
            let axis = track.axis;
            let axis = axis.and_then(|axis| self.tracks.get(axis));
            let step = match axis {
                None => step,
                Some(axis) if axis.fractional => {
                    fractional = true;
                    step
                }
                Some(axis) => {
                    lacking |= axis.step_row != self.rows;
                    if axis.step_row == 0 { step } else { axis.step }
                }
            };
            self.columns.push(
                column,
                Row {
                    step,
                    time_ms,
                    value,
                },
            );
        }
        if lacking {
            parsed.note(NO_STEP_METRIC, byte);
        }
        if fractional {
            parsed.note(FRACTION, byte);
        }
    }
}

/// `HistoryStep`: num = 1.
fn step_num(message: &[u8]) -> Result<i64, Malformed> {
    let mut num = 0;
    for field in Fields::new(message) {
        if let (1, Value::Varint(value)) = field? {
            num = value.cast_signed();
        }
    }
    Ok(num)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A length-delimited field.
    fn bytes(number: u8, content: &[u8]) -> Vec<u8> {
        [&[number << 3 | 2, content.len() as u8], content].concat()
    }

    fn item(key: &str, json: &str) -> Vec<u8> {
        // value_json = 16 needs a key of two bytes.
        let value = [&[0x82, 0x01, json.len() as u8], json.as_bytes()].concat();
        bytes(1, &[bytes(1, key.as_bytes()), value].concat())
    }

    fn definition(name: &str, step: &str) -> Vec<u8> {
        [bytes(1, name.as_bytes()), bytes(4, step.as_bytes())].concat()
    }

    enum Record {
        Row(Vec<u8>),
        Define(Vec<u8>),
    }

    /// A row, written as `key=json` with a blank between two items.
    fn row(items: &str) -> Record {
        let pairs = items
            .split_whitespace()
            .filter_map(|item| item.split_once('='));
        Record::Row(pairs.flat_map(|(key, json)| item(key, json)).collect())
    }

    /// The points as `metric@iteration=value`, and the notes.
    fn read(records: &[Record]) -> (Vec<String>, Vec<(String, u64)>) {
        let (mut history, mut clock) = (History::default(), Clock::default());
        let mut parsed = ParsedFile::default();
        for record in records {
            match record {
                Record::Row(row) => history.take(row, 0, &mut clock, &mut parsed).unwrap(),
                Record::Define(metric) => history.define(metric, 0, &mut parsed).unwrap(),
            }
        }
        history.move_into(&mut parsed);
        let mut points = Vec::new();
        for (metric, rows) in parsed.metrics(Source::WANDB) {
            let show = |row: Row| format!("{metric}@{}={}", row.step, row.value);
            points.extend(rows.rows().map(show));
        }
        let notes = parsed.notes.into_iter();
        (
            points,
            notes.map(|note| (note.message, note.count)).collect(),
        )
    }

    #[test]
    fn the_step_is_the_rows_own() {
        let rows = [row("_step=4 a=1"), row("a=2"), row("a=3 _step=9")];
        assert_eq!(read(&rows).0, ["a@4=1", "a@5=2", "a@9=3"]);
    }

    #[test]
    fn a_row_without_the_step_metric_stands_at_its_last_value() {
        let records = [
            Record::Define(definition("loss", "gs")),
            row("_step=0 loss=1"),
            row("_step=1 loss=2 gs=100"),
            row("_step=2 loss=3"),
            row("_step=3 gs=NaN loss=4"),
            row("_step=4 gs=400 other=5"),
        ];
        let (points, notes) = read(&records);
        let expected = [
            "gs@100=100",
            "gs@100=NaN",
            "gs@400=400", // its own axis
            "loss@0=1",
            "loss@100=2",
            "loss@100=3",
            "loss@100=4", //
            "other@4=5",
        ];
        assert_eq!(points, expected);
        assert_eq!(notes, [(NO_STEP_METRIC.to_owned(), 3)]);
    }

    #[test]
    fn a_step_metric_with_fractions_is_no_axis() {
        let records = [
            Record::Define(definition("loss", "epoch")),
            row("_step=0 loss=1 epoch=0"),
            row("_step=50 loss=2 epoch=0.5"),
            row("_step=100 loss=3 epoch=1"),
        ];
        let (points, notes) = read(&records);
        assert_eq!(points[3..], ["loss@0=1", "loss@50=2", "loss@100=3"]);
        assert_eq!(notes, [(FRACTION.to_owned(), 2)]);
    }

    #[test]
    fn a_late_definition_holds_from_there_on() {
        let records = [
            row("_step=0 loss=1 gs=10"),
            Record::Define(definition("loss", "gs")),
            Record::Define(definition("loss", "gs")),
            row("_step=1 loss=2 gs=20"),
        ];
        let (points, notes) = read(&records);
        assert_eq!(points, ["gs@0=10", "gs@20=20", "loss@0=1", "loss@20=2"]);
        assert_eq!(notes, [(LATE.to_owned(), 2)]);
    }

    #[test]
    fn members_of_media_are_no_metrics_wherever_the_type_stands() {
        let rows = [
            row(r#"_step=0 img.size=9 img._type="image-file" img.w=2 imgs=1"#),
            row(r#"_step=1 a={"b":{"c":1},"d":2} m={"n":3,"_type":"x"} t="text" l=[1]"#),
        ];
        let (points, notes) = read(&rows);
        assert_eq!(points, ["a.b.c@1=1", "a.d@1=2", "imgs@0=1"]);
        assert_eq!(notes, [(NOT_A_NUMBER.to_owned(), 4)]);
    }

    /// Typed values, which the SDK writes when it is set to (`x_history_value_encoding`).
    #[test]
    fn typed_values_and_nested_keys() {
        let typed = |key: &[u8], value: &[u8]| bytes(1, &[key, value].concat());
        let nested = [bytes(2, b"a"), bytes(2, b"b.c"), bytes(2, b"d")].concat();
        let records = [Record::Row(
            [
                typed(&bytes(2, b"bool"), b"\x20\x01"),
                typed(&bytes(2, b"int"), b"\x28\x03"), // zigzag of -2
                typed(&nested, b"\x31\0\0\0\0\0\0\xf8\x3f"),
                typed(&bytes(2, b"text"), &bytes(7, b"word")),
                typed(&bytes(2, b"json"), &bytes(8, b"[1]")),
                typed(&bytes(2, b"_step"), b"\x28\x0e"),
            ]
            .concat(),
        )];
        let (points, notes) = read(&records);
        assert_eq!(points, ["a.b.c.d@7=1.5", "bool@7=1", "int@7=-2"]);
        assert_eq!(notes, [(NOT_A_NUMBER.to_owned(), 2)]);
    }

    #[test]
    fn broken_json_is_counted() {
        let (points, notes) = read(&[row("a={1 b=1e400 c=x d=-")]);
        assert_eq!(points, ["b@0=inf"]);
        assert_eq!(notes, [(NOT_JSON.to_owned(), 3)]);
    }
}
