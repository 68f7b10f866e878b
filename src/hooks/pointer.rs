//! Pointer capture.

use leptos::ev::PointerEvent;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Sends the pointer's events to the target of `event` until its button is released, wherever the
/// pointer goes.
pub fn capture_pointer(event: &PointerEvent) {
    let target = event.target();
    if let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
        // Fails only for a pointer that is no longer active: then there is nothing to capture.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}
