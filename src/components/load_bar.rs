//! A running load: how much has arrived, and a button to cancel it.

use leptos::prelude::*;
use parallax_model::format::{bytes, count};

use crate::protocol::Progress;

/// Rows and bytes so far, with a cancel button. Nothing while nothing loads.
#[component]
pub fn LoadBar(
    /// The running load.
    #[prop(into)]
    progress: Signal<Option<Progress>>,
    /// Called by the cancel button.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView {
    // Hidden until the first bytes are reported: small loads end before a bar could be read.
    let is_shown = move || progress.with(|p| p.is_some_and(|p| p.bytes > 0));
    let text = move || {
        let progress = progress.get().unwrap_or_default();
        format!("{} rows · {}", count(progress.rows), bytes(progress.bytes))
    };
    view! {
        <Show when=is_shown>
            <div class="bar" role="status" data-testid="progress">
                <progress aria-label="Loading"></progress>
                <span>"Loading " {text}</span>
                <button class="button" data-testid="cancel" on:click=move |_| on_cancel.run(())>
                    "Cancel"
                </button>
            </div>
        </Show>
    }
}
