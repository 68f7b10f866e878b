//! Every decision of Parallax as a pure function: no DOM, no I/O, no async, no clock.
//!
//! # Layout
//! `wire` (the API's types) → `value` (numbers and what is not one).
//! `scan` (bytes → rows) → `columns` → `series` (attempts and their pyramids) → `frame` (pixels).
#![forbid(unsafe_code)]

pub mod columns;
pub mod decimal;
pub mod scan;
#[cfg(test)]
mod testing;
pub mod value;
pub mod wire;
