//! One attempt of a series: its rows between two restarts, in order, ready to be drawn.
//!
//! Order is by (iteration, timestamp), ties as they arrived. Finite values are in columns with a
//! pyramid; rows whose value is missing or not finite are kept beside them, each with the place in
//! the columns that it stands before. Where timestamps do not rise with the iterations, the same
//! rows in order of time are made on first use, and cost their memory again.

use crate::pyramid::Pyramid;
use crate::series::JITTER_MS;
use crate::smooth::Smoothed;
use crate::sums::BlockSums;
use crate::window::XAxis;
use parallax_model::legacy_columns::sort_rows;
use parallax_model::legacy_columns::{Columns, Row};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A row without a finite value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OddRow {
    /// The index in the finite columns that this row stands before.
    pub before: usize,
    /// The row; its value is NaN, infinite or missing.
    pub row: Row,
}

/// See the module.
#[derive(Debug)]
pub struct Attempt {
    finite: Columns,
    odd: Vec<OddRow>,
    pyramid: Pyramid,
    sums: BlockSums,
    oldest_ms: i64,
    newest_ms: i64,
    /// Timestamps never fall along the order of the rows.
    rises_in_time: bool,
    /// The order is that of iterations, not of time.
    in_iterations: bool,
    by_time: OnceLock<Box<Attempt>>,
    smoothed: Mutex<Option<Arc<Smoothed>>>,
}

impl Default for Attempt {
    fn default() -> Self {
        Self::new()
    }
}

impl Attempt {
    /// Without rows.
    pub fn new() -> Self {
        Self {
            finite: Columns::new(),
            odd: Vec::new(),
            pyramid: Pyramid::default(),
            sums: BlockSums::default(),
            oldest_ms: i64::MAX,
            newest_ms: i64::MIN,
            rises_in_time: true,
            in_iterations: true,
            by_time: OnceLock::new(),
            smoothed: Mutex::new(None),
        }
    }

    /// Without rows, with room for `rows` of them.
    pub fn with_room(rows: usize) -> Self {
        Self {
            finite: Columns::with_room(rows),
            ..Self::new()
        }
    }

    /// An attempt of rows that are in order already.
    pub fn of(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut attempt = Self::new();
        for row in rows {
            attempt.push(row);
        }
        attempt.settle();
        attempt
    }

    /// The rows with finite values, in order.
    pub fn finite(&self) -> &Columns {
        &self.finite
    }

    /// The rows without finite values, in order.
    pub fn odd(&self) -> &[OddRow] {
        &self.odd
    }

    /// The pyramid over the finite values.
    pub fn pyramid(&self) -> &Pyramid {
        &self.pyramid
    }

    /// The sums over the finite values.
    pub fn sums(&self) -> &BlockSums {
        &self.sums
    }

    /// All rows.
    pub fn len(&self) -> usize {
        self.finite.len() + self.odd.len()
    }

    /// True without rows, which no attempt of a series is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The earliest and the latest timestamp.
    pub fn time_range_ms(&self) -> Option<(i64, i64)> {
        (!self.is_empty()).then_some((self.oldest_ms, self.newest_ms))
    }

    /// The first row in order.
    pub fn first(&self) -> Option<Row> {
        match self.odd.first() {
            Some(odd) if odd.before == 0 => Some(odd.row),
            _ => self.finite.row(0),
        }
    }

    /// The last row in order: the one with the highest iteration.
    #[inline]
    pub fn last(&self) -> Option<Row> {
        match self.odd.last() {
            Some(odd) if odd.before == self.finite.len() => Some(odd.row),
            _ => self.finite.last(),
        }
    }

    /// All rows in order, finite or not.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows_from(0)
    }

    /// All rows from finite row `start` on; odd rows right before it included.
    pub fn rows_from(&self, start: usize) -> impl Iterator<Item = Row> + '_ {
        let mut odd = self.odd.iter().skip(self.odd_before(start)).peekable();
        let mut at = start;
        std::iter::from_fn(move || {
            if let Some(next) = odd.next_if(|odd| odd.before <= at) {
                return Some(next.row);
            }
            let row = self.finite.row(at)?;
            at += 1;
            Some(row)
        })
    }

    /// How many odd rows stand before finite row `index` and not right before it.
    pub fn odd_before(&self, index: usize) -> usize {
        self.odd.partition_point(|odd| odd.before < index)
    }

    /// Adds a row that belongs at the end. Call [`Self::settle`] after the last one.
    pub fn push(&mut self, row: Row) {
        self.note_time(row.timestamp_ms);
        if row.value.is_finite() {
            self.finite.reserve_tight(1);
            self.finite.push(row.iteration, row.timestamp_ms, row.value);
        } else {
            let before = self.finite.len();
            self.odd.push(OddRow { before, row });
        }
    }

    /// Adds rows `from..to` of `rows`, which belong at the end, are finite and rise in time.
    pub fn push_run(&mut self, rows: &Columns, from: usize, to: usize) {
        let ends = (
            rows.timestamp_ms.get(from),
            to.checked_sub(1).and_then(|i| rows.row(i)),
        );
        if let (Some(&first_ms), Some(last)) = ends {
            self.note_time(first_ms);
            self.note_time(last.timestamp_ms);
            self.finite.reserve_tight(to - from);
            self.finite.extend_range(rows, from, to);
        }
    }

    fn note_time(&mut self, timestamp_ms: i64) {
        // The last row's time is the newest as long as time rises.
        self.rises_in_time &= timestamp_ms >= self.newest_ms;
        self.newest_ms = self.newest_ms.max(timestamp_ms);
        self.oldest_ms = self.oldest_ms.min(timestamp_ms);
    }

    /// Brings what is derived from the rows up to date after rows were added at the end.
    pub fn settle(&mut self) {
        self.pyramid.extend(&self.finite.value);
        self.sums.extend(&self.finite.value);
        self.by_time = OnceLock::new();
    }

    /// Places rows that belong before the end; `late` is in order. False, and nothing is changed,
    /// if time would then fall along the iterations: these rows are not of one attempt.
    pub fn merge(&mut self, late: &[Row]) -> bool {
        let Some(first) = late.first() else {
            return true;
        };
        let start = self.position(first);
        let mut rows: Vec<Row> = self.rows_from(start).collect();
        rows.extend_from_slice(late);
        sort_rows(&mut rows, |row| (row.iteration, row.timestamp_ms, 0));
        let before = start.checked_sub(1).and_then(|at| self.finite.row(at));
        let times = before.iter().chain(&rows).map(|row| row.timestamp_ms);
        if !times.is_sorted_by(|a, b| *a <= b.saturating_add(JITTER_MS)) {
            return false;
        }
        let odd = self.odd_before(start);
        self.odd.truncate(odd);
        self.finite.iteration.truncate(start);
        self.finite.timestamp_ms.truncate(start);
        self.finite.value.truncate(start);
        self.pyramid.truncate(start);
        self.sums.truncate(start);
        *self.smoothed_slot() = None;
        for row in rows {
            self.push(row);
        }
        // `note_time` compares with the newest, which may be one of the rows that came again.
        self.rises_in_time = self.has_rising_time();
        self.settle();
        true
    }

    fn has_rising_time(&self) -> bool {
        let mut newest = i64::MIN;
        self.rows().all(|row| {
            let rises = row.timestamp_ms >= newest;
            newest = row.timestamp_ms;
            rises
        })
    }

    /// The index in the finite columns where `row` belongs: before all rows that are not less.
    pub fn position(&self, row: &Row) -> usize {
        let columns = &self.finite;
        let mut low = columns.iteration.partition_point(|&i| i < row.iteration);
        let same = columns.iteration.get(low..).unwrap_or(&[]);
        let high = low + same.partition_point(|&i| i == row.iteration);
        let times = columns.timestamp_ms.get(low..high).unwrap_or(&[]);
        low += times.partition_point(|&ms| ms < row.timestamp_ms);
        low
    }

    /// True if this very row is here already.
    pub fn holds(&self, row: &Row) -> bool {
        if row.timestamp_ms < self.oldest_ms || row.timestamp_ms > self.newest_ms {
            return false;
        }
        let key = (row.iteration, row.timestamp_ms);
        if !row.value.is_finite() {
            let of = |odd: &OddRow| (odd.row.iteration, odd.row.timestamp_ms);
            let start = self.odd.partition_point(|odd| of(odd) < key);
            let same = self.odd.iter().skip(start).take_while(|odd| of(odd) == key);
            return same.into_iter().any(|odd| odd.row.is_same(row));
        }
        (self.position(row)..)
            .map_while(|at| self.finite.row(at))
            .take_while(|held| (held.iteration, held.timestamp_ms) == key)
            .any(|held| held.is_same(row))
    }

    /// True if the rows are in the order of the axis as they are.
    pub fn is_along(&self, axis: XAxis) -> bool {
        match axis {
            XAxis::Iteration => self.in_iterations,
            XAxis::RelativeTime | XAxis::WallTime => self.rises_in_time,
        }
    }

    /// The rows in the order of an axis.
    pub fn along(&self, axis: XAxis) -> &Self {
        if self.rises_in_time || axis == XAxis::Iteration {
            return self;
        }
        self.by_time.get_or_init(|| {
            let mut rows: Vec<Row> = self.rows().collect();
            sort_rows(&mut rows, |row| (row.timestamp_ms, 0, 0));
            let mut ordered = Self::of(rows);
            ordered.in_iterations = false;
            Box::new(ordered)
        })
    }

    /// What a row of the finite columns is plotted over: iterations or wall-clock milliseconds.
    pub fn xs(&self, axis: XAxis) -> &[i64] {
        match axis {
            XAxis::Iteration => &self.finite.iteration,
            XAxis::RelativeTime | XAxis::WallTime => &self.finite.timestamp_ms,
        }
    }

    /// The smoothed values; computed once for a weight, and for new rows as they come.
    pub fn smoothed(&self, weight: f64) -> Arc<Smoothed> {
        let mut slot = self.smoothed_slot();
        let kept = slot.take().filter(|kept| kept.has_weight(weight));
        let kept = match kept {
            Some(kept) if kept.len() == self.finite.len() => kept,
            Some(kept) => {
                let mut grown = Arc::unwrap_or_clone(kept);
                grown.extend(&self.finite.value);
                Arc::new(grown)
            }
            None => {
                let mut fresh = Smoothed::new(weight);
                fresh.extend(&self.finite.value);
                Arc::new(fresh)
            }
        };
        *slot = Some(Arc::clone(&kept));
        kept
    }

    fn smoothed_slot(&self) -> std::sync::MutexGuard<'_, Option<Arc<Smoothed>>> {
        self.smoothed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the rows, the pyramid and the sums, spare room included; without what frames keep for
    /// themselves (an order by time, smoothed values).
    pub fn memory_bytes(&self) -> usize {
        self.finite.memory_bytes()
            + self.odd.capacity() * size_of::<OddRow>()
            + self.pyramid.memory_bytes()
            + self.sums.memory_bytes()
    }
}
