//! The times of rows, of which some or all may have none.
//!
//! Laid out as in Apache Arrow: 8 bytes a row, plus a validity column only if a row has no time.
//! The slot of a row without a time holds its *listed* time: the time under which the JSON API
//! lists the row, because its clients filter by time. A listed time is never shown as a time of
//! the row.

use serde::{Deserialize, Serialize};

/// One optional time for each row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeColumn {
    /// Milliseconds since the epoch.
    ms: Vec<i64>,
    /// Whether a row has a time; empty while every row has one.
    valid: Vec<bool>,
}

impl TimeColumn {
    /// Without rows, with room for `rows` of them.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            ms: Vec::with_capacity(rows),
            valid: Vec::new(),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.ms.len()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.ms.is_empty()
    }

    /// Adds a row; its listed time is 0 if it has no time.
    #[inline]
    pub fn push(&mut self, time_ms: Option<i64>) {
        match time_ms {
            Some(ms) => {
                self.ms.push(ms);
                if !self.valid.is_empty() {
                    self.valid.push(true);
                }
            }
            None => self.push_untimed(0),
        }
    }

    /// Adds a row without a time that the JSON API lists under `listed_ms`.
    pub fn push_untimed(&mut self, listed_ms: i64) {
        self.valid.resize(self.ms.len(), true);
        self.ms.push(listed_ms);
        self.valid.push(false);
    }

    /// The time of a row; `None` if it has none, or there is no such row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<i64> {
        if self.is_timed(row) {
            self.ms.get(row).copied()
        } else {
            None
        }
    }

    /// Whether a row has a time of its own.
    #[inline]
    pub fn is_timed(&self, row: usize) -> bool {
        self.valid.is_empty() || self.valid.get(row).copied().unwrap_or(false)
    }

    /// True if every row has a time.
    pub fn is_complete(&self) -> bool {
        self.valid.is_empty()
    }

    /// One slot a row: its time, or the listed time of a row that has none.
    pub fn slots_ms(&self) -> &[i64] {
        &self.ms
    }

    /// Whether each row has a time; empty if all have.
    pub fn validity(&self) -> &[bool] {
        &self.valid
    }

    /// All times in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<i64>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Replaces the listed time of each row without a time by `listed_ms(row, slot)`.
    pub fn set_listed(&mut self, mut listed_ms: impl FnMut(usize, i64) -> i64) {
        for (row, (slot, _)) in self
            .ms
            .iter_mut()
            .zip(&self.valid)
            .enumerate()
            .filter(|(_, (_, valid))| !**valid)
        {
            *slot = listed_ms(row, *slot);
        }
    }

    /// Moves all times by `ms`.
    pub fn shift(&mut self, ms: i64) {
        for time in &mut self.ms {
            *time = time.saturating_add(ms);
        }
    }

    /// Adds the rows `from..to` of `other`; rows that do not exist are left out.
    pub fn extend_range(&mut self, other: &Self, from: usize, to: usize) {
        let to = to.min(other.len());
        let Some(ms) = other.ms.get(from..to) else {
            return;
        };
        let valid = other.valid.get(from..to).unwrap_or_default();
        if !self.valid.is_empty() || valid.contains(&false) {
            self.valid.resize(self.ms.len(), true);
            self.valid.extend_from_slice(valid);
            self.valid.resize(self.ms.len() + ms.len(), true);
        }
        self.ms.extend_from_slice(ms);
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        self.ms.truncate(rows);
        self.valid.truncate(rows);
        if self.valid.iter().all(|valid| *valid) {
            self.valid.clear();
        }
    }

    /// Forgets the rows and keeps their memory.
    pub fn clear(&mut self) {
        self.ms.clear();
        self.valid.clear();
    }

    /// Makes room for `more` rows, see [`crate::columns::reserve_tight`].
    pub fn reserve_tight(&mut self, more: usize) {
        crate::columns::reserve_tight(&mut self.ms, more);
    }

    /// Bytes held, unused capacity included.
    pub fn memory_bytes(&self) -> usize {
        8 * self.ms.capacity() + self.valid.capacity()
    }
}

impl FromIterator<Option<i64>> for TimeColumn {
    fn from_iter<I: IntoIterator<Item = Option<i64>>>(times: I) -> Self {
        let mut column = Self::default();
        times.into_iter().for_each(|time| column.push(time));
        column
    }
}

impl From<Vec<i64>> for TimeColumn {
    /// Every row has a time.
    fn from(ms: Vec<i64>) -> Self {
        Self {
            ms,
            valid: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_appears_only_when_a_row_has_no_time() {
        let mut column = TimeColumn::from(vec![5, 6]);
        assert!(column.is_complete());
        column.push(None);
        column.push(Some(0));
        assert_eq!(
            column.iter().collect::<Vec<_>>(),
            [Some(5), Some(6), None, Some(0)]
        );
        column.set_listed(|row, _| row as i64 * 100);
        assert_eq!(column.slots_ms(), [5, 6, 200, 0]);
        let mut joined = TimeColumn::from(vec![1]);
        joined.extend_range(&column, 2, 9);
        assert_eq!(joined.iter().collect::<Vec<_>>(), [Some(1), None, Some(0)]);
        joined.truncate(1);
        assert!(joined.is_complete());
        column.extend_range(&TimeColumn::from(vec![9]), 0, 1);
        assert_eq!(
            (column.get(4), column.get(5), column.get(2)),
            (Some(9), None, None)
        );
    }
}
