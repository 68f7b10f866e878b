//! Every pairable metric of a workload × every pair of its sources, worst first.
//!
//! Sources are taken in order of first appearance; the earlier one of a pair is A. Sides are rows
//! in arrival order. Where values differ, the best offer is named as a hint but not applied.

use serde::{Deserialize, Serialize};

use super::agree::{Agreement, Rounding, Tolerance, agree};
use super::align::{Method, align};
use super::attempts::{Choice, SplitRule, clean};
use super::digits::detect;
use super::pairing::{Basis, Named, Pairing, pair};
use super::suggest::{Suggestion, suggest};

/// One metric in two sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// Positions of A and B in the input.
    pub index: (usize, usize),
    /// Metric names in A and B.
    pub metrics: (String, String),
    /// Source names of A and B.
    pub sources: (String, String),
    /// What the pairing rests on.
    pub basis: Basis,
    /// Why the two were paired.
    pub pairing: String,
    /// Figures and verdict.
    pub agreement: Agreement,
    /// What might explain a difference.
    pub hint: Option<Suggestion>,
}

/// The whole table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Matrix {
    /// Worst first: verdict, then largest relative Δ, then lowest coverage.
    pub rows: Vec<MatrixRow>,
    /// Positions of metrics that have no partner in any other source.
    pub unpaired: Vec<usize>,
}

impl Matrix {
    /// True if any row differs beyond the tolerance.
    pub fn differs(&self) -> bool {
        self.rows
            .iter()
            .any(|row| row.agreement.verdict.is_difference())
    }
}

/// Compares everything that can be paired.
pub fn matrix(all: &[Named<'_>], choice: Choice, tolerance: Tolerance) -> Matrix {
    let rule = SplitRule::default();
    let points: Vec<_> = all
        .iter()
        .map(|named| clean(named.side, &rule, choice).0)
        .collect();
    let both = all.iter().zip(&points);
    let named: Vec<Named<'_>> = both
        .map(|(n, p)| Named {
            side: p.side(),
            ..*n
        })
        .collect();
    let sources = sources(&named);
    let mut rows = Vec::new();
    for (at, left) in sources.iter().enumerate() {
        for right in sources.iter().skip(at + 1) {
            let pick = |list: &[usize]| -> Vec<Named<'_>> {
                list.iter()
                    .filter_map(|&index| named.get(index).copied())
                    .collect()
            };
            let (a, b) = (pick(left), pick(right));
            for found in pair(&a, &b).into_iter().filter(|pairing| pairing.chosen) {
                let (Some(x), Some(y)) = (a.get(found.a), b.get(found.b)) else {
                    continue;
                };
                let index = (left.get(found.a), right.get(found.b));
                if let (Some(&i), Some(&j)) = index {
                    rows.push(row((x, y), (i, j), found, tolerance));
                }
            }
        }
    }
    rows.sort_by(worst_first);
    let has_row = |index: usize| {
        rows.iter()
            .any(|r| r.index.0 == index || r.index.1 == index)
    };
    let unpaired = (0..all.len()).filter(|&index| !has_row(index)).collect();
    Matrix { rows, unpaired }
}

/// Positions of each source's metrics.
fn sources(named: &[Named<'_>]) -> Vec<Vec<usize>> {
    let mut out: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, one) in named.iter().enumerate() {
        match out.iter_mut().find(|(source, _)| *source == one.source) {
            Some((_, list)) => list.push(index),
            None => out.push((one.source, vec![index])),
        }
    }
    out.into_iter().map(|(_, list)| list).collect()
}

fn row(
    (a, b): (&Named<'_>, &Named<'_>),
    index: (usize, usize),
    found: Pairing,
    tolerance: Tolerance,
) -> MatrixRow {
    let alignment = align(a.side, b.side, Method::Exact);
    let rounding = Rounding {
        a: detect(a.side.value),
        b: detect(b.side.value),
        ..Rounding::default()
    };
    let names = (a.source, b.source);
    let agreement = agree(a.side, b.side, &alignment, rounding, tolerance, names);
    let puzzling = agreement.verdict.rank() > 2;
    let hint = if puzzling {
        suggest(a.side, b.side, names).into_iter().next()
    } else {
        None
    };
    MatrixRow {
        index,
        metrics: (found.metric_a, found.metric_b),
        sources: (a.source.to_owned(), b.source.to_owned()),
        basis: found.basis,
        pairing: found.reason,
        agreement,
        hint,
    }
}

fn worst_first(p: &MatrixRow, q: &MatrixRow) -> std::cmp::Ordering {
    let far = |row: &MatrixRow| row.agreement.figures.map_or(0.0, |f| f.max_relative);
    let covered = |row: &MatrixRow| row.agreement.coverage.0.min(row.agreement.coverage.1);
    let rank = |row: &MatrixRow| row.agreement.verdict.rank();
    (rank(q).cmp(&rank(p)))
        .then(far(q).total_cmp(&far(p)))
        .then(covered(p).total_cmp(&covered(q)))
        .then_with(|| p.metrics.cmp(&q.metrics))
        .then_with(|| p.sources.cmp(&q.sources))
}
