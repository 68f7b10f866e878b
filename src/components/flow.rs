//! Showing, hiding and repeating, compiled once for the whole page.
//!
//! Leptos' own `Show` and `For` are compiled anew for each use, which for a page with many small
//! parts costs more bytes than the parts themselves. These take boxed views instead.

use std::sync::Arc;

use leptos::children::{ChildrenFn, ViewFn};
use leptos::prelude::*;

use crate::reactive::Read;

/// Shows its children while `on` is true, else the fallback.
#[component]
pub fn When(
    /// Whether the children are shown.
    on: Read<bool>,
    /// What is shown instead.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is shown.
    children: ChildrenFn,
) -> impl IntoView {
    let view: Box<dyn Fn() -> AnyView + Send> =
        Box::new(move || if on.get() { children() } else { fallback.run() });
    view
}

/// One view a key; rows whose keys stay keep their state.
#[component]
pub fn Rows(
    /// The keys, in order.
    keys: Read<Vec<String>>,
    /// Makes the view of a key.
    row: Arc<dyn Fn(String) -> AnyView + Send + Sync>,
) -> impl IntoView {
    view! { <For each=move || keys.get() key=String::clone children=move |key| row(key) /> }
}
