//! Rows as the readers give them: one column set per (source, metric), in file order, with what
//! was skipped beside them.

use std::collections::BTreeMap;

use parallax_model::source::Source;

/// The timestamp of a point whose record has none. The server shows the file's own time instead
/// and says so.
pub const NO_TIME: i64 = i64::MIN;

/// One value of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch, UTC, or [`NO_TIME`].
    pub timestamp_ms: i64,
    /// The value; NaN and the infinities are values, `value::MISSING` is a row without one.
    pub value: f64,
}

/// The points of one source, by metric name, each in file order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Metric name → its points in file order.
    pub metrics: BTreeMap<String, Vec<Point>>,
}

impl Table {
    /// Appends a point.
    pub fn push(&mut self, metric: &str, point: Point) {
        if let Some(points) = self.metrics.get_mut(metric) {
            points.push(point);
        } else {
            self.metrics.insert(metric.to_owned(), vec![point]);
        }
    }

    /// How many points the table has over all metrics.
    pub fn count(&self) -> u64 {
        self.metrics
            .values()
            .map(|points| points.len() as u64)
            .sum()
    }
}

/// What a file says of the run as a whole. All optional; times in milliseconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFacts {
    /// The run's id (W&B run id): two folders with one id are one workload.
    pub run_id: Option<String>,
    /// The name that the user gave it.
    pub display_name: Option<String>,
    /// The project that it belongs to.
    pub project: Option<String>,
    /// Start of the run.
    pub start_ms: Option<i64>,
    /// Exit code, once the file says that the run has ended.
    pub exit_code: Option<i32>,
    /// The machine that it ran on.
    pub host: Option<String>,
    /// The last step that the run is going to reach (`10/1500` in a log).
    pub target_iteration: Option<i64>,
}

/// One kind of thing that a reader skipped or had to assume.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What was found and what was expected, in one sentence, the same for each occurrence.
    pub message: String,
    /// Byte offset of the first occurrence.
    pub byte: u64,
    /// How often it occurred.
    pub count: u64,
    /// The file can't be read on from here.
    pub fatal: bool,
}

/// What a file has given so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Points by source. Most files have one source; a `.wandb` file also holds the console, whose
    /// points stand under `log`.
    pub tables: BTreeMap<Source, Table>,
    /// What the file says of the run.
    pub facts: RunFacts,
    /// What was skipped and why, each message once.
    pub notes: Vec<Note>,
}

impl Sheet {
    /// The table of a source, made when it is first asked for.
    pub fn table(&mut self, source: &str) -> &mut Table {
        self.tables.entry(Source::from(source)).or_default()
    }

    /// Counts an occurrence of `message`; the first one keeps its byte offset.
    pub fn note(&mut self, message: &str, byte: u64) {
        self.note_as(message, byte, false);
    }

    /// As [`Sheet::note`], for what ends the reading of the file.
    pub fn fatal(&mut self, message: &str, byte: u64) {
        self.note_as(message, byte, true);
    }

    fn note_as(&mut self, message: &str, byte: u64, fatal: bool) {
        match self.notes.iter_mut().find(|note| note.message == message) {
            Some(note) => note.count += 1,
            None => self.notes.push(Note {
                message: message.to_owned(),
                byte,
                count: 1,
                fatal,
            }),
        }
    }

    /// How many points the sheet has over all sources.
    pub fn count(&self) -> u64 {
        self.tables.values().map(Table::count).sum()
    }
}
