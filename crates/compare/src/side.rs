//! The columns that a comparison reads: borrowed rows as they arrived, and owned points in order.
//!
//! A [`Side`] is only as long as its shortest column. [`Points`] are sorted by iteration and hold
//! no missing values; iterations repeat only where the user asked for all attempts.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One metric of one source as three columns of equal length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side<'a> {
    /// Training step of each row.
    pub iteration: &'a [i64],
    /// Milliseconds since the epoch of each row; 0 where the source has no clock.
    pub timestamp_ms: &'a [i64],
    /// Value of each row; [`parallax_model::value::MISSING`] for a row without a value.
    pub value: &'a [f64],
}

impl<'a> Side<'a> {
    /// Columns of one length.
    pub fn new(iteration: &'a [i64], timestamp_ms: &'a [i64], value: &'a [f64]) -> Self {
        Self {
            iteration,
            timestamp_ms,
            value,
        }
    }

    /// Steps of all whole rows.
    pub(crate) fn steps(&self) -> &'a [i64] {
        self.iteration.get(..self.len()).unwrap_or_default()
    }

    /// Times of all whole rows.
    pub(crate) fn times_ms(&self) -> &'a [i64] {
        self.timestamp_ms.get(..self.len()).unwrap_or_default()
    }

    /// Values of all whole rows.
    pub(crate) fn values(&self) -> &'a [f64] {
        self.value.get(..self.len()).unwrap_or_default()
    }

    /// Number of whole rows.
    pub fn len(&self) -> usize {
        let columns = self.iteration.len().min(self.timestamp_ms.len());
        columns.min(self.value.len())
    }

    /// True without any whole row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Iteration of a row, 0 outside.
    pub(crate) fn step(&self, row: usize) -> i64 {
        self.iteration.get(row).copied().unwrap_or(0)
    }

    /// Time of a row, 0 outside.
    pub(crate) fn time_ms(&self, row: usize) -> i64 {
        self.timestamp_ms.get(row).copied().unwrap_or(0)
    }

    /// Value of a row, NaN outside.
    pub(crate) fn number(&self, row: usize) -> f64 {
        self.value.get(row).copied().unwrap_or(f64::NAN)
    }

    /// First and last iteration of sorted points.
    pub(crate) fn span(&self) -> Option<(i64, i64)> {
        let steps = self.steps();
        Some((*steps.first()?, *steps.last()?))
    }
}

/// A clean sequence: sorted by iteration, every row with a value. Borrows where the rows already
/// were clean.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Points<'a> {
    /// Training step, never going back.
    pub iteration: Cow<'a, [i64]>,
    /// Milliseconds since the epoch, 0 when unknown.
    pub timestamp_ms: Cow<'a, [i64]>,
    /// Value; may be NaN or infinite.
    pub value: Cow<'a, [f64]>,
}

impl Points<'_> {
    /// The points as borrowed columns.
    pub fn side(&self) -> Side<'_> {
        Side::new(&self.iteration, &self.timestamp_ms, &self.value)
    }

    /// The rows at the given indices, in that order; indices outside are left out.
    pub(crate) fn gather(side: Side<'_>, rows: &[u32]) -> Points<'static> {
        let inside = || {
            rows.iter()
                .map(|&row| row as usize)
                .filter(|&row| row < side.len())
        };
        Points {
            iteration: inside().map(|row| side.step(row)).collect(),
            timestamp_ms: inside().map(|row| side.time_ms(row)).collect(),
            value: inside().map(|row| side.number(row)).collect(),
        }
    }
}

/// A run of steps, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRange {
    /// First step.
    pub first: i64,
    /// Last step.
    pub last: i64,
    /// How many points the range stands for.
    pub count: u64,
}

/// True if both say the same thing: equal numbers, or both NaN.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan())
}
