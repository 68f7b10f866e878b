//! A workload's status: a dot and a word.

use leptos::prelude::*;
use parallax_model::format::lower;

use crate::reactive::{Read, live};

/// Status as the API names it; nothing where the server does not know.
#[component]
pub fn Status(
    /// Running, Pending, Done, Deleted, Failed, or absent.
    #[prop(into)]
    status: Read<Option<String>>,
) -> impl IntoView {
    live(move || match status.get() {
        None => ().into_any(),
        Some(status) => view! {
            <span class="status" data-testid="status" data-status=status.clone()>
                <span class="dot" aria-hidden="true"></span>
                {lower(&status)}
            </span>
        }
        .into_any(),
    })
}
