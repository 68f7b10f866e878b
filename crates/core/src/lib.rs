//! Every decision of Parallax as a pure function: no DOM, no I/O, no async, no clock.
//!
//! # Layout
//! `wire` (the API's types) → `value` (numbers and what is not one).
#![forbid(unsafe_code)]

pub mod catalog;
pub mod compare;
pub mod error;
pub mod format;
pub mod value;
pub mod view;
pub mod wire;
