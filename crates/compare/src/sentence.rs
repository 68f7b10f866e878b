//! The verdict as a sentence that a user can quote, with its numbers.

use super::agree::{Agreement, Figures, Verdict};
use super::digits::Precision;
use super::say;

/// Explains an agreement in plain words.
pub(crate) fn explain(agreement: &Agreement, names: (&str, &str)) -> String {
    let shared = shared(agreement.matched);
    let figures = agreement.figures.as_ref();
    let mut text = match agreement.verdict {
        Verdict::NothingShared => return nothing(agreement, names),
        Verdict::Identical => format!("{shared} identical."),
        Verdict::EqualWithinRounding { a, b } => {
            format!(
                "{shared} equal within rounding{}{}.",
                rounding(names, a, b),
                largest(figures)
            )
        }
        Verdict::WithinTolerance => {
            let tolerance = agreement.tolerance.describe();
            format!(
                "{shared} within the tolerance of {tolerance}{}.",
                largest(figures)
            )
        }
        Verdict::DiffersFrom { .. } => differs(agreement),
        Verdict::DifferentMetric => different(agreement),
    };
    push_counts(&mut text, agreement, names);
    text
}

fn shared(matched: u64) -> String {
    match matched {
        1 => "The only shared step is".to_owned(),
        n => format!("All {} shared steps are", say::count(n as i64)),
    }
}

fn nothing(agreement: &Agreement, names: (&str, &str)) -> String {
    let (a, b) = agreement.points;
    format!(
        "No step is in both: {} has {}, {} has {}.",
        names.0,
        say::steps(a),
        names.1,
        say::steps(b)
    )
}

/// Which side rounds how, coarsest facts only: a full float64 explains nothing.
fn rounding(names: (&str, &str), a: Precision, b: Precision) -> String {
    let says = |name: &str, precision: Precision| match precision {
        Precision::Significant(_) | Precision::Decimals(_) => {
            Some(format!("{name} prints {}", precision.describe()))
        }
        Precision::Float32 => Some(format!("{name} keeps float32")),
        _ => None,
    };
    match (says(names.0, a), says(names.1, b)) {
        (Some(a), Some(b)) => format!(" ({a}, {b})"),
        (Some(one), None) | (None, Some(one)) => format!(" ({one})"),
        (None, None) => " (of the last bits of float64)".to_owned(),
    }
}

fn largest(figures: Option<&Figures>) -> String {
    figures
        .filter(|f| f.max_abs > 0.0)
        .map_or_else(String::new, |f| {
            format!(
                "; the largest difference is {} at step {}",
                say::number(f.max_abs),
                say::count(f.max_abs_at)
            )
        })
}

fn differs(agreement: &Agreement) -> String {
    let Verdict::DiffersFrom {
        step,
        points,
        throughout,
        ..
    } = agreement.verdict
    else {
        return String::new();
    };
    let matched = say::count(agreement.matched as i64);
    let (count, at) = (say::count(points as i64), say::count(step));
    let head = match (points, throughout) {
        (1, _) => format!("1 of {matched} shared steps differs, step {at}"),
        (_, _) if points == agreement.matched => format!("All {matched} shared steps differ"),
        (_, true) => {
            format!("From step {at} on all {count} shared steps differ ({matched} are shared)")
        }
        _ => format!("{count} of {matched} shared steps differ, the first is step {at}"),
    };
    let figures = agreement.figures.as_ref().filter(|f| f.max_abs > 0.0);
    let largest = figures.map_or_else(String::new, |f| {
        let percent = say::number(f.max_relative * 100.0);
        format!("{}, the largest relative one {percent} %", largest(Some(f)))
    });
    format!("{head}{largest}.")
}

fn different(agreement: &Agreement) -> String {
    let differing: u64 = agreement.by_status.iter().skip(3).sum();
    let r = agreement.figures.as_ref().and_then(|f| f.pearson);
    let r = r.map_or_else(
        || "one side is constant".to_owned(),
        |r| format!("Pearson r is {r:.3}"),
    );
    format!(
        "These look like different metrics: {} of {} shared steps differ and {r}.",
        say::count(differing as i64),
        say::count(agreement.matched as i64)
    )
}

fn push_counts(text: &mut String, agreement: &Agreement, names: (&str, &str)) {
    let one_sided = agreement.by_status.get(4).copied().unwrap_or(0);
    if one_sided > 0 {
        text.push_str(&format!(
            " At {} one side alone is NaN or infinite.",
            say::steps(one_sided)
        ));
    }
    if agreement.both_non_finite > 0 {
        let both = say::steps(agreement.both_non_finite);
        text.push_str(&format!(" Both are NaN or infinite at {both}."));
    }
    for (count, name) in [(agreement.only.0, names.0), (agreement.only.1, names.1)] {
        if count > 0 {
            let verb = if count == 1 { "is" } else { "are" };
            text.push_str(&format!(" {} {verb} only in {name}.", say::steps(count)));
        }
    }
}
