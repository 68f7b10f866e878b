//! What only a browser can show: pixels of a real canvas, hooks, components in a real document.
//!
//! The messages between the page and its worker are covered by the end-to-end tests.
#![cfg(target_arch = "wasm32")]

#[cfg(test)]
#[path = "web/components.rs"]
mod components;
#[cfg(test)]
#[path = "web/hooks.rs"]
mod hooks;
#[cfg(test)]
#[path = "web/page.rs"]
mod page;
#[cfg(test)]
#[path = "web/pixels.rs"]
mod pixels;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
