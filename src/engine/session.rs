//! One open workload as the engine holds it: its series, and the answers that charts ask for.
//!
//! No I/O here: `work` asks what to fetch, feeds what arrives, and passes the answers on.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_frame::scale::Scale;
use parallax_frame::{FrameSpec, frame};
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_model::sorted::Sorted;
use parallax_series::window::Window;
use parallax_series::{PointRef, Series, XAxis, resolve_window};
use parallax_view::{Last, Span, XChoice, YChoice};

use super::pair::{Compared, as_rails};
use crate::protocol::{ChartReply, ChartSpec, MetricState, PairPart, PairSpec, Probes, Reading};

/// Points that arrive this much late are still found by a poll, now and then.
const OVERLAP_MS: i64 = 60_000;
/// Every how many polls the overlap is asked for.
const OVERLAP_EVERY: u32 = 6;

/// Room is made for so many rows of a series at most before they are there, whatever a server says.
const MOST_EXPECTED_ROWS: usize = 10_000_000;

/// What a poll asks for: one source's metrics from a time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The source.
    pub source: String,
    /// Its metrics that are held.
    pub metrics: Vec<String>,
    /// From here on, ms since the epoch, included.
    pub start_ms: i64,
}

/// Which rows of an answer of `metrics/data` have been taken.
#[derive(Debug, Default)]
pub struct Answer {
    /// The time from which on rows were asked for; `None` for all.
    pub start_ms: Option<i64>,
    /// The series of which rows have arrived.
    begun: Sorted<SeriesKey, ()>,
}

impl Answer {
    /// The answer to a request for rows from `start_ms` on.
    pub fn from(start_ms: Option<i64>) -> Self {
        Self {
            start_ms,
            ..Self::default()
        }
    }
}

/// A series as a chart draws it.
pub(super) enum Shown<'a> {
    /// One that is held.
    Held(&'a Series),
    /// One that was made for a comparison.
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

/// An open workload.
#[derive(Default)]
pub struct Session {
    /// The workload's uid.
    pub uid: String,
    catalog: Catalog,
    series: Sorted<SeriesKey, Series>,
    states: Sorted<String, MetricState>,
    origin_ms: Option<i64>,
    polls: u32,
    /// The workload that this one is held against.
    pub baseline: Option<Box<Session>>,
    /// The pair that was compared last.
    pub(super) compared: RefCell<Option<Rc<Compared>>>,
    /// How pairs are drawn, once [`Session::learn_pairs`] was called: not every visit needs them, so
    /// nothing else here leads to their code.
    pub(super) draw_pair: Option<DrawPair>,
}

impl Session {
    /// A workload of which nothing is held yet.
    pub fn new(uid: String) -> Self {
        Self {
            uid,
            ..Self::default()
        }
    }

    /// Another workload in place of this one, with its baseline.
    pub fn succeed(self, uid: String) -> Self {
        Self {
            uid,
            baseline: self.baseline,
            draw_pair: self.draw_pair,
            ..Self::default()
        }
    }

    /// Takes what exists, as the API says now.
    pub fn set_catalog(&mut self, catalog: Catalog) {
        self.catalog = catalog;
    }

    /// Marks metrics as wanted; gives those that have to be fetched.
    pub fn want(&mut self, names: Vec<String>) -> Vec<String> {
        let mut new = Vec::new();
        for name in names {
            if !self.states.contains_key(&name) {
                self.states.insert(name.clone(), MetricState::Loading);
                new.push(name);
            }
        }
        new
    }

    /// Marks what failed or was cancelled as wanted again; gives what has to be fetched.
    pub fn retry(&mut self) -> Vec<String> {
        let partial = |state: &MetricState| matches!(state, MetricState::Partial(_));
        let names: Vec<String> = self
            .states
            .iter()
            .filter(|(_, state)| partial(state))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &names {
            self.states.insert(name.clone(), MetricState::Loading);
        }
        names
    }

    /// Takes the rows of a whole answer; gives the metrics that grew.
    pub fn append(
        &mut self,
        answer: &mut Answer,
        rows: Vec<(SeriesKey, Columns)>,
    ) -> Sorted<String, ()> {
        let mut grown = Sorted::new();
        for (key, rows) in rows {
            if self.take(answer, &key, &rows) {
                grown.insert(key.metric, ());
            }
        }
        grown
    }

    /// Takes rows of an answer if their metric is wanted; true if the series changed. The first
    /// rows of a series replace what is held from the answer's start on, later ones come behind.
    pub fn take(&mut self, answer: &mut Answer, key: &SeriesKey, rows: &Columns) -> bool {
        if !self.states.contains_key(&key.metric) {
            return false;
        }
        let first = rows.times().iter().flatten().min();
        self.origin_ms = self.origin_ms.into_iter().chain(first).min();
        let expected = self.expected_rows(&key.metric);
        let series = self
            .series
            .or_insert_with(key.clone(), || Series::expecting(expected));
        let keep = match (answer.begun.contains_key(key), answer.start_ms) {
            (true, _) => series.len() as u64,
            (false, Some(start_ms)) => series.rows_before(start_ms),
            (false, None) => 0,
        };
        answer.begun.insert(key.clone(), ());
        let (version, before) = (series.version(), series.len());
        series.extend(keep, rows);
        series.version() != version && (series.len() != before || keep == 0)
    }

    /// About how many rows each source has of a metric, as the catalog counts them.
    fn expected_rows(&self, metric: &str) -> usize {
        let Some(metric) = self.catalog.metric(metric) else {
            return 0;
        };
        let rows = metric.count / metric.sources.len().max(1) as u64;
        usize::try_from(rows).unwrap_or(0).min(MOST_EXPECTED_ROWS)
    }

    /// The end of a fetch; gives the new states.
    pub fn fetched(
        &mut self,
        names: &[String],
        error: Option<&ApiError>,
    ) -> Vec<(String, MetricState)> {
        let state = error.map_or(MetricState::Ready, |error| {
            MetricState::Partial(error.clone())
        });
        let changed: Vec<_> = names
            .iter()
            .map(|name| (name.clone(), state.clone()))
            .collect();
        self.states.extend(changed.iter().cloned());
        changed
    }

    /// What a poll has to ask for. Each source is asked from its own newest point on, so that one
    /// that stopped long ago costs nothing.
    pub fn deltas(&mut self) -> Vec<Delta> {
        self.polls += 1;
        let overlap_ms = if self.polls.is_multiple_of(OVERLAP_EVERY) {
            OVERLAP_MS
        } else {
            0
        };
        let held = |name: &&String| matches!(self.states.get(*name), Some(MetricState::Ready));
        let mut deltas = Vec::new();
        for source in &self.catalog.sources {
            let recorded = self
                .catalog
                .metrics
                .iter()
                .filter(|m| m.sources.contains(source));
            let metrics: Vec<String> = recorded.map(|m| &m.name).filter(held).cloned().collect();
            if metrics.is_empty() {
                continue;
            }
            let newest = self.series.iter().filter(|(key, _)| key.source == *source);
            let newest = newest
                .filter_map(|(_, series)| series.latest_time_ms())
                .max();
            let start_ms = newest.map_or(0, |ms| (ms - overlap_ms).max(0));
            deltas.push(Delta {
                source: source.as_str().to_owned(),
                metrics,
                start_ms,
            });
        }
        deltas
    }

    /// Timestamp of the newest point, ms since the epoch.
    pub fn newest_ms(&self) -> Option<i64> {
        self.series
            .values()
            .filter_map(Series::latest_time_ms)
            .max()
    }

    /// The series of a key.
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.series.get(key)
    }

    /// All series of these metrics.
    pub fn series_of<'a>(
        &'a self,
        metrics: &'a [String],
    ) -> impl Iterator<Item = (&'a SeriesKey, &'a Series)> {
        self.series
            .iter()
            .filter(|(key, _)| metrics.contains(&key.metric))
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
            iteration: point.row.step,
            timestamp_ms: point.row.time_ms.unwrap_or(0),
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
        let held = |key| self.series.get(key).map(Shown::Held);
        let mut drawn = Drawn {
            series: spec.series.iter().map(held).collect(),
            range: None,
            has_rails: false,
        };
        let empty = Series::new();
        drawn.range = self.range(&drawn.borrowed(&empty), spec.x, spec.span);
        drawn
    }

    pub(super) fn origin_ms(&self) -> f64 {
        self.origin_ms.unwrap_or(0) as f64
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
