//! The rows of a matrix and their order.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::pairing::Pairing;
use crate::attempts::CleanReport;
use crate::explain::Suggestion;
use crate::verdict::Agreement;

/// One metric in two sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// Which metrics, by position in the input and by name, and why they were paired.
    pub pairing: Pairing,
    /// Source names of A and B.
    pub sources: (String, String),
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
    pub doubtful: Vec<Pairing>,
}

impl Matrix {
    /// True if any row differs beyond the tolerance.
    pub fn differs(&self) -> bool {
        self.differing() > 0
    }

    /// Rows that differ beyond the tolerance.
    pub fn differing(&self) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.agreement.verdict.is_difference())
            .count()
    }

    /// True if any row has a shared step: without one, nothing was compared.
    pub fn has_shared_steps(&self) -> bool {
        self.rows.iter().any(|row| row.agreement.matched > 0)
    }
}

pub(super) fn worst_first(p: &MatrixRow, q: &MatrixRow) -> Ordering {
    let largest = |row: &MatrixRow| row.agreement.figures.map_or(0.0, |f| f.max_relative);
    let covered = |row: &MatrixRow| row.agreement.coverage.0.min(row.agreement.coverage.1);
    let rank = |row: &MatrixRow| row.agreement.verdict.rank();
    (rank(q).cmp(&rank(p)))
        .then(largest(q).total_cmp(&largest(p)))
        .then(covered(p).total_cmp(&covered(q)))
        .then_with(|| p.pairing.metrics.cmp(&q.pairing.metrics))
        .then_with(|| p.sources.cmp(&q.sources))
}
