//! One metric of one source, in attempts.
//!
//! # Contract
//! - A **restart** is a row whose iteration is below the newest one although it was recorded later:
//!   it opens a new attempt. Rows that merely arrive out of order are placed: those recorded before
//!   their neighbours, and those at most [`JITTER_MS`] and [`JITTER_ROWS`] behind (several ranks,
//!   timestamps of whole seconds).
//! - A row that is already held (same iteration, timestamp and value bits) is dropped: polls
//!   overlap.
//! - Rows that turn out to be older than a restart (a widened time range) make the attempts be
//!   worked out again from all rows in order of time, in O(n log n); otherwise an append costs the
//!   new rows and O(log n).
//! - Statistics are of raw values.

mod query;

#[cfg(test)]
mod tests;

use crate::attempt::Attempt;
use parallax_model::legacy_columns::{Columns, Row, sort_rows};
pub use query::{Bounds, PointRef, Statistics};

/// A lower iteration within this much time is disorder, not a restart, which takes longer.
pub const JITTER_MS: i64 = 1_000;
/// And so few rows above it; more would be a restart even within one second.
pub const JITTER_ROWS: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub struct Series {
    attempts: Vec<Attempt>,
    version: u64,
    dropped: u64,
    /// Rows that the first attempt makes room for.
    expected_rows: usize,
}

impl Series {
    /// Without rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Without rows, before about so many of them: room that grows in steps is moved with each of
    /// them, and leaves holes in a memory that never shrinks.
    pub fn expecting(rows: usize) -> Self {
        Self {
            expected_rows: rows,
            ..Self::default()
        }
    }

    /// Takes in rows; see the module for where they go.
    pub fn append(&mut self, rows: &Columns) {
        let before = (self.len(), self.dropped);
        let first_touched = self.attempts.len().saturating_sub(1);
        let mut late = Vec::new();
        let mut at = 0;
        while at < rows.len() {
            let end = self.run_end(rows, at);
            if end > at {
                if let Some(attempt) = self.attempts.last_mut() {
                    attempt.push_run(rows, at, end);
                }
                at = end;
            } else if let Some(row) = rows.row(at) {
                self.place(row, &mut late);
                at += 1;
            }
        }
        for attempt in self.attempts.iter_mut().skip(first_touched) {
            attempt.settle();
        }
        self.place_late(late);
        self.version += u64::from(before != (self.len(), self.dropped));
    }

    /// Where the rows from `at` on stop to be plainly new: finite, iterations rising, time not
    /// falling, continuing the last attempt.
    fn run_end(&self, rows: &Columns, at: usize) -> usize {
        let Some(last) = self.attempts.last().and_then(Attempt::last) else {
            return at;
        };
        let mut iteration = last.iteration;
        let mut timestamp_ms = self.newest_timestamp_ms().unwrap_or(i64::MIN);
        let mut end = at;
        for row in rows.rows().skip(at) {
            let continues = row.iteration > iteration && row.timestamp_ms >= timestamp_ms;
            if !(continues && row.value.is_finite()) {
                break;
            }
            (iteration, timestamp_ms) = (row.iteration, row.timestamp_ms);
            end += 1;
        }
        end
    }

    fn place(&mut self, row: Row, late: &mut Vec<Row>) {
        if self.attempts.iter().any(|attempt| attempt.holds(&row)) {
            self.dropped += 1;
            return;
        }
        let newest_ms = self.newest_timestamp_ms().unwrap_or(i64::MIN);
        let Some(attempt) = self.attempts.last_mut() else {
            let mut first = Attempt::with_room(self.expected_rows);
            first.push(row);
            self.attempts.push(first);
            return;
        };
        let Some(last) = attempt.last() else { return };
        let rises = (row.iteration, row.timestamp_ms) >= (last.iteration, last.timestamp_ms);
        if rises && row.timestamp_ms >= newest_ms.saturating_sub(JITTER_MS) {
            attempt.push(row);
            return;
        }
        let later_and_back =
            row.iteration < last.iteration && row.timestamp_ms >= last.timestamp_ms;
        if later_and_back && !is_disorder(&row, &last, attempt.rows_from(tail_start(attempt))) {
            self.attempts.push(Attempt::of([row]));
        } else {
            late.push(row);
        }
    }

    /// Places rows that arrived out of order.
    fn place_late(&mut self, mut late: Vec<Row>) {
        sort_rows(&mut late, |r| {
            (r.iteration, r.timestamp_ms, r.value.to_bits())
        });
        let received = late.len();
        let restarted = self.attempts.len() > 1;
        late.dedup_by(|a, b| a.is_same(b));
        self.dropped += (received - late.len()) as u64;
        let Some(attempt) = self.attempts.last_mut().filter(|_| !late.is_empty()) else {
            return;
        };
        let since_ms = match (restarted, attempt.time_range_ms()) {
            (true, Some((oldest_ms, _))) => oldest_ms,
            _ => i64::MIN,
        };
        let same_attempt = late.iter().all(|row| row.timestamp_ms >= since_ms);
        if !(same_attempt && attempt.merge(&late)) {
            self.rebuild(late);
        }
    }

    /// Works the attempts out again from all rows in order of time.
    fn rebuild(&mut self, late: Vec<Row>) {
        let mut rows: Vec<Row> = self.attempts.iter().flat_map(Attempt::rows).collect();
        rows.extend(late);
        sort_rows(&mut rows, |row| (row.timestamp_ms, 0, 0));
        let mut attempts: Vec<Vec<Row>> = Vec::new();
        let mut high: Option<Row> = None;
        for row in rows {
            match (high, attempts.last_mut()) {
                (Some(last), Some(open)) => {
                    if row.iteration >= last.iteration {
                        high = Some(row);
                        open.push(row);
                    } else if is_disorder(&row, &last, open.iter().rev().take(64).copied()) {
                        open.push(row);
                    } else {
                        high = Some(row);
                        attempts.push(vec![row]);
                    }
                }
                _ => {
                    high = Some(row);
                    attempts.push(vec![row]);
                }
            }
        }
        self.attempts = attempts
            .into_iter()
            .map(|mut rows| {
                sort_rows(&mut rows, |row| (row.iteration, row.timestamp_ms, 0));
                Attempt::of(rows)
            })
            .collect();
    }

    /// The attempts, oldest first.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// All rows.
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

    /// Rows that came again and were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The newest timestamp, milliseconds since the epoch.
    pub fn newest_timestamp_ms(&self) -> Option<i64> {
        let ranges = self.attempts.iter().filter_map(Attempt::time_range_ms);
        ranges.map(|(_, newest)| newest).max()
    }

    /// The highest iteration of any attempt.
    pub fn newest_iteration(&self) -> Option<i64> {
        let lasts = self.attempts.iter().filter_map(Attempt::last);
        lasts.map(|row| row.iteration).max()
    }

    /// Bytes held for rows and pyramids, spare room included.
    pub fn memory_bytes(&self) -> usize {
        self.attempts.iter().map(Attempt::memory_bytes).sum()
    }
}

/// True if a lower iteration is disorder and no restart: close in time to the highest row, with few
/// of the attempt's newest rows above it.
fn is_disorder(row: &Row, high: &Row, tail: impl Iterator<Item = Row>) -> bool {
    let close = row.timestamp_ms.abs_diff(high.timestamp_ms) <= JITTER_MS.unsigned_abs();
    close && tail.filter(|r| r.iteration > row.iteration).count() <= JITTER_ROWS
}

fn tail_start(attempt: &Attempt) -> usize {
    attempt.finite().len().saturating_sub(2 * JITTER_ROWS)
}
