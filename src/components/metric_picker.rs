//! The metrics of a workload: searched by regular expression, grouped by prefix, bookkeeping folded.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_core::catalog::{Catalog, Group, Metric};
use parallax_core::format::count;

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
    /// Called with metrics and whether they are to be shown.
    #[prop(into)]
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let (search, set_search) = signal(String::new());
    let groups = Memo::new(move |_| {
        let pattern = Pattern::new(&search.get());
        catalog.with(|catalog| catalog.groups(|name| pattern.matches(name)))
    });
    let plain = Memo::new(move |_| Pattern::new(&search.get()).is_plain());
    let found = move || {
        groups.with(|g| {
            g.iter()
                .flat_map(|g| g.metrics.iter().map(|m| m.name.clone()))
                .collect::<Vec<_>>()
        })
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
                on:input=move |event| set_search.set(event_target_value(&event))
            />
            <Show when=move || plain.get()>
                <p class="hint">"Not a complete expression: searched as plain text."</p>
            </Show>
            <div class="tools">
                <button class="button plain" data-testid="metrics-all" on:click=move |_| on_toggle.run((found(), true))>
                    {move || if search.with(String::is_empty) { "All" } else { "Add matches" }}
                </button>
                <button class="button plain" data-testid="metrics-none" on:click=move |_| on_toggle.run((found(), false))>
                    {move || if search.with(String::is_empty) { "None" } else { "Remove matches" }}
                </button>
            </div>
            <For
                each=move || groups.get()
                key=|group| (group.name.clone(), group.metrics.iter().map(|m| m.name.clone()).collect::<Vec<_>>())
                children=move |group| view! { <GroupRows group searching=Signal::derive(move || !search.with(String::is_empty)) chosen on_toggle /> }
            />
            <Show when=move || groups.with(Vec::is_empty)>
                <p class="hint" data-testid="metrics-empty">
                    {move || if search.with(String::is_empty) { "No metrics yet." } else { "No metric matches." }}
                </p>
            </Show>
        </section>
    }
}

#[component]
fn GroupRows(
    group: Group,
    searching: Signal<bool>,
    chosen: Signal<BTreeMap<String, usize>>,
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let folded = group.folded;
    let title = format!("{} ({})", group.name, group.metrics.len());
    let prefix = format!("{}/", group.name);
    let rows = group.metrics.into_iter().map(|metric| {
        let short = metric
            .name
            .strip_prefix(&prefix)
            .unwrap_or(&metric.name)
            .to_owned();
        view! { <MetricRow metric short chosen on_toggle /> }
    });
    view! {
        <details open=move || !folded || searching.get()>
            <summary>{title}</summary>
            {rows.collect_view()}
        </details>
    }
}

#[component]
fn MetricRow(
    metric: Metric,
    short: String,
    chosen: Signal<BTreeMap<String, usize>>,
    on_toggle: Callback<(Vec<String>, bool)>,
) -> impl IntoView {
    let name = metric.name.clone();
    let colour = Memo::new({
        let name = name.clone();
        move |_| chosen.with(|chosen| chosen.get(&name).copied())
    });
    let background = move || {
        colour.get().map_or(String::new(), |index| {
            format!("background:var(--series-{index})")
        })
    };
    let sources: Vec<&str> = metric.sources.iter().map(|s| s.as_str()).collect();
    let title = format!(
        "{}: {} points from {}",
        metric.name,
        count(metric.count),
        sources.join(", ")
    );
    view! {
        <label class="check" title=title>
            <input
                type="checkbox"
                data-testid=format!("metric-{name}")
                prop:checked=move || colour.get().is_some()
                on:change=move |event| on_toggle.run((vec![name.clone()], event_target_checked(&event)))
            />
            <span class="grow clip">{short}</span>
            <span class="colour" style=background></span>
            <span class="count">{count(metric.count)}</span>
        </label>
    }
}
