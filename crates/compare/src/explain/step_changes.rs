//! Offers about steps: offset, unit, row order, every k-th.
//!
//! Candidates come from the ends and cadences of both sides and from where B's values are found in
//! A; each is tried as a whole and the best that fits is offered.

use super::side_id::SideId;
use super::suggestion::{Kind, Suggestion};
use super::trial::{Trial, TrialPair};
use crate::align::{Method, Transform, gcd, usual_cadence};
use crate::side::Side;
use crate::verdict::{HalfUnits, Rounding};

/// Values of B that are looked for in A.
const PROBES: usize = 64;
/// Rows of A looked at for each of them.
const PLACES: usize = 32;

/// The best offer about steps, if the sides don't agree as they are.
pub(super) fn step_change(pair: &TrialPair<'_>, before: Trial) -> Option<Suggestion> {
    let fewer = pair.fewer();
    if fewer < 4 || (before.fits() && before.matched * 2 >= fewer) || is_constant(pair.b) {
        return None;
    }
    let mut best: Option<(Transform, Trial)> = None;
    let candidates = candidates(pair).into_iter();
    for transform in candidates.filter(|transform| pair.is_promising(transform)) {
        let trial = pair.trial(&transform, Method::Exact);
        let least = best.map_or(before.agreeing, |(_, best)| best.agreeing);
        if trial.fits() && trial.agreeing > least && trial.matched * 2 >= fewer {
            best = Some((transform, trial));
        }
    }
    match best {
        Some((transform, after)) => {
            Some(after.offer(kind(pair, &transform), transform, Method::Exact, before))
        }
        None => row_order(pair, before),
    }
}

fn is_constant(side: Side<'_>) -> bool {
    let mut finite = side.values().iter().filter(|value| value.is_finite());
    let first = finite.next();
    finite.all(|value| Some(value) == first)
}

fn candidates(pair: &TrialPair<'_>) -> Vec<Transform> {
    let (Some(a), Some(b)) = (pair.a.span(), pair.b.span()) else {
        return Vec::new();
    };
    let mut index = ValueIndex::new(pair.a, &pair.rounding);
    let mut out: Vec<Transform> = Vec::new();
    for (step_times, step_over) in ratios(pair, (a, b), &mut index) {
        let base = Transform {
            step_times,
            step_over,
            ..Transform::default()
        };
        let mut offsets = vec![
            0,
            a.0.saturating_sub(base.step(b.0)),
            a.1.saturating_sub(base.step(b.1)),
        ];
        if base.is_identity() {
            let cadence = usual_cadence(pair.a.steps()).unwrap_or(1);
            offsets.extend([1, -1, cadence, -cadence]);
        }
        offsets.extend(frequent_offsets(pair.b, &mut index, &base));
        for step_plus in offsets {
            let transform = Transform { step_plus, ..base };
            if !transform.is_identity() && !out.contains(&transform) {
                out.push(transform);
            }
        }
    }
    out
}

/// Ratios of steps worth trying: 1, whole ratios of cadences, spans and ends, and the one that
/// steps with equal values have.
fn ratios(
    pair: &TrialPair<'_>,
    (a, b): ((i64, i64), (i64, i64)),
    index: &mut ValueIndex<'_>,
) -> Vec<(i64, i64)> {
    let cadences = cadences(pair).unwrap_or((1, 1));
    let spans = (a.1.saturating_sub(a.0), b.1.saturating_sub(b.0));
    let mut out = vec![(1, 1)];
    for (x, y) in [cadences, spans, (a.0, b.0), (a.1, b.1)] {
        let whole = reduced(x, y).filter(|&(x, y)| x == 1 || y == 1);
        out.extend(whole.filter(|ratio| !out.contains(ratio)));
    }
    let of_values = ratio_of(&unique_matches(pair.b, index));
    out.extend(of_values.filter(|ratio| !out.contains(ratio)));
    out
}

fn cadences(pair: &TrialPair<'_>) -> Option<(i64, i64)> {
    usual_cadence(pair.a.steps()).zip(usual_cadence(pair.b.steps()))
}

/// A ratio of positive numbers in lowest terms.
fn reduced(x: i64, y: i64) -> Option<(i64, i64)> {
    (x > 0 && y > 0).then(|| (x / gcd(x, y), y / gcd(x, y)))
}

/// The ratio of steps (of B, of A) that the outermost two pairs and the two within agree on.
fn ratio_of(found: &[(i64, i64)]) -> Option<(i64, i64)> {
    let between = |first: usize, last: usize| {
        let (p, q) = (found.get(first)?, found.get(last)?);
        reduced(q.1.saturating_sub(p.1), q.0.saturating_sub(p.0))
    };
    let end = found.len().checked_sub(1)?;
    let ratio = between(0, end)?;
    (end >= 4 && between(1, end - 1) == Some(ratio)).then_some(ratio)
}

/// Steps (of B, of A) of values that are found in exactly one row of A, by B's step.
fn unique_matches(b: Side<'_>, index: &mut ValueIndex<'_>) -> Vec<(i64, i64)> {
    let found = |row: usize| match index.find(b.number(row)) {
        &[place] => Some((b.step(row), place)),
        _ => None,
    };
    let found: Vec<(i64, u32)> = probes(b).filter_map(found).collect();
    let steps = found.into_iter();
    steps
        .map(|(step, place)| (step, index.a.step(place as usize)))
        .collect()
}

/// Offsets at which several values of B are found in A, the most frequent two.
fn frequent_offsets(b: Side<'_>, index: &mut ValueIndex<'_>, base: &Transform) -> Vec<i64> {
    let mut offsets: Vec<i64> = Vec::new();
    for row in probes(b).filter(|&row| base.divides(b.step(row))) {
        let (a, step) = (index.a, base.step(b.step(row)));
        let places = index.find(b.number(row)).iter();
        offsets.extend(places.map(|&place| a.step(place as usize).saturating_sub(step)));
    }
    offsets.sort_unstable();
    let equal = offsets.chunk_by(|p, q| p == q);
    let mut counts: Vec<(usize, i64)> = equal
        .filter_map(|run| Some((run.len(), *run.first()?)))
        .collect();
    counts.sort_by_key(|&(count, offset)| (std::cmp::Reverse(count), offset.unsigned_abs()));
    let frequent = counts.into_iter().take(2).filter(|(count, _)| *count >= 3);
    frequent.map(|(_, offset)| offset).collect()
}

/// Rows spread over a side.
fn probes(side: Side<'_>) -> impl Iterator<Item = usize> {
    (0..side.len()).step_by(side.len().div_ceil(PROBES).max(1))
}

/// Finds the rows of A that have a value of B.
struct ValueIndex<'a> {
    a: Side<'a>,
    /// Rows with a finite value, by value.
    by_value: Vec<u32>,
    half_a: HalfUnits,
    half_b: HalfUnits,
}

impl<'a> ValueIndex<'a> {
    fn new(a: Side<'a>, rounding: &Rounding) -> Self {
        let mut by_value: Vec<u32> = (0..a.len() as u32)
            .filter(|&row| a.number(row as usize).is_finite())
            .collect();
        by_value.sort_by(|&p, &q| a.number(p as usize).total_cmp(&a.number(q as usize)));
        Self {
            a,
            by_value,
            half_a: HalfUnits::new(rounding.a),
            half_b: HalfUnits::new(rounding.b),
        }
    }

    /// The first rows that have the value, by value; none for a value that is not finite.
    fn find(&mut self, value: f64) -> &[u32] {
        let off = self.half_a.at(value) + self.half_b.at(value) + 4.0 * f64::EPSILON * value.abs();
        let number = |&row: &u32| self.a.number(row as usize);
        let from = self
            .by_value
            .partition_point(|row| number(row) < value - off);
        let near = self.by_value.get(from..).unwrap_or_default();
        let equal = near.iter().take(PLACES);
        let count = equal.take_while(|row| number(row) <= value + off).count();
        near.get(..count).unwrap_or_default()
    }
}

fn kind(pair: &TrialPair<'_>, transform: &Transform) -> Kind {
    match (transform.step_times, transform.step_over) {
        (1, 1) => offset_kind(pair, transform.step_plus),
        (_, 1) => Kind::Stride,
        _ => Kind::StepUnit,
    }
}

fn offset_kind(pair: &TrialPair<'_>, plus: i64) -> Kind {
    let (a, b) = (pair.a.span(), pair.b.span());
    let is_one_row = usual_cadence(pair.a.steps()) == Some(plus.saturating_abs());
    if is_one_row && a == b {
        return Kind::ShiftedRow;
    }
    let first = |span: Option<(i64, i64)>| span.map(|(first, _)| first);
    let counts_from = match plus {
        1 if first(a) == Some(1) => Some(0),
        -1 if first(b) == Some(1) => Some(1),
        _ => None,
    };
    Kind::StepOffset { counts_from }
}

fn row_order(pair: &TrialPair<'_>, before: Trial) -> Option<Suggestion> {
    let (same, method) = (Transform::default(), Method::RowOrder);
    let after = pair.trial(&same, method);
    let is_similar = after.matched * 10 >= pair.a.len().max(pair.b.len()) as u64 * 9;
    let improves = after.fits() && is_similar && after.agreeing > before.agreeing;
    improves.then(|| after.offer(Kind::RowOrder, same, method, before))
}

/// One source logs every k-th step of the other: no change, but it explains low coverage.
pub(super) fn every_kth(pair: &TrialPair<'_>, before: Trial) -> Option<Suggestion> {
    let (p, q) = cadences(pair)?;
    let (side, k) = match (p, q) {
        (p, q) if q > p && q % p == 0 => (SideId::B, q / p),
        (p, q) if p > q && p % q == 0 => (SideId::A, p / q),
        _ => return None,
    };
    if before.matched * 10 < pair.fewer() * 9 || !before.fits() {
        return None;
    }
    let kind = Kind::EveryKth { side, k };
    Some(before.offer(kind, Transform::default(), Method::Exact, before))
}
