//! One attempt of a series: its rows between two restarts, in order of steps, ready to be drawn.
//!
//! Order is by step, rows of one step as they were recorded. Finite values are in columns with a
//! pyramid; rows whose value is missing or not finite are kept beside them, each with the index in
//! the columns that it comes before. Where times do not rise with the steps, or rows have no time,
//! the rows that have one are put in order of time on first use, which costs their memory again.

use crate::axis::XAxis;
use crate::pyramid::Pyramid;
use crate::smooth::Smoothed;
use crate::sums::BlockSums;
use parallax_model::attempts::AttemptStart;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A row without a finite value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NonFiniteRow {
    /// The index in the finite columns that this row comes before.
    pub before: usize,
    /// The row; its value is NaN, infinite or missing.
    pub row: Row,
    /// Its place in the order of recording, from the attempt's first row.
    offset: u32,
}

/// The rows between two restarts.
#[derive(Debug)]
pub struct Attempt {
    number: u32,
    start: AttemptStart,
    finite: Columns,
    non_finite: Vec<NonFiniteRow>,
    /// Places in the order of recording of the finite rows; `None` while that is their order.
    offsets: Option<Vec<u32>>,
    pyramid: Pyramid,
    sums: BlockSums,
    time_range_ms: Option<(i64, i64)>,
    /// Times never fall along the order of the rows.
    rises_in_time: bool,
    untimed: usize,
    /// The order is that of steps, not of time.
    is_by_step: bool,
    by_time: OnceLock<Box<Attempt>>,
    smoothed: Mutex<Option<Arc<Smoothed>>>,
}

impl Attempt {
    /// Without rows, with room for `rows` of them.
    pub(crate) fn new(number: u32, start: AttemptStart, rows: usize) -> Self {
        Self {
            number,
            start,
            finite: Columns::with_capacity(rows),
            non_finite: Vec::new(),
            offsets: None,
            pyramid: Pyramid::default(),
            sums: BlockSums::default(),
            time_range_ms: None,
            rises_in_time: true,
            untimed: 0,
            is_by_step: true,
            by_time: OnceLock::new(),
            smoothed: Mutex::new(None),
        }
    }

    /// Its number, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where it begins, and why.
    pub fn start(&self) -> AttemptStart {
        self.start
    }

    /// One past the number of its last row.
    pub fn end_row(&self) -> u64 {
        self.start.first_row + self.len() as u64
    }

    /// The rows with finite values, in order.
    pub fn finite(&self) -> &Columns {
        &self.finite
    }

    /// The rows without finite values, in order.
    pub fn non_finite(&self) -> &[NonFiniteRow] {
        &self.non_finite
    }

    /// The pyramid over the finite values.
    pub fn pyramid(&self) -> &Pyramid {
        &self.pyramid
    }

    /// The sums over the finite values.
    pub(crate) fn sums(&self) -> &BlockSums {
        &self.sums
    }

    /// All rows.
    pub fn len(&self) -> usize {
        self.finite.len() + self.non_finite.len()
    }

    /// True without rows, which no attempt of a series is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows without a time, which no time axis can show.
    pub fn untimed(&self) -> usize {
        self.untimed
    }

    /// The earliest and the latest time of its rows; `None` if none has one.
    pub fn time_range_ms(&self) -> Option<(i64, i64)> {
        self.time_range_ms
    }

    /// The first row in order.
    pub fn first(&self) -> Option<Row> {
        self.rows().next()
    }

    /// The last row in order: one with the highest step.
    #[inline]
    pub fn last(&self) -> Option<Row> {
        match self.non_finite.last() {
            Some(last) if last.before == self.finite.len() => Some(last.row),
            _ => self.finite.last(),
        }
    }

    /// All rows in order, finite or not.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.numbered_rows_from(0).map(|(_, row)| row)
    }

    /// All rows in order, each with its row number in the series.
    pub fn numbered_rows(&self) -> impl Iterator<Item = (u64, Row)> + '_ {
        self.numbered_rows_from(0)
    }

    /// All rows in the order of recording.
    pub fn recorded_rows(&self) -> Columns {
        if self.offsets.is_none() {
            return self.rows().collect();
        }
        let mut rows: Vec<(u64, Row)> = self.numbered_rows().collect();
        rows.sort_unstable_by_key(|(number, _)| *number);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// All rows from finite row `start` on; non-finite rows right before it included.
    fn numbered_rows_from(&self, start: usize) -> impl Iterator<Item = (u64, Row)> + '_ {
        let first = self.start.first_row;
        let mut beside = self
            .non_finite
            .iter()
            .skip(self.non_finite_before(start))
            .peekable();
        let mut at = start;
        std::iter::from_fn(move || {
            if let Some(next) = beside.next_if(|next| next.before <= at) {
                return Some((first + u64::from(next.offset), next.row));
            }
            let row = self.finite.row(at)?;
            let number = self.row_number(at);
            at += 1;
            Some((number, row))
        })
    }

    /// The row number, in the series, of a finite row.
    pub fn row_number(&self, finite: usize) -> u64 {
        let offset = match &self.offsets {
            Some(offsets) => offsets.get(finite).map_or(0, |&offset| u64::from(offset)),
            None => {
                let before = self.non_finite.partition_point(|row| row.before <= finite);
                (finite + before) as u64
            }
        };
        self.start.first_row + offset
    }

    /// The row number, in the series, of a row without a finite value.
    pub fn non_finite_row_number(&self, row: &NonFiniteRow) -> u64 {
        self.start.first_row + u64::from(row.offset)
    }

    /// True if rows are in the order of recording.
    pub fn is_as_recorded(&self) -> bool {
        self.offsets.is_none()
    }

    /// How many non-finite rows come before finite row `index` and not right before it.
    pub fn non_finite_before(&self, index: usize) -> usize {
        self.non_finite.partition_point(|row| row.before < index)
    }

    /// Adds the rows `from..to`, recorded after those that are here.
    pub(crate) fn append(&mut self, rows: &Columns, from: usize, to: usize) {
        let (mut late, recorded) = (Vec::new(), self.len());
        let mut at = from;
        while at < to {
            let end = self.run_end(rows, at, to);
            let offset = recorded + (at - from);
            if end > at {
                self.push_run(rows, at, end, offset);
                at = end;
            } else if let Some(row) = rows.row(at) {
                if self.last().is_none_or(|last| row.step >= last.step) {
                    self.push(row, offset);
                } else {
                    late.push((offset, row));
                }
                at += 1;
            }
        }
        if !late.is_empty() {
            self.merge(late);
        }
        self.derive();
    }

    /// Where the rows from `at` on stop to be finite, timed, and rising in step and time.
    fn run_end(&self, rows: &Columns, at: usize, to: usize) -> usize {
        let Some(last) = self.last().filter(|_| rows.times().is_complete()) else {
            return at;
        };
        let mut before = (
            last.step,
            self.time_range_ms.map_or(i64::MIN, |range| range.1),
        );
        let slots = rows.steps().iter().zip(rows.times().slots_ms());
        let rising =
            slots
                .zip(rows.values())
                .take(to)
                .skip(at)
                .take_while(|((step, ms), value)| {
                    let rises = **step >= before.0 && **ms >= before.1 && value.is_finite();
                    before = (**step, **ms);
                    rises
                });
        at + rising.count()
    }

    /// Adds rows that [`Self::run_end`] allows.
    fn push_run(&mut self, rows: &Columns, from: usize, to: usize, offset: usize) {
        if offset != self.len() || self.offsets.is_some() {
            let count = to - from;
            let offsets = (offset..offset + count).map(|offset| offset as u32);
            self.offsets_mut().extend(offsets);
        }
        for row in [rows.row(from), rows.row(to - 1)].into_iter().flatten() {
            self.note_time(&row);
        }
        self.finite.reserve_tight(to - from);
        self.finite.extend_range(rows, from, to);
    }

    /// Adds a row that belongs at the end.
    fn push(&mut self, row: Row, offset: usize) {
        self.note_time(&row);
        self.untimed += usize::from(row.time_ms.is_none());
        if row.value.is_finite() {
            if offset != self.len() || self.offsets.is_some() {
                self.offsets_mut().push(offset as u32);
            }
            self.finite.reserve_tight(1);
            self.finite.push(row);
        } else {
            if offset != self.len() {
                self.offsets_mut();
            }
            self.non_finite.push(NonFiniteRow {
                before: self.finite.len(),
                row,
                offset: offset as u32,
            });
        }
    }

    /// The offsets, written out on first use.
    fn offsets_mut(&mut self) -> &mut Vec<u32> {
        let (finite, non_finite) = (self.finite.len(), &self.non_finite);
        self.offsets.get_or_insert_with(|| {
            let mut beside = non_finite.iter().peekable();
            let mut before = 0;
            (0..finite)
                .map(|index| {
                    while beside.next_if(|row| row.before <= index).is_some() {
                        before += 1;
                    }
                    index as u32 + before
                })
                .collect()
        })
    }

    fn note_time(&mut self, row: &Row) {
        let Some(ms) = row.time_ms else { return };
        let (earliest, latest) = self.time_range_ms.unwrap_or((ms, ms));
        // The last row's time is the latest as long as time rises.
        self.rises_in_time &= ms >= latest;
        self.time_range_ms = Some((earliest.min(ms), latest.max(ms)));
    }

    /// Brings what is derived from the rows up to date after rows were added at the end.
    fn derive(&mut self) {
        self.pyramid.extend(self.finite.values());
        self.sums.extend(self.finite.values());
        self.by_time = OnceLock::new();
    }

    /// Places rows that belong before the end.
    fn merge(&mut self, mut rows: Vec<(usize, Row)>) {
        let first_step = rows.iter().map(|(_, row)| row.step).min().unwrap_or(0);
        let start = self
            .finite
            .steps()
            .partition_point(|&step| step < first_step);
        self.offsets_mut();
        let first = self.start.first_row;
        let tail = self.numbered_rows_from(start);
        rows.extend(tail.map(|(number, row)| ((number - first) as usize, row)));
        rows.sort_unstable_by_key(|(offset, row)| (row.step, *offset));
        let range = self.time_range_ms;
        self.truncate_ordered(start);
        self.untimed = self.rows().filter(|row| row.time_ms.is_none()).count();
        // While times rise, the latest one of the rows that are left is that of the last of them.
        let latest = self.rows().filter_map(|row| row.time_ms).last();
        self.time_range_ms = range
            .zip(latest)
            .map(|((earliest, _), latest)| (earliest, latest));
        for (offset, row) in rows {
            self.push(row, offset);
        }
        let latest = range.map_or(i64::MIN, |range| range.1);
        if let Some(range) = &mut self.time_range_ms {
            range.1 = range.1.max(latest);
        }
    }

    /// Removes finite rows from `start` on, and the non-finite ones from right before it on.
    fn truncate_ordered(&mut self, start: usize) {
        let beside = self.non_finite_before(start);
        self.non_finite.truncate(beside);
        self.finite.truncate(start);
        if let Some(offsets) = &mut self.offsets {
            offsets.truncate(start);
        }
        self.pyramid.truncate(start);
        self.sums.truncate(start);
        *self.smoothed_slot() = None;
        self.by_time = OnceLock::new();
    }

    fn measure_times(&mut self) {
        (self.time_range_ms, self.rises_in_time, self.untimed) = (None, true, 0);
        let untimed: Vec<Row> = self.rows().collect();
        for row in &untimed {
            self.note_time(row);
            self.untimed += usize::from(row.time_ms.is_none());
        }
    }

    /// Removes the rows from row number `row` on and gives them in the order of recording.
    pub(crate) fn split_off(&mut self, row: u64) -> Columns {
        let keep = row.saturating_sub(self.start.first_row);
        let recorded = self.recorded_rows();
        let keep = usize::try_from(keep)
            .unwrap_or(usize::MAX)
            .min(recorded.len());
        let mut removed = Columns::with_capacity(recorded.len() - keep);
        removed.extend_range(&recorded, keep, recorded.len());
        if self.offsets.is_none() {
            let beside = self
                .non_finite
                .partition_point(|row| (row.offset as usize) < keep);
            self.truncate_ordered(keep - beside);
            self.measure_times();
            // Rows right before the cut, which the truncation removed.
            let missing = self.len()..keep;
            for row in missing.filter_map(|offset| recorded.row(offset)) {
                let offset = self.len();
                self.push(row, offset);
            }
            self.derive();
        } else {
            *self = Self::new(self.number, self.start, keep);
            self.append(&recorded, 0, keep);
        }
        removed
    }

    /// True if the rows are in the order of the axis as they are.
    pub fn is_along(&self, axis: XAxis) -> bool {
        match axis {
            XAxis::Iteration => self.is_by_step,
            XAxis::RelativeTime | XAxis::WallTime => !self.is_by_step || self.is_timed_in_order(),
        }
    }

    fn is_timed_in_order(&self) -> bool {
        self.rises_in_time && self.untimed == 0
    }

    /// The rows in the order of an axis; on a time axis those that have a time.
    pub fn along(&self, axis: XAxis) -> &Self {
        if self.is_along(axis) || !self.is_by_step {
            return self;
        }
        self.by_time.get_or_init(|| {
            let mut rows: Vec<(u64, Row)> = self
                .numbered_rows()
                .filter(|(_, row)| row.time_ms.is_some())
                .collect();
            rows.sort_unstable_by_key(|(number, row)| (row.time_ms, *number));
            let mut ordered = Self::new(self.number, self.start, rows.len());
            ordered.is_by_step = false;
            for (number, row) in rows {
                ordered.push(row, (number - self.start.first_row) as usize);
            }
            ordered.derive();
            Box::new(ordered)
        })
    }

    /// Where the finite rows are on an axis, in its units: steps or milliseconds since the epoch.
    pub fn xs(&self, axis: XAxis) -> &[i64] {
        match axis {
            XAxis::Iteration => self.finite.steps(),
            XAxis::RelativeTime | XAxis::WallTime => self.finite.times().slots_ms(),
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
                grown.extend(self.finite.values());
                Arc::new(grown)
            }
            None => {
                let mut fresh = Smoothed::new(weight);
                fresh.extend(self.finite.values());
                Arc::new(fresh)
            }
        };
        *slot = Some(Arc::clone(&kept));
        kept
    }

    fn smoothed_slot(&self) -> std::sync::MutexGuard<'_, Option<Arc<Smoothed>>> {
        self.smoothed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the rows, the pyramid and the sums, unused capacity included; without what frames
    /// keep for themselves (an order by time, smoothed values).
    pub fn memory_bytes(&self) -> usize {
        self.finite.memory_bytes()
            + self
                .offsets
                .as_ref()
                .map_or(0, |offsets| 4 * offsets.capacity())
            + self.non_finite.capacity() * size_of::<NonFiniteRow>()
            + self.pyramid.memory_bytes()
            + self.sums.memory_bytes()
    }
}
