//! What one side has and the other lacks: cadence, missing steps, late starts and early ends,
//! duplicates, non-finite values, clocks.
//!
//! A step that only A has counts as missing in B where B's own cadence leaves a hole there: a
//! source that logs every tenth step misses nothing between them. What lies before a side's first
//! or after its last step is a late start or an early end, not a gap.

use serde::{Deserialize, Serialize};

use super::clock::{Clock, clock};
use crate::align::{Alignment, Cadence, cadences, missing};
use crate::attempts::CleanReport;
use crate::side::{Side, StepRange, same};

/// One side of the report.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SideGaps {
    /// First and last step.
    pub span: Option<(i64, i64)>,
    /// How often it logs; more than one entry where that changes.
    pub cadences: Vec<Cadence>,
    /// Steps that its own cadence leaves out.
    pub missing: Vec<StepRange>,
    /// Steps that the other side has and this one's cadence leaves out.
    pub missing_here: Vec<StepRange>,
    /// The other side's points before this one's first step.
    pub late_start: Option<StepRange>,
    /// The other side's points after this one's last step.
    pub early_end: Option<StepRange>,
    /// Shared steps where this side alone is NaN or infinite.
    pub non_finite_only_here: Vec<StepRange>,
    /// All points that are NaN or infinite.
    pub non_finite: u64,
    /// What cleaning left out.
    pub cleaned: CleanReport,
    /// True if every time is the same one.
    pub frozen_clock: bool,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapReport {
    /// Side A.
    pub a: SideGaps,
    /// Side B.
    pub b: SideGaps,
    /// The clocks, where both sides have one.
    pub clock: Option<Clock>,
}

/// Reports on sorted points, their alignment, and what cleaning left out of each.
pub fn gaps(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    cleaned: (CleanReport, CleanReport),
) -> GapReport {
    let mut report = GapReport {
        a: one_side(a, b, &alignment.only_b, cleaned.0),
        b: one_side(b, a, &alignment.only_a, cleaned.1),
        clock: clock(a, b, alignment),
    };
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    for pair in alignment.pairs(a, b).filter(|pair| !same(pair.a, pair.b)) {
        match (pair.a.is_finite(), pair.b.is_finite()) {
            (false, true) => only_a.push(pair.row_a),
            (true, false) => only_b.push(pair.row_a),
            _ => {}
        }
    }
    report.a.non_finite_only_here = ranges(a, only_a.into_iter());
    report.b.non_finite_only_here = ranges(a, only_b.into_iter());
    report
}

fn one_side(here: Side<'_>, other: Side<'_>, only_other: &[u32], cleaned: CleanReport) -> SideGaps {
    let (steps, times) = (here.steps(), here.times_ms());
    let cadences = cadences(steps);
    let span = here.span();
    let lone = |is_wanted: &dyn Fn(i64, (i64, i64)) -> bool| -> Vec<u32> {
        let is_wanted = |row: &u32| span.is_some_and(|s| is_wanted(other.step(*row as usize), s));
        only_other.iter().copied().filter(is_wanted).collect()
    };
    let reach = |cadence: Option<&Cadence>| cadence.map_or(1, |c| c.steps);
    let (head, tail) = (reach(cadences.first()), reach(cadences.last()));
    let late_start = whole(other, &lone(&|step, (first, _)| step < first));
    let early_end = whole(other, &lone(&|step, (_, last)| step > last));
    let is_inside = |step: i64, (first, last): (i64, i64)| first < step && step < last;
    let inside = lone(&|step, span| is_inside(step, span) && is_in_hole(steps, &cadences, step));
    let (first, last) = span.unwrap_or_default();
    SideGaps {
        span,
        missing: missing(steps, &cadences),
        missing_here: ranges(other, inside.into_iter()),
        late_start: late_start.filter(|range| range.first <= first.saturating_sub(head)),
        early_end: early_end.filter(|range| range.last >= last.saturating_add(tail)),
        non_finite_only_here: Vec::new(),
        non_finite: here.values().iter().filter(|v| !v.is_finite()).count() as u64,
        cleaned,
        frozen_clock: times.len() > 2 && times.windows(2).all(|w| w.first() == w.last()),
        cadences,
    }
}

/// True if the steps around this one are further apart than the cadence there.
fn is_in_hole(steps: &[i64], cadences: &[Cadence], step: i64) -> bool {
    let after = steps.partition_point(|&s| s < step);
    let (Some(&low), Some(&high)) = (steps.get(after.wrapping_sub(1)), steps.get(after)) else {
        return false;
    };
    let mut cadences = cadences.iter();
    let cadence = cadences.find(|c| c.first <= low && high <= c.last);
    cadence.is_none_or(|cadence| high.saturating_sub(low) > cadence.steps)
}

/// One range over all of the rows.
fn whole(side: Side<'_>, rows: &[u32]) -> Option<StepRange> {
    let (&first, &last) = (rows.first()?, rows.last()?);
    Some(StepRange {
        first: side.step(first as usize),
        last: side.step(last as usize),
        count: rows.len() as u64,
    })
}

/// Neighbouring rows joined to ranges of steps.
fn ranges(side: Side<'_>, rows: impl Iterator<Item = u32>) -> Vec<StepRange> {
    let mut out: Vec<StepRange> = Vec::new();
    let mut before = None;
    for row in rows {
        let step = side.step(row as usize);
        match out.last_mut() {
            Some(range) if before == row.checked_sub(1) => {
                range.last = step;
                range.count += 1;
            }
            _ => out.push(StepRange {
                first: step,
                last: step,
                count: 1,
            }),
        }
        before = Some(row);
    }
    out
}

#[cfg(test)]
#[path = "gaps_tests.rs"]
mod tests;
