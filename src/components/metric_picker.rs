//! The metrics of a workload: searched by regular expression, grouped by prefix, bookkeeping folded.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_api::catalog::{Catalog, Group, Metric};
use parallax_model::format::count;
use parallax_model::sorted::Sorted;

use super::flow::{Rows, When};
use crate::hooks::pattern::Pattern;
use crate::reactive::{Handler, Read, State, flag, memo, on, text};

/// Checkboxes for the metrics.
#[component]
pub fn MetricPicker(
    /// What exists.
    #[prop(into)]
    catalog: Read<Catalog>,
    /// Chosen metrics with their colours.
    #[prop(into)]
    chosen: Read<Sorted<String, usize>>,
    /// Called with metrics and whether they are to be shown.
    #[prop(into)]
    on_toggle: Handler<(Vec<String>, bool)>,
) -> impl IntoView {
    let search = State::new(String::new());
    let groups = memo(move || {
        let pattern = Pattern::new(&search.get());
        catalog.with(|catalog| catalog.groups(|name| pattern.matches(name)))
    });
    let plain = memo(move || Pattern::new(&search.get()).is_plain());
    let found = move || {
        groups.with(|g| {
            g.iter()
                .flat_map(|g| g.metrics.iter().map(|m| m.name.clone()))
                .collect::<Vec<_>>()
        })
    };
    // A group's rows are made anew when its metrics change, not when their counts do.
    let group_keys =
        memo(move || groups.with(|groups| groups.iter().map(key_of).collect::<Vec<_>>()));
    let group_row = move |key: String| {
        let group = groups.peek_with(|groups| groups.iter().find(|g| key_of(g) == key).cloned());
        let searching = memo(move || !search.with(String::is_empty));
        group
            .map(|group| view! { <GroupRows group catalog searching chosen on_toggle /> })
            .into_any()
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
                prop:value=text(move || search.get())
                on:input=on(move |event| search.set(event_target_value(&event)))
            />
            <When on=plain>
                <p class="hint">"Not a complete expression: searched as plain text."</p>
            </When>
            <div class="tools">
                <button class="button plain" data-testid="metrics-all" on:click=on(move |_| on_toggle.run((found(), true)))>
                    {text(move || if search.with(String::is_empty) { "All" } else { "Add matches" })}
                </button>
                <button class="button plain" data-testid="metrics-none" on:click=on(move |_| on_toggle.run((found(), false)))>
                    {text(move || if search.with(String::is_empty) { "None" } else { "Remove matches" })}
                </button>
            </div>
            <Rows keys=group_keys row=Arc::new(group_row) />
            <When on=memo(move || groups.with(Vec::is_empty))>
                <p class="hint" data-testid="metrics-empty">
                    {text(move || if search.with(String::is_empty) { "No metrics yet." } else { "No metric matches." })}
                </p>
            </When>
        </section>
    }
}

fn key_of(group: &Group) -> String {
    let names: Vec<&str> = group.metrics.iter().map(|m| m.name.as_str()).collect();
    format!("{}\n{}", group.name, names.join("\n"))
}

#[component]
fn GroupRows(
    group: Group,
    catalog: Read<Catalog>,
    searching: Read<bool>,
    chosen: Read<Sorted<String, usize>>,
    on_toggle: Handler<(Vec<String>, bool)>,
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
        view! { <MetricRow metric short catalog chosen on_toggle /> }
    });
    view! {
        <details open=flag(move || !folded || searching.get())>
            <summary>{title}</summary>
            {rows.collect_view()}
        </details>
    }
}

#[component]
fn MetricRow(
    metric: Metric,
    short: String,
    catalog: Read<Catalog>,
    chosen: Read<Sorted<String, usize>>,
    on_toggle: Handler<(Vec<String>, bool)>,
) -> impl IntoView {
    let name = metric.name.clone();
    let colour = memo({
        let name = name.clone();
        move || chosen.with(|chosen| chosen.get(&name).copied())
    });
    let background = move || {
        colour
            .get()
            .map_or(String::new(), |index| format!("var(--series-{index})"))
    };
    let points = {
        let name = name.clone();
        move || count(catalog.with(|c| c.metric(&name).map_or(0, |m| m.count)))
    };
    let sources: Vec<&str> = metric
        .sources
        .iter()
        .map(parallax_model::source::Source::as_str)
        .collect();
    let title = format!("{}, from {}", metric.name, sources.join(", "));
    view! {
        <label class="check" title=title>
            <input
                type="checkbox"
                data-testid=format!("metric-{name}")
                prop:checked=flag(move || colour.get().is_some())
                on:change=on(move |event| on_toggle.run((vec![name.clone()], event_target_checked(&event))))
            />
            <span class="grow clip">{short}</span>
            <span class="colour" style:background=text(background)></span>
            <span class="count">{text(points)}</span>
        </label>
    }
}
