//! Two columns without a header: `step loss` (torchtitan's reference losses).
//!
//! Source `log`, metric `loss`, no times. A line of another shape is skipped and noted.

use parallax_model::row::Row;
use parallax_model::source::Source;

use crate::number;
use crate::whole_lines::{Line, WholeLines};
use crate::{ParsedFile, Reader};

const OTHER: &str = "A line is not \"step loss\": skipped.";

/// Reads a file of two columns.
#[derive(Default)]
pub struct Columns {
    lines: WholeLines,
}

impl Columns {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self::default()
    }
}

/// `12 3.4474` → (12, 3.4474).
pub(crate) fn pair(line: &[u8]) -> Option<(i64, f64)> {
    let line = line.trim_ascii();
    let blank = line.iter().position(u8::is_ascii_whitespace)?;
    let (step, value) = line.split_at(blank);
    let digits = !step.is_empty() && step.iter().all(u8::is_ascii_digit);
    let step = number::whole(step)
        .and_then(number::step_of)
        .filter(|_| digits)?;
    Some((step, number::whole(value)?))
}

fn read(line: Line<'_>, parsed: &mut ParsedFile) -> Option<()> {
    match pair(line.text) {
        Some((step, value)) => {
            let row = Row {
                step,
                time_ms: None,
                value,
            };
            parsed.push(Source::LOG, "loss", row);
        }
        None if line.text.trim_ascii().is_empty() => {}
        None => parsed.note(OTHER, line.byte),
    }
    Some(())
}

impl Reader for Columns {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        for byte in self.lines.feed(bytes, |line| read(line, parsed)) {
            parsed.note(OTHER, byte);
        }
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        self.lines.finish_idle(|line| read(line, parsed));
    }

    fn pending_bytes(&self) -> u64 {
        self.lines.pending_bytes()
    }
}
