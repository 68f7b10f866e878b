//! One open workload as the engine holds it: its series, and the answers that charts ask for.
//!
//! No I/O here: `work` asks what to fetch, feeds what arrives, and passes the answers on.

use std::collections::{BTreeMap, BTreeSet};

use parallax_core::attempt::Attempt;
use parallax_core::catalog::Catalog;
use parallax_core::columns::{Columns, SeriesKey};
use parallax_core::compare::agree::Agreement;
use parallax_core::compare::{self, Options, Prepared};
use parallax_core::error::ApiError;
use parallax_core::frame::{FrameSpec, frame};
use parallax_core::scale::Scale;
use parallax_core::series::Series;
use parallax_core::view::{Last, Pair, Side, Span, XChoice, YChoice};
use parallax_core::window::{Window, XAxis};

use crate::protocol::{ChartReply, ChartSpec, MetricState, Reading};

/// Points that arrive this much late are still found by a poll, now and then.
const OVERLAP_MS: i64 = 60_000;
/// Every how many polls the overlap is asked for.
const OVERLAP_EVERY: u32 = 6;

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

/// An open workload.
#[derive(Default)]
pub struct Session {
    /// The workload's uid.
    pub uid: String,
    catalog: Catalog,
    series: BTreeMap<SeriesKey, Series>,
    states: BTreeMap<String, MetricState>,
    origin_ms: Option<i64>,
    polls: u32,
}

impl Session {
    /// A workload of which nothing is held yet.
    pub fn new(uid: String) -> Self {
        Self {
            uid,
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

    /// Appends rows of wanted metrics; gives the metrics that grew.
    pub fn append(&mut self, rows: Vec<(SeriesKey, Columns)>) -> BTreeSet<String> {
        let mut grown = BTreeSet::new();
        for (key, columns) in rows {
            if !self.states.contains_key(&key.metric) {
                continue;
            }
            let first = columns.timestamp_ms.iter().copied().min();
            self.origin_ms = self.origin_ms.into_iter().chain(first).min();
            let metric = key.metric.clone();
            let series = self.series.entry(key).or_default();
            let before = series.len();
            series.append(&columns);
            if series.len() != before {
                grown.insert(metric);
            }
        }
        grown
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
                .filter_map(|(_, series)| series.newest_timestamp_ms())
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
            .filter_map(Series::newest_timestamp_ms)
            .max()
    }

    /// The series of a key.
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.series.get(key)
    }

    /// Where a row stands on an axis.
    pub fn x_of(&self, x: XChoice, iteration: i64, timestamp_ms: i64) -> f64 {
        let axis = axis(x);
        axis.x(iteration, timestamp_ms) - axis.origin(self.origin_ms())
    }

    /// The ends of a span in units of the axis; `None` if nothing of these series is in it, or for
    /// everything.
    pub fn range(&self, series: &[&Series], x: XChoice, span: Span) -> Option<(f64, f64)> {
        window(span).resolve(axis(x), self.origin_ms(), self.newest_ms(), series)
    }

    /// What a chart draws.
    pub fn chart(&self, spec: ChartSpec) -> ChartReply {
        let empty = Series::new();
        let held: Vec<Option<&Series>> =
            spec.series.iter().map(|key| self.series.get(key)).collect();
        let drawn: Vec<&Series> = held.iter().map(|series| series.unwrap_or(&empty)).collect();
        let range = self.range(&drawn, spec.x, spec.span);
        let frame = frame(
            &drawn,
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
        let shown = self.shown_window(spec.x, range);
        let statistics = held
            .iter()
            .map(|series| series.map(|s| s.statistics(axis(spec.x), &shown)))
            .collect();
        let newest = match range {
            Some((_, to)) => self.probe(&spec.series, spec.x, to),
            None => vec![None; spec.series.len()],
        };
        let held_points = drawn.iter().map(|series| series.len() as u64).sum();
        ChartReply {
            spec,
            frame,
            statistics,
            newest,
            held_points,
        }
    }

    /// The raw points nearest to an x, one for each series.
    pub fn probe(&self, series: &[SeriesKey], x: XChoice, at: f64) -> Vec<Option<Reading>> {
        let at = at + axis(x).origin(self.origin_ms());
        let nearest = |key: &SeriesKey| {
            let point = self.series.get(key)?.nearest(axis(x), at)?;
            Some(Reading {
                iteration: point.iteration,
                timestamp_ms: point.timestamp_ms,
                x: self.x_of(x, point.iteration, point.timestamp_ms),
                value: point.value,
            })
        };
        series.iter().map(nearest).collect()
    }

    /// How two series compare inside a span, over their latest attempts. `None` where one of them
    /// holds no points.
    pub fn compare(&self, pair: &Pair, span: Span, x: XChoice) -> Option<Agreement> {
        let of = |side: &Side| {
            let key = SeriesKey {
                metric: side.metric.clone(),
                source: side.source.as_str().into(),
            };
            self.series.get(&key).filter(|series| !series.is_empty())
        };
        let (a, b) = (of(&pair.a)?, of(&pair.b)?);
        let range = self.range(&[a, b], x, span);
        let columns = |series: &Series| self.columns(series, x, range);
        let (a, b) = (columns(a), columns(b));
        let prepared = Prepared::new(borrow(&a), borrow(&b), &Options::default());
        Some(prepared.agreement((&pair.a.source, &pair.b.source)))
    }

    fn columns(&self, series: &Series, x: XChoice, range: Option<(f64, f64)>) -> Columns {
        let mut columns = Columns::new();
        for row in series.attempts().iter().flat_map(Attempt::rows) {
            let at = self.x_of(x, row.iteration, row.timestamp_ms);
            if range.is_none_or(|(from, to)| (from..=to).contains(&at)) {
                columns.push(row.iteration, row.timestamp_ms, row.value);
            }
        }
        columns
    }

    fn origin_ms(&self) -> f64 {
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

fn axis(x: XChoice) -> XAxis {
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

fn borrow(columns: &Columns) -> compare::Side<'_> {
    compare::Side {
        iteration: &columns.iteration,
        timestamp_ms: &columns.timestamp_ms,
        value: &columns.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{FromEngine, decode, encode};

    fn session() -> (Session, Pair) {
        let mut session = Session::new("run".into());
        session.want(vec!["loss".into()]);
        let side = |source: &str| Side {
            metric: "loss".into(),
            source: source.into(),
        };
        let rows = |values: &[f64]| {
            let mut columns = Columns::new();
            for (step, value) in (1..).zip(values) {
                columns.push(step * 10, 1_000 * step, *value);
            }
            columns
        };
        let key = |source: &str| SeriesKey {
            metric: "loss".into(),
            source: source.into(),
        };
        session.append(vec![
            (key("log"), rows(&[2.0, 1.5, 1.0])),
            (key("wandb"), rows(&[2.0, 1.0])),
        ]);
        (
            session,
            Pair {
                a: side("log"),
                b: side("wandb"),
            },
        )
    }

    #[test]
    fn a_comparison_counts_and_crosses_the_boundary() {
        let (session, pair) = session();
        let report = session
            .compare(&pair, Span::All, XChoice::Iteration)
            .unwrap();
        assert_eq!((report.matched, report.only), (2, (1, 0)));
        let figures = report.figures.unwrap();
        assert_eq!(
            (figures.max_abs, figures.max_abs_at, figures.mae),
            (0.5, 20, 0.25)
        );
        let message = FromEngine::Compared {
            pair,
            report: Some(Box::new(report)),
        };
        assert_eq!(decode(&encode(&message)), Some(message));
    }
}
