//! What would bring two series closer: offered with its evidence, applied only by a click.

use leptos::prelude::*;
use parallax_compare::suggest::Suggestion;
use parallax_model::format::count;

use crate::reactive::{Handler, Read, on};

/// The offers; nothing where there is none.
#[component]
pub fn Offers(
    /// What is offered.
    #[prop(into)]
    offers: Read<Vec<Suggestion>>,
    /// True if an offer was accepted already.
    #[prop(into)]
    accepted: Read<bool>,
    /// Called with an accepted offer.
    #[prop(into)]
    on_accept: Handler<Suggestion>,
    /// Called to take back what was accepted.
    #[prop(into)]
    on_undo: Handler<()>,
) -> impl IntoView {
    move || {
        let offers = offers.get();
        if offers.is_empty() && !accepted.get() {
            return ().into_any();
        }
        let rows: Vec<AnyView> = offers
            .into_iter()
            .map(|offer| offer_row(offer, on_accept))
            .collect();
        let undo = accepted.get().then(|| {
            view! {
                <p>
                    "B is shown and compared with the change that you accepted. "
                    <button class="button" data-testid="undo-offer" on:click=on(move |_| on_undo.run(()))>"Undo"</button>
                </p>
            }
            .into_any()
        });
        view! {
            <section class="card" data-testid="offers" aria-label="Possible explanations">
                <h2>"What could explain the difference"</h2>
                {undo}
                <ul class="offers">{rows}</ul>
            </section>
        }
        .into_any()
    }
}

fn offer_row(offer: Suggestion, on_accept: Handler<Suggestion>) -> AnyView {
    let evidence = offer.evidence;
    let gain = format!(
        "matched {} → {}, equal within rounding {} → {}",
        count(evidence.matched.0),
        count(evidence.matched.1),
        count(evidence.agreeing.0),
        count(evidence.agreeing.1)
    );
    let changes = !offer.transform.is_identity() || offer.method != Default::default();
    let reason = offer.reason.clone();
    let button = changes.then(|| {
        view! {
            <button class="button" data-testid="accept-offer" on:click=on(move |_| on_accept.run(offer.clone()))>"Apply"</button>
        }
        .into_any()
    });
    view! {
        <li data-testid="offer">
            <span class="grow">{reason} <span class="hint">" " {gain}</span></span>
            {button}
        </li>
    }
    .into_any()
}
