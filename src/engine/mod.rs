//! The engine: a Web Worker that fetches, scans, keeps the points and answers what charts ask.
//!
//! `session` (what is held and what it answers), `pair` (two series against each other) and `table`
//! are pure. `work` is the worker's loop: messages in, requests to the API, messages out. `compare`
//! (with `baseline`, a second workload, and `matrix`, all pairs step by step) and `data` answer what
//! the pages of these names ask; their code is loaded at the first question, through `lazy`.

#[cfg(target_arch = "wasm32")]
mod baseline;
#[cfg(target_arch = "wasm32")]
mod compare;
#[cfg(target_arch = "wasm32")]
mod data;
#[cfg(target_arch = "wasm32")]
mod lazy;
#[cfg(target_arch = "wasm32")]
mod matrix;
pub mod pair;
#[cfg(target_arch = "wasm32")]
pub mod requests;
pub mod session;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod work;
