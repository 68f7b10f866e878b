//! The legend under a chart: each series with its value under the pointer, else its newest one.

use std::sync::Arc;

use leptos::prelude::*;

use super::flow::Rows;
use super::source_list::Swatch;
use crate::chart::style::SeriesStyle;
use crate::reactive::{Handler, Read, memo, on};

/// One row of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Identifies the series (`metric@source`).
    pub id: String,
    /// Its name on this chart.
    pub label: String,
    /// Its look.
    pub style: SeriesStyle,
    /// Whether it is drawn.
    pub shown: bool,
}

/// What a row says of its series, which goes with the pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// A value, with its digits.
    pub value: String,
    /// Where the value stands.
    pub at: String,
}

/// The rows; each toggles its series.
#[component]
pub fn Legend(
    /// The rows.
    #[prop(into)]
    entries: Read<Vec<Entry>>,
    /// One figure for each row.
    figures: Read<Vec<Figure>>,
    /// Called with the id of a toggled series.
    #[prop(into)]
    on_toggle: Handler<String>,
) -> impl IntoView {
    let ids =
        memo(move || entries.with(|rows| rows.iter().map(|r| r.id.clone()).collect::<Vec<_>>()));
    let row = move |id: String| {
        let place = {
            let id = id.clone();
            memo(move || entries.with(|rows| rows.iter().position(|r| r.id == id)))
        };
        let found = entries.peek_with(|rows| place.peek().and_then(|at| rows.get(at).cloned()));
        let Some(Entry { label, style, .. }) = found else {
            return ().into_any();
        };
        let pressed = move || {
            let shown = |rows: &Vec<Entry>| {
                place
                    .get()
                    .is_some_and(|at| rows.get(at).is_some_and(|r| r.shown))
            };
            entries.with(shown).to_string()
        };
        let text = move |part: fn(&Figure) -> &String| {
            move || {
                let said = |all: &Vec<Figure>| all.get(place.get()?).map(part).cloned();
                figures.with(said).unwrap_or_default()
            }
        };
        let testid = format!("legend-{id}");
        view! {
            <li data-testid=testid>
                <button
                    aria-pressed=pressed
                    title="Show or hide"
                    on:click=on(move |_| on_toggle.run(id.clone()))
                >
                    <Swatch stroke=style.stroke colour=Some(style.colour) />
                    <span class="clip">{label}</span>
                </button>
                <span class="at">{text(|f| &f.at)}</span>
                <span class="value" data-testid="value">{text(|f| &f.value)}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="legend">
            <Rows keys=ids row=Arc::new(row) />
        </ul>
    }
}
