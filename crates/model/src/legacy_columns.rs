//! Rows of one (metric, source) as three columns: 24 bytes a row.
//!
//! Order is the order of arrival; the three columns always have one length. `iteration` is the
//! training step, `timestamp_ms` milliseconds since the epoch (0 = the row had none), `value` any
//! `f64` as [`crate::value`] describes.

pub use crate::key::SeriesKey;
use serde::{Deserialize, Serialize};

/// One row: a single recorded value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The value; may be missing or not finite.
    pub value: f64,
}

impl Row {
    /// Equal in all three fields, the value bit by bit: the same row sent twice.
    pub fn is_same(&self, other: &Self) -> bool {
        self.iteration == other.iteration
            && self.timestamp_ms == other.timestamp_ms
            && self.value.to_bits() == other.value.to_bits()
    }
}

/// Rows in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    /// The training steps.
    pub iteration: Vec<i64>,
    /// Milliseconds since the epoch.
    pub timestamp_ms: Vec<i64>,
    /// The values.
    pub value: Vec<f64>,
}

impl Columns {
    /// No rows.
    pub const fn new() -> Self {
        Self {
            iteration: Vec::new(),
            timestamp_ms: Vec::new(),
            value: Vec::new(),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// Adds one row at the end.
    #[inline]
    pub fn push(&mut self, iteration: i64, timestamp_ms: i64, value: f64) {
        self.iteration.push(iteration);
        self.timestamp_ms.push(timestamp_ms);
        self.value.push(value);
    }

    /// No rows, with room for `rows` of them.
    pub fn with_room(rows: usize) -> Self {
        Self {
            iteration: Vec::with_capacity(rows),
            timestamp_ms: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
        }
    }

    /// Forgets the rows and keeps their room.
    pub fn clear(&mut self) {
        self.iteration.clear();
        self.timestamp_ms.clear();
        self.value.clear();
    }

    /// Adds all rows of `other` at the end.
    pub fn extend_from(&mut self, other: &Self) {
        self.iteration.extend_from_slice(&other.iteration);
        self.timestamp_ms.extend_from_slice(&other.timestamp_ms);
        self.value.extend_from_slice(&other.value);
    }

    /// Adds the rows `from..to` of `other` at the end; rows that do not exist are left out.
    pub fn extend_range(&mut self, other: &Self, from: usize, to: usize) {
        let part = from..to;
        if let (Some(iteration), Some(timestamp_ms), Some(value)) = (
            other.iteration.get(part.clone()),
            other.timestamp_ms.get(part.clone()),
            other.value.get(part),
        ) {
            self.iteration.extend_from_slice(iteration);
            self.timestamp_ms.extend_from_slice(timestamp_ms);
            self.value.extend_from_slice(value);
        }
    }

    /// Makes room for `more` rows, growing by a quarter at most: spare room costs memory that a
    /// doubling vector would waste on a series of millions of points.
    pub fn reserve_tight(&mut self, more: usize) {
        reserve_tight(&mut self.iteration, more);
        reserve_tight(&mut self.timestamp_ms, more);
        reserve_tight(&mut self.value, more);
    }

    /// The row at `index`.
    #[inline]
    pub fn row(&self, index: usize) -> Option<Row> {
        Some(Row {
            iteration: *self.iteration.get(index)?,
            timestamp_ms: *self.timestamp_ms.get(index)?,
            value: *self.value.get(index)?,
        })
    }

    /// The last row.
    pub fn last(&self) -> Option<Row> {
        self.row(self.len().checked_sub(1)?)
    }

    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let times = self.iteration.iter().zip(&self.timestamp_ms);
        times
            .zip(&self.value)
            .map(|((&iteration, &timestamp_ms), &value)| Row {
                iteration,
                timestamp_ms,
                value,
            })
    }

    /// Bytes that the columns hold, spare room included.
    pub fn memory_bytes(&self) -> usize {
        8 * (self.iteration.capacity() + self.timestamp_ms.capacity() + self.value.capacity())
    }
}

impl FromIterator<Row> for Columns {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut columns = Self::new();
        for row in rows {
            columns.push(row.iteration, row.timestamp_ms, row.value);
        }
        columns
    }
}

/// Sorts rows by numbers of each, stable; compiled once for all keys.
pub fn sort_rows(rows: &mut [Row], key: fn(&Row) -> (i64, i64, u64)) {
    rows.sort_by_key(key);
}

/// Room for `more` items with at most a quarter to spare, and a little after a large batch, so that
/// the next small one need not move everything.
pub fn reserve_tight<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity() - items.len() < more {
        items.reserve_exact((more + more / 32).max(items.len() / 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_and_come_out_in_order() {
        let mut columns = Columns::new();
        columns.push(1, 10, 0.5);
        columns.push(2, 20, f64::NAN);
        let mut twice = columns.clone();
        twice.extend_from(&columns);
        assert_eq!((columns.len(), twice.len()), (2, 4));
        assert_eq!(twice.row(2).unwrap().value, 0.5);
        assert!(twice.row(3).unwrap().is_same(&twice.row(1).unwrap()));
        assert_eq!(twice.row(4), None);
        assert_eq!(
            twice.rows().map(|r| r.iteration).collect::<Vec<_>>(),
            [1, 2, 1, 2]
        );
    }

    #[test]
    fn growth_leaves_a_quarter_to_spare_at_most() {
        let mut columns = Columns::new();
        for i in 0..100_000 {
            columns.reserve_tight(1);
            columns.push(i, i, 0.0);
        }
        assert!(columns.memory_bytes() <= 100_000 * 30 + 64);
    }
}
