//! Workloads as routes read them: series of several files, and the bodies that are written of them.

pub mod arrange;
pub mod assemble;
pub mod chunk_answer;
pub mod cursor;
pub mod event_folders;
pub mod rows;
pub mod series;
pub mod snapshot;
pub mod status;
pub mod time_range;
