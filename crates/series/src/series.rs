//! One metric of one source, in attempts.
//!
//! # Contract
//! - A row is identified by its number, its place in the order of recording from 0; rows that are
//!   equal in all fields are rows of their own.
//! - Attempts are given by the server ([`Series::replace`]) or found here ([`Series::extend`]), by
//!   [`parallax_model::attempts`] in both cases.
//! - An append costs the new rows and O(log n); rows that came late within an attempt cost the rows
//!   behind them.
//! - Statistics are of raw values.

use crate::attempt::Attempt;
use parallax_model::attempts::{AttemptFinder, AttemptStart, Cause};
use parallax_model::columns::Columns;

/// The rows of one metric of one source.
#[derive(Debug, Default)]
pub struct Series {
    attempts: Vec<Attempt>,
    version: u64,
    /// Rows that the first attempt makes room for.
    expected_rows: usize,
    /// Finds the attempts of rows that came without them.
    finder: Option<Box<AttemptFinder>>,
}

impl Series {
    /// Without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Without rows, before about so many of them: memory that grows in steps is moved with each of
    /// them, and leaves holes in a WebAssembly memory, which never shrinks.
    pub fn expecting(rows: usize) -> Self {
        Self {
            expected_rows: rows,
            ..Self::default()
        }
    }

    /// A series of rows whose attempts are found here.
    pub fn of(rows: &Columns) -> Self {
        let mut series = Self::expecting(rows.len());
        series.extend(0, rows);
        series
    }

    /// Keeps the first `keep` rows, puts `rows` behind them, and takes the attempts as given:
    /// ascending, the first one at row 0.
    pub fn replace(&mut self, keep: u64, rows: &Columns, attempts: &[AttemptStart]) {
        self.finder = None;
        self.set(keep, rows, attempts);
    }

    /// Keeps the first `keep` rows, puts `rows` behind them, and finds the attempts.
    pub fn extend(&mut self, keep: u64, rows: &Columns) {
        let mut finder = match self.finder.take() {
            Some(finder) if finder.rows() <= keep => finder,
            _ => {
                let mut finder = Box::<AttemptFinder>::default();
                let mut held = self.recorded_rows();
                held.truncate(usize::try_from(keep).unwrap_or(usize::MAX));
                finder.extend(held.steps(), held.values());
                finder
            }
        };
        finder.extend(rows.steps(), rows.values());
        self.set(keep, rows, &finder.starts());
        self.finder = Some(finder);
    }

    fn set(&mut self, keep: u64, rows: &Columns, starts: &[AttemptStart]) {
        const WHOLE: [AttemptStart; 1] = [AttemptStart {
            first_row: 0,
            cause: Cause::Start,
        }];
        let starts = if starts.is_empty() { &WHOLE } else { starts };
        let held = self.len() as u64;
        let keep = keep.min(held);
        let changed = self.first_change(starts).min(keep);
        let is_changed = changed < held || !rows.is_empty();
        if changed < held {
            let mut taken = self.take_from(changed);
            taken.truncate(usize::try_from(keep - changed).unwrap_or(0));
            self.distribute(changed, &taken, starts);
        }
        self.distribute(keep, rows, starts);
        self.version += u64::from(is_changed);
    }

    /// The number of the first row that is in another attempt than before.
    fn first_change(&self, starts: &[AttemptStart]) -> u64 {
        let held = || self.attempts.iter().map(Attempt::start);
        let same = held().zip(starts).take_while(|(a, b)| a == *b).count();
        let first_rows = [held().nth(same), starts.get(same).copied()];
        let first_rows = first_rows
            .into_iter()
            .flatten()
            .map(|start| start.first_row);
        first_rows.min().unwrap_or(u64::MAX)
    }

    /// Removes the rows from `row` on and gives them in the order of recording.
    fn take_from(&mut self, row: u64) -> Columns {
        let mut taken = Columns::new();
        let first = self
            .attempts
            .partition_point(|attempt| attempt.end_row() <= row);
        for attempt in self.attempts.iter_mut().skip(first) {
            taken.extend_from(&attempt.split_off(row));
        }
        self.attempts.retain(|attempt| !attempt.is_empty());
        taken
    }

    /// Puts rows, the first of which has number `row`, into their attempts.
    fn distribute(&mut self, row: u64, rows: &Columns, starts: &[AttemptStart]) {
        let end = row + rows.len() as u64;
        let index = |number: u64| usize::try_from(number.saturating_sub(row)).unwrap_or(usize::MAX);
        for (start, number) in starts.iter().zip(1..) {
            let next = starts
                .get(number as usize)
                .map_or(u64::MAX, |next| next.first_row);
            let (from, to) = (start.first_row.max(row), next.min(end));
            if from >= to {
                continue;
            }
            if self
                .attempts
                .last()
                .is_none_or(|last| last.number() < number)
            {
                let room = if number == 1 { self.expected_rows } else { 0 };
                self.attempts.push(Attempt::new(number, *start, room));
            }
            if let Some(attempt) = self.attempts.last_mut() {
                attempt.append(rows, index(from), index(to));
            }
        }
    }

    /// The last `count` rows recorded, as a series of its own whose attempts keep their numbers.
    pub fn last_rows(&self, count: u64) -> Self {
        let first = (self.len() as u64).saturating_sub(count);
        let mut series = Self::default();
        for attempt in self
            .attempts
            .iter()
            .filter(|attempt| attempt.end_row() > first)
        {
            let start = attempt.start();
            let first_row = start.first_row.max(first);
            let rows = attempt.recorded_rows();
            let skipped = usize::try_from(first_row - start.first_row).unwrap_or(0);
            let start = AttemptStart { first_row, ..start };
            let mut part = Attempt::new(attempt.number(), start, rows.len() - skipped);
            part.append(&rows, skipped, rows.len());
            series.attempts.push(part);
        }
        series.version = self.version;
        series
    }

    /// The attempts, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Where the attempts begin.
    pub fn attempt_starts(&self) -> Vec<AttemptStart> {
        self.attempts.iter().map(Attempt::start).collect()
    }

    /// All rows in the order of recording.
    pub fn recorded_rows(&self) -> Columns {
        let mut rows = Columns::with_capacity(self.len());
        for attempt in &self.attempts {
            rows.extend_from(&attempt.recorded_rows());
        }
        rows
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.attempts.iter().map(Attempt::len).sum()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.attempts.is_empty()
    }

    /// Grows with each change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The latest time of a row, milliseconds since the epoch.
    pub fn latest_time_ms(&self) -> Option<i64> {
        let ranges = self.attempts.iter().filter_map(Attempt::time_range_ms);
        ranges.map(|(_, latest)| latest).max()
    }

    /// The earliest time of a row, milliseconds since the epoch.
    pub fn earliest_time_ms(&self) -> Option<i64> {
        let ranges = self.attempts.iter().filter_map(Attempt::time_range_ms);
        ranges.map(|(earliest, _)| earliest).min()
    }

    /// The highest step of the newest attempt.
    pub fn newest_step(&self) -> Option<i64> {
        Some(self.attempts.last()?.last()?.step)
    }

    /// Bytes held for rows and pyramids, unused capacity included.
    pub fn memory_bytes(&self) -> usize {
        self.attempts.iter().map(Attempt::memory_bytes).sum()
    }
}
