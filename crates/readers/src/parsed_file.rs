//! What the readers give: the rows of a file by source and metric, what the file says of the run,
//! and what was skipped.

use std::collections::BTreeMap;

use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::source::Source;

/// The rows of one source by metric, each metric's in the order of the file.
pub type Metrics = BTreeMap<String, Columns>;

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
    pub target_step: Option<i64>,
    /// The file says that it goes on with an earlier run.
    pub resumed: bool,
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
pub struct ParsedFile {
    /// Rows by source and metric. Most files have one source; a `.wandb` file also holds the
    /// console, whose rows are under `log`.
    pub columns: BTreeMap<Source, Metrics>,
    /// What the file says of the run.
    pub facts: RunFacts,
    /// What was skipped and why, each message once.
    pub notes: Vec<Note>,
}

impl ParsedFile {
    /// The metrics of a source, made when they are first asked for.
    pub fn metrics(&mut self, source: &str) -> &mut Metrics {
        self.columns.entry(Source::from(source)).or_default()
    }

    /// Appends a row to a metric of a source.
    pub fn push(&mut self, source: &str, metric: &str, row: Row) {
        let metrics = self.metrics(source);
        match metrics.get_mut(metric) {
            Some(columns) => columns.push(row),
            None => metrics.entry(metric.to_owned()).or_default().push(row),
        }
    }

    /// Counts an occurrence of `message`; the first one keeps its byte offset.
    pub fn note(&mut self, message: &str, byte: u64) {
        self.note_as(message, byte, false);
    }

    /// As [`ParsedFile::note`], for what ends the reading of the file.
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

    /// How many rows there are over all sources and metrics.
    pub fn row_count(&self) -> u64 {
        let columns = self.columns.values().flat_map(BTreeMap::values);
        columns.map(|columns| columns.len() as u64).sum()
    }
}
