//! English.
//!
//! Sides are called by the `names` that the caller gives, A's first. Sentences end with a full stop;
//! what goes into a table cell or a list does not.

mod errors;
mod gaps;
mod matrix;
mod numbers;
mod suggestions;
mod verdict;

pub use errors::parse_error;
pub use gaps::{attempt, cadences, finding, side_facts};
pub use matrix::{BASELINE, THIS_RUN, matrix_summary, no_partner, pairing};
pub use numbers::{counted, number, step};
pub use suggestions::{evidence, suggestion};
pub use verdict::{agreement, precision, tolerance, verdict};
