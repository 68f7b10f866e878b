//! The engine: a Web Worker that fetches, scans, keeps the points and answers what charts ask.
//!
//! `session` (what is held and what it answers), `pair` (two series against each other) and `table`
//! are pure. `work` is the worker's loop: messages in, requests to the API, messages out; with
//! `baseline` (a second workload) and `matrix` (all pairs, step by step) it is the async part.

#[cfg(target_arch = "wasm32")]
mod baseline;
#[cfg(target_arch = "wasm32")]
mod matrix;
pub mod pair;
pub mod session;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod work;
