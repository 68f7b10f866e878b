//! The Parallax dashboard: a training run from every source that recorded it, side by side.
//!
//! # Layout
//! One program with two sides: in a window it is the page (`app` → `pages` → `components`, `chart`,
//! `state`, `hooks`, with `reactive` for its signals), in a Web Worker the engine (`engine`, `api`).
//! They talk through `protocol`. What a first chart does not need is behind the doors of `later`.
//! Every decision is in the crates under `crates/`. What is not for wasm32 alone also builds natively, where
//! its tests run.
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
mod later;
#[cfg(target_arch = "wasm32")]
pub mod pages;
#[cfg(target_arch = "wasm32")]
pub mod reactive;
#[cfg(target_arch = "wasm32")]
pub mod state;
