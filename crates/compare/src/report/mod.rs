//! An aligned pair in other forms: Δ as a series, rows for a file.

mod export;
mod residual;

pub use export::{Row, rows, to_csv, to_json};
pub use residual::{Residual, residual};
