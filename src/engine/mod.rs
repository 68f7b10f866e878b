//! The engine: a Web Worker that fetches, scans, keeps the points and answers what charts ask.
//!
//! `session` (what is held and what it answers; pure), `work` (messages in, requests to the API,
//! messages out; the only async part).

pub mod session;
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod work;
