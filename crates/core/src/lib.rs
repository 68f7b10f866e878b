//! Every decision of Parallax as a pure function: no DOM, no I/O, no async, no clock.
//!
//! # Layout
//! `wire` (the API's types), `value` (numbers and what is not one), `catalog` (what exists), `view`
//! (what the user looks at; the URL), `config` (the page's `config.json`), `error` and `format` (words and numbers for people).
//! `scan` (bytes → rows) → `columns` → `series` (attempts with their pyramids and sums) → `frame`
//! (pixels), with `window`, `scale`, `domain`, `ticks`, `smooth`, `lines` and `m4` as its steps, and
//! `picture` for its dense parts. `order` sorts. `compare` (two series: alignment, agreement, gaps, pairing).
#![forbid(unsafe_code)]

pub mod attempt;
pub mod catalog;
pub mod columns;
pub mod compare;
pub mod config;
pub mod decimal;
pub mod digits;
pub mod domain;
pub mod error;
pub mod format;
pub mod frame;
pub mod json;
pub mod lines;
pub mod m4;
pub mod order;
pub mod picture;
pub mod pyramid;
pub mod scale;
pub mod scan;
pub mod series;
pub mod smooth;
pub mod sorted;
mod sums;
#[cfg(test)]
mod testing;
pub mod ticks;
pub mod value;
pub mod view;
pub mod window;
pub mod wire;
