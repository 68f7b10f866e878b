//! A series as a chart needs it: attempts with their pyramids and sums, smoothing, windows.
#![forbid(unsafe_code)]

pub mod attempt;
pub mod axis;
pub mod pyramid;
mod query;
pub mod series;
pub mod smooth;
mod sums;
pub mod window;

pub use attempt::{Attempt, NonFiniteRow};
pub use axis::XAxis;
pub use query::{Bounds, PointRef, Statistics, resolve_window};
pub use series::Series;

#[cfg(test)]
mod tests;
