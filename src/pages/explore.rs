//! Small multiples of the chosen metrics, all sources of a metric on one chart; or one chart for all.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_view::Layout;

use super::panel::{Panel, PanelSeries, series_id};
use crate::components::flow::{Rows, When};
use crate::reactive::{Read, flag, live, memo, on};
use crate::state::run::use_run;
use crate::state::selection::{Selection, use_selection};
use crate::state::view::{ViewState, use_view};

/// Toggles a series in the view.
pub fn toggle_hidden(view: ViewState, id: String) {
    view.push(|v| {
        if let Some(place) = v.hide.iter().position(|hidden| *hidden == id) {
            v.hide.remove(place);
        } else {
            v.hide.push(id);
        }
    });
}

/// The charts.
#[component]
pub fn Explore() -> impl IntoView {
    let (run, view, selection) = (use_run(), use_view(), use_selection());
    let layout = view.part(|v| v.layout);
    let metrics = selection.metrics;
    let known = memo(move || run.opened.with(|o| o.value().is_some()));
    let loading = move || !known.get() && run.opened.with(|o| o.error().is_none());
    let chart = move |metric: String| {
        let name = metric.clone();
        let series = memo(move || panel_series(selection, view, &metric, false));
        view! { <Panel title=Read::of(name) series on_toggle=move |id| toggle_hidden(view, id) /> }
            .into_any()
    };
    view! {
        <div class="page" data-testid="explore">
            <When on=memo(loading)>
                <div class="grid">
                    <div class="chart skeleton" aria-busy="true"></div>
                    <div class="chart skeleton"></div>
                </div>
            </When>
            <Absent />
            <When on=memo(move || known.get() && metrics.with(Vec::is_empty))>
                <NoMetrics />
            </When>
            <When on=memo(move || !metrics.with(Vec::is_empty))>
                <When on=memo(move || layout.get() == Layout::One) fallback=move || view! {
                        <div class="grid" class:few=flag(move || metrics.with(|m| m.len() < 3))>
                            <Rows keys=metrics row=Arc::new(chart) />
                        </div>
                    }
                >
                    <AllInOne />
                </When>
            </When>
        </div>
    }
}

#[component]
fn AllInOne() -> impl IntoView {
    let (view, selection) = (use_view(), use_selection());
    let series = memo(move || {
        let metrics = selection.metrics.get();
        metrics
            .iter()
            .flat_map(|metric| panel_series(selection, view, metric, true))
            .collect::<Vec<_>>()
    });
    let title = memo(move || selection.metrics.get().join(", "));
    view! {
        <div class="grid one">
            <Panel title series tall=true on_toggle=move |id| toggle_hidden(view, id) />
        </div>
    }
}

/// The shown series of a metric; named by the source, or by metric and source.
fn panel_series(
    selection: Selection,
    view: ViewState,
    metric: &str,
    full: bool,
) -> Vec<PanelSeries> {
    let sources = selection.sources.get();
    let hide = view.part(|v| v.hide.clone()).get();
    let keys = selection
        .series(metric)
        .into_iter()
        .filter(|key| sources.contains(&key.source));
    keys.map(|key| PanelSeries {
        style: selection.style(&key),
        label: if full {
            format!("{} · {}", key.metric, key.source.as_str())
        } else {
            key.source.as_str().to_owned()
        },
        shown: !hide.contains(&series_id(&key)),
        key,
    })
    .collect()
}

/// Metrics that the view names and the workload does not have.
#[component]
fn Absent() -> impl IntoView {
    let (run, view, selection) = (use_run(), use_view(), use_selection());
    let absent = move || {
        if run.opened.with(|o| o.value().is_some()) {
            selection.absent.get()
        } else {
            Vec::new()
        }
    };
    live(move || {
        let names = absent();
        if names.is_empty() {
            return ().into_any();
        }
        view! {
            <div class="notice" data-tone="warn" data-testid="absent">
                <p>"This workload has no " {names.join(", ")} "."</p>
                <div class="actions">
                    <button class="button" on:click=on(move |_| view.push(|v| v.metrics = None))>"Show loss and accuracy"</button>
                </div>
            </div>
        }
        .into_any()
    })
}

#[component]
fn NoMetrics() -> impl IntoView {
    let (view, selection) = (use_view(), use_selection());
    let none = move || selection.catalog.with(|c| c.metrics.is_empty());
    view! {
        <div class="notice" data-testid="no-metrics">
            <When on=memo(none) fallback=move || view! {
                    <h2>"No metric is chosen"</h2>
                    <p>"Tick one in the list of metrics."</p>
                    <div class="actions">
                        <button class="button primary" on:click=on(move |_| view.push(|v| v.metrics = None))>"Show loss and accuracy"</button>
                    </div>
                }
            >
                <h2>"No metrics yet"</h2>
                <p>"The API lists no points for this workload. They appear here as soon as it does."</p>
            </When>
        </div>
    }
}
