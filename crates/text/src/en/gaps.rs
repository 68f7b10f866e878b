//! Gaps, cadences, attempts.

use parallax_compare::StepRange;
use parallax_compare::align::Cadence;
use parallax_compare::attempts::{Attempt, Cause};
use parallax_compare::explain::{Finding, RowKind, SideGaps};
use parallax_model::format::count;

use super::numbers::{counted, duration_ms, step};

/// Ranges that are listed before "and N more".
const LISTED: usize = 4;

/// Something notable of a pair.
pub fn finding(finding: &Finding<'_>, names: (&str, &str)) -> String {
    match *finding {
        Finding::Empty(side) => format!("{} has no points.", side.first(names).0),
        Finding::EarlyEnd { side, last, other } => {
            let (here, there) = side.first(names);
            let (last, end) = (step(last), step(other.last));
            let more = counted(other.count, "step");
            format!("{here} stops at step {last}; {there} goes on to {end} ({more} more).")
        }
        Finding::LateStart { side, first, other } => {
            let (here, there) = side.first(names);
            let (first, start) = (step(first), step(other.first));
            let more = counted(other.count, "step");
            format!("{here} starts at step {first}; {there} at {start} ({more} before).")
        }
        Finding::Missing(side, ranges) => {
            let (here, there) = side.first(names);
            format!("{here} lacks steps that {there} has: {}.", list(ranges))
        }
        Finding::OffCadence(side, ranges) => {
            let here = side.first(names).0;
            format!("{here} lacks steps of its own cadence: {}.", list(ranges))
        }
        Finding::NonFinite(side, ranges) => {
            let here = side.first(names).0;
            format!("Only {here} is NaN or infinite at {}.", list(ranges))
        }
        Finding::CadenceChanges(side, cadences) => {
            let part = |cadence: &Cadence| {
                let steps = counted(cadence.steps.unsigned_abs(), "step");
                format!("every {steps} from step {}", step(cadence.first))
            };
            let parts: Vec<String> = cadences.iter().take(LISTED).map(part).collect();
            let here = side.first(names).0;
            format!("{here} changes its cadence: {}.", parts.join(", "))
        }
        Finding::OneStep(side, rows) => {
            let (here, rows) = (side.first(names).0, count(rows));
            format!("All {rows} rows of {here} carry one step: align by time instead.")
        }
        Finding::Rows(side, kind, rows) => {
            let (here, rows) = (side.first(names).0, count(rows));
            format!("{here}: rows that {}: {rows}.", row_kind(kind))
        }
        Finding::FrozenClock(side) => {
            let here = side.first(names).0;
            format!("{here} has no usable clock: all of its points have one time.")
        }
        Finding::ClockOffset { ms } => format!("{}.", clock_offset(ms, names)),
        Finding::ClockDrift { ms } => {
            format!("The clocks drift apart by {} an hour.", duration_ms(ms))
        }
    }
}

/// `The clock of wandb is 1 h ahead of log's`.
pub(super) fn clock_offset(ms: i64, names: (&str, &str)) -> String {
    let direction = if ms > 0 { "ahead of" } else { "behind" };
    let size = duration_ms(ms.saturating_abs());
    format!(
        "The clock of {} is {size} {direction} {}'s",
        names.1, names.0
    )
}

fn row_kind(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Copy => "are copies of another row (several ranks), collapsed",
        RowKind::Replaced => "repeat a step with another value; the last one counts",
        RowKind::OtherAttempt => "belong to attempts that are not shown",
        RowKind::Late => "came out of step order",
        RowKind::Missing => "have no value",
    }
}

/// `870–900 (4 steps), 1,000`.
fn list(ranges: &[StepRange]) -> String {
    let mut parts: Vec<String> = ranges.iter().take(LISTED).map(range).collect();
    let more = ranges.get(LISTED..).unwrap_or_default();
    if !more.is_empty() {
        let points: u64 = more.iter().map(|range| range.count).sum();
        let (steps, places) = (counted(points, "step"), count(more.len() as u64));
        parts.push(format!("and {steps} in {places} more places"));
    }
    parts.join(", ")
}

fn range(range: &StepRange) -> String {
    let (first, last) = (step(range.first), step(range.last));
    match range.count {
        1 => first,
        points => format!("{first}–{last} ({})", counted(points, "step")),
    }
}

/// How often a source logs: `every 10 steps`, `every step up to 100, then every 10 steps`.
pub fn cadences(cadences: &[Cadence]) -> String {
    let every = |cadence: &Cadence| match cadence.steps {
        1 => "every step".to_owned(),
        steps => format!("every {} steps", step(steps)),
    };
    let Some((last, before)) = cadences.split_last() else {
        return "at no regular distance".to_owned();
    };
    let until = |cadence: &Cadence| format!("{} up to {}", every(cadence), step(cadence.last));
    let parts = before.iter().map(until).chain([every(last)]);
    parts.collect::<Vec<_>>().join(", then ")
}

/// An attempt in a list: `attempt 2 (from step 910)`.
pub fn attempt(attempt: &Attempt) -> String {
    let from = match attempt.cause {
        Cause::WentBack { to, .. } => to,
        Cause::Start | Cause::NewFile => attempt.first_iteration,
    };
    format!("attempt {} (from step {from})", attempt.number)
}

/// What there is to know of one side, in one line: span, cadence, rows left out, attempts.
pub fn side_facts(gaps: &SideGaps, attempts: &[Attempt]) -> String {
    let span = match gaps.span {
        Some((first, last)) => format!("steps {first} to {last}"),
        None => "no steps".to_owned(),
    };
    let mut parts = vec![span, cadences(&gaps.cadences)];
    let cleaned = gaps.cleaned;
    for (number, what) in [
        (cleaned.missing, "rows without a value"),
        (cleaned.collapsed, "copies of a row"),
        (cleaned.replaced, "rows replaced by a later one"),
        (cleaned.overlapped, "rows of other attempts"),
        (gaps.non_finite, "points NaN or infinite"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    if gaps.frozen_clock {
        parts.push("every time is the same one".to_owned());
    }
    if attempts.len() > 1 {
        let attempts: Vec<String> = attempts.iter().map(attempt).collect();
        parts.push(attempts.join(", "));
    }
    parts.join(" · ")
}
