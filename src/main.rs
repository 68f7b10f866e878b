//! The WASM module of the page and of its engine: in a window it is the page, in a worker the engine.
//!
//! One module because the two share most of their code (series, formatting, messages): it is loaded
//! and compiled once.
#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::JsCast;

    console_error_panic_hook::set_once();
    if js_sys::global().has_type::<web_sys::WorkerGlobalScope>() {
        return parallax_web::engine::work::start();
    }
    leptos::mount::mount_to_body(parallax_web::app::App);
    if let Some(shell) = leptos::prelude::document().get_element_by_id("shell") {
        shell.remove();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The dashboard runs in a browser: cargo xtask serve");
}
