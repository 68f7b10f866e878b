//! Every decision of Parallax as a pure function: no DOM, no I/O, no async, no clock.
//!
//! # Layout
//! `wire` (the API's types) → `value` (numbers and what is not one).
//! `scan` (bytes → rows) → `columns` → `series` (attempts and their pyramids) → `frame` (pixels).
#![forbid(unsafe_code)]

pub mod attempt;
pub mod columns;
pub mod decimal;
pub mod domain;
pub mod frame;
pub mod lines;
mod m4;
pub mod pyramid;
pub mod scale;
pub mod scan;
pub mod series;
pub mod smooth;
#[cfg(test)]
mod testing;
pub mod ticks;
pub mod value;
pub mod window;
pub mod wire;
