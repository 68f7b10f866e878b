//! The color scheme that the system asks for.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// True while the system asks for a dark color scheme.
pub fn use_system_dark() -> RwSignal<bool> {
    let query = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    let dark = RwSignal::new(query.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(query) = query {
        let source = query.clone();
        let follow = Closure::<dyn FnMut()>::new(move || dark.set(source.matches()));
        query.set_onchange(Some(follow.as_ref().unchecked_ref()));
        let listener = SendWrapper::new((query, follow));
        on_cleanup(move || listener.0.set_onchange(None));
    }
    dark
}
