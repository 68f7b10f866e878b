//! The clocks of two sides, compared at matched pairs.
//!
//! A side without times, or with one frozen time, has no clock. Differences are `b − a`.

use serde::{Deserialize, Serialize};

use crate::align::Alignment;
use crate::side::Side;

/// Time zones are whole quarters of an hour.
const QUARTER_MS: i64 = 900_000;
/// A difference this near to quarters of an hour is one of time zones.
const ZONE_TOLERANCE_MS: u64 = 60_000;

/// The clocks of two sources compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Median of `time b − time a`.
    pub offset_ms: i64,
    /// Median distance from that median.
    pub spread_ms: i64,
    /// How the offset grows, per hour of A's time.
    pub drift_ms_per_hour: f64,
}

/// Compares the clocks of matched pairs; `None` with fewer than three timed pairs, or where a
/// clock stands still.
pub fn clock(a: Side<'_>, b: Side<'_>, alignment: &Alignment) -> Option<Clock> {
    let rows = alignment.a.iter().zip(&alignment.b);
    let times = rows.map(|(&i, &j)| (a.time_ms(i as usize), b.time_ms(j as usize)));
    // Time in A, and the difference.
    let pairs: Vec<(i64, i64)> = times
        .filter(|&(t, u)| t > 0 && u > 0)
        .map(|(t, u)| (t, u.saturating_sub(t)))
        .collect();
    let varies = |time: &dyn Fn(&(i64, i64)) -> i64| {
        let first = pairs.first().map(time);
        pairs.iter().any(|pair| Some(time(pair)) != first)
    };
    if pairs.len() < 3 || !varies(&|pair| pair.0) || !varies(&|pair| pair.0.saturating_add(pair.1))
    {
        return None;
    }
    let offset_ms = median(pairs.iter().map(|pair| pair.1));
    let spread = pairs
        .iter()
        .map(|pair| pair.1.saturating_sub(offset_ms).saturating_abs());
    Some(Clock {
        offset_ms,
        spread_ms: median(spread),
        drift_ms_per_hour: drift(&pairs),
    })
}

/// The quarter hours that a difference amounts to, within a minute; `None` for any other one.
pub fn time_zone_ms(offset_ms: i64) -> Option<i64> {
    let quarters = (offset_ms as f64 / QUARTER_MS as f64).round() as i64;
    let zone_ms = quarters.saturating_mul(QUARTER_MS);
    (quarters != 0 && offset_ms.abs_diff(zone_ms) <= ZONE_TOLERANCE_MS).then_some(zone_ms)
}

/// Between the median offsets of the first and the last third.
fn drift(pairs: &[(i64, i64)]) -> f64 {
    let third = (pairs.len() / 3).max(1);
    let middle = |part: &[(i64, i64)]| {
        let time = median(part.iter().map(|pair| pair.0));
        (time, median(part.iter().map(|pair| pair.1)))
    };
    let (t0, offset0) = middle(pairs.get(..third).unwrap_or_default());
    let (t1, offset1) = middle(pairs.get(pairs.len() - third..).unwrap_or_default());
    let hours = t1.saturating_sub(t0) as f64 / 3_600_000.0;
    if hours > 0.0 {
        offset1.saturating_sub(offset0) as f64 / hours
    } else {
        0.0
    }
}

/// The upper median; 0 of nothing.
fn median(numbers: impl Iterator<Item = i64>) -> i64 {
    let mut numbers: Vec<i64> = numbers.collect();
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return 0;
    }
    *numbers.select_nth_unstable(middle).1
}
