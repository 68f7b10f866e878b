//! Light or dark, as the system says.

use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::reactive::State;

/// True while the system asks for dark.
pub fn use_system_dark() -> State<bool> {
    let query = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    let dark = State::new(query.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(query) = query {
        let source = query.clone();
        let follow = Closure::<dyn FnMut()>::new(move || dark.set(source.matches()));
        query.set_onchange(Some(follow.as_ref().unchecked_ref()));
        let held = SendWrapper::new((query, follow));
        on_cleanup(move || held.0.set_onchange(None));
    }
    dark
}
