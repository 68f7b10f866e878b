//! The Training Performance API as a client and the bundled server see it: wire types, a streaming
//! scanner of rows, the catalog of what exists, the page's `config.json`, and errors. No I/O.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod chunks;
pub mod config;
pub mod envelope;
pub mod error;
pub mod query;
pub mod scan;
pub mod wire;
