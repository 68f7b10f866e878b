//! Text logs: every line a console can hold → points under the source `log`.
//!
//! `clean` cuts the bytes into pieces, `scan` finds the fields of a piece, `plan` decides what they
//! mean (with the wordings of `formats` and the names of `alias`), `collect` keeps the points.
//! `repeat` knows lines that differ from an earlier one in their numbers alone. `bars` and `objects`
//! read progress bars and printed objects. What is no metric line is skipped
//! without a note: a log is mostly that. A point has the time that its line states, else none.
//! Steps that go back (a restart) are kept as they come.

mod alias;
mod bars;
mod blocks;
mod clean;
mod collect;
mod formats;
mod lines;
mod objects;
mod place;
mod plan;
mod printed;
mod progress;
mod repeat;
mod scan;
mod wording;

use clean::{Cleaner, Event};
use lines::Lines;

use crate::{ParsedFile, Reader};
use parallax_model::source::Source;

const TOO_LONG: &str = "A line of more than 1 MiB (an object: 16 MiB) was skipped.";
const WENT_ON: &str =
    "A last line was read while it was unfinished, and then went on: the rest of it was skipped.";

/// Reads a text log of any known format, or of several in one file.
#[derive(Default)]
pub struct TextLog {
    cleaner: Cleaner,
    lines: Lines,
}

impl TextLog {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Lines {
    #[inline]
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Piece(piece) => self.piece(piece.text, piece.end, piece.byte),
            Event::TooLong(byte) => self.note(TOO_LONG, byte),
            Event::WentOn(byte) => self.note(WENT_ON, byte),
        }
    }
}

impl Reader for TextLog {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let Self { cleaner, lines } = self;
        cleaner.feed(bytes, &mut |event| lines.take(event));
        lines.flush(Source::LOG, parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        let Self { cleaner, lines } = self;
        cleaner.finish_idle(&mut |event| lines.take(event));
        lines.finish_idle();
        lines.flush(Source::LOG, parsed);
    }

    fn pending_bytes(&self) -> u64 {
        self.cleaner.pending_bytes() + self.lines.pending_bytes()
    }
}
