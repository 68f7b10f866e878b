//! Compares one metric between two sources (or two runs): what matches, what is missing, what
//! differs, and whether rounding explains it.
//!
//! # Contract
//! Side A is the reference: Δ is always `b − a`. Input is a [`Side`] in arrival order; everything
//! after [`attempts::choose`] works on sorted [`Points`]. NaN and ±Infinity are values, only
//! [`parallax_model::value::MISSING`] is none. Times are milliseconds since the epoch, 0 when unknown.
//!
//! # Layout
//! `attempts` (rows → one clean sequence) → `align` (which point is which) → `digits` (what each
//! source prints) → `agree` (figures and verdict); `suggest` offers a [`transform`] that would
//! make more of them meet; `gaps`, `residual` and `export` tell the same alignment in other forms;
//! `pairing` finds which metric is which and `matrix` does all of it for a whole workload, or, step
//! by step and for two workloads, [`walk::Walk`]. [`Prepared`] takes one pair through all of these
//! steps and [`Prepared::report`] says everything about it. `spell` reads and writes the choices.
#![forbid(unsafe_code)]

pub mod agree;
pub mod align;
pub mod attempts;
pub mod cadence;
mod covered;
pub mod digits;
pub mod export;
mod findings;
pub mod gaps;
mod interpolate;
pub mod matrix;
pub mod pairing;
mod pass;
pub mod prepared;
mod probe;
pub mod residual;
pub mod say;
mod sentence;
pub mod side;
pub mod spell;
pub mod suggest;
mod suggest_clock;
mod suggest_steps;
mod suggest_values;
mod sum;
pub mod tolerance;
pub mod transform;
pub mod verdict;
pub mod walk;
mod words;

pub use prepared::{Cleaned, Options, Prepared, Report};
pub use side::{Points, Side};
