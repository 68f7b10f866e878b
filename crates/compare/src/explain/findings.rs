//! What is notable in a gap report, most important first.

use super::clock::time_zone_ms;
use super::gaps::{GapReport, SideGaps};
use super::side_id::SideId;
use crate::align::Cadence;
use crate::side::StepRange;

/// Clock differences below this are delays of logging, not a finding.
const CLOCK_MS: i64 = 60_000;
/// Drifts below this, per hour, are none.
const DRIFT_MS: f64 = 1000.0;
/// The median distance from the median offset that a drift goes with.
const DRIFT_SPREAD_MS: i64 = 1000;

/// Something notable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding<'a> {
    /// A side has no points.
    Empty(SideId),
    /// A side ends before the other one.
    EarlyEnd {
        /// The shorter side.
        side: SideId,
        /// Its last step.
        last: i64,
        /// What the other side has after it.
        other: StepRange,
    },
    /// A side begins after the other one.
    LateStart {
        /// The shorter side.
        side: SideId,
        /// Its first step.
        first: i64,
        /// What the other side has before it.
        other: StepRange,
    },
    /// A side lacks steps that the other one has.
    Missing(SideId, &'a [StepRange]),
    /// A side lacks steps of its own cadence; the other one lacks them too.
    OffCadence(SideId, &'a [StepRange]),
    /// One side alone is NaN or infinite.
    NonFinite(SideId, &'a [StepRange]),
    /// A side changes how often it logs.
    CadenceChanges(SideId, &'a [Cadence]),
    /// All rows of a side have one step; so many rows.
    OneStep(SideId, u64),
    /// So many rows of a side are of a kind that cleaning notes.
    Rows(SideId, RowKind, u64),
    /// All points of a side have one time.
    FrozenClock(SideId),
    /// B's clock is a constant ahead of A's (behind it if negative).
    ClockOffset {
        /// The difference in milliseconds, rounded to quarter hours where it is one of time zones.
        ms: i64,
    },
    /// The clocks drift apart by this much in an hour.
    ClockDrift {
        /// In milliseconds.
        ms: i64,
    },
}

/// What cleaning notes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A copy of another row, collapsed.
    Copy,
    /// Replaced by a later row of the same step with another value.
    Replaced,
    /// Of an attempt that was not chosen.
    OtherAttempt,
    /// Out of step order.
    Late,
    /// Without a value.
    Missing,
}

/// Everything notable in a report.
pub fn findings(report: &GapReport) -> Vec<Finding<'_>> {
    let mut out = Vec::new();
    let both = [(SideId::A, &report.a), (SideId::B, &report.b)];
    for (id, side) in both {
        edges(&mut out, id, side);
    }
    for (id, side) in both {
        holes(&mut out, id, side);
    }
    for (id, side) in both {
        rows(&mut out, id, side);
    }
    let frozen = both
        .into_iter()
        .filter(|(_, side)| side.frozen_clock && side.span.is_some());
    out.extend(frozen.map(|(id, _)| Finding::FrozenClock(id)));
    clocks(&mut out, report);
    out
}

fn edges(out: &mut Vec<Finding<'_>>, id: SideId, gaps: &SideGaps) {
    let Some((first, last)) = gaps.span else {
        out.push(Finding::Empty(id));
        return;
    };
    let side = id;
    out.extend(
        gaps.early_end
            .map(|other| Finding::EarlyEnd { side, last, other }),
    );
    out.extend(
        gaps.late_start
            .map(|other| Finding::LateStart { side, first, other }),
    );
}

fn holes<'a>(out: &mut Vec<Finding<'a>>, id: SideId, side: &'a SideGaps) {
    if !side.missing_here.is_empty() {
        out.push(Finding::Missing(id, &side.missing_here));
    } else if !side.missing.is_empty() {
        out.push(Finding::OffCadence(id, &side.missing));
    }
    if !side.non_finite_only_here.is_empty() {
        out.push(Finding::NonFinite(id, &side.non_finite_only_here));
    }
}

fn rows<'a>(out: &mut Vec<Finding<'a>>, id: SideId, side: &'a SideGaps) {
    if side.cadences.len() > 1 {
        out.push(Finding::CadenceChanges(id, &side.cadences));
    }
    let cleaned = &side.cleaned;
    let is_one_step = side.span.is_some_and(|(first, last)| first == last);
    if is_one_step && cleaned.replaced > 1 {
        out.push(Finding::OneStep(id, cleaned.rows));
        return;
    }
    let counts = [
        (RowKind::Copy, cleaned.collapsed),
        (RowKind::Replaced, cleaned.replaced),
        (RowKind::OtherAttempt, cleaned.overlapped),
        (RowKind::Late, cleaned.late),
        (RowKind::Missing, cleaned.missing),
    ];
    let found = counts.into_iter().filter(|(_, count)| *count > 0);
    out.extend(found.map(|(kind, count)| Finding::Rows(id, kind, count)));
}

fn clocks(out: &mut Vec<Finding<'_>>, report: &GapReport) {
    let Some(clock) = report.clock else { return };
    if clock.offset_ms.abs() >= CLOCK_MS {
        let ms = time_zone_ms(clock.offset_ms).unwrap_or(clock.offset_ms);
        out.push(Finding::ClockOffset { ms });
    }
    if clock.drift_ms_per_hour.abs() >= DRIFT_MS && clock.spread_ms >= DRIFT_SPREAD_MS {
        let ms = clock.drift_ms_per_hour as i64;
        out.push(Finding::ClockDrift { ms });
    }
}
