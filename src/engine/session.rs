//! One open workload: its rows, and the answers that charts ask for.
//!
//! No I/O here: `work` sends the requests that the store plans, feeds it what arrives, and passes
//! the answers on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;

use parallax_frame::scale::Scale;
use parallax_frame::{FrameSpec, frame};
use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_series::window::Window;
use parallax_series::{PointRef, Series, XAxis, resolve_window};
use parallax_view::{Last, Span, XChoice, YChoice};

use super::pair::{Compared, as_rails};
use super::store::Store;
use crate::protocol::{ChartReply, ChartSpec, PairPart, PairSpec, Probes, Reading};

/// A series as a chart draws it.
pub(super) enum Shown<'a> {
    /// One as it is stored.
    Held(&'a Series),
    /// One that was made: for a comparison, or of the last rows.
    Made(Rc<Series>),
}

impl Deref for Shown<'_> {
    type Target = Series;

    fn deref(&self) -> &Series {
        match self {
            Self::Held(series) => series,
            Self::Made(series) => series,
        }
    }
}

/// What a chart draws.
pub(super) struct Drawn<'a> {
    /// Its series; `None` for one that is not held.
    pub(super) series: Vec<Option<Shown<'a>>>,
    /// The part of x that it shows, in units of the axis.
    pub(super) range: Option<(f64, f64)>,
    /// The second and third series are steps of A and of B alone.
    pub(super) has_rails: bool,
}

impl Drawn<'_> {
    /// A pair's chart where one side holds no points.
    pub(super) fn nothing(part: PairPart) -> Self {
        let count = match part {
            PairPart::Curves => 2,
            PairPart::Strip => 3,
        };
        Self {
            series: (0..count).map(|_| None).collect(),
            range: None,
            has_rails: false,
        }
    }

    fn borrowed<'b>(&'b self, empty: &'b Series) -> Vec<&'b Series> {
        let series = self.series.iter();
        series
            .map(|shown| shown.as_deref().unwrap_or(empty))
            .collect()
    }
}

/// Gives what a chart of a pair draws.
type DrawPair = for<'a> fn(&'a Session, &PairSpec, PairPart) -> Drawn<'a>;

/// The last rows of a series.
#[derive(Default)]
struct LastRows {
    count: u64,
    /// The version of the series.
    version: u64,
    rows: Rc<Series>,
}

/// An open workload.
#[derive(Default)]
pub struct Session {
    /// The workload's uid.
    pub uid: String,
    /// Its rows.
    pub store: Store,
    /// The workload that this one is compared with.
    pub baseline: Option<Box<Session>>,
    /// The pair that was compared last.
    pub(super) compared: RefCell<Option<Rc<Compared>>>,
    /// How pairs are drawn, once [`Session::learn_pairs`] was called: not every visit needs them, so
    /// nothing else here leads to their code.
    pub(super) draw_pair: Option<DrawPair>,
    /// The last rows of series as charts draw them.
    last_rows: RefCell<BTreeMap<SeriesKey, LastRows>>,
}

impl Session {
    /// A workload of which nothing is known yet.
    pub fn new(uid: String) -> Self {
        Self {
            uid,
            ..Self::default()
        }
    }

    /// Another workload in place of this one, with the same baseline.
    pub fn succeed(self, uid: String) -> Self {
        Self {
            uid,
            baseline: self.baseline,
            draw_pair: self.draw_pair,
            ..Self::default()
        }
    }

    /// The latest time of a row, ms since the epoch.
    pub fn newest_ms(&self) -> Option<i64> {
        let series = self.store.all_series();
        series
            .filter_map(|(_, series)| series.latest_time_ms())
            .max()
    }

    /// The series of a key.
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.store.series(key)
    }

    /// A series, or its last rows if the span is these.
    pub(super) fn shown(&self, key: &SeriesKey, span: Span) -> Option<Shown<'_>> {
        let series = self.store.series(key)?;
        let Some(count) = last_points(series, span) else {
            return Some(Shown::Held(series));
        };
        let mut kept = self.last_rows.borrow_mut();
        let last = kept.entry(key.clone()).or_default();
        if (last.count, last.version) != (count, series.version()) {
            *last = LastRows {
                count,
                version: series.version(),
                rows: Rc::new(series.last_rows(count)),
            };
        }
        Some(Shown::Made(last.rows.clone()))
    }

    /// Where a row is on an axis; `None` on a time axis for a row without a time.
    pub fn x_of(&self, x: XChoice, row: &Row) -> Option<f64> {
        let axis = axis(x);
        Some(axis.x(row)? - axis.origin(self.origin_ms()))
    }

    /// The ends of a span in units of the axis; `None` if nothing of these series is in it, or for
    /// everything.
    pub fn range(&self, series: &[&Series], x: XChoice, span: Span) -> Option<(f64, f64)> {
        resolve_window(
            &window(span),
            axis(x),
            self.origin_ms(),
            self.newest_ms(),
            series,
        )
    }

    /// What a chart draws.
    pub fn chart(&self, spec: ChartSpec) -> ChartReply {
        let drawn = self.drawn(&spec);
        let empty = Series::new();
        let series = drawn.borrowed(&empty);
        let range = drawn.range;
        let mut frame = frame(
            &series,
            &FrameSpec {
                width_px: spec.width_px,
                height_px: spec.height_px,
                line_width_px: spec.line_width_px,
                x: axis(spec.x),
                x_origin_ms: self.origin_ms(),
                x_range: range,
                y_scale: match spec.y {
                    YChoice::Linear => Scale::Linear,
                    YChoice::Log => Scale::Log,
                },
                smooth: spec.smooth,
                ..FrameSpec::default()
            },
        );
        if drawn.has_rails {
            as_rails(&mut frame);
        }
        let shown = self.shown_window(spec.x, range);
        let statistics = series
            .iter()
            .zip(&drawn.series)
            .map(|(series, held)| {
                held.as_ref()
                    .map(|_| series.statistics(axis(spec.x), &shown))
            })
            .collect();
        let newest = match range {
            Some((from, to)) => self.newest_in(&series, spec.x, (from, to)),
            None => vec![None; series.len()],
        };
        let held_points = series.iter().map(|series| series.len() as u64).sum();
        ChartReply {
            spec,
            frame,
            statistics,
            newest,
            held_points,
        }
    }

    /// The raw points nearest to an x, one for each series that a chart draws.
    pub fn probe(&self, spec: &ChartSpec, at: f64) -> Vec<Option<Reading>> {
        let drawn = self.drawn(spec);
        let empty = Series::new();
        self.nearest(&drawn.borrowed(&empty), spec.x, at)
    }

    /// The same for each place of the pointer on an x axis as wide as the chart.
    pub fn probes(&self, spec: &ChartSpec, x_domain: (f64, f64)) -> Probes {
        let drawn = self.drawn(spec);
        let empty = Series::new();
        let series = drawn.borrowed(&empty);
        Probes::new(x_domain, spec.width_px, series.len(), |index, at| {
            self.reading(series.get(index)?, spec.x, at)
        })
    }

    fn nearest(&self, series: &[&Series], x: XChoice, at: f64) -> Vec<Option<Reading>> {
        let readings = series.iter().map(|series| self.reading(series, x, at));
        readings.collect()
    }

    fn reading(&self, series: &Series, x: XChoice, at: f64) -> Option<Reading> {
        let point = series.nearest(axis(x), at + axis(x).origin(self.origin_ms()))?;
        self.reading_of(x, &point)
    }

    /// The row recorded last of those that are in a range of the axis, one for each series.
    fn newest_in(
        &self,
        series: &[&Series],
        x: XChoice,
        (from, to): (f64, f64),
    ) -> Vec<Option<Reading>> {
        let origin = axis(x).origin(self.origin_ms());
        let newest = series.iter().map(|series| {
            let point = series.last_recorded(axis(x), from + origin, to + origin)?;
            self.reading_of(x, &point)
        });
        newest.collect()
    }

    fn reading_of(&self, x: XChoice, point: &PointRef) -> Option<Reading> {
        Some(Reading {
            step: point.row.step,
            time_ms: point.row.time_ms,
            x: self.x_of(x, &point.row)?,
            value: point.row.value,
        })
    }

    /// The series that a chart draws, and the part of x that it shows.
    fn drawn(&self, spec: &ChartSpec) -> Drawn<'_> {
        if let Some((pair, part)) = spec.pair.as_deref() {
            return match self.draw_pair {
                Some(draw) => draw(self, pair, *part),
                None => Drawn::nothing(*part),
            };
        }
        let shown = |key| self.shown(key, spec.span);
        let mut drawn = Drawn {
            series: spec.series.iter().map(shown).collect(),
            range: None,
            has_rails: false,
        };
        let empty = Series::new();
        drawn.range = self.range(&drawn.borrowed(&empty), spec.x, spec.span);
        drawn
    }

    /// The earliest time of a row, ms since the epoch; 0 if no row has one.
    pub(super) fn origin_ms(&self) -> f64 {
        let series = self.store.all_series();
        let earliest = series.filter_map(|(_, series)| series.earliest_time_ms());
        earliest.min().unwrap_or(0) as f64
    }

    /// A range of x as a window of series, which know no origin.
    fn shown_window(&self, x: XChoice, range: Option<(f64, f64)>) -> Window {
        let origin = axis(x).origin(self.origin_ms());
        range.map_or(Window::All, |(from, to)| Window::Range {
            from: from + origin,
            to: to + origin,
        })
    }
}

/// How many of the last rows of a series a span shows; `None` if it shows others, or all.
pub(super) fn last_points(series: &Series, span: Span) -> Option<u64> {
    match span {
        Span::Last(Last::Points(count)) if count < series.len() as u64 => Some(count),
        _ => None,
    }
}

pub(super) fn axis(x: XChoice) -> XAxis {
    match x {
        XChoice::Iteration => XAxis::Iteration,
        XChoice::Relative => XAxis::RelativeTime,
        XChoice::Wall => XAxis::WallTime,
    }
}

fn window(span: Span) -> Window {
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    match span {
        Span::All => Window::All,
        // Ends in the wrong order still name a range.
        Span::Range {
            from: Some(from),
            to: Some(to),
        } if to < from => Window::Range { from: to, to: from },
        Span::Range { from, to } => Window::Range {
            from: from.unwrap_or(f64::NEG_INFINITY),
            to: to.unwrap_or(f64::INFINITY),
        },
        Span::Last(Last::Points(n)) => Window::LastPoints(n),
        Span::Last(Last::Steps(n)) => Window::LastSteps(signed(n)),
        Span::Last(Last::Duration { ms }) => Window::LastDuration { ms: signed(ms) },
    }
}
