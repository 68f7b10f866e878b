//! The clipboard.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Copies the page's address; false where the browser refuses (no permission, no secure context).
pub async fn copy_address() -> bool {
    let Ok(address) = window().location().href() else {
        return false;
    };
    if js_sys::Reflect::get(&window().navigator(), &"clipboard".into())
        .is_ok_and(|c| c.is_undefined())
    {
        return false;
    }
    JsFuture::from(window().navigator().clipboard().write_text(&address))
        .await
        .is_ok()
}
