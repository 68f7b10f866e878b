//! What would bring two series closer: offered with its evidence, applied only by a click.

use leptos::prelude::*;
use parallax_compare::explain::Suggestion;
use parallax_text::en;

use crate::reactive::{Handler, Read, on};

/// The offers; nothing where there is none.
#[component]
pub fn Offers(
    /// What is offered.
    #[prop(into)]
    offers: Read<Vec<Suggestion>>,
    /// The names of the two sides.
    #[prop(into)]
    names: Read<(String, String)>,
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
        let (a, b) = names.get();
        let rows: Vec<AnyView> = offers
            .into_iter()
            .map(|offer| offer_row(offer, (&a, &b), on_accept))
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

fn offer_row(offer: Suggestion, names: (&str, &str), on_accept: Handler<Suggestion>) -> AnyView {
    let (reason, gain) = (en::suggestion(&offer, names), en::evidence(&offer.evidence));
    let button = offer.is_change().then(|| {
        view! {
            <button class="button" data-testid="accept-offer" on:click=on(move |_| on_accept.run(offer))>"Apply"</button>
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
