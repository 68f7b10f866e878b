//! Offers about steps: offset, unit, row order, every k-th.
//!
//! Candidates come from the ends and cadences of both sides and from where B's values stand in A;
//! each is tried as a whole and the best that fits is offered.

use super::align::Method;
use super::cadence::usual_cadence;
use super::digits::HalfUnits;
use super::say;
use super::side::Side;
use super::suggest::{Bench, Kind, Suggestion, Trial};
use super::transform::Transform;
use parallax_model::order::{sort, sort_by};

/// Values of B that are looked for in A.
const PROBES: usize = 64;
/// Places in A looked at for each of them.
const PLACES: usize = 32;

/// The best offer about steps, if the sides don't agree as they are.
pub(crate) fn offer(bench: &Bench<'_>, before: &Trial) -> Option<Suggestion> {
    let fewer = bench.a.len().min(bench.b.len()) as u64;
    if fewer < 4 || (before.fits() && before.matched * 2 >= fewer) || is_constant(bench.b) {
        return None;
    }
    let mut best: Option<(Transform, Trial)> = None;
    let candidates = candidates(bench).into_iter();
    for transform in candidates.filter(|transform| bench.is_promising(transform)) {
        let trial = bench.trial(&transform, Method::Exact);
        let improves = trial.agreeing > before.agreeing && trial.matched * 2 >= fewer;
        let beats = best
            .as_ref()
            .is_none_or(|(_, other)| trial.agreeing > other.agreeing);
        if trial.fits() && improves && beats {
            best = Some((transform, trial));
        }
    }
    if let Some((transform, after)) = best {
        let (kind, reason) = explain(bench, &transform);
        return Some(bench.offer(kind, transform, Method::Exact, (*before, after), reason));
    }
    row_order(bench, before, fewer)
}

fn is_constant(side: Side<'_>) -> bool {
    let values = side.value.get(..side.len()).unwrap_or_default();
    let mut finite = values.iter().filter(|value| value.is_finite());
    let first = finite.next();
    finite.all(|value| Some(value) == first)
}

fn candidates(bench: &Bench<'_>) -> Vec<Transform> {
    let (Some(a), Some(b)) = (bench.a.span(), bench.b.span()) else {
        return Vec::new();
    };
    let order = by_value(bench.a);
    let mut out: Vec<Transform> = Vec::new();
    let found = meetings(bench, &order);
    for (step_times, step_over) in ratios(bench, (a, b), &found) {
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
            let cadence = cadence(bench.a).unwrap_or(1);
            offsets.extend([1, -1, cadence, -cadence]);
        }
        offsets.extend(votes(bench, &order, &base));
        for step_plus in offsets {
            let transform = Transform { step_plus, ..base };
            if !transform.is_identity() && !out.contains(&transform) {
                out.push(transform);
            }
        }
    }
    out
}

fn cadence(side: Side<'_>) -> Option<i64> {
    usual_cadence(side.iteration.get(..side.len()).unwrap_or_default())
}

/// Ratios of steps worth trying: 1, whole ratios of cadences, spans and ends, and the one that
/// steps with equal values have.
fn ratios(
    bench: &Bench<'_>,
    (a, b): ((i64, i64), (i64, i64)),
    found: &[(i64, i64)],
) -> Vec<(i64, i64)> {
    let cadences = cadence(bench.a).zip(cadence(bench.b));
    let spans = (a.1.saturating_sub(a.0), b.1.saturating_sub(b.0));
    let mut out = vec![(1, 1)];
    for (x, y) in [cadences.unwrap_or((1, 1)), spans, (a.0, b.0), (a.1, b.1)] {
        let whole = reduced(x, y).filter(|&(x, y)| x == 1 || y == 1);
        out.extend(whole.filter(|ratio| !out.contains(ratio)));
    }
    out.extend(ratio_of(found).filter(|ratio| !out.contains(ratio)));
    out
}

/// A ratio of positive numbers in lowest terms.
fn reduced(x: i64, y: i64) -> Option<(i64, i64)> {
    let (mut divisor, mut rest) = (x, y);
    while rest > 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (x > 0 && y > 0).then(|| (x / divisor, y / divisor))
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

/// Steps (of B, of A) of values that stand in exactly one place of A, by B's step.
fn meetings(bench: &Bench<'_>, order: &[u32]) -> Vec<(i64, i64)> {
    let mut reach = Reach::new(bench);
    let every = bench.b.len().div_ceil(PROBES).max(1);
    let rows = (0..bench.b.len()).step_by(every);
    let meeting = |row: usize| match reach.places(bench.a, order, bench.b.number(row)) {
        &[place] => Some((bench.b.step(row), bench.a.step(place as usize))),
        _ => None,
    };
    rows.filter_map(meeting).collect()
}

/// Finds where a value of B stands in A.
struct Reach {
    half_a: HalfUnits,
    half_b: HalfUnits,
}

impl Reach {
    fn new(bench: &Bench<'_>) -> Self {
        Self {
            half_a: HalfUnits::new(bench.rounding.a),
            half_b: HalfUnits::new(bench.rounding.b),
        }
    }

    /// The first of A's rows that have the value, by value; none for a value that is not finite.
    fn places<'o>(&mut self, a: Side<'_>, order: &'o [u32], value: f64) -> &'o [u32] {
        let off = self.half_a.at(value) + self.half_b.at(value) + 4.0 * f64::EPSILON * value.abs();
        let number = |&place: &u32| a.number(place as usize);
        let from = order.partition_point(|place| number(place) < value - off);
        let near = order.get(from..).unwrap_or_default();
        let near = near.get(..PLACES).unwrap_or(near);
        let count = near
            .iter()
            .take_while(|place| number(place) <= value + off)
            .count();
        near.get(..count).unwrap_or_default()
    }
}

/// Rows with a finite value, by value.
fn by_value(side: Side<'_>) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..side.len() as u32)
        .filter(|&row| side.number(row as usize).is_finite())
        .collect();
    sort_by(&mut rows, |&p, &q| {
        side.number(p as usize).total_cmp(&side.number(q as usize))
    });
    rows
}

/// Offsets at which several values of B stand in A, the most frequent two.
fn votes(bench: &Bench<'_>, order: &[u32], base: &Transform) -> Vec<i64> {
    let (a, b) = (bench.a, bench.b);
    let mut reach = Reach::new(bench);
    let mut offsets: Vec<i64> = Vec::new();
    let every = b.len().div_ceil(PROBES).max(1);
    for row in (0..b.len())
        .step_by(every)
        .filter(|&row| base.divides(b.step(row)))
    {
        let near = reach.places(a, order, b.number(row)).iter();
        let step = base.step(b.step(row));
        offsets.extend(near.map(|&place| a.step(place as usize).saturating_sub(step)));
    }
    sort(&mut offsets);
    let mut counts: Vec<(usize, i64)> = Vec::new();
    for offset in offsets {
        match counts.last_mut() {
            Some((count, same)) if *same == offset => *count += 1,
            _ => counts.push((1, offset)),
        }
    }
    sort_by(&mut counts, |p, q| {
        q.0.cmp(&p.0)
            .then(p.1.unsigned_abs().cmp(&q.1.unsigned_abs()))
    });
    counts
        .into_iter()
        .take(2)
        .filter(|(count, _)| *count >= 3)
        .map(|(_, offset)| offset)
        .collect()
}

fn explain(bench: &Bench<'_>, transform: &Transform) -> (Kind, String) {
    let (a, b) = bench.names;
    let plus = transform.step_plus;
    let tail = match plus {
        0 => String::new(),
        n => format!(
            ", {} {}",
            say::steps(n.unsigned_abs()),
            if n > 0 { "later" } else { "earlier" }
        ),
    };
    match (transform.step_times, transform.step_over) {
        (1, 1) => offset(bench, plus),
        (k, 1) => {
            let k = say::count(k);
            let text = format!("{b} counts in units of {k} steps of {a} (rows or epochs){tail}.");
            (Kind::Stride, text)
        }
        (k, over) if k > 1 => {
            let (k, over) = (say::steps(k.unsigned_abs()), say::count(over));
            let text = format!("{over} steps of {b} are {k} of {a}{tail}.");
            (Kind::StepUnit, text)
        }
        (_, k) => {
            let k = say::count(k);
            let text = format!("{b} counts {k} for each step of {a} (samples or tokens){tail}.");
            (Kind::StepUnit, text)
        }
    }
}

fn offset(bench: &Bench<'_>, plus: i64) -> (Kind, String) {
    let (a, b) = bench.names;
    let size = say::steps(plus.unsigned_abs());
    let direction = if plus > 0 { "behind" } else { "ahead of" };
    let same_steps = bench.a.span() == bench.b.span();
    let row = cadence(bench.a) == Some(plus.saturating_abs());
    if row && same_steps {
        let neighbour = if plus > 0 { "before" } else { "after" };
        let text = format!("{b} logs each value at the step {neighbour} that of {a} ({size}).");
        return (Kind::ShiftedRow, text);
    }
    let origin = match (bench.a.span(), bench.b.span(), plus.unsigned_abs()) {
        (Some((first, _)), _, 1) if plus > 0 && first == 1 => "counts from 0, ",
        (_, Some((first, _)), 1) if plus < 0 && first == 1 => "counts from 1, ",
        _ => "",
    };
    (
        Kind::StepOffset,
        format!("{b} {origin}is {size} {direction} {a} throughout."),
    )
}

fn row_order(bench: &Bench<'_>, before: &Trial, fewer: u64) -> Option<Suggestion> {
    let after = bench.trial(&Transform::default(), Method::RowOrder);
    let similar = after.matched * 10 >= bench.a.len().max(bench.b.len()) as u64 * 9;
    if !after.fits() || !similar || after.agreeing <= before.agreeing || after.matched < fewer {
        return None;
    }
    let (a, b) = bench.names;
    let reason =
        format!("The steps of {a} and {b} don't correspond, but row by row the values do.");
    Some(bench.offer(
        Kind::RowOrder,
        Transform::default(),
        Method::RowOrder,
        (*before, after),
        reason,
    ))
}

/// One source logs every k-th step of the other: said, so that low coverage is understood.
pub(crate) fn every_kth(bench: &Bench<'_>, before: &Trial) -> Option<Suggestion> {
    let (p, q) = cadence(bench.a).zip(cadence(bench.b))?;
    let fewer = bench.a.len().min(bench.b.len()) as u64;
    let (rare, often, k) = match (p, q) {
        (p, q) if q > p && q % p == 0 => (bench.names.1, bench.names.0, q / p),
        (p, q) if p > q && p % q == 0 => (bench.names.0, bench.names.1, p / q),
        _ => return None,
    };
    if before.matched * 10 < fewer * 9 || !before.fits() {
        return None;
    }
    let reason = format!(
        "{rare} logs every {} step of {often}; nothing needs to change.",
        say::ordinal(k)
    );
    let same = Transform::default();
    Some(bench.offer(
        Kind::EveryKth,
        same,
        Method::Exact,
        (*before, *before),
        reason,
    ))
}
