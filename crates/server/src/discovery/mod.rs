//! What is in the served folder: the files, their formats, and which of them are one workload.

pub mod discover;
pub mod formats;
pub mod known;
pub mod listing;
pub mod paths;
