//! The rows that one file gives for one metric of one source.

use std::sync::atomic::{AtomicU64, Ordering};

use parallax_model::chunk_list::ChunkList;
use parallax_model::columns::Columns;
use parallax_model::row::Row;

use crate::following::dating::list_untimed;

/// Rows in file order, frozen, and what has to be known of them without decoding them.
#[derive(Debug)]
pub struct FileSeries {
    generation: u64,
    rows: ChunkList,
    untimed_rows: u64,
    last_time_ms: Option<i64>,
    listed_range_ms: Option<(i64, i64)>,
    last: Option<Row>,
    off_axis: Option<Row>,
}

impl Default for FileSeries {
    fn default() -> Self {
        Self {
            generation: new_generation(),
            rows: ChunkList::default(),
            untimed_rows: 0,
            last_time_ms: None,
            listed_range_ms: None,
            last: None,
            off_axis: None,
        }
    }
}

/// A number that was not given before.
fn new_generation() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl FileSeries {
    /// Appends rows, keeping their order. Rows without a time are listed by the rules of `dating`; first
    /// rows without one are listed anew as soon as a row has one, so that the result does not
    /// depend on how the rows were cut into appends.
    pub fn append(&mut self, mut rows: Columns, mtime_ms: i64) {
        let first_ms = rows.times().iter().flatten().next();
        if let (None, Some(first_ms), false) = (self.last_time_ms, first_ms, self.rows.is_empty()) {
            self.list_at(|_| first_ms);
        }
        list_untimed(&mut rows, self.last_time_ms, mtime_ms);
        let off_axis = || rows.rows().find(|row| row.value != row.step as f64);
        self.off_axis = self.off_axis.or_else(off_axis);
        self.last = rows.last().or(self.last);
        self.freeze(&rows);
    }

    /// Moves the listed times of the rows back to `latest_ms` where they are later, if no row of
    /// the series has a time of its own.
    pub fn list_until(&mut self, latest_ms: i64) {
        if self.last_time_ms.is_none() {
            self.list_at(|listed_ms| listed_ms.min(latest_ms));
        }
    }

    fn list_at(&mut self, listed_ms: impl Fn(i64) -> i64) {
        let mut rows = self.rows.decode();
        rows.set_listed_times(|_, before_ms| listed_ms(before_ms));
        *self = Self {
            last: self.last,
            off_axis: self.off_axis,
            ..Self::default()
        };
        self.freeze(&rows);
    }

    fn freeze(&mut self, rows: &Columns) {
        let times = rows.times();
        self.last_time_ms = (0..times.len())
            .rev()
            .find_map(|row| times.get(row))
            .or(self.last_time_ms);
        self.untimed_rows += times.validity().iter().filter(|timed| !**timed).count() as u64;
        let slots = || times.slots_ms().iter().copied();
        let range = slots().min().zip(slots().max());
        self.listed_range_ms = union(self.listed_range_ms, range);
        self.rows.append(rows);
    }

    /// The rows.
    pub fn rows(&self) -> &ChunkList {
        &self.rows
    }

    /// While this number is the same, rows were only appended. No two series have the same.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.rows.rows()
    }

    /// How many rows have no time of their own.
    pub fn untimed_rows(&self) -> u64 {
        self.untimed_rows
    }

    /// The last time that a row has of its own.
    pub fn last_time_ms(&self) -> Option<i64> {
        self.last_time_ms
    }

    /// The earliest and the latest time under which a row is listed.
    pub fn listed_range_ms(&self) -> Option<(i64, i64)> {
        self.listed_range_ms
    }

    /// The last row, behind the first row whose value is not its own step, if there is one: enough
    /// to see where the series ends, and whether it is a step axis.
    pub fn ends(&self) -> impl Iterator<Item = Row> {
        self.off_axis.into_iter().chain(self.last)
    }
}

/// The smallest range that has both in it.
pub(crate) fn union(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MTIME_MS: i64 = 9_000;

    fn columns(times: &[Option<i64>]) -> Columns {
        let row = |(step, &time_ms): (usize, &Option<i64>)| Row {
            step: step as i64,
            time_ms,
            value: 0.5,
        };
        times.iter().enumerate().map(row).collect()
    }

    #[test]
    fn any_cut_into_appends_lists_the_same_times() {
        let times = [None, None, Some(7), None, Some(3), None];
        for cut in 0..=times.len() {
            let mut series = FileSeries::default();
            series.append(columns(&times[..cut]), MTIME_MS);
            series.append(columns(&times[cut..]), MTIME_MS);
            let rows = series.rows().decode();
            assert_eq!(rows.times().slots_ms(), [7, 7, 7, 7, 3, 3], "{cut}");
            assert!(rows.times().iter().eq(times));
            assert_eq!((series.count(), series.untimed_rows()), (6, 4));
            assert_eq!(series.listed_range_ms(), Some((3, 7)));
            series.list_until(1);
            assert_eq!(series.last_time_ms(), Some(3));
            assert_eq!(series.listed_range_ms(), Some((3, 7)));
        }
    }

    #[test]
    fn rows_of_a_series_without_times_can_be_listed_earlier() {
        let mut series = FileSeries::default();
        series.append(columns(&[None, None]), MTIME_MS);
        series.list_until(MTIME_MS + 1);
        assert_eq!(series.listed_range_ms(), Some((MTIME_MS, MTIME_MS)));
        series.list_until(5);
        assert_eq!(series.rows().decode().times().slots_ms(), [5, 5]);
        assert_eq!(series.listed_range_ms(), Some((5, 5)));
        assert_eq!(series.untimed_rows(), 2);
    }

    #[test]
    fn the_ends_tell_a_step_axis() {
        let row = |step, value| Row {
            step,
            time_ms: Some(0),
            value,
        };
        let mut series = FileSeries::default();
        assert_eq!(series.ends().count(), 0);
        series.append([row(1, 1.0), row(2, 2.0)].into_iter().collect(), 0);
        assert!(series.ends().eq([row(2, 2.0)]));
        series.append([row(3, 7.0), row(4, 4.0)].into_iter().collect(), 0);
        assert!(series.ends().eq([row(3, 7.0), row(4, 4.0)]));
    }
}
