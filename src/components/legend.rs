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
    /// Its style.
    pub style: SeriesStyle,
    /// Whether it is drawn.
    pub shown: bool,
}

/// The value of a row, which changes with the pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// A value with all its digits.
    pub value: String,
    /// Its step or time.
    pub at: String,
}

/// The rows; each toggles its series.
#[component]
pub fn Legend(
    /// The rows.
    #[prop(into)]
    entries: Signal<Vec<Entry>>,
    /// One figure for each row.
    #[prop(into)]
    figures: Signal<Vec<Figure>>,
    /// Called with the id of a toggled series.
    #[prop(into)]
    on_toggle: Callback<String>,
) -> impl IntoView {
    let row = move |entry: Entry| {
        let Entry {
            id, label, style, ..
        } = entry;
        let testid = format!("legend-{id}");
        let position = Memo::new({
            let id = id.clone();
            move |_| entries.with(|rows| rows.iter().position(|row| row.id == id))
        });
        let is_shown =
            move || entries.with(|rows| Some(rows.get(position.get()?)?.shown)) == Some(true);
        let figure = move |part: fn(&Figure) -> &String| {
            figures.with(|all| all.get(position.get()?).map(part).cloned())
        };
        view! {
            <li data-testid=testid>
                <button
                    aria-pressed=move || is_shown().to_string()
                    title="Show or hide"
                    on:click=move |_| on_toggle.run(id.clone())
                >
                    <Swatch stroke=style.stroke colour=Some(style.colour) />
                    <span class="clip">{label}</span>
                </button>
                <span class="at">{move || figure(|f| &f.at)}</span>
                <span class="value" data-testid="value">{move || figure(|f| &f.value)}</span>
            </li>
        }
    };
    view! {
        <ul class="legend">
            <For each=move || entries.get() key=|row| (row.id.clone(), row.label.clone(), row.style) children=row />
        </ul>
    }
}
