//! The sources of a workload, each with its dash, to be shown or hidden.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_model::source::Source;

use super::flow::Rows;
use crate::chart::style::Stroke;
use crate::reactive::{Handler, Read, memo, on};

/// Checkboxes for the sources.
#[component]
pub fn SourceList(
    /// All sources.
    #[prop(into)]
    sources: Read<Vec<Source>>,
    /// Those that are shown; `None` for all.
    #[prop(into)]
    shown: Read<Option<Vec<String>>>,
    /// Called with a source and whether it is to be shown.
    #[prop(into)]
    on_toggle: Handler<(Source, bool)>,
) -> impl IntoView {
    let row = move |name: String| {
        let source = Source(name.clone());
        let stroke = Stroke::of(&source);
        let checked = {
            let name = name.clone();
            move || shown.with(|shown| shown.as_ref().is_none_or(|shown| shown.contains(&name)))
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    data-testid=format!("source-{name}")
                    prop:checked=checked
                    on:change=on(move |event| on_toggle.run((source.clone(), event_target_checked(&event))))
                />
                <span class="grow clip">{name}</span>
                <Swatch stroke colour=None />
            </label>
        }
        .into_any()
    };
    view! {
        <section class="sources" aria-label="Sources">
            <h2>"Sources"</h2>
            <Rows keys=memo(move || sources.with(|s| s.iter().map(|s| s.0.clone()).collect())) row=Arc::new(row) />
        </section>
    }
}

/// A piece of line in a series' dash and colour.
#[component]
pub fn Swatch(
    /// The dash.
    stroke: Stroke,
    /// Which series colour; `None` for the text's.
    colour: Option<usize>,
) -> impl IntoView {
    let colour = colour.map_or("currentColor".to_owned(), |index| {
        format!("var(--series-{index})")
    });
    view! {
        <svg class="swatch" viewBox="0 0 26 12" aria-hidden="true">
            <line x1="1" y1="6" x2="25" y2="6" stroke=colour stroke-width="2.5" stroke-dasharray=stroke.svg_pattern() />
        </svg>
    }
}
