//! Serves run folders as the Training Performance API: the files are the store, nothing is
//! imported.
//!
//! # Layout
//! One direction, from the disk to the wire:
//! `listing` (what is in the folder) → `formats` (what a file can be; `known` has the readers'
//! formats) → `track` (a file, recognised or not) → `follow` (a recognised file while it grows; `dating`
//! gives times to rows that have none) →
//! `discover` (which folders are one workload) → `arrange` (which files give which metrics, in
//! which order) → `assemble` (the workload as routes read it, with its `status`) → `snapshot`
//! (published by swapping one pointer) → `rows` and `routes` (what is sent).
//! `reload` drives all up to the snapshot, once a pass, and `reload_thread` repeats it; `serve` binds, loads and runs; `dashboard`
//! sends the page's static files; `http_security` refuses
//! requests for other hosts and sets headers; `cli` reads the command line. `compare` takes one snapshot and
//! says on the terminal how its sources agree. `column` holds points; `query`,
//! `error` and `etag` are what the routes share; `natural` orders file names, `paths` takes them apart,
//! `event_folders` makes them metric prefixes; `terminal` escapes names that are printed.
//!
//! # Time and locks
//! Only `serve` knows a clock (and `compare`, for its progress); everything else is told the time. There is one lock, the one around
//! the published catalog in `snapshot`; nobody holds it for longer than cloning an `Arc`. (The queue
//! of files within a pass has one of its own; no other lock is taken under it.)
#![forbid(unsafe_code)]

pub mod arrange;
pub mod assemble;
pub mod checksums;
pub mod chunk_answer;
pub mod cli;
pub mod compare;
pub mod cursor;
pub mod dashboard;
mod dating;
pub mod discover;
pub mod error;
pub mod etag;
pub mod event_folders;
pub mod file_series;
pub mod follow;
pub mod formats;
pub mod http_security;
pub mod known;
pub mod listing;
pub mod paths;
pub mod query;
pub mod reload;
pub mod reload_thread;
pub mod routes;
pub mod rows;
pub mod series;
pub mod serve;
pub mod snapshot;
pub mod status;
pub mod terminal;
pub mod time_range;
pub mod track;
