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
    /// Called with the id of a toggled series.
    #[prop(into)]
    on_toggle: Handler<String>,
) -> impl IntoView {
    let ids =
        memo(move || entries.with(|rows| rows.iter().map(|r| r.id.clone()).collect::<Vec<_>>()));
    let row = move |id: String| {
        let entry = memo(move || entries.with(|rows| rows.iter().find(|r| r.id == id).cloned()));
        let Some(Entry {
            id, label, style, ..
        }) = entry.peek()
        else {
            return ().into_any();
        };
        let text = move |part: fn(&Entry) -> String| {
            move || entry.with(|e| e.as_ref().map(part).unwrap_or_default())
        };
        let testid = format!("legend-{id}");
        view! {
            <li data-testid=testid>
                <button
                    aria-pressed=text(|e| e.shown.to_string())
                    title="Show or hide"
                    on:click=on(move |_| on_toggle.run(id.clone()))
                >
                    <Swatch stroke=style.stroke colour=Some(style.colour) />
                    <span class="clip">{label}</span>
                </button>
                <span class="at">{text(|e| e.at.clone())}</span>
                <span class="value" data-testid="value">{text(|e| e.value.clone())}</span>
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
