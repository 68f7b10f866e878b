//! A series as a chart needs it: attempts with their pyramids and sums, smoothing, windows.
#![forbid(unsafe_code)]

pub mod attempt;
pub mod pyramid;
pub mod series;
pub mod smooth;
mod sums;
pub mod window;

pub use series::{Bounds, JITTER_MS, JITTER_ROWS, PointRef, Series, Statistics};
