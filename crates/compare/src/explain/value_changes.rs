//! Offers about values: percent, mean or sum, sign, another factor, logarithm, complement.

use std::f64::consts::{LN_2, LOG2_E};

use super::suggestion::{Kind, Suggestion};
use super::trial::{Trial, TrialPair};
use crate::align::{Alignment, Method, Transform, ValueMap, align};

/// The factors that loggers use: percentages, signs, unit prefixes, bits and nats.
const FACTORS: &[(f64, Kind)] = &[
    (100.0, Kind::Percent),
    (0.01, Kind::Percent),
    (-1.0, Kind::Negated),
    (1000.0, Kind::Scale),
    (0.001, Kind::Scale),
    (1e6, Kind::Scale),
    (1e-6, Kind::Scale),
    (LN_2, Kind::Scale),
    (LOG2_E, Kind::Scale),
];
/// Largest number of parts that a sum is believed to have.
const PARTS: f64 = 65_536.0;

/// Maps that are no factor.
const MAPS: &[(ValueMap, Kind)] = &[
    (ValueMap::OneMinus, Kind::OneMinus),
    (ValueMap::Exp, Kind::Logarithm),
    (ValueMap::Ln, Kind::Logarithm),
    (ValueMap::Exp10, Kind::Logarithm),
    (ValueMap::Log10, Kind::Logarithm),
];

/// The alignment to compare values on: by equal steps, or, if none is equal, as if both began at
/// the same step.
pub(super) fn same_start(pair: &TrialPair<'_>, exact: Alignment) -> (Transform, Alignment) {
    let as_is = Transform::default();
    let (Some((first_a, _)), Some((first_b, _))) = (pair.a.span(), pair.b.span()) else {
        return (as_is, exact);
    };
    if exact.matched() > 0 {
        return (as_is, exact);
    }
    let moved = Transform {
        step_plus: first_a.saturating_sub(first_b),
        ..as_is
    };
    let alignment = align(pair.a, moved.apply(pair.b).side(), Method::Exact);
    (moved, alignment)
}

/// The best offer about values, if they don't agree as they are.
pub(super) fn value_change(
    pair: &TrialPair<'_>,
    alignment: &Alignment,
    moved: Transform,
    before: Trial,
) -> Option<Suggestion> {
    if before.matched < 8 || before.agreeing * 2 > before.matched {
        return None;
    }
    let candidates = factor(pair, alignment).into_iter();
    candidates
        .chain(MAPS.iter().copied())
        .find_map(|(value, kind)| {
            let transform = Transform { value, ..moved };
            if !pair.is_promising(&transform) {
                return None;
            }
            let after = pair.count(alignment, value);
            let improves = after.fits() && after.agreeing > before.agreeing;
            improves.then(|| after.offer(kind, transform, Method::Exact, before))
        })
}

/// The factor that most pairs have in common, snapped to one that loggers use.
fn factor(pair: &TrialPair<'_>, alignment: &Alignment) -> Option<(ValueMap, Kind)> {
    let pairs = alignment.pairs(pair.a, pair.b);
    let mut ratios: Vec<f64> = pairs
        .map(|pair| pair.a / pair.b)
        .filter(|ratio| ratio.is_finite() && *ratio != 0.0)
        .collect();
    if ratios.len() < 4 {
        return None;
    }
    let middle = ratios.len() / 2;
    let median = *ratios.select_nth_unstable_by(middle, f64::total_cmp).1;
    let is_near = |factor: f64| (median / factor - 1.0).abs() < 5e-3;
    let is_sum_of = |parts: f64| (2.0..=PARTS).contains(&parts);
    let (parts_a, parts_b) = (median.round(), (1.0 / median).round());
    let (factor, kind) = if let Some(&known) = FACTORS.iter().find(|(f, _)| is_near(*f)) {
        known
    } else if is_sum_of(parts_a) && is_near(parts_a) {
        (parts_a, Kind::MeanOrSum)
    } else if is_sum_of(parts_b) && is_near(1.0 / parts_b) {
        (1.0 / parts_b, Kind::MeanOrSum)
    } else {
        (median, Kind::Scale)
    };
    Some((ValueMap::Times(factor), kind))
}
