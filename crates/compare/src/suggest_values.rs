//! Offers about values: percent, mean or sum, sign, another factor, logarithm, complement.

use super::align::{Alignment, Method, align};
use super::say;
use super::suggest::{Bench, Kind, Suggestion, Trial};
use super::transform::{Transform, ValueMap};

/// The factors that loggers use, with what they mean.
const FACTORS: &[(f64, Kind, &str)] = &[
    (100.0, Kind::Percent, "a fraction where {a} has percent"),
    (0.01, Kind::Percent, "percent where {a} has a fraction"),
    (-1.0, Kind::Negated, "of the opposite sign"),
    (
        1000.0,
        Kind::Scale,
        "1,000 times smaller (another unit prefix)",
    ),
    (
        0.001,
        Kind::Scale,
        "1,000 times larger (another unit prefix)",
    ),
    (
        1e6,
        Kind::Scale,
        "a million times smaller (another unit prefix)",
    ),
    (
        1e-6,
        Kind::Scale,
        "a million times larger (another unit prefix)",
    ),
    (
        std::f64::consts::LN_2,
        Kind::Scale,
        "in bits where {a} has nats",
    ),
    (
        std::f64::consts::LOG2_E,
        Kind::Scale,
        "in nats where {a} has bits",
    ),
];
/// Largest number of parts that a sum is believed to have.
const PARTS: f64 = 65_536.0;

/// Maps that are no factor.
const MAPS: &[(ValueMap, Kind, &str)] = &[
    (
        ValueMap::OneMinus,
        Kind::OneMinus,
        "1 minus {a}: an error against an accuracy",
    ),
    (
        ValueMap::Exp,
        Kind::Logarithm,
        "the natural logarithm of {a}",
    ),
    (
        ValueMap::Ln,
        Kind::Logarithm,
        "e to the power of {a}: a perplexity against a loss",
    ),
    (
        ValueMap::Exp10,
        Kind::Logarithm,
        "the decimal logarithm of {a}",
    ),
    (ValueMap::Log10, Kind::Logarithm, "10 to the power of {a}"),
];

/// The alignment to judge values on: by equal steps, or, if none is equal, as if both began at
/// the same step.
pub(crate) fn standing(bench: &Bench<'_>, exact: Alignment) -> (Transform, Alignment) {
    let as_is = Transform::default();
    let (Some((first_a, _)), Some((first_b, _))) = (bench.a.span(), bench.b.span()) else {
        return (as_is, exact);
    };
    if exact.matched() > 0 {
        return (as_is, exact);
    }
    let moved = Transform {
        step_plus: first_a.saturating_sub(first_b),
        ..as_is
    };
    let alignment = align(bench.a, moved.apply(bench.b).side(), Method::Exact);
    (moved, alignment)
}

/// The best offer about values, if they don't agree as they are.
pub(crate) fn offer(
    bench: &Bench<'_>,
    alignment: &Alignment,
    moved: Transform,
    before: Trial,
) -> Option<Suggestion> {
    if before.matched < 8 || before.agreeing * 2 > before.matched {
        return None;
    }
    let factor = factor(bench, alignment).map(|(map, kind, what)| (map, kind, what.to_owned()));
    let maps = MAPS
        .iter()
        .map(|&(map, kind, what)| (map, kind, what.to_owned()));
    for (map, kind, what) in factor.into_iter().chain(maps) {
        let transform = Transform {
            value: map,
            ..moved
        };
        if !bench.is_promising(&transform) {
            continue;
        }
        let after = bench.count(alignment, map);
        if after.fits() && after.agreeing > before.agreeing {
            let (a, b) = bench.names;
            let reason = format!("{b} is {}.", what.replace("{a}", a));
            return Some(bench.offer(kind, transform, Method::Exact, (before, after), reason));
        }
    }
    None
}

/// The factor that most pairs have in common, snapped to one that loggers use.
fn factor(bench: &Bench<'_>, alignment: &Alignment) -> Option<(ValueMap, Kind, String)> {
    let pairs = alignment.pairs(bench.a, bench.b);
    let ratios = pairs
        .map(|pair| pair.a / pair.b)
        .filter(|ratio| ratio.is_finite() && *ratio != 0.0);
    let mut ratios: Vec<f64> = ratios.collect();
    let middle = ratios.len() / 2;
    if ratios.len() < 4 {
        return None;
    }
    let median = *ratios.select_nth_unstable_by(middle, f64::total_cmp).1;
    let near = |factor: f64| (median / factor - 1.0).abs() < 5e-3;
    if let Some(&(factor, kind, what)) = FACTORS.iter().find(|(factor, ..)| near(*factor)) {
        return Some((ValueMap::Times(factor), kind, what.to_owned()));
    }
    for (whole, exact) in [
        (median.round(), median),
        ((1.0 / median).round(), 1.0 / median),
    ] {
        if (2.0..=PARTS).contains(&whole) && (exact / whole - 1.0).abs() < 5e-3 {
            let parts = say::count(whole as i64);
            return Some(if exact == median {
                (
                    ValueMap::Times(whole),
                    Kind::MeanOrSum,
                    format!("a mean over {parts} where {{a}} has a sum"),
                )
            } else {
                (
                    ValueMap::Times(1.0 / whole),
                    Kind::MeanOrSum,
                    format!("a sum over {parts} where {{a}} has a mean"),
                )
            });
        }
    }
    let size = say::number(1.0 / median);
    Some((
        ValueMap::Times(median),
        Kind::Scale,
        format!("{size} times {{a}} throughout"),
    ))
}
