//! Rows of one series as three columns: step, time, value; 24 bytes a row.
//!
//! Order is the order of recording; the columns always have one length.

use serde::{Deserialize, Serialize};

use crate::row::Row;
use crate::time_column::TimeColumn;

/// Rows in the order of recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    step: Vec<i64>,
    time: TimeColumn,
    value: Vec<f64>,
}

impl Columns {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// No rows, with room for `rows` of them.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            step: Vec::with_capacity(rows),
            time: TimeColumn::with_capacity(rows),
            value: Vec::with_capacity(rows),
        }
    }

    /// Columns of one length; `None` if their lengths differ.
    pub fn from_parts(step: Vec<i64>, time: TimeColumn, value: Vec<f64>) -> Option<Self> {
        (step.len() == time.len() && step.len() == value.len()).then_some(Self {
            step,
            time,
            value,
        })
    }

    /// The training steps.
    pub fn steps(&self) -> &[i64] {
        &self.step
    }

    /// The times.
    pub fn times(&self) -> &TimeColumn {
        &self.time
    }

    /// The times, to be changed; their number can't change.
    pub fn shift_times(&mut self, ms: i64) {
        self.time.shift(ms);
    }

    /// Sets the time under which the JSON API lists each row without a time.
    pub fn set_listed_times(&mut self, listed_ms: impl FnMut(usize, i64) -> i64) {
        self.time.set_listed(listed_ms);
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.value
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.value.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// Adds a row at the end.
    #[inline]
    pub fn push(&mut self, row: Row) {
        self.step.push(row.step);
        self.time.push(row.time_ms);
        self.value.push(row.value);
    }

    /// Adds a row that has a time.
    #[inline]
    pub fn push_timed(&mut self, step: i64, time_ms: i64, value: f64) {
        self.push(Row {
            step,
            time_ms: Some(time_ms),
            value,
        });
    }

    /// Adds a row without a time that the JSON API lists under `listed_ms`.
    pub fn push_untimed(&mut self, step: i64, listed_ms: i64, value: f64) {
        self.step.push(step);
        self.time.push_untimed(listed_ms);
        self.value.push(value);
    }

    /// Adds all rows of `other` at the end.
    pub fn extend_from(&mut self, other: &Self) {
        self.extend_range(other, 0, other.len());
    }

    /// Adds the rows `from..to` of `other` at the end; rows that do not exist are left out.
    pub fn extend_range(&mut self, other: &Self, from: usize, to: usize) {
        let to = to.min(other.len());
        if let (Some(step), Some(value)) = (other.step.get(from..to), other.value.get(from..to)) {
            self.step.extend_from_slice(step);
            self.time.extend_range(&other.time, from, to);
            self.value.extend_from_slice(value);
        }
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        self.step.truncate(rows);
        self.time.truncate(rows);
        self.value.truncate(rows);
    }

    /// Forgets the rows and keeps their memory.
    pub fn clear(&mut self) {
        self.step.clear();
        self.time.clear();
        self.value.clear();
    }

    /// Makes room for `more` rows, growing by a quarter at most: a vector that doubles wastes too
    /// much on a series of millions of rows.
    pub fn reserve_tight(&mut self, more: usize) {
        reserve_tight(&mut self.step, more);
        self.time.reserve_tight(more);
        reserve_tight(&mut self.value, more);
    }

    /// The row at `index`.
    #[inline]
    pub fn row(&self, index: usize) -> Option<Row> {
        Some(Row {
            step: *self.step.get(index)?,
            time_ms: self.time.get(index),
            value: *self.value.get(index)?,
        })
    }

    /// The last row.
    pub fn last(&self) -> Option<Row> {
        self.row(self.len().checked_sub(1)?)
    }

    /// All rows in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = Row> + ExactSizeIterator + '_ {
        let step = self.step.iter();
        step.zip(&self.value)
            .enumerate()
            .map(|(index, (&step, &value))| Row {
                step,
                time_ms: self.time.get(index),
                value,
            })
    }

    /// Bytes held, unused capacity included.
    pub fn memory_bytes(&self) -> usize {
        8 * (self.step.capacity() + self.value.capacity()) + self.time.memory_bytes()
    }
}

impl FromIterator<Row> for Columns {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let mut columns = Self::new();
        rows.into_iter().for_each(|row| columns.push(row));
        columns
    }
}

/// Room for `more` items with at most a quarter unused, and a little after a large batch, so that
/// the next small one need not move everything.
pub fn reserve_tight<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity() - items.len() < more {
        items.reserve_exact((more + more / 32).max(items.len() / 4));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(step: i64, time_ms: Option<i64>, value: f64) -> Row {
        Row {
            step,
            time_ms,
            value,
        }
    }

    #[test]
    fn rows_go_in_and_come_out_in_order() {
        let rows = [row(1, Some(10), 0.5), row(2, None, -1.0)];
        let mut twice: Columns = rows.into_iter().collect();
        twice.extend_from(&twice.clone());
        assert_eq!(twice.rows().collect::<Vec<_>>(), [rows, rows].concat());
        assert_eq!((twice.row(3), twice.row(4)), (Some(rows[1]), None));
        twice.truncate(1);
        assert_eq!(
            (twice.last(), twice.times().is_complete()),
            (Some(rows[0]), true)
        );
        assert!(Columns::from_parts(vec![1], TimeColumn::default(), vec![1.0]).is_none());
    }

    #[test]
    fn growth_leaves_a_quarter_unused_at_most() {
        let mut columns = Columns::new();
        for step in 0..100_000 {
            columns.reserve_tight(1);
            columns.push(row(step, Some(step), 0.0));
        }
        assert!(columns.memory_bytes() <= 100_000 * 30 + 64);
    }
}
