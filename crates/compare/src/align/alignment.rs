//! The result of matching: row numbers of pairs, and of what is left over.

use serde::{Deserialize, Serialize};

use super::method::Method;
use crate::side::Side;

/// The pairs and the rest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Alignment {
    /// How it was made.
    pub method: Method,
    /// Rows of A that have a partner, ascending.
    pub a: Vec<u32>,
    /// Their partners in B (of an interpolation the left neighbour).
    pub b: Vec<u32>,
    /// Interpolation only: where between `b` and the next row, 0 to 1. Otherwise empty.
    pub fraction: Vec<f64>,
    /// Rows of A without partner, ascending.
    pub only_a: Vec<u32>,
    /// Rows of B without partner, ascending.
    pub only_b: Vec<u32>,
}

/// One matched pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Row of A.
    pub row_a: u32,
    /// Row of B.
    pub row_b: u32,
    /// Value of A.
    pub a: f64,
    /// Value of B, interpolated if the method does so.
    pub b: f64,
}

impl Alignment {
    /// Number of pairs.
    pub fn matched(&self) -> usize {
        self.a.len()
    }

    /// Row and value of A, row and value of B for each pair.
    pub fn pairs<'s>(&'s self, a: Side<'s>, b: Side<'s>) -> impl Iterator<Item = Pair> + 's {
        let rows = self.a.iter().zip(&self.b).enumerate();
        rows.map(move |(at, (&row_a, &row_b))| {
            let left = b.number(row_b as usize);
            let value_b = match self.fraction.get(at) {
                Some(&f) if f > 0.0 => between(left, b.number(row_b as usize + 1), f),
                _ => left,
            };
            Pair {
                row_a,
                row_b,
                a: a.number(row_a as usize),
                b: value_b,
            }
        })
    }
}

/// The number at a fraction of the way.
fn between(left: f64, right: f64, fraction: f64) -> f64 {
    let way = right - left;
    if way.is_finite() {
        left + way * fraction
    } else {
        left * (1.0 - fraction) + right * fraction
    }
}
