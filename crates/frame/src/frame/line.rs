//! One line of a frame: the runs of an attempt between breaks, and the marks of what breaks them.

use super::axes::Axes;
use super::{Line, Mark, MarkKind};
use crate::lines::Strokes;
use crate::m4::{PixelColumn, Track, columns, partition_near};
use crate::scale::Scale;
use parallax_model::value::is_missing;
use parallax_series::{Attempt, NonFiniteRow, XAxis};

/// Draws an attempt, whose rows are in order of the axis, raw or smoothed.
pub(super) fn draw(axes: &Axes<'_>, attempt: &Attempt, smoothed: bool) -> Line {
    let kept;
    let raw = Track {
        xs: attempt.xs(axes.spec.x),
        values: attempt.finite().values(),
        pyramid: attempt.pyramid(),
    };
    let track = if smoothed {
        kept = attempt.smoothed(axes.spec.smooth);
        Track {
            values: kept.values(),
            pyramid: kept.pyramid(),
            ..raw
        }
    } else {
        raw
    };
    let (from, to) = axes.in_view(track.xs);
    let beside = attempt.non_finite();
    let beside_from = beside.partition_point(|row| x_of(axes, row) < axes.x_domain.0);
    let beside_to = beside.partition_point(|row| x_of(axes, row) <= axes.x_domain.1);
    let mut pen = Pen {
        axes,
        track,
        strokes: Strokes::default(),
        marks: Marks::default(),
    };
    // One row more on each side, unless a break lies between it and the window's edge.
    let (start, end) = (from.saturating_sub(1), (to + 1).min(track.values.len()));
    let mut at = start;
    for break_row in beside.iter().skip(attempt.non_finite_before(start + 1)) {
        if break_row.before >= end {
            break;
        }
        pen.run(at, break_row.before);
        at = break_row.before.max(at);
    }
    pen.run(at, end);
    for NonFiniteRow { row, .. } in beside
        .get(beside_from..beside_to.max(beside_from))
        .unwrap_or(&[])
    {
        let x = match axes.spec.x {
            XAxis::Iteration => Some(row.step),
            _ => row.time_ms,
        };
        let Some(x) = x else { continue };
        pen.marks.add(axes.x.px(x), kind_of(row.value));
    }
    pen.strokes.clip(axes.plot.1);
    Line {
        bars: pen.strokes.bars,
        paths: pen.strokes.paths,
        dots: pen.strokes.dots,
        marks: if smoothed {
            Vec::new()
        } else {
            pen.marks.sorted()
        },
        points: (to - from + beside_to.saturating_sub(beside_from)) as u64,
        drawn: pen.strokes.drawn,
        ..Line::default()
    }
}

/// Where a row is; NaN on a time axis for a row without a time.
fn x_of(axes: &Axes<'_>, row: &NonFiniteRow) -> f64 {
    axes.spec.x.x(&row.row).unwrap_or(f64::NAN) - axes.origin
}

fn kind_of(value: f64) -> MarkKind {
    if is_missing(value) {
        MarkKind::Missing
    } else if value.is_nan() {
        MarkKind::Nan
    } else if value > 0.0 {
        MarkKind::PosInf
    } else {
        MarkKind::NegInf
    }
}

/// Draws the runs of one line.
struct Pen<'a> {
    axes: &'a Axes<'a>,
    track: Track<'a>,
    strokes: Strokes,
    marks: Marks,
}

impl Pen<'_> {
    /// Draws rows `from..to`, which nothing interrupts but values that a logarithmic axis lacks.
    fn run(&mut self, from: usize, to: usize) {
        if self.axes.spec.y_scale == Scale::Linear {
            return self.stroke(from, to);
        }
        let (values, pyramid) = (self.track.values, self.track.pyramid);
        let mut at = from;
        while at < to {
            let end = pyramid.first(values, at, to, 0.0, false).unwrap_or(to);
            self.stroke(at, end);
            at = pyramid.first(values, end, to, 0.0, true).unwrap_or(to);
            self.mark_not_positive(end, at);
        }
    }

    fn stroke(&mut self, from: usize, to: usize) {
        let (axes, track) = (self.axes, self.track);
        let (strokes, marks) = (&mut self.strokes, &mut self.marks);
        columns(&track, from, to, &axes.x, &axes.y, |column| {
            strokes.column(column, &track, &axes.y, axes.plot.0);
            marks.outside(column, axes.plot);
        });
        strokes.lift();
    }

    /// Marks the pixel columns of rows `from..to`.
    fn mark_not_positive(&mut self, from: usize, to: usize) {
        let (x, xs) = (&self.axes.x, self.track.xs);
        let mut at = from;
        while at < to {
            let Some(&first) = xs.get(at) else { return };
            let px = x.px(first);
            if (0..x.width_px).contains(&px) {
                self.marks.add(px, MarkKind::NotPositive);
            }
            at = partition_near(at + 1, to, at + 1, |i| {
                xs.get(i).is_some_and(|&v| x.px(v) <= px)
            });
        }
    }
}

/// Marks so far, without repetitions of the last one.
#[derive(Default)]
struct Marks(Vec<Mark>);

impl Marks {
    fn add(&mut self, x: i32, kind: MarkKind) {
        let mark = Mark { x, kind };
        if self.0.last() != Some(&mark) {
            self.0.push(mark);
        }
    }

    fn outside(&mut self, column: &PixelColumn, plot: (i32, i32)) {
        if !(0..plot.0).contains(&column.x) {
            return;
        }
        if column.top < 0 {
            self.add(column.x, MarkKind::Above);
        }
        if column.bottom >= plot.1 {
            self.add(column.x, MarkKind::Below);
        }
    }

    fn sorted(mut self) -> Vec<Mark> {
        self.0.sort_by_key(|mark| (mark.x, mark.kind));
        self.0.dedup();
        self.0
    }
}
