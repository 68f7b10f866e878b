//! The points of a log on their way to the sheet: one column a metric, repeats collapsed.
//!
//! A line that several ranks print gives its points once: a value that repeats the last one of its
//! metric at the same step, in a line of the same layout, is dropped and counted. Points are handed over at the end of each feed.

use std::collections::HashMap;

use parallax_model::source::Source;

use crate::limits::{Names, TOO_MANY};
use crate::row::note_times;
use crate::sheet::{NO_TIME, Point, Sheet};

const REPEATED: &str =
    "The same value was printed again for the same step (by another rank); it is kept once.";

/// Which layout a line has; 0 for what is no line of fields.
pub(crate) type Layout = u64;

/// The layout of no line.
const NO_LAYOUT: Layout = Layout::MAX;

/// A metric's place among the columns.
pub(crate) type Column = usize;

/// Where in the run, and in the file, a value belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// The step.
    pub(crate) iteration: i64,
    /// The time, or `NO_TIME`.
    pub(crate) timestamp_ms: i64,
    /// The layout of its line.
    pub(crate) layout: Layout,
    /// Byte offset of its line.
    pub(crate) byte: u64,
}

struct Points {
    name: String,
    /// The column that was asked for after this one the last time.
    follower: Column,
    /// Those of the feed, behind those that were taken back out of the sheet.
    waiting: Vec<Point>,
    /// How many of them were taken back.
    resumed: usize,
    /// Step, value and layout of the last one.
    last: (i64, u64, Layout),
}

/// Collects points by metric.
#[derive(Default)]
pub(crate) struct Collector {
    columns: Vec<Points>,
    by_name: HashMap<String, Column>,
    names: Names,
    last: Column,
    touched: Vec<Column>,
    /// Columns that got points in the last feed.
    grew: Vec<Column>,
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

    fn flush(&mut self, message: &str, sheet: &mut Sheet) {
        note_times(sheet, message, self.byte, self.count);
        self.count = 0;
    }
}

impl Collector {
    /// The column of a metric; `None` if there are too many.
    pub(crate) fn column(&mut self, name: &str, byte: u64) -> Option<Column> {
        // Rows repeat their metrics in one order.
        let guess = self.columns.get(self.last).map_or(0, |last| last.follower);
        if self
            .columns
            .get(guess)
            .is_some_and(|column| column.name == name)
        {
            self.last = guess;
            return Some(guess);
        }
        if let Some(&column) = self.by_name.get(name) {
            if let Some(last) = self.columns.get_mut(self.last) {
                last.follower = column;
            }
            self.last = column;
            return Some(column);
        }
        if name.is_empty() || self.names.add(name.len()).is_err() {
            self.refused.count(byte);
            return None;
        }
        let column = self.columns.len();
        self.columns.push(Points {
            name: name.to_owned(),
            follower: 0,
            waiting: Vec::new(),
            resumed: 0,
            last: (0, 0, NO_LAYOUT),
        });
        self.by_name.insert(name.to_owned(), column);
        Some(column)
    }

    /// The column of a metric that has been asked for before.
    pub(crate) fn known_column(&self, name: &str) -> Option<Column> {
        self.by_name.get(name).copied()
    }

    /// Where a line's values belong. A line without a time has that of the line before it, if
    /// that one is of the same step.
    pub(crate) fn at(
        &mut self,
        iteration: i64,
        time_ms: Option<i64>,
        layout: Layout,
        byte: u64,
    ) -> At {
        if let Some(time_ms) = time_ms.filter(|time_ms| *time_ms != NO_TIME) {
            self.timed = Some((iteration, time_ms));
        }
        let timestamp_ms = match self.timed {
            Some((step, time_ms)) if step == iteration => time_ms,
            _ => NO_TIME,
        };
        At {
            iteration,
            timestamp_ms,
            layout,
            byte,
        }
    }

    /// Appends a value.
    #[inline]
    pub(crate) fn push(&mut self, column: Column, at: &At, value: f64) {
        let Some(points) = self.columns.get_mut(column) else {
            return;
        };
        let (iteration, bits, layout) = points.last;
        if layout == at.layout && iteration == at.iteration && bits == value.to_bits() {
            self.repeated.count(at.byte);
            return;
        }
        points.last = (at.iteration, value.to_bits(), at.layout);
        let first = points.waiting.is_empty();
        points.waiting.push(Point {
            iteration: at.iteration,
            timestamp_ms: at.timestamp_ms,
            value,
        });
        if first {
            self.touched.push(column);
        }
    }

    /// Appends a value by its metric's name.
    pub(crate) fn named(&mut self, name: &str, at: &At, value: f64) {
        if let Some(column) = self.column(name, at.byte) {
            self.push(column, at, value);
        }
    }

    /// Counts something worth telling.
    pub(crate) fn note(&mut self, message: &'static str, byte: u64) {
        self.notes.push((message, byte));
    }

    /// Counts a value that was dropped because it repeats the one before.
    pub(crate) fn repeat(&mut self, byte: u64) {
        self.repeated.count(byte);
    }

    /// The last step that the run is going to reach.
    pub(crate) fn target(&mut self, iteration: i64) {
        self.target = Some(iteration);
    }

    /// Takes the columns that grew in the last feed back out of the sheet, so that they go on
    /// growing in one place.
    pub(crate) fn resume(&mut self, source: &str, sheet: &mut Sheet) {
        if self.grew.is_empty() {
            return;
        }
        let grew = self.grew.drain(..);
        let Some(table) = sheet.tables.get_mut(&Source::from(source)) else {
            return;
        };
        for column in grew {
            if let Some(points) = self.columns.get_mut(column)
                && let Some(there) = table.metrics.get_mut(&points.name)
                && !there.is_empty()
                && points.waiting.is_empty()
            {
                points.waiting = std::mem::take(there);
                points.resumed = points.waiting.len();
                self.touched.push(column);
            }
        }
    }

    /// Hands everything over.
    pub(crate) fn flush(&mut self, source: &str, sheet: &mut Sheet) {
        if !self.touched.is_empty() {
            let table = sheet.table(source);
            for column in self.touched.drain(..) {
                let Some(points) = self.columns.get_mut(column) else {
                    continue;
                };
                if points.waiting.len() > points.resumed {
                    self.grew.push(column);
                }
                points.resumed = 0;
                match table.metrics.get_mut(&points.name) {
                    Some(there) if there.is_empty() => {
                        std::mem::swap(there, &mut points.waiting);
                    }
                    Some(there) => there.append(&mut points.waiting),
                    None => {
                        table
                            .metrics
                            .insert(points.name.clone(), std::mem::take(&mut points.waiting));
                    }
                }
            }
        }
        for (message, byte) in self.notes.drain(..) {
            sheet.note(message, byte);
        }
        self.repeated.flush(REPEATED, sheet);
        self.refused.flush(TOO_MANY, sheet);
        if let Some(target) = self.target {
            sheet.facts.target_iteration = Some(target);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_kept_once_and_restarts_are_kept() {
        let mut collector = Collector::default();
        let mut sheet = Sheet::default();
        let lines = [
            (1, 5.0, 7),
            (1, 5.0, 7),
            (1, 5.0, 8),
            (2, 4.0, 8),
            (1, 5.0, 8),
            (1, 5.5, 8),
        ];
        for (byte, (iteration, value, layout)) in lines.into_iter().enumerate() {
            let at = collector.at(iteration, None, layout, byte as u64);
            collector.named("loss", &at, value);
            collector.flush("log", &mut sheet);
        }
        let points = &sheet.table("log").metrics["loss"];
        let steps: Vec<i64> = points.iter().map(|point| point.iteration).collect();
        assert_eq!(steps, [1, 1, 2, 1, 1]);
        assert_eq!((sheet.notes[0].count, sheet.notes[0].byte), (1, 1));
    }

    #[test]
    fn columns_go_on_in_the_sheet() {
        let (mut collector, mut sheet) = (Collector::default(), Sheet::default());
        let push = |collector: &mut Collector, name: &str, iteration: i64| {
            let at = collector.at(iteration, None, 0, 0);
            collector.named(name, &at, 0.5);
        };
        // A sheet that is taken away in between is not asked for its points again.
        for (feed, names) in ["ab", "a", "", "ba", "c", "ab"].into_iter().enumerate() {
            collector.resume("log", &mut sheet);
            for name in names.split("").filter(|name| !name.is_empty()) {
                push(&mut collector, name, feed as i64);
            }
            collector.flush("log", &mut sheet);
            if feed == 3 {
                let steps = |name: &str| -> Vec<i64> {
                    let points = sheet.tables[&Source::from("log")].metrics[name].iter();
                    points.map(|point| point.iteration).collect()
                };
                assert_eq!((steps("a"), steps("b")), (vec![0, 1, 3], vec![0, 3]));
                sheet = Sheet::default();
                collector.resume("log", &mut sheet);
                assert!(sheet.tables.is_empty());
            }
        }
        let table = sheet.table("log");
        let counts = table
            .metrics
            .iter()
            .map(|(name, points)| (name.as_str(), points.len()));
        assert_eq!(counts.collect::<Vec<_>>(), [("a", 1), ("b", 1), ("c", 1)]);
    }

    #[test]
    fn a_line_has_the_time_of_its_step() {
        let mut collector = Collector::default();
        assert_eq!(collector.at(10, Some(5000), 0, 0).timestamp_ms, 5000);
        assert_eq!(collector.at(10, None, 0, 0).timestamp_ms, 5000);
        assert_eq!(collector.at(11, None, 0, 0).timestamp_ms, NO_TIME);
    }
}
