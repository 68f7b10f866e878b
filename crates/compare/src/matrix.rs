//! Every pairable metric of a workload × every pair of its sources, worst first.
//!
//! Sources are taken in order of first appearance; the earlier one of a pair is A. Sides are rows
//! in arrival order. Where values differ, the best offer is named as a hint but not applied.
//! [`Walk`] does the same step by step, and compares two workloads.

use serde::{Deserialize, Serialize};

use super::agree::{Agreement, Tolerance};
use super::attempts::{Choice, CleanReport};
use super::pairing::{Basis, Named, Pairing};
use super::prepared::Options;
use super::suggest::Suggestion;
use super::walk::Walk;

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
    /// What cleaning left out of A and B.
    pub cleaned: (CleanReport, CleanReport),
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
    /// Positions of metrics that have no partner in any other source; empty where only some pairs
    /// were asked for.
    pub unpaired: Vec<usize>,
    /// Pairs that names alone suggest and values contradict, of metrics without a partner.
    /// `a` and `b` are positions in the input.
    pub doubtful: Vec<Pairing>,
}

impl Matrix {
    /// True if any row differs beyond the tolerance.
    pub fn differs(&self) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.agreement.verdict.is_difference())
    }

    /// True if any row has a shared step: without one, nothing was compared.
    pub fn has_shared_steps(&self) -> bool {
        self.rows.iter().any(|row| row.agreement.matched > 0)
    }
}

/// Compares everything that can be paired, by equal steps.
pub fn matrix(all: &[Named<'_>], choice: Choice, tolerance: Tolerance) -> Matrix {
    let options = Options {
        choice,
        tolerance,
        ..Options::default()
    };
    Walk::new(all, options).finish()
}

pub(crate) fn worst_first(p: &MatrixRow, q: &MatrixRow) -> std::cmp::Ordering {
    let far = |row: &MatrixRow| row.agreement.figures.map_or(0.0, |f| f.max_relative);
    let covered = |row: &MatrixRow| row.agreement.coverage.0.min(row.agreement.coverage.1);
    let rank = |row: &MatrixRow| row.agreement.verdict.rank();
    (rank(q).cmp(&rank(p)))
        .then(far(q).total_cmp(&far(p)))
        .then(covered(p).total_cmp(&covered(q)))
        .then_with(|| p.metrics.cmp(&q.metrics))
        .then_with(|| p.sources.cmp(&q.sources))
}
