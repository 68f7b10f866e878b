//! The page's address, whose query spells the view.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The query with its `?`, or an empty string.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// The page's address without query and fragment.
pub fn page_url() -> String {
    let location = window().location();
    let origin = location.origin().unwrap_or_default();
    origin + &location.pathname().unwrap_or_default()
}

/// What a change of the address does to the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Adds an entry: "back" returns from it.
    Push,
    /// Replaces the current entry.
    Replace,
}

/// Sets the query (without `?`), leaving path and fragment as they are.
pub fn set_query(query: &str, entry: Entry) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let url = if query.is_empty() {
        path + &hash
    } else {
        format!("{path}?{query}{hash}")
    };
    let Ok(history) = window().history() else {
        return;
    };
    // Browsers refuse this only after hundreds of calls within seconds. The page then still shows
    // the right view, and the next change updates the address.
    let _ = match entry {
        Entry::Push => history.push_state_with_url(&JsValue::NULL, "", Some(&url)),
        Entry::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&url)),
    };
}

/// Calls `act` when the user moves through the browser's history.
pub fn on_navigate(act: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::popstate, move |_| act());
    on_cleanup(move || handle.remove());
}
