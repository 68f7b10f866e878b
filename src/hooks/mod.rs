//! Browser facilities as signals and plain functions, one module each.

pub mod clipboard;
pub mod clock;
pub mod download;
pub mod in_sight;
pub mod keys;
pub mod location;
pub mod pattern;
pub mod pointer;
pub mod scheme;
pub mod size;
