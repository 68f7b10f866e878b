//! Metrics as JSON lines (`metrics.jsonl`): one object a line.
//!
//! The step is `step`, `global_step`, `train/global_step`, `iteration`, …; wandb's `_step` and then
//! `epoch` count only where no other is given; a row with none of them gets its number, from 0,
//! and a note. The time is `_timestamp`, `timestamp` or `time` where it can be one (seconds,
//! milliseconds or ISO). Nested objects and lists flatten with `/`. `null` is a value that is
//! missing: skipped and counted. Steps, epochs, times and keys that start with `_` are no metrics.
//!
//! LLaMA-Factory's `trainer_log.jsonl` is read the same way and listed as a log.

use parallax_model::source::Source;

use crate::literal::Stop;
use crate::number::step_of;
use crate::row::note_times;
use crate::row_buffer::RowBuffer;
use crate::row_lines::RowLines;
use crate::whole_lines::{Line, WholeLines};
use crate::{ParsedFile, Reader};

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
    rows: Rows,
}

/// Reads the lines of one file.
#[derive(Default)]
struct Rows {
    rows: RowLines,
    count: i64,
    buffer: RowBuffer,
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
            rows: Rows::default(),
        }
    }
}

impl Default for JsonLines {
    fn default() -> Self {
        Self::new()
    }
}

impl Rows {
    /// Reads one line; `None` if it is unfinished.
    fn line(&mut self, line: Line<'_>, parsed: &mut ParsedFile) -> Option<()> {
        let text = line.text.trim_ascii();
        if text.is_empty() {
            return Some(());
        }
        match self.rows.read(text) {
            Ok(end) if end == text.len() && text.first() == Some(&b'{') => {}
            Err(Stop::Unfinished) if line.last => return None,
            _ => {
                parsed.note(BROKEN, line.byte);
                return Some(());
            }
        }
        let row = self.rows.row();
        if row.missing > 0 {
            note_times(parsed, MISSING, line.byte, row.missing);
        }
        if row.count() > 0 {
            let step = row.step_or_epoch().unwrap_or_else(|| {
                parsed.note(NO_STEP, line.byte);
                self.count
            });
            row.append(step, &mut self.buffer, line.byte, parsed);
            if let Some(total) = row.total.and_then(step_of) {
                parsed.facts.target_step = Some(total);
            }
        }
        self.count += 1;
        Some(())
    }

    /// Hands over what was found.
    fn flush(&mut self, source: &str, parsed: &mut ParsedFile) {
        self.buffer.move_into(source, parsed);
    }
}

impl Reader for JsonLines {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let rows = &mut self.rows;
        for byte in self.lines.feed(bytes, |line| rows.line(line, parsed)) {
            parsed.note(TOO_LONG, byte);
        }
        rows.flush(self.source, parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        let rows = &mut self.rows;
        self.lines.finish_idle(|line| rows.line(line, parsed));
        rows.flush(self.source, parsed);
    }

    fn pending_bytes(&self) -> u64 {
        self.lines.pending_bytes()
    }
}
