//! Compares one metric between two sources (or two runs): what matches, what is missing, what
//! differs, and whether rounding explains it.
//!
//! # Contract
//! Side A is the reference: Δ is always `b − a`. Input is a [`Side`] in the order of recording;
//! everything after [`attempts::choose`] works on sorted [`Points`]. NaN and ±Infinity are values,
//! only [`parallax_model::value::MISSING`] is none. Times are milliseconds since the epoch, 0 when
//! unknown. Results are data; `parallax-text` puts them into words.
//!
//! # Layout
//! `attempts` (rows → one clean sequence) → `align` (which point is which, after a change of B) →
//! `verdict` (figures, and whether rounding explains them) → `explain` (gaps, and changes that would
//! make more of them meet) and `report` (Δ and rows in other forms). [`AlignedPair`] takes one pair
//! through all of these; `matrix` does so for everything that can be paired.
#![forbid(unsafe_code)]

pub mod align;
mod aligned_pair;
pub mod attempts;
mod choice;
mod covered;
pub mod explain;
pub mod matrix;
mod parse_error;
pub mod report;
pub mod side;
pub mod verdict;

pub use aligned_pair::{AlignedPair, CleanSeries, Options, PairReport};
pub use parse_error::ParseError;
pub use side::{Points, Side, StepRange};
