//! Metrics as JSON lines (`metrics.jsonl`): one object a line.
//!
//! The step is `step`, `global_step`, `train/global_step`, `iteration`, …; wandb's `_step` and then
//! `epoch` count only where no other is given; a row with none of them gets its number, from 0,
//! and a note. The time is `_timestamp`, `timestamp` or `time` where it can be one (seconds,
//! milliseconds or ISO). Nested objects and lists flatten with `/`. `null` is a value that is
//! missing: skipped and counted. Steps, epochs, times and keys that start with `_` are no metrics.
//!
//! LLaMA-Factory's `trainer_log.jsonl` is read the same way and listed as a log.

use parallax_core::wire::Source;

use crate::literal::{self, Stop};
use crate::row::{IntoRow, Row, note_times};
use crate::whole_lines::{Line, WholeLines};
use crate::{Reader, Sheet};

const MISSING: &str = "A value is null: skipped.";
const NO_STEP: &str = "A row states no step: it has its row number.";
const BROKEN: &str = "A line is not a JSON object: skipped.";
const TOO_LONG: &str = "A line of more than 16 MiB was skipped.";

/// The source that general JSON files are listed under.
pub(crate) const JSONL: &str = "jsonl";

/// Reads a JSON-lines file.
pub struct JsonLines {
    lines: WholeLines,
    source: &'static str,
    row: Row,
    count: i64,
}

impl JsonLines {
    /// A reader of general metrics, source `jsonl`.
    pub fn new() -> Self {
        Self::of(JSONL)
    }

    /// A reader of LLaMA-Factory's `trainer_log.jsonl`, source `log`.
    pub fn llama_factory() -> Self {
        Self::of(Source::LOG)
    }

    fn of(source: &'static str) -> Self {
        Self {
            lines: WholeLines::default(),
            source,
            row: Row::default(),
            count: 0,
        }
    }
}

impl Default for JsonLines {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads one line; `None` if it is unfinished.
fn line(
    row: &mut Row,
    count: &mut i64,
    source: &str,
    line: Line<'_>,
    sheet: &mut Sheet,
) -> Option<()> {
    let text = line.text.trim_ascii();
    if text.is_empty() {
        return Some(());
    }
    row.clear();
    match literal::walk(text, &mut IntoRow { row, texts: 0 }) {
        Ok(end) if end == text.len() && text.first() == Some(&b'{') => {}
        Err(Stop::Unfinished) if line.last => return None,
        _ => {
            sheet.note(BROKEN, line.byte);
            return Some(());
        }
    }
    if row.missing > 0 {
        note_times(sheet, MISSING, line.byte, row.missing);
    }
    if row.count() > 0 {
        let iteration = row.step_or_epoch().unwrap_or_else(|| {
            sheet.note(NO_STEP, line.byte);
            *count
        });
        row.append(iteration, source, sheet);
    }
    *count += 1;
    Some(())
}

impl Reader for JsonLines {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) {
        let Self {
            lines,
            source,
            row,
            count,
        } = self;
        for byte in lines.feed(bytes, |text| line(row, count, source, text, sheet)) {
            sheet.note(TOO_LONG, byte);
        }
    }

    fn rest(&mut self, sheet: &mut Sheet) {
        let Self {
            lines,
            source,
            row,
            count,
        } = self;
        lines.rest(|text| line(row, count, source, text, sheet));
    }

    fn held_bytes(&self) -> u64 {
        self.lines.held_bytes()
    }
}
