//! Keyboard shortcuts of the whole page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Calls `act` with the name of each pressed key, unless the user is typing into a field or holds a
/// modifier. `act` returns whether it handled the key; the browser's default action is then
/// prevented.
pub fn on_key(act: impl Fn(&str) -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| {
                element
                    .matches("input:not([type=checkbox]), select, textarea")
                    .unwrap_or(false)
            });
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if !typing && !modified && act(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Focuses the first element that matches a selector; true if there is one.
pub fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let found = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    found.is_some_and(|element| element.focus().is_ok())
}
