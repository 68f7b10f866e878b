//! The metrics of a workload: searched by regular expression, grouped by prefix, bookkeeping folded.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_api::catalog::{Catalog, Group, Metric};
use parallax_model::format::count;
use parallax_model::source::Source;

use crate::hooks::pattern::Pattern;

/// Checkboxes for the metrics.
#[component]
pub fn MetricPicker(
    /// What exists.
    #[prop(into)]
    catalog: Signal<Catalog>,
    /// Chosen metrics with their colours.
    #[prop(into)]
    chosen: Signal<BTreeMap<String, usize>>,
    /// Called with metrics and whether to show them.
    #[prop(into)]
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let pattern = move || Pattern::new(&search.read());
    let groups = Memo::new(move |_| {
        let pattern = pattern();
        catalog.with(|catalog| catalog.groups(|name| pattern.matches(name)))
    });
    let is_searching = Memo::new(move |_| !search.read().is_empty());
    let label = move |all: &'static str, matches: &'static str| {
        move || if is_searching.get() { matches } else { all }
    };
    let toggle_found = move |show| {
        let names = groups.with_untracked(|groups| {
            let metrics = groups.iter().flat_map(|group| &group.metrics);
            metrics.map(|metric| metric.name.clone()).collect()
        });
        on_toggle.run((names, show));
    };
    // Groups are rendered anew when their metrics change, but not when only the counts do.
    let key = |group: &Group| {
        let names = group.metrics.iter().map(|metric| metric.name.clone());
        (group.name.clone(), names.collect::<Vec<_>>())
    };
    view! {
        <section class="picker" aria-label="Metrics">
            <h2>"Metrics"</h2>
            <input
                class="field"
                type="search"
                placeholder="Search (regex)  /"
                aria-label="Search metrics by regular expression"
                data-testid="metric-search"
                prop:value=search
                on:input=move |event| search.set(event_target_value(&event))
            />
            <Show when=move || pattern().is_plain()>
                <p class="hint">"Not a complete expression: searched as plain text."</p>
            </Show>
            <div class="tools">
                <button class="button plain" data-testid="metrics-all" on:click=move |_| toggle_found(true)>
                    {label("All", "Add matches")}
                </button>
                <button class="button plain" data-testid="metrics-none" on:click=move |_| toggle_found(false)>
                    {label("None", "Remove matches")}
                </button>
            </div>
            <For
                each=move || groups.get()
                key=key
                children=move |group| view! { <GroupRows group catalog is_searching chosen on_toggle /> }
            />
            <Show when=move || groups.with(Vec::is_empty)>
                <p class="hint" data-testid="metrics-empty">{label("No metrics yet.", "No metric matches.")}</p>
            </Show>
        </section>
    }
}

#[component]
fn GroupRows(
    group: Group,
    catalog: Signal<Catalog>,
    is_searching: Memo<bool>,
    chosen: Signal<BTreeMap<String, usize>>,
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let title = format!("{} ({})", group.name, group.metrics.len());
    let prefix = format!("{}/", group.name);
    let rows = group.metrics.into_iter().map(|metric| {
        let label = metric.name.strip_prefix(&prefix).unwrap_or(&metric.name);
        view! { <MetricRow label=label.to_owned() metric catalog chosen on_toggle /> }
    });
    view! {
        <details open=move || !group.folded || is_searching.get()>
            <summary>{title}</summary>
            {rows.collect_view()}
        </details>
    }
}

#[component]
fn MetricRow(
    label: String,
    metric: Metric,
    catalog: Signal<Catalog>,
    chosen: Signal<BTreeMap<String, usize>>,
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let sources: Vec<&str> = metric.sources.iter().map(Source::as_str).collect();
    let title = format!("{}, from {}", metric.name, sources.join(", "));
    let testid = format!("metric-{}", metric.name);
    let name = StoredValue::new(metric.name);
    let colour = Memo::new(move |_| chosen.with(|chosen| chosen.get(&name.get_value()).copied()));
    let points =
        move || count(catalog.with(|c| c.metric(&name.get_value()).map_or(0, |m| m.count)));
    view! {
        <label class="check" title=title>
            <input
                type="checkbox"
                data-testid=testid
                prop:checked=move || colour.get().is_some()
                on:change=move |event| on_toggle.run((vec![name.get_value()], event_target_checked(&event)))
            />
            <span class="grow clip">{label}</span>
            <span class="colour" style:background=move || colour.get().map(|index| format!("var(--series-{index})"))></span>
            <span class="count">{points}</span>
        </label>
    }
}
