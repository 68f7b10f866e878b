//! The comparison as text, for people: one line a pair, worst first, the reason under what differs.
//!
//! Plain characters only in what the table adds itself; names come from files and are escaped.

use std::fmt::Write as _;

use parallax_compare::agree::Verdict;
use parallax_compare::cadence;
use parallax_compare::gaps::GapReport;
use parallax_compare::matrix::MatrixRow;
use parallax_compare::say;

use super::options::{CompareOptions, to_accept};
use super::workload::Compared;
use crate::terminal::printable;

const HEAD: [&str; 8] = [
    "", "verdict", "metric", "sources", "matched", "coverage", "max diff", "at step",
];
/// Columns of numbers stand right.
const RIGHT: [bool; 8] = [false, false, false, false, true, true, true, true];
/// A column is no wider than this; longer cells push their line.
const WIDEST: usize = 56;
const UNPAIRED_NAMED: usize = 12;

/// The whole text.
pub fn table(compared: &[Compared], options: &CompareOptions) -> String {
    let parts: Vec<String> = compared.iter().map(|one| workload(one, options)).collect();
    parts.join("\n")
}

fn workload(one: &Compared, options: &CompareOptions) -> String {
    let rows = &one.matrix.rows;
    let mut out = format!("{}\n", headline(one, options));
    let lines: Vec<[String; 8]> = rows.iter().map(cells).collect();
    let widths = widths(&lines);
    if !rows.is_empty() {
        push_line(&mut out, &HEAD.map(str::to_owned), &widths, "paired by");
    }
    for (at, (row, line)) in rows.iter().zip(&lines).enumerate() {
        push_line(&mut out, line, &widths, &printable(&row.pairing));
        for note in notes(row, one.gaps.get(at), options) {
            let _ = writeln!(out, "      {}", printable(note));
        }
    }
    push_unpaired(&mut out, one);
    out
}

fn headline(one: &Compared, options: &CompareOptions) -> String {
    let name = match &one.baseline {
        Some(baseline) => format!("{} against {baseline}", one.name),
        None => one.name.clone(),
    };
    let name = printable(name);
    let rows = &one.matrix.rows;
    let is_bad = |row: &&MatrixRow| row.agreement.verdict.is_difference();
    let bad = rows.iter().filter(is_bad).count();
    let tolerance = options.tolerance.describe();
    match (rows.len(), bad) {
        (0, _) => {
            let sources: Vec<String> = one.sources.iter().map(printable).collect();
            format!(
                "{name}: nothing to compare (sources: {})",
                sources.join(", ")
            )
        }
        (all, 0) => format!("{name}: no difference beyond {tolerance} in {}", pairs(all)),
        (all, bad) => format!("{name}: {bad} of {} differ beyond {tolerance}", pairs(all)),
    }
}

fn pairs(count: usize) -> String {
    let noun = if count == 1 { "pair" } else { "pairs" };
    format!("{count} {noun}")
}

/// The two names of a pair, one where they are the same.
pub(super) fn pair_name(row: &MatrixRow) -> String {
    let (a, b) = &row.metrics;
    if a == b {
        a.clone()
    } else {
        format!("{a} = {b}")
    }
}

fn cells(row: &MatrixRow) -> [String; 8] {
    let agreement = &row.agreement;
    let percent = |share: f64| format!("{:.0}%", (share * 100.0).floor());
    let figures = agreement.figures;
    [
        mark(&agreement.verdict).to_owned(),
        agreement.verdict.describe(),
        printable(pair_name(row)),
        printable(format!("{}, {}", row.sources.0, row.sources.1)),
        say::count(i64::try_from(agreement.matched).unwrap_or(i64::MAX)),
        format!(
            "{}/{}",
            percent(agreement.coverage.0),
            percent(agreement.coverage.1)
        ),
        figures.map_or_else(|| "-".to_owned(), |f| say::number(f.max_abs)),
        figures
            .filter(|f| f.max_abs > 0.0)
            .map_or_else(|| "-".to_owned(), |f| say::count(f.max_abs_at)),
    ]
}

fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "=",
        Verdict::EqualWithinRounding { .. } => "~",
        Verdict::WithinTolerance => "<",
        Verdict::DiffersFrom { .. } => "!",
        Verdict::DifferentMetric | Verdict::NothingShared => "?",
    }
}

/// What stands under a row: the explanation where it does not agree, and the gaps if asked for.
fn notes(row: &MatrixRow, gaps: Option<&GapReport>, options: &CompareOptions) -> Vec<String> {
    let mut out = Vec::new();
    if row.agreement.verdict.rank() > 2 {
        out.push(row.agreement.sentence.clone());
    }
    if let Some(hint) = &row.hint {
        let accept = to_accept(&hint.transform, hint.method);
        // With a change made already, the offer comes on top of it.
        let is_first = options.core().transform.is_identity();
        out.push(match accept.as_str() {
            "" => format!("hint: {}", hint.reason),
            _ if is_first => format!("hint: {} Try {accept}", hint.reason),
            _ => format!("hint: {} On top of what was changed: {accept}", hint.reason),
        });
    }
    if let Some(gaps) = gaps {
        for (side, name) in [(&gaps.a, &row.sources.0), (&gaps.b, &row.sources.1)] {
            out.push(format!(
                "{name} logs {}.",
                cadence::describe(&side.cadences)
            ));
        }
        out.extend(gaps.findings.iter().cloned());
    }
    out
}

fn push_unpaired(out: &mut String, one: &Compared) {
    let names: Vec<String> = one
        .matrix
        .unpaired
        .iter()
        .filter_map(|index| one.series.get(*index))
        .map(|(metric, source)| printable(format!("{metric} ({source})")))
        .collect();
    if names.is_empty() || one.matrix.rows.is_empty() {
        return;
    }
    let more = names.len().saturating_sub(UNPAIRED_NAMED);
    let named: Vec<&str> = names
        .iter()
        .take(UNPAIRED_NAMED)
        .map(String::as_str)
        .collect();
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let _ = writeln!(out, "    in one source alone: {}{rest}", named.join(", "));
    for pair in one.matrix.doubtful.iter().take(UNPAIRED_NAMED) {
        let text = format!(
            "not paired: {} = {}, {}",
            pair.metric_a, pair.metric_b, pair.reason
        );
        let _ = writeln!(out, "    {}", printable(text));
    }
}

fn widths(lines: &[[String; 8]]) -> [usize; 8] {
    let mut out = HEAD.map(str::len);
    for line in lines {
        for (width, cell) in out.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count()).min(WIDEST);
        }
    }
    out
}

fn push_line(out: &mut String, cells: &[String; 8], widths: &[usize; 8], end: &str) {
    out.push_str("  ");
    for ((cell, &width), right) in cells.iter().zip(widths).zip(RIGHT) {
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
        let (before, after) = if right {
            (padding, String::new())
        } else {
            (String::new(), padding)
        };
        let _ = write!(out, "{before}{cell}{after}  ");
    }
    out.push_str(end);
    out.truncate(out.trim_end().len());
    out.push('\n');
}
