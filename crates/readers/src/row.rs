//! One row of a table or one object of a JSON-lines file: what its keys mean, and its points.
//!
//! Keys name either a metric or a place (step, epoch, time, total). Places are not metrics, and so
//! are the bookkeeping keys that start with `_`. Names stay as they are written.

use crate::limits::{NAME_TOO_LONG, Names, TOO_MANY};
use crate::number::step_of;
use crate::parsed_file::ParsedFile;
use crate::row_buffer::RowBuffer;
use crate::stamp;
use parallax_model::row::Row;

/// What a key says of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// The training step; of several, the highest rank counts.
    Step(u8),
    /// The epoch: the step of a row that has no other.
    Epoch,
    /// When the row was written.
    Time,
    /// The last step that the run is going to reach.
    Total,
    /// Neither a place nor a metric: progress in percent, wandb's own `_runtime`.
    Other,
    /// A metric.
    Metric,
}

/// The places by their spelling in lower case, `-`, ` ` and `.` as `_`. `_step` of wandb counts
/// calls, not training steps, so every other step outranks it.
const PLACES: &[(&str, Axis)] = &[
    ("trainer/global_step", Axis::Step(9)),
    ("train/global_step", Axis::Step(9)),
    ("global_step", Axis::Step(9)),
    ("step", Axis::Step(8)),
    ("train/step", Axis::Step(7)),
    ("training_step", Axis::Step(7)),
    ("train_step", Axis::Step(7)),
    ("current_steps", Axis::Step(7)),
    ("num_updates", Axis::Step(7)),
    ("iteration", Axis::Step(6)),
    ("iter", Axis::Step(5)),
    ("steps", Axis::Step(5)),
    ("num_steps", Axis::Step(5)),
    ("update", Axis::Step(4)),
    ("_step", Axis::Step(3)),
    ("epoch", Axis::Epoch),
    ("train/epoch", Axis::Epoch),
    ("epoch/epoch", Axis::Epoch),
    ("_timestamp", Axis::Time),
    ("timestamp", Axis::Time),
    ("time", Axis::Time),
    ("datetime", Axis::Time),
    ("wall_time", Axis::Time),
    ("created_at", Axis::Time),
    ("total_steps", Axis::Total),
    ("max_steps", Axis::Total),
    ("percentage", Axis::Other),
];

/// What a key means.
pub(crate) fn axis(key: &str) -> Axis {
    let trimmed = key.trim();
    let mut lower = [0_u8; 24];
    if let Some(lower) = lower.get_mut(..trimmed.len()) {
        for (to, from) in lower.iter_mut().zip(trimmed.bytes()) {
            *to = match from.to_ascii_lowercase() {
                b' ' | b'-' | b'.' => b'_',
                byte => byte,
            };
        }
        if let Some((_, axis)) = PLACES.iter().find(|(name, _)| name.as_bytes() == lower) {
            return *axis;
        }
    }
    if trimmed.starts_with('_') {
        Axis::Other
    } else {
        Axis::Metric
    }
}

/// Where a number of a row went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    Step(u8),
    Epoch,
    Time,
    Total,
    /// The metric of that place.
    Metric(usize),
    /// The same for a key of a time, whose number was none.
    Duration(usize),
    Nowhere,
}

/// One row while it is read; used again for the next one.
#[derive(Default)]
pub(crate) struct JsonRow {
    names: String,
    limit: Names,
    metrics: Vec<(usize, f64)>,
    /// Where its numbers went, in their order.
    went: Vec<Went>,
    step: Option<(u8, f64)>,
    /// The row's epoch, if it has one.
    pub(crate) epoch: Option<f64>,
    /// The row's time, if it has one that can be read.
    pub(crate) time_ms: Option<i64>,
    /// The last step that the run is going to reach, if the row says so.
    pub(crate) total: Option<f64>,
    /// Values that are there but are no numbers (`null`).
    pub(crate) missing: u64,
    /// Numbers whose names are too long.
    pub(crate) unnamed: u64,
    /// Metrics beyond the most that a file may have.
    pub(crate) surplus: u64,
}

impl JsonRow {
    /// Forgets the row.
    pub(crate) fn clear(&mut self) {
        self.names.clear();
        self.limit = Names::default();
        self.metrics.clear();
        self.went.clear();
        self.step = None;
        self.epoch = None;
        self.time_ms = None;
        self.total = None;
        self.missing = 0;
        self.unnamed = 0;
        self.surplus = 0;
    }

    /// A copy that is going to get other numbers under the same keys ([`JsonRow::put_all`]).
    pub(crate) fn to_put(&self) -> Self {
        Self {
            names: self.names.clone(),
            metrics: self.metrics.clone(),
            went: self.went.clone(),
            step: self.step,
            epoch: self.epoch,
            time_ms: self.time_ms,
            total: self.total,
            missing: self.missing,
            unnamed: self.unnamed,
            surplus: self.surplus,
            limit: Names::default(),
        }
    }

    /// Takes a number under a key.
    pub(crate) fn number(&mut self, key: &str, value: f64) {
        let metric = self.metrics.len();
        let went = match axis(key) {
            Axis::Step(rank) if self.step.is_none_or(|(best, _)| rank > best) => Went::Step(rank),
            Axis::Step(_) | Axis::Other => Went::Nowhere,
            Axis::Epoch => Went::Epoch,
            Axis::Total => Went::Total,
            Axis::Time if stamp::from_number(value).is_some() => Went::Time,
            // Seconds that a step took also go by the name of "time".
            Axis::Time | Axis::Metric if self.limit.add(key.len()).is_err() => {
                self.surplus += 1;
                Went::Nowhere
            }
            Axis::Time => Went::Duration(metric),
            Axis::Metric => Went::Metric(metric),
        };
        if matches!(went, Went::Metric(_) | Went::Duration(_)) {
            self.metric(key, value);
        }
        self.went.push(went);
        self.put(went, value);
    }

    /// Puts a number where one of its key went; false if it belongs elsewhere.
    #[inline]
    fn put(&mut self, went: Went, value: f64) -> bool {
        match went {
            Went::Step(rank) => self.step = Some((rank, value)),
            Went::Epoch => self.epoch = Some(value),
            Went::Total => self.total = Some(value),
            Went::Time => {
                self.time_ms = stamp::from_number(value);
                return self.time_ms.is_some();
            }
            Went::Duration(_) if stamp::from_number(value).is_some() => return false,
            Went::Metric(at) | Went::Duration(at) => {
                if let Some(metric) = self.metrics.get_mut(at) {
                    metric.1 = value;
                }
            }
            Went::Nowhere => {}
        }
        true
    }

    /// Makes it the row of other numbers under the same keys; false if they would be another row.
    pub(crate) fn put_all(&mut self, values: &[f64]) -> bool {
        let mut all = values.len() == self.went.len();
        for (at, value) in values.iter().enumerate() {
            let went = self.went.get(at).copied();
            all &= went.is_some_and(|went| self.put(went, *value));
        }
        all
    }

    /// Takes a text under a key; only a time says something.
    pub(crate) fn text(&mut self, key: &str, text: &[u8]) {
        if axis(key) == Axis::Time && self.time_ms.is_none() {
            self.time_ms = stamp::read(text);
        }
    }

    /// Takes a number as a metric, whatever its name.
    pub(crate) fn metric(&mut self, key: &str, value: f64) {
        self.names.push_str(key.trim());
        self.metrics.push((self.names.len(), value));
    }

    /// The metrics in the order of the row.
    pub(crate) fn metrics(&self) -> impl Iterator<Item = (&str, f64)> {
        let mut start = 0;
        self.metrics.iter().map(move |(end, value)| {
            let name = self.names.get(start..*end).unwrap_or_default();
            start = *end;
            (name, *value)
        })
    }

    /// How many metrics the row has.
    pub(crate) fn count(&self) -> usize {
        self.metrics.len()
    }

    /// The step that the row states.
    pub(crate) fn step(&self) -> Option<i64> {
        self.step.and_then(|(_, value)| step_of(value))
    }

    /// The step that the row states, or its epoch where that is a whole number.
    pub(crate) fn step_or_epoch(&self) -> Option<i64> {
        self.step().or_else(|| self.epoch.and_then(step_of))
    }

    /// Appends the row's points at a step, and notes what it lacks; `byte` is where it begins.
    pub(crate) fn append(
        &self,
        step: i64,
        columns: &mut RowBuffer,
        byte: u64,
        parsed: &mut ParsedFile,
    ) {
        let time_ms = self.time_ms;
        for (name, value) in self.metrics() {
            let point = Row {
                step,
                time_ms,
                value,
            };
            match columns.find(name.as_bytes()) {
                Ok(column) => columns.push(column, point),
                Err(reason) => parsed.note(reason, byte),
            }
        }
        note_times(parsed, NAME_TOO_LONG, byte, self.unnamed);
        note_times(parsed, TOO_MANY, byte, self.surplus);
    }
}

/// Notes something that occurred several times at one place.
pub(crate) fn note_times(parsed: &mut ParsedFile, message: &str, byte: u64, times: u64) {
    if times == 0 {
        return;
    }
    parsed.note(message, byte);
    if let Some(note) = parsed.notes.iter_mut().find(|note| note.message == message) {
        note.count += times - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_logger() {
        for (key, expected) in [
            ("step", Axis::Step(8)),
            ("Step", Axis::Step(8)),
            ("trainer/global_step", Axis::Step(9)),
            ("_step", Axis::Step(3)),
            ("epoch", Axis::Epoch),
            ("Wall time", Axis::Time),
            ("_timestamp", Axis::Time),
            ("_runtime", Axis::Other),
            ("train/loss", Axis::Metric),
            ("loss_per_step_in_the_whole_run", Axis::Metric),
        ] {
            assert_eq!(axis(key), expected, "{key}");
        }
    }

    #[test]
    fn other_numbers_under_the_same_keys() {
        let keys = [
            "_step",
            "step",
            "epoch",
            "time",
            "_timestamp",
            "loss",
            "total_steps",
        ];
        let of = |numbers: [f64; 7]| {
            let mut row = JsonRow::default();
            for (key, value) in keys.iter().zip(numbers) {
                row.number(key, value);
            }
            row
        };
        let told = |row: &JsonRow| {
            let metrics: Vec<_> = row
                .metrics()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            (row.step(), row.epoch, row.time_ms, row.total, metrics)
        };
        let first = [3.0, 40.0, 0.5, 0.25, 1_795_420_667.5, 2.5, 100.0];
        let second = [4.0, 41.0, 0.75, 0.5, 1_795_420_668.5, -2.5, 200.0];
        let mut row = of(first).to_put();
        assert!(row.put_all(&second));
        assert_eq!(told(&row), told(&of(second)));
        // A duration that could be a time, a time that is none, another count.
        for (at, value) in [(3, 1_795_420_667.5), (4, 0.5)] {
            let mut other = second;
            other[at] = value;
            assert!(!of(first).put_all(&other), "{at}");
        }
        assert!(!of(first).put_all(&second[..6]));
    }

    #[test]
    fn the_training_step_outranks_the_call_counter() {
        let mut row = JsonRow::default();
        row.number("_step", 3.0);
        row.number("train/global_step", 40.0);
        row.number("loss", 0.5);
        row.number("time", 0.25);
        row.number("_timestamp", 1_795_420_667.5);
        assert_eq!(row.step(), Some(40));
        assert_eq!(row.time_ms, Some(1_795_420_667_500));
        assert_eq!(
            row.metrics().collect::<Vec<_>>(),
            [("loss", 0.5), ("time", 0.25)]
        );
    }
}
