//! Changes that would bring two series closer: listed with their evidence, applied by a click only.

use leptos::prelude::*;
use parallax_compare::suggest::Suggestion;
use parallax_model::format::count;

/// The suggestions; nothing where there is none.
#[component]
pub fn Offers(
    /// The suggestions.
    #[prop(into)]
    offers: Signal<Vec<Suggestion>>,
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
    let row = move |offer| view! { <Offer offer on_accept /> };
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
fn Offer(offer: Suggestion, on_accept: Callback<Suggestion>) -> impl IntoView {
    let evidence = offer.evidence;
    let gain = format!(
        "matched {} → {}, equal within rounding {} → {}",
        count(evidence.matched.0),
        count(evidence.matched.1),
        count(evidence.agreeing.0),
        count(evidence.agreeing.1)
    );
    let reason = offer.reason.clone();
    let is_change = !offer.transform.is_identity() || offer.method != Default::default();
    let button = is_change.then(|| {
        view! {
            <button class="button" data-testid="accept-offer" on:click=move |_| on_accept.run(offer.clone())>"Apply"</button>
        }
    });
    view! {
        <li data-testid="offer">
            <span class="grow">{reason} <span class="hint">" " {gain}</span></span>
            {button}
        </li>
    }
}
