//! The legend under a chart: each series with its value under the pointer, else its newest one.

use leptos::prelude::*;

use super::source_list::Swatch;
use crate::chart::style::SeriesStyle;

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
    entries: Signal<Vec<Entry>>,
    /// Called with the id of a toggled series.
    #[prop(into)]
    on_toggle: Callback<String>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        entries.with(|rows| rows.iter().map(|r| (r.id.clone(), r.label.clone(), r.style)).collect::<Vec<_>>())
    });
    let part = move |id: String, part: fn(&Entry) -> String| {
        Memo::new(move |_| entries.with(|rows| rows.iter().find(|r| r.id == id).map(part).unwrap_or_default()))
    };
    let row = move |(id, label, style): (String, String, SeriesStyle)| {
        let shown = part(id.clone(), |entry| entry.shown.to_string());
        let (value, at) = (part(id.clone(), |e| e.value.clone()), part(id.clone(), |e| e.at.clone()));
        let testid = format!("legend-{id}");
        let toggled = id.clone();
        view! {
            <li data-testid=testid>
                <button aria-pressed=shown title="Show or hide" on:click=move |_| on_toggle.run(toggled.clone())>
                    <Swatch stroke=style.stroke colour=Some(style.colour) />
                    <span class="clip">{label}</span>
                </button>
                <span class="value" data-testid="value">{value}</span>
                <span class="at">{at}</span>
            </li>
        }
    };
    view! {
        <ul class="legend">
            <For each=move || ids.get() key=|row| row.clone() children=row />
        </ul>
    }
}
