//! The offer about clocks: a constant difference, most often a time zone.

use super::align::{Alignment, Method};
use super::gaps::clock;
use super::say;
use super::suggest::{Bench, Evidence, Kind, Suggestion, Trial};
use super::transform::Transform;

/// Differences below this are delays of logging.
const LEAST_MS: i64 = 60_000;
/// Time zones are whole quarters of an hour.
const QUARTER_MS: i64 = 900_000;

/// Offers to move B's clock, if it is a constant away from A's.
pub(crate) fn offer(
    bench: &Bench<'_>,
    alignment: &Alignment,
    moved: Transform,
    pairs: Trial,
) -> Option<Suggestion> {
    let clock = clock(bench.a, bench.b, alignment)?;
    let size = clock.offset_ms.saturating_abs();
    if size < LEAST_MS || clock.spread_ms > (size / 20).max(5_000) {
        return None;
    }
    let zone = time_zone(clock.offset_ms);
    let offset_ms = zone.unwrap_or(clock.offset_ms);
    let (a, b) = bench.names;
    let direction = if offset_ms > 0 { "ahead of" } else { "behind" };
    let zone = if zone.is_some() {
        ", a difference of time zones"
    } else {
        ""
    };
    let text = say::duration_ms(offset_ms.abs());
    let after = clock.offset_ms.saturating_sub(offset_ms).saturating_abs();
    Some(Suggestion {
        kind: Kind::ClockOffset,
        transform: Transform {
            time_plus_ms: -offset_ms,
            ..moved
        },
        method: Method::Exact,
        evidence: Evidence {
            matched: (pairs.matched, pairs.matched),
            agreeing: (pairs.agreeing, pairs.agreeing),
            residual: (Some(size as f64), Some(after as f64)),
        },
        reason: format!("The clock of {b} is {text} {direction} {a}'s{zone}."),
    })
}

/// The quarter hours that a difference stands for, within a minute.
pub(crate) fn time_zone(offset_ms: i64) -> Option<i64> {
    let quarters = (offset_ms as f64 / QUARTER_MS as f64).round() as i64;
    let quarters = quarters.saturating_mul(QUARTER_MS);
    (quarters != 0 && offset_ms.abs_diff(quarters) <= LEAST_MS as u64).then_some(quarters)
}
