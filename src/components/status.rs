//! A workload's status: a dot and a word.

use leptos::prelude::*;

/// The status in lower case; nothing where the server does not report it.
#[component]
pub fn Status(
    /// Running, Pending, Done, Deleted, Failed, or absent.
    #[prop(into)]
    status: Signal<Option<String>>,
) -> impl IntoView {
    move || {
        let status = status.get()?;
        let word = status.to_lowercase();
        Some(view! {
            <span class="status" data-testid="status" data-status=status>
                <span class="dot" aria-hidden="true"></span>
                {word}
            </span>
        })
    }
}
