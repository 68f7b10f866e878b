//! Verdicts, as a cell of a table and as a sentence that a user can quote, with its numbers.

use parallax_compare::verdict::{Agreement, Figures, Precision, Tolerance, Verdict};
use parallax_model::format::count;

use super::numbers::{counted, number, step};

/// In a table: `equal within rounding`, `differs from 510 on`.
pub fn verdict(verdict: &Verdict) -> String {
    match *verdict {
        Verdict::Identical => "identical".to_owned(),
        Verdict::EqualWithinRounding { .. } => "equal within rounding".to_owned(),
        Verdict::WithinTolerance => "within tolerance".to_owned(),
        Verdict::DiffersFrom {
            points: 1,
            step: at,
            ..
        } => format!("differs at {}", step(at)),
        Verdict::DiffersFrom { step: from, .. } => format!("differs from {} on", step(from)),
        Verdict::DifferentMetric => "different metric?".to_owned(),
        Verdict::NothingShared => "nothing shared".to_owned(),
    }
}

/// What is tolerated: `0.1 %`, `0.01`, `0.01 plus 0.1 %`.
pub fn tolerance(tolerance: Tolerance) -> String {
    let percent = format!("{} %", number(tolerance.relative * 100.0));
    match (tolerance.absolute > 0.0, tolerance.relative > 0.0) {
        (true, true) => format!("{} plus {percent}", number(tolerance.absolute)),
        (true, false) => number(tolerance.absolute),
        (false, _) => percent,
    }
}

/// How a source rounds: `7 significant digits`.
pub fn precision(precision: Precision) -> String {
    match precision {
        Precision::Unknown => "unknown precision".to_owned(),
        Precision::Whole => "whole numbers".to_owned(),
        Precision::Float64 => "full float64".to_owned(),
        Precision::Float32 => "float32".to_owned(),
        Precision::Significant(digits) => format!("{digits} significant digits"),
        Precision::Decimals(1) => "1 decimal".to_owned(),
        Precision::Decimals(places) => format!("{places} decimals"),
    }
}

/// How two series agree, in full.
pub fn agreement(agreement: &Agreement, names: (&str, &str)) -> String {
    let figures = agreement.figures.as_ref();
    let head = match agreement.verdict {
        Verdict::NothingShared => return nothing_shared(agreement, names),
        Verdict::Identical => format!("{} identical", all_shared(agreement)),
        Verdict::EqualWithinRounding { a, b } => format!(
            "{} equal within rounding{}{}",
            all_shared(agreement),
            rounding(names, a, b),
            largest(figures)
        ),
        Verdict::WithinTolerance => format!(
            "{} within the tolerance of {}{}",
            all_shared(agreement),
            tolerance(agreement.tolerance),
            largest(figures)
        ),
        Verdict::DiffersFrom {
            step, throughout, ..
        } => format!(
            "{}{}{}",
            differing(agreement, step, throughout),
            largest(figures),
            largest_relative(figures)
        ),
        Verdict::DifferentMetric => different_metric(agreement),
    };
    format!("{head}.{}", left_over(agreement, names))
}

fn all_shared(agreement: &Agreement) -> String {
    match agreement.matched {
        1 => "The only shared step is".to_owned(),
        n => format!("All {} shared steps are", count(n)),
    }
}

fn nothing_shared(agreement: &Agreement, names: (&str, &str)) -> String {
    let (a, b) = agreement.points;
    format!(
        "No step is in both: {} has {}, {} has {}.",
        names.0,
        counted(a, "step"),
        names.1,
        counted(b, "step")
    )
}

/// Which side rounds how, coarsest facts only: a full float64 explains nothing.
fn rounding(names: (&str, &str), a: Precision, b: Precision) -> String {
    let fact = |name: &str, of: Precision| match of {
        Precision::Significant(_) | Precision::Decimals(_) => {
            Some(format!("{name} prints {}", precision(of)))
        }
        Precision::Float32 => Some(format!("{name} keeps float32")),
        _ => None,
    };
    match (fact(names.0, a), fact(names.1, b)) {
        (Some(a), Some(b)) => format!(" ({a}, {b})"),
        (Some(one), None) | (None, Some(one)) => format!(" ({one})"),
        (None, None) => " (of the last bits of float64)".to_owned(),
    }
}

fn largest(figures: Option<&Figures>) -> String {
    let figures = figures.filter(|f| f.max_abs > 0.0);
    figures.map_or_else(String::new, |f| {
        format!(
            "; the largest difference is {} at step {}",
            number(f.max_abs),
            step(f.max_abs_at)
        )
    })
}

fn largest_relative(figures: Option<&Figures>) -> String {
    let figures = figures.filter(|f| f.max_abs > 0.0);
    figures.map_or_else(String::new, |f| {
        let percent = number(f.max_relative * 100.0);
        format!(", the largest relative one {percent} %")
    })
}

fn differing(agreement: &Agreement, first: i64, throughout: bool) -> String {
    let (points, matched) = (agreement.differing(), count(agreement.matched));
    let (number, first) = (count(points), step(first));
    match (points, throughout) {
        (1, _) => format!("1 of {matched} shared steps differs, step {first}"),
        _ if points == agreement.matched => format!("All {matched} shared steps differ"),
        (_, true) => {
            format!("From step {first} on all {number} shared steps differ ({matched} are shared)")
        }
        _ => format!("{number} of {matched} shared steps differ, the first is step {first}"),
    }
}

fn different_metric(agreement: &Agreement) -> String {
    let r = agreement.figures.and_then(|f| f.pearson);
    let r = r.map_or_else(
        || "one side is constant".to_owned(),
        |r| format!("Pearson r is {r:.3}"),
    );
    format!(
        "These look like different metrics: {} of {} shared steps differ and {r}",
        count(agreement.differing()),
        count(agreement.matched)
    )
}

/// What the verdict leaves out: values that are not finite, steps of one side alone.
fn left_over(agreement: &Agreement, names: (&str, &str)) -> String {
    let mut out = String::new();
    let [.., one_sided] = agreement.by_status;
    if one_sided > 0 {
        let steps = counted(one_sided, "step");
        out += &format!(" At {steps} one side alone is NaN or infinite.");
    }
    if agreement.both_non_finite > 0 {
        let steps = counted(agreement.both_non_finite, "step");
        out += &format!(" Both are NaN or infinite at {steps}.");
    }
    for (points, name) in [(agreement.only.0, names.0), (agreement.only.1, names.1)] {
        if points > 0 {
            let verb = if points == 1 { "is" } else { "are" };
            out += &format!(" {} {verb} only in {name}.", counted(points, "step"));
        }
    }
    out
}
