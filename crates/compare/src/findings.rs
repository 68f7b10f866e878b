//! The gap report as sentences, most important first.

use super::gaps::{GapReport, SideGaps, describe};
use super::say;
use super::side::StepRange;
use super::suggest_clock::time_zone;

/// Ranges named before "and N more".
const NAMED: usize = 4;
/// Clock differences below this are delays of logging, not a finding.
const CLOCK_MS: i64 = 60_000;

/// Everything notable in a report.
pub(crate) fn findings(report: &GapReport, names: (&str, &str)) -> Vec<String> {
    let mut out = Vec::new();
    let both = [(&report.a, names.0, names.1), (&report.b, names.1, names.0)];
    for (side, here, other) in both {
        edges(&mut out, side, here, other);
    }
    for (side, here, other) in both {
        holes(&mut out, side, here, other);
    }
    for (side, here, _) in both {
        rows(&mut out, side, here);
    }
    clocks(&mut out, report, names);
    out
}

fn edges(out: &mut Vec<String>, side: &SideGaps, here: &str, other: &str) {
    let Some((first, last)) = side.span else {
        out.push(format!("{here} has no points."));
        return;
    };
    if let Some(range) = side.early_end {
        let (last, end, more) = (
            say::count(last),
            say::count(range.last),
            say::steps(range.count),
        );
        out.push(format!(
            "{here} stops at step {last}; {other} goes on to {end} ({more} more)."
        ));
    }
    if let Some(range) = side.late_start {
        let (first, start) = (say::count(first), say::count(range.first));
        let more = say::steps(range.count);
        out.push(format!(
            "{here} starts at step {first}; {other} at {start} ({more} before)."
        ));
    }
}

fn holes(out: &mut Vec<String>, side: &SideGaps, here: &str, other: &str) {
    if !side.missing_here.is_empty() {
        out.push(format!(
            "{here} lacks steps that {other} has: {}.",
            list(&side.missing_here)
        ));
    } else if !side.missing.is_empty() {
        out.push(format!(
            "{here} lacks steps of its own cadence: {}.",
            list(&side.missing)
        ));
    }
    if !side.non_finite_only_here.is_empty() {
        let steps = list(&side.non_finite_only_here);
        out.push(format!("Only {here} is NaN or infinite at {steps}."));
    }
}

fn rows(out: &mut Vec<String>, side: &SideGaps, here: &str) {
    if side.cadences.len() > 1 {
        let parts = side.cadences.iter().take(NAMED);
        let parts: Vec<String> = parts
            .map(|c| {
                format!(
                    "every {} from step {}",
                    say::steps(c.steps as u64),
                    say::count(c.first)
                )
            })
            .collect();
        out.push(format!("{here} changes its cadence: {}.", parts.join(", ")));
    }
    let cleaned = &side.cleaned;
    let one_step = side.span.is_some_and(|(first, last)| first == last);
    if one_step && cleaned.replaced > 1 {
        let rows = say::count(cleaned.rows as i64);
        out.push(format!(
            "All {rows} rows of {here} carry one step: align by time instead."
        ));
        return;
    }
    let counts = [
        (
            cleaned.collapsed,
            "are copies of another row (several ranks), collapsed",
        ),
        (
            cleaned.replaced,
            "repeat a step with another value; the last one counts",
        ),
        (cleaned.overlapped, "belong to attempts that are not shown"),
        (cleaned.late, "came out of step order"),
        (cleaned.missing, "have no value"),
    ];
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        out.push(format!(
            "{here}: rows that {what}: {}.",
            say::count(count as i64)
        ));
    }
}

fn clocks(out: &mut Vec<String>, report: &GapReport, names: (&str, &str)) {
    for (side, name) in [(&report.a, names.0), (&report.b, names.1)] {
        if side.frozen_clock && side.span.is_some() {
            out.push(format!(
                "{name} has no usable clock: all of its points have one time."
            ));
        }
    }
    let Some(clock) = report.clock else { return };
    if clock.offset_ms.abs() >= CLOCK_MS {
        let direction = if clock.offset_ms > 0 {
            "ahead of"
        } else {
            "behind"
        };
        let offset_ms = time_zone(clock.offset_ms).unwrap_or(clock.offset_ms);
        let size = say::duration_ms(offset_ms.abs());
        out.push(format!(
            "The clock of {} is {size} {direction} {}'s.",
            names.1, names.0
        ));
    }
    if clock.drift_ms_per_hour.abs() >= 1000.0 && clock.spread_ms >= 1000 {
        let drift = say::duration_ms(clock.drift_ms_per_hour as i64);
        out.push(format!("The clocks drift apart by {drift} an hour."));
    }
}

fn list(ranges: &[StepRange]) -> String {
    let mut parts: Vec<String> = ranges.iter().take(NAMED).map(describe).collect();
    let rest = ranges.get(NAMED..).unwrap_or_default();
    if !rest.is_empty() {
        let points: u64 = rest.iter().map(|range| range.count).sum();
        parts.push(format!(
            "and {} in {} more places",
            say::steps(points),
            say::count(rest.len() as i64)
        ));
    }
    parts.join(", ")
}
