//! Offers changes of B that would make it meet A, with the evidence; never applies one.
//!
//! Steps first (offset, row order, another unit, every k-th), then values (percent, sums, signs,
//! logarithms), then clocks. A step offer must bring values together that are equal within
//! rounding, at nine of ten pairs, more than before: smooth curves that only come closer by
//! moving do not count. Input is sorted points; nothing is offered where the sides already agree.

use super::clock::{clock, time_zone_ms};
use super::step_changes::{every_kth, step_change};
use super::suggestion::{Kind, Suggestion};
use super::trial::{Trial, TrialPair};
use super::value_changes::{same_start, value_change};
use crate::align::{Alignment, Method, Transform, ValueMap, align};
use crate::side::Side;

/// Clock differences below this are delays of logging.
const LEAST_CLOCK_MS: i64 = 60_000;

/// Offers for sorted points: at most one about steps, one about values, one about clocks, one
/// about cadence.
pub fn suggest(a: Side<'_>, b: Side<'_>) -> Vec<Suggestion> {
    let pair = TrialPair::new(a, b);
    let exact = align(a, b, Method::Exact);
    let before = pair.count(&exact, ValueMap::Same);
    let mut out = Vec::new();
    if let Some(found) = step_change(&pair, before) {
        let changed = found.transform.apply(b);
        let alignment = align(a, changed.side(), found.method);
        let after = pair.count(&alignment, ValueMap::Same);
        out.push(found);
        out.extend(clock_change(&pair, &alignment, found.transform, after));
    } else {
        let (moved, alignment) = same_start(&pair, exact);
        let basis = pair.count(&alignment, ValueMap::Same);
        out.extend(value_change(&pair, &alignment, moved, basis));
        out.extend(clock_change(&pair, &alignment, moved, basis));
        out.extend(every_kth(&pair, before));
    }
    out
}

/// Offers to move B's clock, if it is a constant away from A's: most often a time zone.
fn clock_change(
    pair: &TrialPair<'_>,
    alignment: &Alignment,
    moved: Transform,
    trial: Trial,
) -> Option<Suggestion> {
    let clock = clock(pair.a, pair.b, alignment)?;
    let size = clock.offset_ms.saturating_abs();
    if size < LEAST_CLOCK_MS || clock.spread_ms > (size / 20).max(5_000) {
        return None;
    }
    let offset_ms = time_zone_ms(clock.offset_ms).unwrap_or(clock.offset_ms);
    let after = clock.offset_ms.saturating_sub(offset_ms).saturating_abs();
    let transform = Transform {
        time_plus_ms: -offset_ms,
        ..moved
    };
    let mut offer = trial.offer(Kind::ClockOffset, transform, Method::Exact, trial);
    offer.evidence.residual = (Some(size as f64), Some(after as f64));
    Some(offer)
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
