//! Questions to a series: extents, the row at a place, figures of a window.

use super::Series;
use crate::attempt::Attempt;
use crate::sums::Sum;
use crate::window::{Newest, Window, XAxis};
use parallax_model::legacy_columns::Row;
use parallax_model::value::is_missing;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The extent of the rows in a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Smallest and largest x.
    pub x: (f64, f64),
    /// Smallest and largest finite value.
    pub y: Option<(f64, f64)>,
    /// Rows, finite or not.
    pub points: u64,
}

/// One raw row, for a crosshair.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRef {
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The value; may be missing or not finite.
    pub value: f64,
    /// The attempt that it belongs to.
    pub attempt: u32,
}

/// Figures of the raw values in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Rows.
    pub count: u64,
    /// Rows with a finite value; the figures below are of these.
    pub finite: u64,
    /// NaN values.
    pub nan: u64,
    /// +∞ values.
    pub pos_inf: u64,
    /// −∞ values.
    pub neg_inf: u64,
    /// Rows recorded without a value.
    pub missing: u64,
    /// The smallest.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The arithmetic mean, summed with compensation.
    pub mean: Option<f64>,
    /// The first, of the first attempt in view.
    pub first: Option<f64>,
    /// The last, of the last attempt in view.
    pub last: Option<f64>,
}

/// The part of an attempt in a window; the attempt in an order in which the part is contiguous.
struct Part<'a> {
    attempt: &'a Attempt,
    finite: Range<usize>,
    odd: Range<usize>,
}

impl Series {
    /// The extent of the rows in a window; `None` if there are none. "Last" counts back from this
    /// series' own newest row.
    pub fn bounds(&self, x: XAxis, window: &Window) -> Option<Bounds> {
        self.bounds_from(x, window, self.newest())
    }

    pub(crate) fn newest(&self) -> Newest {
        Newest {
            iteration: self.newest_iteration(),
            timestamp_ms: self.newest_timestamp_ms(),
        }
    }

    pub(crate) fn bounds_from(&self, x: XAxis, window: &Window, newest: Newest) -> Option<Bounds> {
        let mut bounds: Option<Bounds> = None;
        for part in self.parts(x, window, newest) {
            let values = &part.attempt.finite().value;
            let y = part
                .attempt
                .pyramid()
                .extent(values, part.finite.start, part.finite.end);
            let Some(x_range) = part.x_range(x) else {
                continue;
            };
            let points = (part.finite.len() + part.odd.len()) as u64;
            let all = bounds.get_or_insert(Bounds {
                x: x_range,
                y,
                points: 0,
            });
            all.x = (all.x.0.min(x_range.0), all.x.1.max(x_range.1));
            all.y = match (all.y, y) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
            all.points += points;
        }
        bounds
    }

    /// The raw row whose x is nearest to `at`; of equally near ones, of the newest attempt. On both
    /// time axes `at` is milliseconds since the epoch.
    pub fn nearest(&self, x: XAxis, at: f64) -> Option<PointRef> {
        let mut best: Option<(f64, PointRef)> = None;
        for (attempt, number) in self
            .attempts
            .iter()
            .rev()
            .zip((0..self.attempts.len()).rev())
        {
            let ordered = attempt.along(x);
            let columns = ordered.finite();
            let index = ordered.xs(x).partition_point(|&v| (v as f64) < at);
            let finite = [index.checked_sub(1), Some(index)];
            let finite = finite.into_iter().flatten().filter_map(|i| columns.row(i));
            let of = |row: &Row| x.x(row.iteration, row.timestamp_ms);
            let index = ordered.odd().partition_point(|odd| of(&odd.row) < at);
            let odd = [index.checked_sub(1), Some(index)];
            let odd = odd.into_iter().flatten();
            let odd = odd.filter_map(|i| Some(ordered.odd().get(i)?.row));
            for row in finite.chain(odd) {
                let distance = (of(&row) - at).abs();
                if best.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
                    let point = PointRef {
                        iteration: row.iteration,
                        timestamp_ms: row.timestamp_ms,
                        value: row.value,
                        attempt: u32::try_from(number).unwrap_or(u32::MAX),
                    };
                    best = Some((distance, point));
                }
            }
        }
        best.map(|(_, point)| point)
    }

    /// Figures of the raw values in a window.
    pub fn statistics(&self, x: XAxis, window: &Window) -> Statistics {
        let mut all = Statistics::default();
        let mut sum = Sum::default();
        for part in self.parts(x, window, self.newest()) {
            for odd in part.attempt.odd().get(part.odd.clone()).unwrap_or(&[]) {
                all.count += 1;
                match odd.row.value {
                    value if is_missing(value) => all.missing += 1,
                    value if value.is_nan() => all.nan += 1,
                    value if value > 0.0 => all.pos_inf += 1,
                    _ => all.neg_inf += 1,
                }
            }
            let column = &part.attempt.finite().value;
            let values = column.get(part.finite.clone()).unwrap_or(&[]);
            all.count += values.len() as u64;
            all.finite += values.len() as u64;
            all.first = all.first.or(values.first().copied());
            all.last = values.last().copied().or(all.last);
            let (from, to) = (part.finite.start, part.finite.end);
            sum.join(part.attempt.sums().sum(column, from, to));
            if let Some((min, max)) = part.attempt.pyramid().extent(column, from, to) {
                all.min = Some(all.min.map_or(min, |m| m.min(min)));
                all.max = Some(all.max.map_or(max, |m| m.max(max)));
            }
        }
        all.mean = (all.finite > 0).then(|| sum.total() / all.finite as f64);
        all
    }

    /// The rows in a window, attempt by attempt.
    fn parts(&self, x: XAxis, window: &Window, newest: Newest) -> Vec<Part<'_>> {
        let mut wanted = match *window {
            Window::LastPoints(points) => usize::try_from(points).unwrap_or(usize::MAX),
            _ => 0,
        };
        let mut parts: Vec<Part<'_>> = Vec::new();
        for attempt in self.attempts.iter().rev() {
            let part = match *window {
                Window::All => Part::tail(attempt.along(x), usize::MAX),
                Window::Range { from, to } => Part::between(attempt.along(x), x, from, to),
                Window::LastPoints(_) => {
                    let part = Part::tail(attempt, wanted);
                    wanted = wanted.saturating_sub(part.finite.len() + part.odd.len());
                    part
                }
                Window::LastSteps(steps) => {
                    let newest = newest.iteration.unwrap_or(i64::MAX);
                    let after = newest.saturating_sub(steps).saturating_add(1) as f64;
                    Part::between(attempt, XAxis::Iteration, after, f64::INFINITY)
                }
                Window::LastDuration { ms } => {
                    let newest = newest.timestamp_ms.unwrap_or(i64::MAX);
                    let since = newest.saturating_sub(ms) as f64;
                    let ordered = attempt.along(XAxis::WallTime);
                    Part::between(ordered, XAxis::WallTime, since, f64::INFINITY)
                }
            };
            if !(part.finite.is_empty() && part.odd.is_empty()) {
                parts.push(part);
            }
        }
        parts.reverse();
        parts
    }
}

impl<'a> Part<'a> {
    /// The last rows, at most `count`.
    fn tail(attempt: &'a Attempt, count: usize) -> Self {
        let skipped = attempt.len().saturating_sub(count);
        // Row number of odd row k among all rows is `before + k`.
        let odd = attempt.odd();
        let mut odd_skipped = 0;
        let mut size = odd.len();
        while size > 0 {
            let half = size / 2;
            let middle = odd_skipped + half;
            if odd.get(middle).is_some_and(|o| o.before + middle < skipped) {
                odd_skipped = middle + 1;
                size -= half + 1;
            } else {
                size = half;
            }
        }
        Self {
            attempt,
            finite: skipped - odd_skipped..attempt.finite().len(),
            odd: odd_skipped..odd.len(),
        }
    }

    /// The rows from `from` to `to`, both inclusive, of an attempt in the order of the axis.
    fn between(attempt: &'a Attempt, axis: XAxis, from: f64, to: f64) -> Self {
        let xs = attempt.xs(axis);
        let odd = attempt.odd();
        let of = |row: &Row| axis.x(row.iteration, row.timestamp_ms);
        let start = xs.partition_point(|&x| (x as f64) < from);
        let odd_start = odd.partition_point(|odd| of(&odd.row) < from);
        Self {
            attempt,
            finite: start..xs.partition_point(|&x| x as f64 <= to).max(start),
            odd: odd_start..odd.partition_point(|odd| of(&odd.row) <= to).max(odd_start),
        }
    }

    /// The extent along an axis, in whatever order the rows are.
    fn x_range(&self, axis: XAxis) -> Option<(f64, f64)> {
        let xs = self
            .attempt
            .xs(axis)
            .get(self.finite.clone())
            .unwrap_or(&[]);
        let odd = self.attempt.odd().get(self.odd.clone()).unwrap_or(&[]);
        let finite = if self.attempt.is_along(axis) {
            xs.first().copied().zip(xs.last().copied())
        } else {
            xs.iter().copied().min().zip(xs.iter().copied().max())
        };
        let finite = finite.map(|(low, high)| (low as f64, high as f64));
        let odd = odd
            .iter()
            .map(|o| axis.x(o.row.iteration, o.row.timestamp_ms));
        odd.map(|x| (x, x))
            .chain(finite)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}
