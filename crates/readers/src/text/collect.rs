//! The rows of a log on their way to the parse result, repeats collapsed.
//!
//! A line that several ranks print gives its rows once: a value that repeats the last one of its
//! metric at the same step, in a line of the same layout, is dropped and counted.

use parallax_model::row::Row;

use crate::limits::TOO_MANY;
use crate::parsed_file::ParsedFile;
use crate::row::note_times;
use crate::row_buffer::RowBuffer;

const REPEATED: &str =
    "The same value was printed again for the same step (by another rank); it is kept once.";

/// Which layout a line has; 0 for what is no line of fields.
pub(crate) type Layout = u64;

/// A metric's number among those of the log.
pub(crate) type Metric = usize;

/// Where in the run, and in the file, a value belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// The step.
    pub(crate) step: i64,
    /// The time, if there is one.
    pub(crate) time_ms: Option<i64>,
    /// The layout of its line.
    pub(crate) layout: Layout,
    /// Byte offset of its line.
    pub(crate) byte: u64,
}

/// Collects rows by metric.
#[derive(Default)]
pub(crate) struct Collector {
    rows: RowBuffer,
    /// Step, value and layout of the last row of each metric.
    last: Vec<Option<(i64, u64, Layout)>>,
    repeated: Counted,
    refused: Counted,
    notes: Vec<(&'static str, u64)>,
    target: Option<i64>,
    /// The last line that stated a time: its step and the time.
    timed: Option<(i64, i64)>,
}

/// Occurrences since the last flush.
#[derive(Default)]
struct Counted {
    count: u64,
    byte: u64,
}

impl Counted {
    fn count(&mut self, byte: u64) {
        if self.count == 0 {
            self.byte = byte;
        }
        self.count += 1;
    }

    fn flush(&mut self, message: &str, parsed: &mut ParsedFile) {
        note_times(parsed, message, self.byte, self.count);
        self.count = 0;
    }
}

impl Collector {
    /// The number of a metric; `None` if there are too many.
    pub(crate) fn metric(&mut self, name: &str, byte: u64) -> Option<Metric> {
        let found = Some(name).filter(|name| !name.is_empty());
        let found = found.and_then(|name| self.rows.find(name.as_bytes()).ok());
        if found.is_none() {
            self.refused.count(byte);
        }
        found
    }

    /// The number of a metric that has been asked for before.
    pub(crate) fn known_metric(&self, name: &str) -> Option<Metric> {
        self.rows.get(name.as_bytes())
    }

    /// Where a line's values belong. A line without a time has that of the line before it, if
    /// that one is of the same step.
    pub(crate) fn at(&mut self, step: i64, time_ms: Option<i64>, layout: Layout, byte: u64) -> At {
        if let Some(time_ms) = time_ms {
            self.timed = Some((step, time_ms));
        }
        At {
            step,
            time_ms: self
                .timed
                .filter(|(timed, _)| *timed == step)
                .map(|(_, time_ms)| time_ms),
            layout,
            byte,
        }
    }

    /// Appends a value.
    #[inline]
    pub(crate) fn push(&mut self, metric: Metric, at: &At, value: f64) {
        if metric >= self.last.len() {
            self.last.resize(metric + 1, None);
        }
        let this = Some((at.step, value.to_bits(), at.layout));
        if let Some(last) = self.last.get_mut(metric) {
            if *last == this {
                self.repeated.count(at.byte);
                return;
            }
            *last = this;
        }
        let row = Row {
            step: at.step,
            time_ms: at.time_ms,
            value,
        };
        self.rows.push(metric, row);
    }

    /// Appends a value by its metric's name.
    pub(crate) fn named(&mut self, name: &str, at: &At, value: f64) {
        if let Some(metric) = self.metric(name, at.byte) {
            self.push(metric, at, value);
        }
    }

    /// Counts something that has to be noted.
    pub(crate) fn note(&mut self, message: &'static str, byte: u64) {
        self.notes.push((message, byte));
    }

    /// Counts a value that was dropped because it repeats the one before.
    pub(crate) fn repeat(&mut self, byte: u64) {
        self.repeated.count(byte);
    }

    /// The last step that the run is going to reach.
    pub(crate) fn target(&mut self, step: i64) {
        self.target = Some(step);
    }

    /// Hands everything over.
    pub(crate) fn flush(&mut self, source: &str, parsed: &mut ParsedFile) {
        self.rows.move_into(source, parsed);
        for (message, byte) in self.notes.drain(..) {
            parsed.note(message, byte);
        }
        self.repeated.flush(REPEATED, parsed);
        self.refused.flush(TOO_MANY, parsed);
        if let Some(target) = self.target {
            parsed.facts.target_step = Some(target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_kept_once_and_restarts_are_kept() {
        let mut collector = Collector::default();
        let mut parsed = ParsedFile::default();
        let lines = [
            (1, 5.0, 7),
            (1, 5.0, 7),
            (1, 5.0, 8),
            (2, 4.0, 8),
            (1, 5.0, 8),
            (1, 5.5, 8),
        ];
        for (byte, (step, value, layout)) in lines.into_iter().enumerate() {
            let at = collector.at(step, None, layout, byte as u64);
            collector.named("loss", &at, value);
            collector.flush("log", &mut parsed);
        }
        let steps = parsed.metrics("log")["loss"].steps();
        assert_eq!(steps, [1, 1, 2, 1, 1]);
        assert_eq!((parsed.notes[0].count, parsed.notes[0].byte), (1, 1));
    }

    #[test]
    fn a_line_has_the_time_of_its_step() {
        let mut collector = Collector::default();
        assert_eq!(collector.at(10, Some(5000), 0, 0).time_ms, Some(5000));
        assert_eq!(collector.at(10, None, 0, 0).time_ms, Some(5000));
        assert_eq!(collector.at(11, None, 0, 0).time_ms, None);
    }
}
