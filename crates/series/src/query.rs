//! Questions to a series: extents, the row at a place, figures of a window.

use crate::attempt::Attempt;
use crate::axis::XAxis;
use crate::series::Series;
use crate::window::Window;
use parallax_model::row::Row;
use parallax_model::sum::Sum;
use parallax_model::value::is_missing;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The extent of the rows in a window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Smallest and largest x; `None` on a time axis if no row has a time.
    pub x: Option<(f64, f64)>,
    /// Smallest and largest finite value.
    pub y: Option<(f64, f64)>,
    /// Rows, finite or not.
    pub points: u64,
}

/// One raw row, for a crosshair.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRef {
    /// The row; its value may be missing or not finite.
    pub row: Row,
    /// Its number in the series, from 0, in the order of recording.
    pub number: u64,
    /// The attempt that it belongs to, from 1.
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
    /// The first in order of x, of the first attempt in view.
    pub first: Option<f64>,
    /// The last in order of x, of the last attempt in view.
    pub last: Option<f64>,
}

/// What "last" counts back from.
#[derive(Clone, Copy, Debug)]
struct Newest {
    step: Option<i64>,
    time_ms: Option<i64>,
}

/// The part of an attempt in a window; the attempt in an order in which the part is contiguous.
struct Part<'a> {
    attempt: &'a Attempt,
    finite: Range<usize>,
    non_finite: Range<usize>,
}

/// The ends of the x axis for a chart of these series, in x units relative to the origin.
/// "Last" counts back from the newest step of all the series and from `latest_ms`, the latest time
/// of the workload (without it: of the series). `None` if nothing is in view.
pub fn resolve_window(
    window: &Window,
    axis: XAxis,
    origin_ms: f64,
    latest_ms: Option<i64>,
    series: &[&Series],
) -> Option<(f64, f64)> {
    let origin = axis.origin(origin_ms);
    let of_series = series.iter().filter_map(|s| s.latest_time_ms()).max();
    let newest = Newest {
        step: series.iter().filter_map(|s| s.newest_step()).max(),
        time_ms: latest_ms.or(of_series),
    };
    match (*window, newest.time_ms, newest.step) {
        (Window::Range { from, to }, ..) if from > to => return None,
        (Window::Range { from, to }, ..) => {
            return Some(closed((from, to), axis, origin, series));
        }
        (Window::LastDuration { ms }, Some(last), _) if axis.is_time() => {
            let last = last as f64;
            return Some((last - ms as f64 - origin, last - origin));
        }
        (Window::LastSteps(steps), _, Some(last)) if !axis.is_time() => {
            let after = last.saturating_sub(steps);
            return Some((after.saturating_add(1) as f64, last as f64));
        }
        _ => {}
    }
    let bounds = series
        .iter()
        .filter_map(|s| s.bounds_from(axis, window, newest));
    bounds
        .filter_map(|bounds| bounds.x)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        .map(|(from, to)| (from - origin, to - origin))
}

/// A range whose open ends are put where the series end.
fn closed((from, to): (f64, f64), axis: XAxis, origin: f64, series: &[&Series]) -> (f64, f64) {
    let ends = || {
        let bounds = series.iter().filter_map(|s| s.bounds(axis, &Window::All));
        bounds
            .filter_map(|bounds| bounds.x)
            .map(|x| (x.0 - origin, x.1 - origin))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    match (from.is_finite(), to.is_finite(), ends()) {
        (true, false, Some((_, last))) => (from, last.max(from)),
        (false, true, Some((first, _))) => (first.min(to), to),
        (false, false, Some(ends)) => ends,
        _ => (from, to),
    }
}

impl Series {
    /// The extent of the rows in a window; `None` if there are none. "Last" counts back from this
    /// series' own newest row.
    pub fn bounds(&self, axis: XAxis, window: &Window) -> Option<Bounds> {
        self.bounds_from(axis, window, self.newest())
    }

    fn newest(&self) -> Newest {
        Newest {
            step: self.newest_step(),
            time_ms: self.latest_time_ms(),
        }
    }

    fn bounds_from(&self, axis: XAxis, window: &Window, newest: Newest) -> Option<Bounds> {
        if let Window::LastPoints(rows) = *window {
            let last = self.last_rows(rows);
            return last.bounds_from(axis, &Window::All, newest);
        }
        let mut bounds: Option<Bounds> = None;
        for part in self.parts(axis, window, newest) {
            let values = part.attempt.finite().values();
            let pyramid = part.attempt.pyramid();
            let y = pyramid.extent(values, part.finite.start, part.finite.end);
            let x = part.x_range(axis);
            let all = bounds.get_or_insert(Bounds { x, y, points: 0 });
            all.x = wider(all.x, x);
            all.y = wider(all.y, y);
            all.points += (part.finite.len() + part.non_finite.len()) as u64;
        }
        bounds
    }

    /// The raw row whose x is nearest to `at`; of equally near ones, of the newest attempt. On both
    /// time axes `at` is milliseconds since the epoch, and rows without a time are not looked at.
    pub fn nearest(&self, axis: XAxis, at: f64) -> Option<PointRef> {
        let mut best: Option<(f64, PointRef)> = None;
        for attempt in self.attempts().iter().rev() {
            let ordered = attempt.along(axis);
            let columns = ordered.finite();
            let index = ordered.xs(axis).partition_point(|&v| (v as f64) < at);
            let finite = [index.checked_sub(1), Some(index)].into_iter().flatten();
            let finite = finite.filter_map(|i| Some((ordered.row_number(i), columns.row(i)?)));
            let beside = ordered.non_finite();
            let index = beside.partition_point(|row| axis.x(&row.row).is_some_and(|x| x < at));
            let beside = [index.checked_sub(1), Some(index)]
                .into_iter()
                .flatten()
                .filter_map(|i| beside.get(i))
                .map(|row| (ordered.non_finite_row_number(row), row.row));
            for (number, row) in finite.chain(beside) {
                let Some(x) = axis.x(&row) else { continue };
                let distance = (x - at).abs();
                if best.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
                    let attempt = attempt.number();
                    let point = PointRef {
                        row,
                        number,
                        attempt,
                    };
                    best = Some((distance, point));
                }
            }
        }
        best.map(|(_, point)| point)
    }

    /// The row that was recorded last of those whose x is from `from` to `to`, both inclusive; on
    /// both time axes in milliseconds since the epoch.
    pub fn last_recorded(&self, axis: XAxis, from: f64, to: f64) -> Option<PointRef> {
        self.attempts().iter().rev().find_map(|attempt| {
            let ordered = attempt.along(axis);
            let part = Part::between(ordered, axis, from, to);
            let finite = if ordered.is_as_recorded() {
                part.finite.clone().next_back()
            } else {
                part.finite
                    .clone()
                    .max_by_key(|&index| ordered.row_number(index))
            };
            let finite = finite
                .and_then(|index| Some((ordered.row_number(index), ordered.finite().row(index)?)));
            let beside = ordered.non_finite().get(part.non_finite.clone());
            let beside = beside.unwrap_or_default().iter();
            let beside = beside.map(|row| (ordered.non_finite_row_number(row), row.row));
            let (number, row) = finite.into_iter().chain(beside).max_by_key(|row| row.0)?;
            Some(PointRef {
                row,
                number,
                attempt: attempt.number(),
            })
        })
    }

    /// Figures of the raw values in a window.
    pub fn statistics(&self, axis: XAxis, window: &Window) -> Statistics {
        if let Window::LastPoints(rows) = *window {
            return self.last_rows(rows).statistics(axis, &Window::All);
        }
        let mut all = Statistics::default();
        let mut sum = Sum::default();
        for part in self.parts(axis, window, self.newest()) {
            let beside = part.attempt.non_finite().get(part.non_finite.clone());
            for beside in beside.unwrap_or_default() {
                all.count += 1;
                match beside.row.value {
                    value if is_missing(value) => all.missing += 1,
                    value if value.is_nan() => all.nan += 1,
                    value if value > 0.0 => all.pos_inf += 1,
                    _ => all.neg_inf += 1,
                }
            }
            let column = part.attempt.finite().values();
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
    fn parts(&self, axis: XAxis, window: &Window, newest: Newest) -> Vec<Part<'_>> {
        let part = |attempt| match *window {
            Window::All | Window::LastPoints(_) => Part::whole(attempt),
            Window::Range { from, to } => {
                Part::between(Attempt::along(attempt, axis), axis, from, to)
            }
            Window::LastSteps(steps) => {
                let newest = newest.step.unwrap_or(i64::MAX);
                let after = newest.saturating_sub(steps).saturating_add(1) as f64;
                Part::between(attempt, XAxis::Iteration, after, f64::INFINITY)
            }
            Window::LastDuration { ms } => {
                let newest = newest.time_ms.unwrap_or(i64::MAX);
                let since = newest.saturating_sub(ms) as f64;
                let ordered = attempt.along(XAxis::WallTime);
                Part::between(ordered, XAxis::WallTime, since, f64::INFINITY)
            }
        };
        let parts = self.attempts().iter().map(part);
        parts
            .filter(|part| !(part.finite.is_empty() && part.non_finite.is_empty()))
            .collect()
    }
}

fn wider(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

impl<'a> Part<'a> {
    fn whole(attempt: &'a Attempt) -> Self {
        Self {
            attempt,
            finite: 0..attempt.finite().len(),
            non_finite: 0..attempt.non_finite().len(),
        }
    }

    /// The rows from `from` to `to`, both inclusive, of an attempt in the order of the axis.
    fn between(attempt: &'a Attempt, axis: XAxis, from: f64, to: f64) -> Self {
        let xs = attempt.xs(axis);
        let beside = attempt.non_finite();
        let is_in = |row: &Row, test: &dyn Fn(f64) -> bool| axis.x(row).is_some_and(test);
        let start = xs.partition_point(|&x| (x as f64) < from);
        let beside_start = beside.partition_point(|one| is_in(&one.row, &|x| x < from));
        let beside_end = beside.partition_point(|one| is_in(&one.row, &|x| x <= to));
        Self {
            attempt,
            finite: start..xs.partition_point(|&x| x as f64 <= to).max(start),
            non_finite: beside_start..beside_end.max(beside_start),
        }
    }

    /// The extent along an axis, in whatever order the rows are; `None` if no row is on it.
    fn x_range(&self, axis: XAxis) -> Option<(f64, f64)> {
        let finite = if self.attempt.is_along(axis) {
            let xs = self
                .attempt
                .xs(axis)
                .get(self.finite.clone())
                .unwrap_or(&[]);
            let ends = xs.first().copied().zip(xs.last().copied());
            ends.map(|(low, high)| (low as f64, high as f64))
        } else {
            let rows = self
                .finite
                .clone()
                .filter_map(|i| self.attempt.finite().row(i));
            let xs = rows.filter_map(|row| axis.x(&row)).map(|x| (x, x));
            xs.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        };
        let beside = self.attempt.non_finite().get(self.non_finite.clone());
        let beside = beside.unwrap_or_default().iter();
        beside
            .filter_map(|one| axis.x(&one.row))
            .map(|x| (x, x))
            .chain(finite)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}
