//! Hugging Face's `trainer_state.json`: `log_history` is a list of rows `{"step": …, "loss": …}`.
//!
//! Each row's numbers but `step` and `epoch` are points at its step, under the names they are
//! written with, source `trainer_state`. There are no times. `max_steps` is the run's last step.

use std::collections::BTreeMap;

use parallax_model::row::Row;

use crate::document::Document;
use crate::literal::{Path, Scalar, Visit};
use crate::number::step_of;
use crate::row::{JsonRow, note_times};
use crate::row_buffer::RowBuffer;
use crate::{ParsedFile, Reader};

/// The source that the points are listed under.
pub(crate) const SOURCE: &str = "trainer_state";

const NO_STEP: &str = "A row of log_history has no step: skipped.";
const MISSING: &str = "A value is null: skipped.";

/// Reads a `trainer_state.json`.
#[derive(Default)]
pub struct TrainerState {
    document: Document,
}

impl TrainerState {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self::default()
    }
}

#[derive(Default)]
struct History {
    row: JsonRow,
    buffer: RowBuffer,
    refused: BTreeMap<&'static str, u64>,
    rows_without_step: u64,
    missing: u64,
    total: Option<i64>,
}

impl Visit for History {
    fn scalar(&mut self, path: &Path, value: &Scalar<'_>) {
        match (path.depth(), path.key(0), value.number()) {
            (1, "max_steps", Some(total)) => self.total = step_of(total).filter(|total| *total > 0),
            (3, "log_history", Some(number)) => self.row.number(path.key(2), number),
            (3, "log_history", None) if *value == Scalar::Null => self.missing += 1,
            _ => {}
        }
    }

    fn object_end(&mut self, path: &Path) {
        if path.depth() != 2 || path.key(0) != "log_history" {
            return;
        }
        match self.row.step() {
            Some(step) => {
                for (name, value) in self.row.metrics() {
                    let row = Row {
                        step,
                        time_ms: None,
                        value,
                    };
                    match self.buffer.find(name.as_bytes()) {
                        Ok(metric) => self.buffer.push(metric, row),
                        Err(reason) => *self.refused.entry(reason).or_default() += 1,
                    }
                }
            }
            None => self.rows_without_step += 1,
        }
        self.row.clear();
    }
}

impl Reader for TrainerState {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        self.document.feed(bytes, parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        self.document
            .finish_idle(History::default(), parsed, |mut history, parsed| {
                history.buffer.move_into(SOURCE, parsed);
                for (reason, count) in history.refused {
                    note_times(parsed, reason, 0, count);
                }
                note_times(parsed, NO_STEP, 0, history.rows_without_step);
                note_times(parsed, MISSING, 0, history.missing);
                parsed.facts.target_step = history.total;
            });
    }

    fn pending_bytes(&self) -> u64 {
        self.document.pending_bytes()
    }
}
