//! Serves run folders as the Training Performance API: the files are the store, nothing is
//! imported.
//!
//! # Layout
//! One direction, from the disk to the wire:
//! - [`discovery`]: which files there are (`listing`), what each can be (`formats`; `known` has the
//!   readers' formats), which folders are one workload (`discover`);
//! - [`following`]: a file, recognised or not (`track`), and what it gives while it grows
//!   (`follow`), frozen by series (`file_series`);
//! - [`store`]: which files give which metrics in which order (`arrange`), the series over all files
//!   with their attempts and revisions (`series`), the workload as routes read it (`assemble`,
//!   `snapshot`), and what is written of it (`rows` as JSON, `chunk_answer`);
//! - [`http`]: routes, parameters, errors, security, and the dashboard's files.
//!
//! `reload` drives all up to the snapshot, once a pass, and `reload_thread` repeats it; `serve`
//! binds, loads and runs; `cli` reads the command line; `compare` takes one snapshot and prints how
//! its sources agree; `terminal` escapes names that are printed.
//!
//! # Time and locks
//! Only `serve` has a clock (and `compare`, for its progress); everything else is given the time.
//! There is one lock, the one around the published catalog in `store::snapshot`; nobody holds it for
//! longer than cloning an `Arc`. (The queue of files within a pass has one of its own; no other lock
//! is taken under it.)
#![forbid(unsafe_code)]

pub mod cli;
pub mod compare;
pub mod discovery;
pub mod following;
pub mod http;
pub mod reload;
pub mod reload_thread;
pub mod serve;
pub mod store;
pub mod terminal;
