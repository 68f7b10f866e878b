//! What the data page and the engine say to each other.

use parallax_view::{Span, XChoice};
use serde::{Deserialize, Serialize};

use super::SeriesKey;

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToData {
    /// Rows for the table. Answer: [`FromData::Table`].
    Table(TableSpec),
    /// Rows as CSV. Answer: [`FromData::Csv`].
    Csv(TableSpec),
}

/// Rows of series in a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSpec {
    /// The series, in the order of the rows.
    pub series: Vec<SeriesKey>,
    /// The part that is shown.
    pub span: Span,
    /// The unit of the span.
    pub x: XChoice,
    /// First row.
    pub offset: u64,
    /// Rows at most.
    pub limit: u64,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRow {
    /// Index into the spec's series.
    pub series: u32,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The raw value.
    pub value: f64,
}

/// What the engine answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromData {
    /// A part of the table.
    Table {
        /// As asked.
        spec: TableSpec,
        /// The rows.
        rows: Vec<TableRow>,
        /// How many rows there are in all.
        total: u64,
    },
    /// The table as CSV.
    Csv(String),
}
