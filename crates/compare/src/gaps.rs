//! What one side has and the other lacks: cadence, missing steps, late starts and early ends,
//! duplicates, non-finite values, clocks.
//!
//! A step that only A has counts as missing in B where B's own cadence leaves a hole there: a
//! source that logs every tenth step misses nothing between them. What lies before a side's first
//! or after its last step is a late start or an early end, not a gap. Clock differences are
//! `b − a` over matched pairs; a side without times, or with one frozen time, has no clock.

use serde::{Deserialize, Serialize};

use super::align::Alignment;
use super::attempts::CleanReport;
use super::cadence::{Cadence, cadences, missing};
use super::say;
use super::side::{Side, StepRange, same};

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

/// The clocks of two sources against each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Median of `time b − time a`.
    pub offset_ms: i64,
    /// Median distance from that median.
    pub spread_ms: i64,
    /// How the offset grows, per hour of A's time.
    pub drift_ms_per_hour: f64,
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
    /// Everything notable as sentences, most important first.
    pub findings: Vec<String>,
}

/// Reports on sorted points, their alignment, and what cleaning left out of each.
pub fn gaps(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    cleaned: (CleanReport, CleanReport),
    names: (&str, &str),
) -> GapReport {
    let mut report = GapReport {
        a: one_side(a, b, &alignment.only_b, cleaned.0),
        b: one_side(b, a, &alignment.only_a, cleaned.1),
        clock: clock(a, b, alignment),
        findings: Vec::new(),
    };
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    for pair in alignment.pairs(a, b).filter(|pair| !same(pair.a, pair.b)) {
        let step = a.step(pair.row_a as usize);
        match (pair.a.is_finite(), pair.b.is_finite()) {
            (false, true) => only_a.push((pair.row_a, step)),
            (true, false) => only_b.push((pair.row_a, step)),
            _ => {}
        }
    }
    report.a.non_finite_only_here = ranges(only_a.into_iter());
    report.b.non_finite_only_here = ranges(only_b.into_iter());
    report.findings = super::findings::findings(&report, names);
    report
}

fn one_side(here: Side<'_>, other: Side<'_>, only_other: &[u32], cleaned: CleanReport) -> SideGaps {
    let steps = here.iteration.get(..here.len()).unwrap_or_default();
    let times = here.timestamp_ms.get(..here.len()).unwrap_or_default();
    let values = here.value.get(..here.len()).unwrap_or_default();
    let cadences = cadences(steps);
    let lone = || {
        only_other
            .iter()
            .map(|&row| (row, other.step(row as usize)))
    };
    let span = here.span();
    let (first, last) = span.unwrap_or((i64::MAX, i64::MAX));
    let reach = |cadence: Option<&Cadence>| cadence.map_or(1, |c| c.steps);
    let (head, tail) = (reach(cadences.first()), reach(cadences.last()));
    let before = lone().filter(|&(_, step)| step < first);
    let after = lone().filter(|&(_, step)| span.is_some() && step > last);
    let edge = |range: Option<StepRange>, far: bool| range.filter(|_| far && span.is_some());
    let late_start = whole(before);
    let early_end = whole(after);
    let is_late = late_start.is_some_and(|r| r.first <= first.saturating_sub(head));
    let is_early = early_end.is_some_and(|r| r.last >= last.saturating_add(tail));
    let inside = lone()
        .filter(|&(_, step)| first < step && step < last && in_a_hole(steps, &cadences, step));
    SideGaps {
        span,
        missing: missing(steps, &cadences),
        missing_here: ranges(inside),
        late_start: edge(late_start, is_late),
        early_end: edge(early_end, is_early),
        non_finite_only_here: Vec::new(),
        non_finite: values.iter().filter(|value| !value.is_finite()).count() as u64,
        cleaned,
        frozen_clock: times.len() > 2 && times.windows(2).all(|w| w.first() == w.last()),
        cadences,
    }
}

/// True if the steps around this one are further apart than the cadence there.
fn in_a_hole(steps: &[i64], cadences: &[Cadence], step: i64) -> bool {
    let after = steps.partition_point(|&s| s < step);
    let (Some(&low), Some(&high)) = (steps.get(after.wrapping_sub(1)), steps.get(after)) else {
        return false;
    };
    let usual = cadences
        .iter()
        .find(|c| c.first <= low && high <= c.last)
        .map(|c| c.steps);
    usual.is_none_or(|usual| high.saturating_sub(low) > usual)
}

/// One range over all of the steps.
fn whole(steps: impl Iterator<Item = (u32, i64)>) -> Option<StepRange> {
    steps.fold(None, |range, (_, step)| match range {
        None => Some(StepRange {
            first: step,
            last: step,
            count: 1,
        }),
        Some(r) => Some(StepRange {
            last: step,
            count: r.count + 1,
            ..r
        }),
    })
}

/// Neighbouring rows joined to ranges of steps.
fn ranges(rows: impl Iterator<Item = (u32, i64)>) -> Vec<StepRange> {
    let mut out: Vec<StepRange> = Vec::new();
    let mut before = None;
    for (row, step) in rows {
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

/// Compares the clocks of matched pairs; `None` with fewer than three timed pairs, or where a
/// clock stands still.
pub fn clock(a: Side<'_>, b: Side<'_>, alignment: &Alignment) -> Option<Clock> {
    let rows = alignment.a.iter().zip(&alignment.b);
    let times = rows.map(|(&i, &j)| (a.time_ms(i as usize), b.time_ms(j as usize)));
    let pairs: Vec<(i64, i64)> = times
        .filter(|&(t, u)| t > 0 && u > 0)
        .map(|(t, u)| (t, u.saturating_sub(t)))
        .collect();
    let moves = |time: &dyn Fn(&(i64, i64)) -> i64| {
        pairs
            .first()
            .is_some_and(|first| pairs.iter().any(|pair| time(pair) != time(first)))
    };
    if pairs.len() < 3 || !moves(&|pair| pair.0) || !moves(&|pair| pair.0.saturating_add(pair.1)) {
        return None;
    }
    let offset_ms = median(pairs.iter().map(|pair| pair.1).collect());
    let spread = pairs
        .iter()
        .map(|pair| pair.1.saturating_sub(offset_ms).saturating_abs());
    Some(Clock {
        offset_ms,
        spread_ms: median(spread.collect()),
        drift_ms_per_hour: drift(&pairs),
    })
}

/// Between the median offsets of the first and the last third.
fn drift(pairs: &[(i64, i64)]) -> f64 {
    let third = (pairs.len() / 3).max(1);
    let head = pairs.get(..third).unwrap_or_default();
    let tail = pairs.get(pairs.len() - third..).unwrap_or_default();
    let middle = |part: &[(i64, i64)]| {
        let times = part.iter().map(|pair| pair.0).collect();
        (
            median(times),
            median(part.iter().map(|pair| pair.1).collect()),
        )
    };
    let ((t0, o0), (t1, o1)) = (middle(head), middle(tail));
    let hours = t1.saturating_sub(t0) as f64 / 3_600_000.0;
    if hours > 0.0 {
        o1.saturating_sub(o0) as f64 / hours
    } else {
        0.0
    }
}

/// The upper median; 0 of nothing.
fn median(mut numbers: Vec<i64>) -> i64 {
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return 0;
    }
    *numbers.select_nth_unstable(middle).1
}

/// For findings: `870–900 (4 steps)`.
pub(crate) fn describe(range: &StepRange) -> String {
    if range.count == 1 {
        return say::count(range.first);
    }
    let (first, last) = (say::count(range.first), say::count(range.last));
    format!("{first}–{last} ({})", say::steps(range.count))
}

#[cfg(test)]
#[path = "gaps_tests.rs"]
mod tests;
