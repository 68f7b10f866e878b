//! The messages between the data page and the engine.

use parallax_view::{Span, XChoice};
use serde::{Deserialize, Serialize};

use super::SeriesKey;

/// Requests of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToData {
    /// Rows for the table. Answer: [`FromData::Table`].
    Table(TableSpec),
    /// All rows as CSV. Answer: [`FromData::CsvPart`], several times.
    Csv(TableSpec),
}

/// A page of the rows of some series in a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSpec {
    /// The series, in the order of the rows.
    pub series: Vec<SeriesKey>,
    /// The shown part of the run.
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
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// The training step.
    pub step: i64,
    /// Milliseconds since the epoch, where the row has a time.
    pub time_ms: Option<i64>,
    /// The raw value.
    pub value: f64,
}

/// Answers of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromData {
    /// A page of the table.
    Table {
        /// The request.
        spec: TableSpec,
        /// The rows.
        rows: Vec<TableRow>,
        /// The number of rows on all pages.
        total: u64,
    },
    /// The next part of a CSV.
    CsvPart {
        /// Its number, from 0.
        number: u32,
        /// Its text; parts need not end with a line.
        text: String,
        /// Whether it is the last one.
        is_last: bool,
    },
}
