//! The last rows of a series, by which an API without cursors is asked for what is new.
//!
//! Such an API filters by time alone. An answer from a time on replaces what is held from that time
//! on, so those rows have to be the last ones in the order of recording.

use parallax_model::columns::Columns;
use parallax_model::row::Row;

/// Rows that are remembered at least, once there are so many.
const RECENT_ROWS: usize = 256;

/// The last rows of a series.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    /// Rows before these.
    before: u64,
    /// The latest time of the rows before.
    latest_before_ms: Option<i64>,
    rows: Columns,
}

impl RecentRows {
    /// The rows of the whole series.
    pub(super) fn series_rows(&self) -> u64 {
        self.before + self.rows.len() as u64
    }

    /// Keeps the first `keep` rows of the series and puts `rows` behind them. Of rows that are not
    /// remembered any more either all or none can be kept.
    pub(super) fn replace(&mut self, keep: u64, rows: &Columns) {
        match keep.checked_sub(self.before) {
            Some(kept) => self
                .rows
                .truncate(usize::try_from(kept).unwrap_or(usize::MAX)),
            None => *self = Self::default(),
        }
        self.rows.extend_from(rows);
        if self.rows.len() > 2 * RECENT_ROWS {
            let forgotten = self.rows.len() - RECENT_ROWS;
            let times = self.rows.rows().take(forgotten).map(listed_ms);
            self.latest_before_ms = self.latest_before_ms.into_iter().chain(times).max();
            self.before += forgotten as u64;
            let mut rest = Columns::with_capacity(2 * RECENT_ROWS);
            rest.extend_range(&self.rows, forgotten, self.rows.len());
            self.rows = rest;
        }
    }

    /// How many of `rows` equal, bit by bit, those that follow the first `keep` rows.
    pub(super) fn equal_rows(&self, keep: u64, rows: &Columns) -> usize {
        let Some(kept) = keep.checked_sub(self.before) else {
            return 0;
        };
        let held = self
            .rows
            .rows()
            .skip(usize::try_from(kept).unwrap_or(usize::MAX));
        let bits = |row: Row| (row.step, row.time_ms, row.value.to_bits());
        let pairs = held.zip(rows.rows());
        pairs.take_while(|(a, b)| bits(*a) == bits(*b)).count()
    }

    /// What is needed to choose a time.
    pub(super) fn marks(&self) -> Marks {
        let times: Vec<i64> = self.rows.rows().map(listed_ms).collect();
        let latest = times.iter().scan(self.latest_before_ms, |latest, &ms| {
            *latest = (*latest).max(Some(ms));
            *latest
        });
        let mut latest_ms: Vec<i64> = latest.collect();
        let earliest = times.iter().rev().scan(i64::MAX, |earliest, &ms| {
            *earliest = (*earliest).min(ms);
            Some(*earliest)
        });
        let mut earliest_ms: Vec<i64> = earliest.collect();
        earliest_ms.reverse();
        latest_ms.insert(0, self.latest_before_ms.unwrap_or(i64::MIN));
        Marks {
            before: self.before,
            latest_ms,
            earliest_ms,
        }
    }
}

/// The time by which an API lists a row.
fn listed_ms(row: Row) -> i64 {
    row.time_ms.unwrap_or(0)
}

/// The times around each of the last rows of a series.
#[derive(Debug)]
pub(super) struct Marks {
    before: u64,
    /// The latest time before each row; one more at the end.
    latest_ms: Vec<i64>,
    /// The earliest time from each row on.
    earliest_ms: Vec<i64>,
}

impl Marks {
    /// The latest time from which on the rows, at least one of them, are the last ones. `None` if
    /// there is none: then the whole series has to be asked for.
    pub(super) fn start_ms(&self) -> Option<i64> {
        let pairs = self.latest_ms.iter().zip(&self.earliest_ms);
        let (latest_ms, _) = pairs.rev().find(|(latest, earliest)| latest < earliest)?;
        latest_ms.checked_add(1).filter(|ms| *ms > 0)
    }

    /// How many rows are before those from `start_ms` on; `None` if these are not the last ones.
    pub(super) fn rows_before(&self, start_ms: i64) -> Option<u64> {
        let at = self
            .latest_ms
            .partition_point(|ms| *ms < start_ms)
            .checked_sub(1)?;
        let earliest_ms = self.earliest_ms.get(at).copied().unwrap_or(i64::MAX);
        (earliest_ms >= start_ms).then_some(self.before + at as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(times: &[i64]) -> Columns {
        let row = |(step, ms): (usize, &i64)| Row {
            step: step as i64,
            time_ms: (*ms != 0).then_some(*ms),
            value: 1.0,
        };
        times.iter().enumerate().map(row).collect()
    }

    fn recent(times: &[i64]) -> RecentRows {
        let mut recent = RecentRows::default();
        recent.replace(0, &columns(times));
        recent
    }

    #[test]
    fn the_start_is_behind_the_last_row_that_every_later_one_is_later_than() {
        for (times, start, kept) in [
            (&[10, 20, 30][..], Some(21), Some(2)),
            (&[10, 20, 30, 30], Some(21), Some(2)),
            (&[10, 30, 20], Some(11), Some(1)),
            // Not one row is earlier than all behind it.
            (&[30, 10, 20, 25], None, None),
            (&[10, 10, 10], None, None),
            (&[10, 20, 15, 40, 35], Some(21), Some(3)),
            // A row without a time is listed under 0.
            (&[10, 20, 0], None, None),
            (&[0, 0, 20, 30], Some(21), Some(3)),
            (&[0, 0, 20], Some(1), Some(2)),
            (&[], None, None),
        ] {
            let marks = recent(times).marks();
            assert_eq!(marks.start_ms(), start, "{times:?}");
            let before = start.and_then(|start| marks.rows_before(start));
            assert_eq!(before, kept, "{times:?}");
        }
    }

    #[test]
    fn another_start_is_possible_where_it_divides_the_rows_too() {
        let marks = recent(&[10, 20, 15, 40]).marks();
        let before = [5, 10, 11, 15, 16, 20, 21, 40, 41].map(|start| marks.rows_before(start));
        let expected = [
            Some(0),
            Some(0),
            Some(1),
            Some(1),
            None,
            None,
            Some(3),
            Some(3),
            Some(4),
        ];
        assert_eq!(before, expected);
    }

    #[test]
    fn long_series_are_remembered_by_their_end() {
        let times: Vec<i64> = (1..=10_000).map(|n| n * 10).collect();
        let mut recent = RecentRows::default();
        for (at, part) in times.chunks(300).enumerate() {
            recent.replace(at as u64 * 300, &columns(part));
            assert!(recent.rows.len() <= 2 * RECENT_ROWS);
        }
        assert_eq!(recent.series_rows(), 10_000);
        let marks = recent.marks();
        assert_eq!(marks.start_ms(), Some(99_991));
        assert_eq!(marks.rows_before(99_991), Some(9_999));
        assert_eq!(marks.rows_before(10), None, "forgotten");
        // A row from long ago comes last: no time divides what is remembered.
        recent.replace(10_000, &columns(&[5]));
        assert_eq!(recent.marks().start_ms(), None);
        // The whole series anew.
        recent.replace(0, &columns(&[10, 20]));
        assert_eq!(
            (recent.series_rows(), recent.marks().start_ms()),
            (2, Some(11))
        );
    }

    #[test]
    fn rows_that_come_again_are_known() {
        let recent = recent(&[10, 20, 30]);
        let again = |keep, times: &[i64]| {
            let mut rows = columns(&[0, 0, 0, 0, 0]);
            rows.truncate(0);
            for (step, ms) in (keep as i64..).zip(times) {
                rows.push(Row {
                    step,
                    time_ms: Some(*ms),
                    value: 1.0,
                });
            }
            recent.equal_rows(keep, &rows)
        };
        assert_eq!(again(1, &[20, 30, 40]), 2);
        assert_eq!(again(2, &[31]), 0);
        assert_eq!(again(3, &[40]), 0);
    }
}
