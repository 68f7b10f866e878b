//! bytes → rows: reads training records while they grow.
//!
//! # Layout
//! [`Reader`] (what every format implements) is here, [`ParsedFile`] (what it fills) in
//! `parsed_file`; each format has a file of its own; `detect` tells which one a file has and `open` makes
//! its reader. Readers do no I/O and know no clock: whoever calls
//! them feeds bytes in order, split anywhere, and says when a file has come to rest.
#![forbid(unsafe_code)]

mod carry;
pub mod csv;
pub mod detect;
mod document;
pub mod event_file;
pub mod golden;
pub mod json_lines;
mod limits;
mod literal;
pub mod masked_crc;
mod number;
pub mod open;
pub mod parsed_file;
mod plain_rows;
pub mod proto;
mod row;
mod row_buffer;
mod row_lines;
pub mod scalar_tensor;
mod shape;
mod short;
mod stamp;
mod template;
pub mod text;
pub mod tf_record;
pub mod trainer_state;
pub mod two_columns;
pub mod wandb_block;
mod wandb_clock;
pub mod wandb_file;
mod wandb_history;
mod wandb_item;
mod wandb_json;
mod wandb_steps;
pub mod wandb_summary;
mod whole_lines;

pub use parsed_file::{Metrics, Note, ParsedFile, RunFacts};

/// Reads one file of one format, incrementally.
///
/// The result may not depend on how the bytes are split: feeding a file byte by byte and feeding it
/// whole give equal parse results (each format has a test for it). A reader never fails: what it can't
/// read becomes a note of the parse result, and it goes on behind it where the format allows.
pub trait Reader: Send {
    /// Takes the next bytes of the file and appends what they complete to `parsed`. An unfinished
    /// end (half a record, half a line) is held back until more bytes come.
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile);

    /// The file has come to rest: reads what was held back if it is whole in itself (a last line
    /// without a line feed, a JSON document), and notes what stays unfinished. More bytes may
    /// still come afterwards.
    fn finish_idle(&mut self, parsed: &mut ParsedFile);

    /// Bytes held back as an unfinished end. 0 means that everything fed has been read.
    fn pending_bytes(&self) -> u64;
}
