//! The Parallax dashboard: a training run from every source that recorded it, side by side.
//!
//! # Layout
//! One WASM module runs on both sides: in a window as the page (`app` → `pages` → `components`,
//! `chart`, `state`, `hooks`), in a Web Worker as the engine (`engine`, `api`). They exchange the
//! messages of `protocol`. Code that a first chart does not need is loaded later, through `lazy`.
//! The logic is in the crates under `crates/`. What does not need a browser also builds natively,
//! where its tests run.
#![forbid(unsafe_code)]

pub mod chart;
pub mod engine;
pub mod protocol;

#[cfg(target_arch = "wasm32")]
pub mod api;
#[cfg(target_arch = "wasm32")]
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod components;
#[cfg(target_arch = "wasm32")]
pub mod hooks;
#[cfg(target_arch = "wasm32")]
mod lazy;
#[cfg(target_arch = "wasm32")]
pub mod pages;
#[cfg(target_arch = "wasm32")]
pub mod state;
