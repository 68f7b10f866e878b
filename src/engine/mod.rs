//! The engine: a Web Worker that requests, scans and stores rows and answers what charts ask.
//!
//! `store` (the rows, and which requests keep them up to date), `session` (what charts ask), `pair`
//! (two series compared) and `table` are pure. `work` is the worker's loop: messages in, requests to
//! the API (`requests`), messages out. `compare`
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
pub mod store;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod work;
