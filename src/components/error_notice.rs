//! An error as the user needs it: what happened, where, what to do.

use leptos::prelude::*;
use parallax_api::error::ApiError;

use crate::reactive::{Handler, on};

/// A notice for something that could not be had.
#[component]
pub fn ErrorNotice(
    /// What was being done, e.g. "Loading the workload".
    #[prop(into)]
    doing: String,
    /// Why it failed.
    error: ApiError,
    /// Called by the retry button.
    #[prop(into)]
    on_retry: Handler<()>,
    /// More ways out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="notice" data-tone="bad" role="alert" data-testid="error">
            <h2>{error.headline()}</h2>
            <p class="hint">{doing}</p>
            <p>{error.detail()}</p>
            <p>{error.advice()}</p>
            <div class="actions">
                <button class="button primary" data-testid="retry" on:click=on(move |_| on_retry.run(()))>
                    "Retry"
                </button>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
