//! The sources of a workload, each with its dash, to be shown or hidden.

use leptos::prelude::*;
use parallax_model::source::Source;

use crate::chart::style::Stroke;

/// Checkboxes for the sources.
#[component]
pub fn SourceList(
    /// All sources.
    #[prop(into)]
    sources: Signal<Vec<Source>>,
    /// Those that are shown; `None` for all.
    #[prop(into)]
    shown: Signal<Option<Vec<String>>>,
    /// Called with a source and whether to show it.
    #[prop(into)]
    on_toggle: Callback<(Source, bool)>,
) -> impl IntoView {
    let row = move |source: Source| {
        let stroke = Stroke::of(&source);
        let name = source.0.clone();
        let testid = format!("source-{name}");
        let is_shown = {
            let name = name.clone();
            move || shown.with(|shown| shown.as_ref().is_none_or(|shown| shown.contains(&name)))
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    data-testid=testid
                    prop:checked=is_shown
                    on:change=move |event| on_toggle.run((source.clone(), event_target_checked(&event)))
                />
                <span class="grow clip">{name}</span>
                <Swatch stroke colour=None />
            </label>
        }
    };
    view! {
        <section class="sources" aria-label="Sources">
            <h2>"Sources"</h2>
            <For each=move || sources.get() key=Source::clone children=row />
        </section>
    }
}

/// A short line in the dash and colour of a series.
#[component]
pub fn Swatch(
    /// The dash.
    stroke: Stroke,
    /// Number of the series colour; `None` for the text's colour.
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
