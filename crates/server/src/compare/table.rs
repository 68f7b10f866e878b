//! The comparison as text, for people: one line a pair, worst first, the reason under what differs.
//!
//! Plain characters only in what the table adds itself; names come from files and are escaped.

use std::fmt::Write as _;

use parallax_compare::explain::{GapReport, findings};
use parallax_compare::matrix::{MatrixRow, Pairing};
use parallax_compare::verdict::Verdict;
use parallax_model::format::count;
use parallax_text::en;

use super::options::{CompareOptions, to_accept};
use super::workload::Compared;
use crate::terminal::printable;

const HEAD: [&str; 8] = [
    "", "verdict", "metric", "sources", "matched", "coverage", "max diff", "at step",
];
/// Columns of numbers are aligned right.
const RIGHT: [bool; 8] = [false, false, false, false, true, true, true, true];
/// A column is no wider than this; longer cells push their line.
const WIDEST: usize = 56;
const UNPAIRED_LISTED: usize = 12;

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
        push_line(
            &mut out,
            line,
            &widths,
            &printable(&en::pairing(&row.pairing)),
        );
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
    let name = printable(&name);
    let tolerance = en::tolerance(options.tolerance);
    let pairs = en::counted(one.matrix.rows.len() as u64, "pair");
    match (one.matrix.rows.is_empty(), one.matrix.differing()) {
        (true, _) => {
            let sources: Vec<String> = one.sources.iter().map(|s| printable(s)).collect();
            format!(
                "{name}: nothing to compare (sources: {})",
                sources.join(", ")
            )
        }
        (false, 0) => format!("{name}: no difference beyond {tolerance} in {pairs}"),
        (false, differing) => {
            format!("{name}: {differing} of {pairs} differ beyond {tolerance}")
        }
    }
}

/// The two names of a pair, one where they are the same.
pub(super) fn pair_name(pairing: &Pairing) -> String {
    let (a, b) = &pairing.metrics;
    if a == b {
        a.clone()
    } else {
        format!("{a} = {b}")
    }
}

fn cells(row: &MatrixRow) -> [String; 8] {
    let agreement = &row.agreement;
    let percent = |share: f64| format!("{:.0}%", (share * 100.0).floor());
    let (a, b) = agreement.coverage;
    let none = || "-".to_owned();
    let figures = agreement.figures;
    let largest = figures.filter(|f| f.max_abs > 0.0);
    [
        mark(&agreement.verdict).to_owned(),
        en::verdict(&agreement.verdict),
        printable(&pair_name(&row.pairing)),
        printable(&format!("{}, {}", row.sources.0, row.sources.1)),
        count(agreement.matched),
        format!("{}/{}", percent(a), percent(b)),
        figures.map_or_else(none, |f| en::number(f.max_abs)),
        largest.map_or_else(none, |f| en::step(f.max_abs_at)),
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

/// The lines under a row: the explanation where it does not agree, and the gaps if asked for.
fn notes(row: &MatrixRow, gaps: Option<&GapReport>, options: &CompareOptions) -> Vec<String> {
    let names = (row.sources.0.as_str(), row.sources.1.as_str());
    let mut out = Vec::new();
    if row.agreement.verdict.is_unexplained() {
        out.push(en::agreement(&row.agreement, names));
    }
    if let Some(hint) = &row.hint {
        let reason = en::suggestion(hint, names);
        let accept = to_accept(&hint.transform, hint.method);
        // With a change made already, the offer comes on top of it.
        let is_first = options.choices().transform.is_identity();
        out.push(match accept.as_str() {
            "" => format!("hint: {reason}"),
            _ if is_first => format!("hint: {reason} Try {accept}"),
            _ => format!("hint: {reason} On top of what was changed: {accept}"),
        });
    }
    if let Some(gaps) = gaps {
        for (side, name) in [(&gaps.a, names.0), (&gaps.b, names.1)] {
            out.push(format!("{name} logs {}.", en::cadences(&side.cadences)));
        }
        let findings = findings(gaps);
        out.extend(findings.iter().map(|one| en::finding(one, names)));
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
    let more = match names.len().saturating_sub(UNPAIRED_LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let listed = names.get(..UNPAIRED_LISTED).unwrap_or(&names).join(", ");
    let _ = writeln!(out, "    in one source alone: {listed}{more}");
    for pairing in one.matrix.doubtful.iter().take(UNPAIRED_LISTED) {
        let (names, reason) = (pair_name(pairing), en::pairing(pairing));
        let _ = writeln!(
            out,
            "    not paired: {}",
            printable(&format!("{names}, {reason}"))
        );
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
