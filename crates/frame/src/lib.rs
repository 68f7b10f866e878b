//! What a chart draws for series at a size: domains, ticks, lines and bars on the pixel grid.
#![forbid(unsafe_code)]

pub mod domain;
pub mod frame;
pub mod lines;
pub mod m4;
pub mod raster;
pub mod scale;
pub mod ticks;

pub use frame::{Bar, Frame, FrameSpec, Line, Mark, MarkKind, frame};
