//! Two columns without a header: `step loss` (torchtitan's reference losses).
//!
//! Source `log`, metric `loss`, no times. A line of another shape is skipped and noted.

use parallax_model::source::Source;

use crate::number;
use crate::sheet::{NO_TIME, Point};
use crate::whole_lines::{Line, WholeLines};
use crate::{Reader, Sheet};

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

fn read(line: Line<'_>, sheet: &mut Sheet) -> Option<()> {
    match pair(line.text) {
        Some((iteration, value)) => {
            let point = Point {
                iteration,
                timestamp_ms: NO_TIME,
                value,
            };
            sheet.table(Source::LOG).push("loss", point);
        }
        None if line.text.trim_ascii().is_empty() => {}
        None => sheet.note(OTHER, line.byte),
    }
    Some(())
}

impl Reader for Columns {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) {
        for byte in self.lines.feed(bytes, |line| read(line, sheet)) {
            sheet.note(OTHER, byte);
        }
    }

    fn rest(&mut self, sheet: &mut Sheet) {
        self.lines.rest(|line| read(line, sheet));
    }

    fn held_bytes(&self) -> u64 {
        self.lines.held_bytes()
    }
}
