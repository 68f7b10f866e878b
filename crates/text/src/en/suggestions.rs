//! Offers: what B seems to be compared with A, and what accepting it gains.

use std::f64::consts::{LN_2, LOG2_E};

use parallax_compare::align::{Transform, ValueMap};
use parallax_compare::explain::{Evidence, Kind, Suggestion, time_zone_ms};
use parallax_model::format::count;

use super::gaps::clock_offset;
use super::numbers::{counted, number, ordinal, step};

/// Why it is offered.
pub fn suggestion(suggestion: &Suggestion, names: (&str, &str)) -> String {
    let (a, b) = names;
    let transform = &suggestion.transform;
    let plus = transform.step_plus;
    let size = counted(plus.unsigned_abs(), "step");
    match suggestion.kind {
        Kind::StepOffset { counts_from } => {
            let origin = counts_from.map_or_else(String::new, |n| format!("counts from {n}, "));
            let direction = if plus > 0 { "behind" } else { "ahead of" };
            format!("{b} {origin}is {size} {direction} {a} throughout.")
        }
        Kind::ShiftedRow => {
            let neighbour = if plus > 0 { "before" } else { "after" };
            format!("{b} logs each value at the step {neighbour} that of {a} ({size}).")
        }
        Kind::Stride | Kind::StepUnit => step_unit(transform, names),
        Kind::RowOrder => {
            format!("The steps of {a} and {b} don't correspond, but row by row the values do.")
        }
        Kind::EveryKth { side, k } => {
            let ((rare, often), k) = (side.first(names), ordinal(k));
            format!("{rare} logs every {k} step of {often}; nothing needs to change.")
        }
        Kind::ClockOffset => {
            let offset_ms = transform.time_plus_ms.saturating_neg();
            let zone = match time_zone_ms(offset_ms) {
                Some(zone_ms) if zone_ms == offset_ms => ", a difference of time zones",
                _ => "",
            };
            format!("{}{zone}.", clock_offset(offset_ms, names))
        }
        Kind::MeanOrSum => format!("{b} is {}.", mean_or_sum(transform.value, a)),
        Kind::Percent | Kind::Negated | Kind::Scale | Kind::Logarithm | Kind::OneMinus => {
            format!("{b} is {}.", value_map(transform.value, a))
        }
    }
}

fn step_unit(transform: &Transform, (a, b): (&str, &str)) -> String {
    let (times, over, plus) = (
        transform.step_times,
        transform.step_over,
        transform.step_plus,
    );
    let size = counted(plus.unsigned_abs(), "step");
    let tail = match plus {
        0 => String::new(),
        1.. => format!(", {size} later"),
        _ => format!(", {size} earlier"),
    };
    match (times, over) {
        (k, 1) => {
            format!(
                "{b} counts in units of {} steps of {a} (rows or epochs){tail}.",
                step(k)
            )
        }
        (1, k) => {
            format!(
                "{b} counts {} for each step of {a} (samples or tokens){tail}.",
                step(k)
            )
        }
        (k, over) => {
            let k = counted(k.unsigned_abs(), "step");
            format!("{} steps of {b} are {k} of {a}{tail}.", step(over))
        }
    }
}

/// What B is, from the map that makes it A.
fn value_map(map: ValueMap, a: &str) -> String {
    match map {
        ValueMap::Same => format!("the same as {a}"),
        ValueMap::OneMinus => format!("1 minus {a}: an error against an accuracy"),
        ValueMap::Exp => format!("the natural logarithm of {a}"),
        ValueMap::Ln => format!("e to the power of {a}: a perplexity against a loss"),
        ValueMap::Exp10 => format!("the decimal logarithm of {a}"),
        ValueMap::Log10 => format!("10 to the power of {a}"),
        ValueMap::Times(factor) => scaled(factor, a),
    }
}

fn scaled(factor: f64, a: &str) -> String {
    match factor {
        100.0 => format!("a fraction where {a} has percent"),
        0.01 => format!("percent where {a} has a fraction"),
        -1.0 => "of the opposite sign".to_owned(),
        1000.0 => "1,000 times smaller (another unit prefix)".to_owned(),
        0.001 => "1,000 times larger (another unit prefix)".to_owned(),
        1e6 => "a million times smaller (another unit prefix)".to_owned(),
        1e-6 => "a million times larger (another unit prefix)".to_owned(),
        LN_2 => format!("in bits where {a} has nats"),
        LOG2_E => format!("in nats where {a} has bits"),
        _ => format!("{} times {a} throughout", number(1.0 / factor)),
    }
}

fn mean_or_sum(map: ValueMap, a: &str) -> String {
    let ValueMap::Times(factor) = map else {
        return value_map(map, a);
    };
    if factor > 1.0 {
        format!(
            "a mean over {} where {a} has a sum",
            step(factor.round() as i64)
        )
    } else {
        let parts = step((1.0 / factor).round() as i64);
        format!("a sum over {parts} where {a} has a mean")
    }
}

/// What accepting an offer gains.
pub fn evidence(evidence: &Evidence) -> String {
    let (matched, agreeing) = (evidence.matched, evidence.agreeing);
    format!(
        "matched {} → {}, equal within rounding {} → {}",
        count(matched.0),
        count(matched.1),
        count(agreeing.0),
        count(agreeing.1)
    )
}
