//! The sidebar: sources and metrics.

use leptos::prelude::*;
use parallax_model::source::Source;
use parallax_view::MetricChoice;

use crate::components::metric_picker::MetricPicker;
use crate::components::source_list::SourceList;
use crate::state::remote::Remote;
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::use_view;

/// Sources and metrics; a sheet on narrow screens.
#[component]
pub fn Sidebar(
    /// Whether the sheet is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (run, view, selection) = (use_run(), use_view(), use_selection());
    let catalog = selection.catalog;
    let toggle_source = move |(source, show): (Source, bool)| {
        let mut shown = selection.sources.get_untracked();
        shown.retain(|s| *s != source);
        if show {
            shown.push(source);
        }
        let all = catalog.with_untracked(|c| c.sources.iter().all(|s| shown.contains(s)));
        let names = shown.into_iter().map(|s| s.0).collect();
        view.push(|v| v.sources = (!all).then_some(names));
    };
    let toggle_metrics = move |(names, show): (Vec<String>, bool)| {
        let mut chosen = selection.metrics.get_untracked();
        chosen.retain(|name| !names.contains(name));
        if show {
            chosen.extend(names);
        }
        let existing = catalog.with_untracked(|c| {
            let names = c.metrics.iter().map(|metric| metric.name.clone());
            names.collect::<Vec<_>>()
        });
        view.push(|v| v.metrics = Some(MetricChoice::of(&chosen, &existing)));
    };
    let skeleton = move || {
        let is_loading = run.opened.with(|o| *o == Remote::Loading);
        is_loading.then(|| view! { <div class="skeleton"></div> })
    };
    view! {
        <Show when=move || open.get()>
            <button class="scrim" aria-label="Close the metrics" on:click=move |_| open.set(false)></button>
        </Show>
        <aside class="sidebar" data-open=move || open.get().to_string()>
            <Show when=move || run.opened.with(|o| o.value().is_some()) fallback=skeleton>
                <SourceList
                    sources=move || catalog.with(|c| c.sources.clone())
                    shown=view.part(|v| v.sources.clone())
                    on_toggle=toggle_source
                />
                <MetricPicker catalog chosen=Memo::new(move |_| selection.colours()) on_toggle=toggle_metrics />
            </Show>
        </aside>
    }
}
