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

use crate::columns::Columns;
use crate::extended_json::{Leaf, flatten, number};
use crate::proto::{Fields, Malformed, Value};
use crate::sheet::{Point, Sheet, Table};
use crate::wandb_clock::Clock;
use crate::wandb_steps::StepRules;

const NOT_A_NUMBER: &str = "a history value is text, a list or media, not a number: skipped";
const NOT_JSON: &str = "a history value is not JSON as W&B writes it: skipped";
const NO_STEP_METRIC: &str = "a row lacks the step metric that was defined for it: its points stand at the step metric's last value, or at `_step`";
const FRACTION: &str =
    "a step metric has fractions: the points that it was defined for stand at `_step`";
const LATE: &str =
    "a step metric was defined after rows of its metrics: those rows stay at `_step`";

/// Integers beyond this are not exact as a float, and no step.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;

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
struct Row {
    step: Option<i64>,
    timestamp_s: Option<f64>,
    runtime_s: Option<f64>,
    /// (column, value) in the order of the row.
    values: Vec<(usize, f64)>,
}

/// The history of a run.
#[derive(Default)]
pub(crate) struct History {
    columns: Columns,
    tracks: Vec<Track>,
    rules: StepRules,
    /// Paths of media objects, each with a `.` at its end.
    media: Vec<Vec<u8>>,
    row: Row,
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
        sheet: &mut Sheet,
    ) -> Result<(), Malformed> {
        if !self.rules.define(record)? {
            return Ok(());
        }
        for column in 0..self.columns.len() {
            let before = self.tracks.get(column).and_then(|track| track.axis);
            let axis = self.axis(column);
            let late = self
                .tracks
                .get(column)
                .is_some_and(|track| track.has_points);
            if axis != before && late {
                sheet.note(LATE, byte);
            }
            if let Some(track) = self.tracks.get_mut(column) {
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
        sheet: &mut Sheet,
    ) -> Result<(), Malformed> {
        self.rows += 1;
        let mut row = std::mem::take(&mut self.row);
        row.values.clear();
        (row.step, row.timestamp_s, row.runtime_s) = (None, None, None);
        let mut record_step = None;
        for field in Fields::new(record) {
            match field? {
                (1, Value::Bytes(item)) => self.item(item, byte, &mut row, sheet)?,
                (2, Value::Bytes(step)) => record_step = Some(step_num(step)?),
                _ => {}
            }
        }
        let next = self.last_step.map_or(0, |step| step.saturating_add(1));
        let step = row.step.or(record_step).unwrap_or(next);
        self.last_step = Some(step);
        let (timestamp_ms, note) = clock.row_ms(row.timestamp_s, row.runtime_s);
        if let Some(note) = note {
            sheet.note(note, byte);
        }
        self.emit(&row, step, timestamp_ms, byte, sheet);
        self.row = row;
        Ok(())
    }

    /// True if there are points to be moved into a table.
    pub(crate) fn has_points(&self) -> bool {
        self.columns.has_points()
    }

    /// Moves the points read so far into the table.
    pub(crate) fn flush(&mut self, table: &mut Table) {
        self.columns.flush(table);
    }

    /// Reads a `HistoryItem`.
    fn item(
        &mut self,
        item: &[u8],
        byte: u64,
        row: &mut Row,
        sheet: &mut Sheet,
    ) -> Result<(), Malformed> {
        let mut key = std::mem::take(&mut self.key);
        let item = Item::read(item, &mut key)?;
        let name = if item.nested {
            key.as_slice()
        } else {
            item.key
        };
        match item.content {
            Content::Number(value) => self.value(name, value, row),
            Content::Json(text) => self.json(name, text, byte, row, sheet),
            Content::Other => sheet.note(NOT_A_NUMBER, byte),
        }
        self.key = key;
        Ok(())
    }

    #[inline]
    fn json(&mut self, name: &[u8], text: &[u8], byte: u64, row: &mut Row, sheet: &mut Sheet) {
        if let Some(value) = std::str::from_utf8(text).ok().and_then(number) {
            return self.value(name, value, row);
        }
        if name.starts_with(b"_") {
            return;
        }
        let Ok(leaves) = flatten(text, &String::from_utf8_lossy(name)) else {
            return sheet.note(NOT_JSON, byte);
        };
        for (path, leaf) in leaves {
            match leaf {
                Leaf::Number(value) => self.value(path.as_bytes(), value, row),
                Leaf::NotANumber => {
                    // A media object whose members stand in items of their own.
                    if let Some(parent) = path.strip_suffix("_type")
                        && parent.ends_with('.')
                    {
                        self.is_media(parent.as_bytes());
                    }
                    sheet.note(NOT_A_NUMBER, byte);
                }
            }
        }
    }

    #[inline]
    fn value(&mut self, name: &[u8], value: f64, row: &mut Row) {
        if name.first() == Some(&b'_') {
            match name {
                b"_step" => row.step = whole(value),
                b"_timestamp" => row.timestamp_s = Some(value),
                b"_runtime" => row.runtime_s = Some(value),
                _ => {}
            }
            return;
        }
        let column = self.column(name);
        if let Some(track) = self.tracks.get_mut(column) {
            match whole(value) {
                Some(step) => (track.step, track.step_row) = (step, self.rows),
                None => track.fractional |= value.is_finite(),
            }
        }
        row.values.push((column, value));
    }

    #[inline]
    fn column(&mut self, name: &[u8]) -> usize {
        let column = self.columns.find(name);
        if column >= self.tracks.len() {
            self.track(column);
        }
        column
    }

    /// Makes the tracks up to `column`, and those of the step metrics that they need.
    fn track(&mut self, column: usize) {
        while self.tracks.len() <= column {
            let new = self.tracks.len();
            let name = self.columns.name(new);
            let media = self.media.iter().any(|parent| name.starts_with(parent));
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
        let axis = self.columns.find(&step);
        if axis >= self.tracks.len() {
            self.track(axis);
        }
        Some(axis)
    }

    fn is_media(&mut self, parent: &[u8]) {
        if self.media.iter().any(|known| known == parent) {
            return;
        }
        self.media.push(parent.to_vec());
        for (column, track) in self.tracks.iter_mut().enumerate() {
            track.media |= self.columns.name(column).starts_with(parent);
        }
    }

    fn emit(&mut self, row: &Row, step: i64, timestamp_ms: i64, byte: u64, sheet: &mut Sheet) {
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
            let iteration = match axis {
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
                Point {
                    iteration,
                    timestamp_ms,
                    value,
                },
            );
        }
        if lacking {
            sheet.note(NO_STEP_METRIC, byte);
        }
        if fractional {
            sheet.note(FRACTION, byte);
        }
    }
}

enum Content<'a> {
    Json(&'a [u8]),
    Number(f64),
    Other,
}

/// A `HistoryItem`: key = 1, nested_key = 2 (repeated), and the value as JSON (value_json = 16) or,
/// by setting, typed: none = 3, boolean = 4, integer = 5, number = 6, text = 7, json = 8.
struct Item<'a> {
    key: &'a [u8],
    /// The key has several parts; they stand joined in the scratch that was given.
    nested: bool,
    content: Content<'a>,
}

impl<'a> Item<'a> {
    #[inline]
    fn read(message: &'a [u8], joined: &mut Vec<u8>) -> Result<Self, Malformed> {
        let mut item = Self {
            key: &[],
            nested: false,
            content: Content::Other,
        };
        let mut parts = 0;
        for field in Fields::new(message) {
            match field? {
                (1, Value::Bytes(key)) if parts == 0 => item.key = key,
                (2, Value::Bytes(part)) => {
                    match parts {
                        0 => item.key = part,
                        1 => {
                            joined.clear();
                            joined.extend_from_slice(item.key);
                            item.nested = true;
                        }
                        _ => {}
                    }
                    if parts > 0 {
                        joined.push(b'.');
                        joined.extend_from_slice(part);
                    }
                    parts += 1;
                }
                (8 | 16, Value::Bytes(text)) => item.content = Content::Json(text),
                (3, _) => item.content = Content::Json(b"null"),
                (4, Value::Varint(value)) => {
                    item.content = Content::Number(if value == 0 { 0.0 } else { 1.0 });
                }
                (5, Value::Varint(value)) => item.content = Content::Number(zigzag(value) as f64),
                (6, Value::Fixed64(bits)) => {
                    item.content = Content::Number(f64::from_le_bytes(bits));
                }
                _ => {}
            }
        }
        Ok(item)
    }
}

/// Decodes a `sint64`.
fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
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

/// The value as a step, if it is a whole number.
#[inline]
fn whole(value: f64) -> Option<i64> {
    (value.abs() <= MAX_STEP && value.fract() == 0.0).then_some(value as i64)
}
