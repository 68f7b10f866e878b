//! Changes that would bring two series closer: listed with their evidence, applied by a click only.

use leptos::prelude::*;
use parallax_compare::explain::Suggestion;
use parallax_text::en;

/// The suggestions; nothing where there is none.
#[component]
pub fn Offers(
    /// The suggestions.
    #[prop(into)]
    offers: Signal<Vec<Suggestion>>,
    /// The names of the two sides.
    #[prop(into)]
    names: Signal<(String, String)>,
    /// Whether one is applied already.
    #[prop(into)]
    accepted: Signal<bool>,
    /// Called with the suggestion to apply.
    #[prop(into)]
    on_accept: Callback<Suggestion>,
    /// Called to undo what was applied.
    #[prop(into)]
    on_undo: Callback<()>,
) -> impl IntoView {
    let undo = move || {
        view! {
            <p>
                "B is shown and compared with the change that you accepted. "
                <button class="button" data-testid="undo-offer" on:click=move |_| on_undo.run(())>"Undo"</button>
            </p>
        }
    };
    let row = move |offer| view! { <Offer offer names=names.get() on_accept /> };
    view! {
        <Show when=move || accepted.get() || !offers.with(Vec::is_empty)>
            <section class="card" data-testid="offers" aria-label="Possible explanations">
                <h2>"What could explain the difference"</h2>
                {move || accepted.get().then(undo)}
                <ul class="offers">{move || offers.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
    }
}

#[component]
fn Offer(
    offer: Suggestion,
    names: (String, String),
    on_accept: Callback<Suggestion>,
) -> impl IntoView {
    let names = (names.0.as_str(), names.1.as_str());
    let (reason, gain) = (en::suggestion(&offer, names), en::evidence(&offer.evidence));
    let button = offer.is_change().then(|| {
        view! {
            <button class="button" data-testid="accept-offer" on:click=move |_| on_accept.run(offer)>"Apply"</button>
        }
    });
    view! {
        <li data-testid="offer">
            <span class="grow">{reason} <span class="hint">" " {gain}</span></span>
            {button}
        </li>
    }
}
