//! A load while it runs: how much has arrived, and a way to stop it.

use leptos::prelude::*;
use parallax_model::format::{bytes, count};

use super::flow::When;
use crate::protocol::Progress;
use crate::reactive::{Handler, Read, memo, on, text};

/// Rows and bytes so far, with cancel. Nothing while nothing loads.
#[component]
pub fn LoadBar(
    /// The running load.
    #[prop(into)]
    progress: Read<Option<Progress>>,
    /// Called by the cancel button.
    #[prop(into)]
    on_cancel: Handler<()>,
) -> impl IntoView {
    // Small loads are over before a bar could be read: it shows from the first report on.
    let shown = memo(move || progress.with(|p| p.is_some_and(|p| p.bytes > 0)));
    let said = move || {
        let progress = progress.get().unwrap_or_default();
        format!("{} rows · {}", count(progress.rows), bytes(progress.bytes))
    };
    view! {
        <When on=shown>
            <div class="bar" role="status" data-testid="progress">
                <progress aria-label="Loading"></progress>
                <span>"Loading " {text(said)}</span>
                <button class="button" data-testid="cancel" on:click=on(move |_| on_cancel.run(()))>
                    "Cancel"
                </button>
            </div>
        </When>
    }
}
