//! A workload's status: a dot and a word.

use leptos::prelude::*;

use crate::reactive::Read;

/// Status as the API names it; nothing where the server does not know.
#[component]
pub fn Status(
    /// Running, Pending, Done, Deleted, Failed, or absent.
    #[prop(into)]
    status: Read<Option<String>>,
) -> impl IntoView {
    move || {
        status.get().map(|status| {
            view! {
                <span class="status" data-testid="status" data-status=status.clone()>
                    <span class="dot" aria-hidden="true"></span>
                    {status.to_lowercase()}
                </span>
            }
        })
    }
}
