//! The points of one metric of one file, in chunks that are shared and never change.
//!
//! A snapshot clones the list of chunks, not the points; an append copies at most the last small
//! chunk. Order: file order. Timestamps may be in any order.

use std::ops::Range;
use std::sync::Arc;

use parallax_model::row::Row;

/// The time of a row that has none, until it is dated.
pub(crate) const NO_TIME: i64 = i64::MIN;

/// One value of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch, UTC.
    pub timestamp_ms: i64,
    /// The value; NaN and the infinities are values, `value::MISSING` is a row without one.
    pub value: f64,
}

impl From<Row> for Point {
    fn from(row: Row) -> Self {
        Self {
            iteration: row.step,
            timestamp_ms: row.time_ms.unwrap_or(NO_TIME),
            value: row.value,
        }
    }
}

/// A chunk shorter than this is copied into the next one when points are appended.
const SMALL: usize = 4096;

/// A stretch of time, both ends inclusive, milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First millisecond.
    pub start_ms: i64,
    /// Last millisecond.
    pub end_ms: i64,
}

impl Window {
    /// All of time.
    pub const ALL: Self = Self {
        start_ms: i64::MIN,
        end_ms: i64::MAX,
    };

    /// True if the window has the moment in it.
    pub fn contains(self, timestamp_ms: i64) -> bool {
        self.start_ms <= timestamp_ms && timestamp_ms <= self.end_ms
    }
}

/// Points that never change, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    points: Vec<Point>,
    earliest_ms: i64,
    latest_ms: i64,
    is_sorted: bool,
}

/// What a window takes from a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Where to look.
    pub range: Range<usize>,
    /// How many points of the range are in the window.
    pub count: u64,
    /// Points of the range have to be tested one by one.
    pub is_mixed: bool,
}

impl Chunk {
    fn new(points: Vec<Point>) -> Self {
        let times = || points.iter().map(|point| point.timestamp_ms);
        Self {
            earliest_ms: times().min().unwrap_or(i64::MAX),
            latest_ms: times().max().unwrap_or(i64::MIN),
            is_sorted: points.is_sorted_by_key(|point| point.timestamp_ms),
            points,
        }
    }

    /// The points.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The earliest timestamp.
    pub fn earliest_ms(&self) -> i64 {
        self.earliest_ms
    }

    /// The latest timestamp.
    pub fn latest_ms(&self) -> i64 {
        self.latest_ms
    }

    /// What the window takes: a binary search where the chunk is sorted by time, a count where it
    /// is not.
    pub fn select(&self, window: Window) -> Selection {
        let len = self.points.len();
        let exact = |range: Range<usize>| Selection {
            count: range.len() as u64,
            range,
            is_mixed: false,
        };
        if window.start_ms > self.latest_ms || window.end_ms < self.earliest_ms {
            return exact(0..0);
        }
        if window.start_ms <= self.earliest_ms && window.end_ms >= self.latest_ms {
            return exact(0..len);
        }
        if self.is_sorted {
            let from = |ms: i64| self.points.partition_point(|point| point.timestamp_ms < ms);
            let past = self
                .points
                .partition_point(|point| point.timestamp_ms <= window.end_ms);
            let start = from(window.start_ms);
            return exact(start..past.max(start));
        }
        let inside = |point: &&Point| window.contains(point.timestamp_ms);
        Selection {
            range: 0..len,
            count: self.points.iter().filter(inside).count() as u64,
            is_mixed: true,
        }
    }
}

/// A list of chunks that can be shared and appended to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    chunks: Vec<Arc<Chunk>>,
    count: u64,
}

impl Column {
    /// Appends points, keeping their order.
    pub fn append(&mut self, mut points: Vec<Point>) {
        if points.is_empty() {
            return;
        }
        self.count += points.len() as u64;
        if let Some(last) = self.chunks.last_mut()
            && last.points.len() < SMALL
        {
            let mut joined = Vec::with_capacity(last.points.len() + points.len());
            joined.extend_from_slice(&last.points);
            joined.append(&mut points);
            *last = Arc::new(Chunk::new(joined));
            return;
        }
        points.shrink_to_fit();
        self.chunks.push(Arc::new(Chunk::new(points)));
    }

    /// Moves later points to this time.
    pub fn date_at_latest(&mut self, latest_ms: i64) {
        let mut points: Vec<Point> = self
            .chunks
            .iter()
            .flat_map(|chunk| chunk.points())
            .copied()
            .collect();
        for point in &mut points {
            point.timestamp_ms = point.timestamp_ms.min(latest_ms);
        }
        *self = Self::default();
        self.append(points);
    }

    /// Shares another column's chunks behind one's own.
    pub fn share(&mut self, other: &Self) {
        self.chunks.extend(other.chunks.iter().cloned());
        self.count += other.count;
    }

    /// The chunks in file order.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// How many points there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last point in file order.
    pub fn last(&self) -> Option<Point> {
        self.chunks.last()?.points.last().copied()
    }

    /// Up to `most` points from the start, and the last one: what tells the column's kind without
    /// copying it.
    pub fn ends(&self, most: usize) -> Vec<Point> {
        let points = self.chunks.iter().flat_map(|chunk| chunk.points.iter());
        let mut ends: Vec<Point> = points.take(most).copied().collect();
        if self.count > ends.len() as u64 {
            ends.extend(self.last());
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(times: &[i64]) -> Vec<Point> {
        times
            .iter()
            .enumerate()
            .map(|(at, &timestamp_ms)| Point {
                iteration: at as i64,
                timestamp_ms,
                value: 0.5,
            })
            .collect()
    }

    #[test]
    fn windows_are_inclusive_and_may_be_empty() {
        let sorted = Chunk::new(points(&[10, 20, 20, 30]));
        let mixed = Chunk::new(points(&[20, 10, 30, 20]));
        for (start_ms, end_ms, range, count) in [
            (i64::MIN, i64::MAX, 0..4, 4),
            (10, 30, 0..4, 4),
            (20, 20, 1..3, 2),
            (11, 29, 1..3, 2),
            (21, 29, 3..3, 0),
            (31, 99, 0..0, 0),
            (0, 9, 0..0, 0),
            (25, 15, 3..3, 0),
        ] {
            let window = Window { start_ms, end_ms };
            let got = sorted.select(window);
            assert_eq!((got.range, got.count), (range, count), "{window:?}");
            assert_eq!(mixed.select(window).count, count, "{window:?}");
        }
    }

    #[test]
    fn appending_shares_what_is_large() {
        let mut column = Column::default();
        column.append(points(&vec![1; SMALL]));
        let before = column.clone();
        column.append(points(&[2]));
        column.append(points(&[3]));
        column.append(Vec::new());
        assert!(Arc::ptr_eq(&before.chunks[0], &column.chunks[0]));
        assert_eq!((column.chunks.len(), column.count()), (2, SMALL as u64 + 2));
        assert_eq!(column.last().map(|point| point.timestamp_ms), Some(3));
        assert_eq!(before.count(), SMALL as u64);
        let times = |ends: Vec<Point>| ends.iter().map(|p| p.timestamp_ms).collect::<Vec<_>>();
        assert_eq!(times(column.ends(2)), [1, 1, 3]);
        assert_eq!(column.ends(SMALL + 2).len(), SMALL + 2);
        assert_eq!(column.ends(SMALL + 1).len(), SMALL + 2);
    }
}
