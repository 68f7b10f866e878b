//! Which rows are looked at, and what they are plotted over.
//!
//! X is in steps on [`XAxis::Iteration`] and in milliseconds on both time axes. Methods of a series
//! know no origin: there, both time axes are wall-clock milliseconds since the epoch. Where an
//! origin is a parameter, [`XAxis::RelativeTime`] is milliseconds since it.

use crate::series::{Bounds, Series};
use serde::{Deserialize, Serialize};

/// What values are plotted over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum XAxis {
    /// The training step.
    #[default]
    Iteration,
    /// Milliseconds since an origin, usually the workload's start.
    RelativeTime,
    /// Milliseconds since the epoch.
    WallTime,
}

impl XAxis {
    /// True for the two axes of time.
    pub fn is_time(self) -> bool {
        self != Self::Iteration
    }

    /// What a row is plotted over on an axis without origin.
    pub fn x(self, iteration: i64, timestamp_ms: i64) -> f64 {
        match self {
            Self::Iteration => iteration as f64,
            Self::RelativeTime | Self::WallTime => timestamp_ms as f64,
        }
    }

    /// The origin that counts on this axis: 0 except for relative time.
    pub fn origin(self, origin_ms: f64) -> f64 {
        if self == Self::RelativeTime && origin_ms.is_finite() {
            origin_ms
        } else {
            0.0
        }
    }
}

/// The part of a workload that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// Everything.
    #[default]
    All,
    /// From and to on the x axis, both inclusive, in its units.
    Range {
        /// The smaller end.
        from: f64,
        /// The larger end.
        to: f64,
    },
    /// The last rows of each series, in order of attempts and iterations.
    LastPoints(u64),
    /// Iterations above the newest one minus this many: the last 100 of 145 begin at 46.
    LastSteps(i64),
    /// Rows at most this much older than the newest one.
    LastDuration {
        /// Milliseconds.
        ms: i64,
    },
}

impl Window {
    /// The ends of the x axis for a chart of these series, in x units relative to the origin.
    /// "Last" counts back from the newest iteration of all the series and from `newest_ms`, the
    /// newest timestamp of the workload (without it: of the series). `None` if nothing is in view.
    pub fn resolve(
        &self,
        axis: XAxis,
        origin_ms: f64,
        newest_ms: Option<i64>,
        series: &[&Series],
    ) -> Option<(f64, f64)> {
        let origin = axis.origin(origin_ms);
        let of_series = series.iter().filter_map(|s| s.newest_timestamp_ms()).max();
        let newest = Newest {
            iteration: series.iter().filter_map(|s| s.newest_iteration()).max(),
            timestamp_ms: newest_ms.or(of_series),
        };
        match (*self, newest.timestamp_ms, newest.iteration) {
            (Self::Range { from, to }, ..) if from > to => return None,
            (Self::Range { from, to }, ..) => {
                return Some(closed((from, to), axis, origin, series));
            }
            (Self::LastDuration { ms }, Some(last), _) if axis.is_time() => {
                let last = last as f64;
                return Some((last - ms as f64 - origin, last - origin));
            }
            (Self::LastSteps(steps), _, Some(last)) if !axis.is_time() => {
                let after = last.saturating_sub(steps);
                return Some((after.saturating_add(1) as f64, last as f64));
            }
            _ => {}
        }
        let bounds = series
            .iter()
            .filter_map(|s| s.bounds_from(axis, self, newest));
        bounds
            .map(|Bounds { x, .. }| x)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
            .map(|(from, to)| (from - origin, to - origin))
    }
}

/// A range whose open ends are put where the series end.
fn closed((from, to): (f64, f64), axis: XAxis, origin: f64, series: &[&Series]) -> (f64, f64) {
    let ends = || {
        let bounds = series.iter().filter_map(|s| s.bounds(axis, &Window::All));
        bounds
            .map(|Bounds { x, .. }| (x.0 - origin, x.1 - origin))
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    match (from.is_finite(), to.is_finite(), ends()) {
        (true, false, Some((_, last))) => (from, last.max(from)),
        (false, true, Some((first, _))) => (first.min(to), to),
        (false, false, Some(ends)) => ends,
        _ => (from, to),
    }
}

/// What "last" counts back from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newest {
    pub(crate) iteration: Option<i64>,
    pub(crate) timestamp_ms: Option<i64>,
}
