//! Hugging Face's `trainer_state.json`: `log_history` is a list of rows `{"step": …, "loss": …}`.
//!
//! Each row's numbers but `step` and `epoch` are points at its step, under the names they are
//! written with, source `trainer_state`. There are no times. `max_steps` is the run's last step.

use std::collections::BTreeMap;

use crate::columns::Columns;
use crate::document::Document;
use crate::literal::{Path, Scalar, Visit};
use crate::number::step_of;
use crate::row::{Row, note_times};
use crate::sheet::{NO_TIME, Point};
use crate::{Reader, Sheet};

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
    row: Row,
    columns: Columns,
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
            Some(iteration) => {
                for (name, value) in self.row.metrics() {
                    let point = Point {
                        iteration,
                        timestamp_ms: NO_TIME,
                        value,
                    };
                    match self.columns.find(name.as_bytes()) {
                        Ok(column) => self.columns.push(column, point),
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
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) {
        self.document.feed(bytes, sheet);
    }

    fn rest(&mut self, sheet: &mut Sheet) {
        self.document
            .rest(History::default(), sheet, |mut history, sheet| {
                if history.columns.has_points() {
                    history.columns.flush(sheet.table(SOURCE));
                }
                for (reason, count) in history.refused {
                    note_times(sheet, reason, 0, count);
                }
                note_times(sheet, NO_STEP, 0, history.rows_without_step);
                note_times(sheet, MISSING, 0, history.missing);
                sheet.facts.target_iteration = history.total;
            });
    }

    fn held_bytes(&self) -> u64 {
        self.document.held_bytes()
    }
}
