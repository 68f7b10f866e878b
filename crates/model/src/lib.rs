//! The rows of a training run and what they are made of: one model for files, server, page and
//! command line. No I/O, no clock.
#![forbid(unsafe_code)]

pub mod columns;
pub mod decimal;
pub mod digits;
pub mod format;
pub mod order;
pub mod sorted;
pub mod source;
pub mod value;
