//! An error with what happened, where, and what to do.

use leptos::prelude::*;
use parallax_api::error::ApiError;

/// A notice for a failed request.
#[component]
pub fn ErrorNotice(
    /// The action that failed, such as "Loading the workload".
    #[prop(into)]
    doing: String,
    /// Why it failed.
    error: ApiError,
    /// Called by the retry button.
    #[prop(into)]
    on_retry: Callback<()>,
    /// More buttons.
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
                <button class="button primary" data-testid="retry" on:click=move |_| on_retry.run(())>
                    "Retry"
                </button>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
