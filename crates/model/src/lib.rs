//! The rows of a training run and what they are made of: one model for files, server, page and
//! command line. No I/O, no clock.
#![forbid(unsafe_code)]

pub mod attempts;
pub mod chunk;
pub mod chunk_list;
pub mod columns;
pub mod csv;
pub mod decimal;
pub mod digits;
pub mod format;
pub mod key;
pub mod row;
pub mod source;
pub mod sum;
pub mod time_column;
pub mod value;
