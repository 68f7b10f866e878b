//! Small multiples of the chosen metrics, all sources of a metric on one chart; or one chart for all.

use leptos::prelude::*;
use parallax_model::key::SeriesKey;
use parallax_view::Layout;

use super::panel::{Panel, PanelSeries, series_id};
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::use_view;

/// The charts.
#[component]
pub fn Explore() -> impl IntoView {
    let (run, view, selection) = (use_run(), use_view(), use_selection());
    let layout = view.part(|v| v.layout);
    let metrics = selection.metrics;
    let is_known = move || run.opened.with(|o| o.value().is_some());
    let is_loading = move || !is_known() && run.opened.with(|o| o.error().is_none());
    let chart = |metric: String| view! { <MetricPanel metrics=vec![metric] /> };
    view! {
        <div class="page" data-testid="explore">
            <Show when=is_loading>
                <div class="grid">
                    <div class="chart skeleton" aria-busy="true"></div>
                    <div class="chart skeleton"></div>
                </div>
            </Show>
            <Show when=move || is_known() && !selection.absent.with(Vec::is_empty)>
                <Absent />
            </Show>
            <Show
                when=move || !metrics.with(Vec::is_empty)
                fallback=move || view! { <Show when=is_known><NoMetrics /></Show> }
            >
                <Show
                    when=move || layout.get() == Layout::One
                    fallback=move || view! {
                        <div class="grid" class:few=move || metrics.with(|m| m.len() < 3)>
                            <For each=move || metrics.get() key=String::clone children=chart />
                        </div>
                    }
                >
                    <div class="grid one"><MetricPanel metrics all_in_one=true /></div>
                </Show>
            </Show>
        </div>
    }
}

/// The chart of all shown series of some metrics.
#[component]
fn MetricPanel(
    #[prop(into)] metrics: Signal<Vec<String>>,
    /// A taller chart whose legend also names the metric.
    #[prop(optional)]
    all_in_one: bool,
) -> impl IntoView {
    let (view, selection) = (use_view(), use_selection());
    let hide = view.part(|v| v.hide.clone());
    let series = Memo::new(move |_| {
        let (sources, hide) = (selection.sources.read(), hide.read());
        let metrics = metrics.read();
        let keys = metrics.iter().flat_map(|metric| selection.series(metric));
        let panel_series = |key: SeriesKey| PanelSeries {
            style: selection.style(&key),
            label: if all_in_one {
                format!("{} · {}", key.metric, key.source.as_str())
            } else {
                key.source.as_str().to_owned()
            },
            shown: !hide.contains(&series_id(&key)),
            key,
        };
        keys.filter(|key| sources.contains(&key.source))
            .map(panel_series)
            .collect::<Vec<_>>()
    });
    let toggle = move |id: String| {
        view.push(|v| match v.hide.iter().position(|hidden| *hidden == id) {
            Some(position) => {
                v.hide.remove(position);
            }
            None => v.hide.push(id),
        });
    };
    view! { <Panel title=move || metrics.read().join(", ") series tall=all_in_one on_toggle=toggle /> }
}

/// Reports metrics that the view names and the workload does not have.
#[component]
fn Absent() -> impl IntoView {
    let selection = use_selection();
    view! {
        <div class="notice" data-tone="warn" data-testid="absent">
            <p>"This workload has no " {move || selection.absent.read().join(", ")} "."</p>
            <div class="actions"><ShowPreselected /></div>
        </div>
    }
}

#[component]
fn NoMetrics() -> impl IntoView {
    let selection = use_selection();
    view! {
        <div class="notice" data-testid="no-metrics">
            <Show
                when=move || selection.catalog.with(|c| c.metrics.is_empty())
                fallback=|| view! {
                    <h2>"No metric is chosen"</h2>
                    <p>"Tick one in the list of metrics."</p>
                    <div class="actions"><ShowPreselected /></div>
                }
            >
                <h2>"No metrics yet"</h2>
                <p>"The API lists no points for this workload. They appear here as soon as it does."</p>
            </Show>
        </div>
    }
}

#[component]
fn ShowPreselected() -> impl IntoView {
    let view = use_view();
    view! {
        <button class="button primary" on:click=move |_| view.push(|v| v.metrics = None)>"Show loss and accuracy"</button>
    }
}
