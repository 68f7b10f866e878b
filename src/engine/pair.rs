//! Compares two series of the open workload, or one of it and one of its baseline: the report, the
//! curves and the strip under them, the rows of the export.
//!
//! `parallax_compare` decides everything; this chooses its input, and keeps the last pair, so that
//! moving a window does not align a million points anew.

use std::rc::Rc;

use parallax_compare::report::{self, to_csv, to_json};
use parallax_compare::{AlignedPair, PairReport, Points};
use parallax_frame::{Frame, MarkKind};
use parallax_model::attempts::AttemptStart;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_series::Series;
use parallax_view::{Comparing, Pair, Side, Span, XChoice};

use super::session::{Drawn, Session, Shown, last_points};
use crate::protocol::{PairPart, PairSpec};

/// Rows of a series in the order of recording, with their attempts.
#[derive(Default)]
pub(super) struct SideRows {
    rows: Columns,
    attempts: Vec<AttemptStart>,
}

impl SideRows {
    /// All rows of a series.
    pub(super) fn all(series: &Series) -> Self {
        Self {
            rows: series.recorded_rows(),
            attempts: series.attempt_starts(),
        }
    }

    /// The rows that `keep` lets through, in the attempts that they were in.
    fn filtered(series: &Series, keep: impl Fn(&Row) -> bool) -> Self {
        let (mut rows, mut attempts) = (Columns::new(), Vec::new());
        for attempt in series.attempts() {
            attempts.push(AttemptStart {
                first_row: rows.len() as u64,
                ..attempt.start()
            });
            let recorded = attempt.recorded_rows();
            recorded.rows().filter(&keep).for_each(|row| rows.push(row));
        }
        Self { rows, attempts }
    }

    pub(super) fn side(&self) -> parallax_compare::Side<'_> {
        parallax_compare::Side::of(&self.rows, &self.attempts)
    }

    fn series(&self) -> Rc<Series> {
        let mut series = Series::expecting(self.rows.len());
        series.replace(0, &self.rows, &self.attempts);
        Rc::new(series)
    }
}

/// Both sides of a pair.
struct Sides {
    a: SideRows,
    b: SideRows,
}

impl Sides {
    fn aligned<'a>(&'a self, comparing: &Comparing) -> AlignedPair<'a> {
        AlignedPair::new(self.a.side(), self.b.side(), &comparing.options())
    }
}

/// A pair as it is drawn.
pub struct Compared {
    pair: Pair,
    comparing: Comparing,
    /// Whether A's times were moved to where the open workload starts.
    moved: bool,
    versions: (u64, u64),
    /// Curves that are not drawn as they are held.
    changed: [Option<Rc<Series>>; 2],
    strip: [Rc<Series>; 3],
}

impl Session {
    /// Makes charts of pairs drawn from now on.
    pub fn learn_pairs(&mut self) {
        self.draw_pair = Some(Self::drawn_pair);
    }

    /// What is said of a pair inside a span. `None` where one side holds no points.
    pub fn compare(&self, spec: &PairSpec) -> Option<PairReport> {
        let sides = self.sides(spec)?;
        Some(sides.aligned(&spec.comparing).report())
    }

    /// The aligned pair inside a span as CSV or JSON; empty where one side holds no points.
    pub fn export(&self, spec: &PairSpec, json: bool) -> String {
        let sides = self.sides(spec);
        let rows: Vec<report::Row> =
            sides.map_or_else(Vec::new, |sides| sides.aligned(&spec.comparing).rows());
        if json { to_json(&rows) } else { to_csv(&rows) }
    }

    /// The series of one side. A is the baseline's where there is one.
    fn side(&self, pair: &Pair, comparing: &Comparing, is_a: bool) -> Option<&Series> {
        let Side { metric, source } = if is_a { &pair.a } else { &pair.b };
        let key = SeriesKey {
            metric: metric.clone(),
            source: source.as_str().into(),
        };
        let session = match &comparing.baseline {
            Some(_) if is_a => self.baseline.as_deref()?,
            _ => self,
        };
        session.series(&key).filter(|series| !series.is_empty())
    }

    /// Both sides inside the span; B where the accepted change puts it.
    fn sides(&self, spec: &PairSpec) -> Option<Sides> {
        let a = self.side(&spec.pair, &spec.comparing, true)?;
        let b = self.side(&spec.pair, &spec.comparing, false)?;
        let range = self.pair_range(spec);
        let by_ms = self.move_of_a_ms(spec);
        let transform = spec.comparing.transform;
        let inside = |step: i64, time_ms: Option<i64>| {
            let row = Row {
                step,
                time_ms,
                value: 0.0,
            };
            let at = self.x_of(spec.x, &row);
            range.is_none_or(|(from, to)| at.is_some_and(|at| (from..=to).contains(&at)))
        };
        let later = |time_ms: Option<i64>, by_ms: i64| time_ms.map(|ms| ms.saturating_add(by_ms));
        let [a, b] = [a, b].map(|series| within(Shown::Held(series), spec.span));
        Some(Sides {
            a: SideRows::filtered(&a, |row| inside(row.step, later(row.time_ms, by_ms))),
            b: SideRows::filtered(&b, |row| {
                let time_ms = later(row.time_ms, transform.time_plus_ms);
                inside(transform.step(row.step), time_ms)
            }),
        })
    }

    /// The part of x that both charts of a pair show.
    fn pair_range(&self, spec: &PairSpec) -> Option<(f64, f64)> {
        let [a, b] = self.curves(spec)?;
        self.range(&[&a, &b], spec.x, spec.span)
    }

    /// Both curves as they are drawn.
    fn curves(&self, spec: &PairSpec) -> Option<[Shown<'_>; 2]> {
        let compared = self.compared(spec)?;
        let curve = |is_a: bool| {
            let changed = compared.changed.get(usize::from(!is_a)).cloned().flatten();
            let held = || {
                self.side(&spec.pair, &spec.comparing, is_a)
                    .map(Shown::Held)
            };
            let curve = changed.map(Shown::Made).or_else(held)?;
            Some(within(curve, spec.span))
        };
        Some([curve(true)?, curve(false)?])
    }

    /// On the axis of relative time, what moves the baseline's start to the open workload's.
    fn move_of_a_ms(&self, spec: &PairSpec) -> i64 {
        match (&self.baseline, spec.x, &spec.comparing.baseline) {
            (Some(baseline), XChoice::Relative, Some(_)) => {
                self.origin_ms() as i64 - baseline.origin_ms() as i64
            }
            _ => 0,
        }
    }

    /// The pair as it is drawn, from before if nothing changed.
    fn compared(&self, spec: &PairSpec) -> Option<Rc<Compared>> {
        let PairSpec {
            pair, comparing, ..
        } = spec;
        let a = self.side(pair, comparing, true)?;
        let b = self.side(pair, comparing, false)?;
        let by_ms = self.move_of_a_ms(spec);
        let (moved, versions) = (by_ms != 0, (a.version(), b.version()));
        let same = |kept: &Rc<Compared>| {
            kept.pair == *pair
                && kept.comparing == *comparing
                && kept.moved == moved
                && kept.versions == versions
        };
        if let Some(kept) = self.compared.borrow().as_ref().filter(|kept| same(kept)) {
            return Some(kept.clone());
        }
        let mut sides = Sides {
            a: SideRows::all(a),
            b: SideRows::all(b),
        };
        sides.a.rows.shift_times(by_ms);
        let strip = strip(&sides, comparing);
        let transform = comparing.transform;
        let changed_a = moved.then(|| sides.a.series());
        let changed_b = (!transform.is_identity()).then(|| {
            let points = transform.apply(sides.b.side());
            let changed = SideRows {
                rows: columns_of(&points.iteration, &points.timestamp_ms, &points.value),
                attempts: sides.b.attempts.clone(),
            };
            changed.series()
        });
        let new = Rc::new(Compared {
            pair: pair.clone(),
            comparing: comparing.clone(),
            moved,
            versions,
            changed: [changed_a, changed_b],
            strip,
        });
        self.compared.replace(Some(new.clone()));
        Some(new)
    }

    /// What a chart of the compare page draws.
    fn drawn_pair(&self, spec: &PairSpec, part: PairPart) -> Drawn<'_> {
        let Some(compared) = self.compared(spec) else {
            return Drawn::nothing(part);
        };
        Drawn {
            series: match part {
                PairPart::Curves => match self.curves(spec) {
                    Some(curves) => curves.into_iter().map(Some).collect(),
                    None => vec![None, None],
                },
                PairPart::Strip => {
                    let strip = compared.strip.iter().cloned();
                    strip.map(|series| Some(Shown::Made(series))).collect()
                }
            },
            range: self.pair_range(spec),
            has_rails: part == PairPart::Strip,
        }
    }
}

/// A series, or its last rows if the span is these.
fn within(series: Shown<'_>, span: Span) -> Shown<'_> {
    match last_points(&series, span) {
        Some(count) => Shown::Made(Rc::new(series.last_rows(count))),
        None => series,
    }
}

/// Δ, and the steps of A and of B alone as infinite values: the frame marks those at its edges.
fn strip(sides: &Sides, comparing: &Comparing) -> [Rc<Series>; 3] {
    let residual = sides.aligned(comparing).residual(comparing.relative);
    let series = |points: &Points<'_>, values: &[f64]| {
        let columns = columns_of(&points.iteration, &points.timestamp_ms, values);
        Rc::new(Series::of(&columns))
    };
    let rail = |points: &Points<'_>, value: f64| series(points, &vec![value; points.value.len()]);
    [
        series(&residual.delta, &residual.delta.value),
        rail(&residual.only_a, f64::INFINITY),
        rail(&residual.only_b, f64::NEG_INFINITY),
    ]
}

/// Turns the marks of a strip's rails into ticks of their sides.
pub(super) fn as_rails(frame: &mut Frame) {
    for line in frame.lines.iter_mut().filter(|line| line.series > 0) {
        for mark in &mut line.marks {
            mark.kind = match line.series {
                1 => MarkKind::OnlyA,
                _ => MarkKind::OnlyB,
            };
        }
    }
}

/// Columns of a comparison's points, where time 0 means that a point has none.
fn columns_of(step: &[i64], time_ms: &[i64], value: &[f64]) -> Columns {
    let times = time_ms.iter().map(|&ms| (ms != 0).then_some(ms));
    let columns = Columns::from_parts(step.to_vec(), times.collect(), value.to_vec());
    columns.unwrap_or_default()
}
