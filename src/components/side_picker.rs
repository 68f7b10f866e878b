//! One side of a comparison: a metric and one of its sources.

use std::sync::Arc;

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_model::source::Source;
use parallax_view::Side;

use super::flow::Rows;
use crate::reactive::{Handler, Read, memo, on};

/// Two selects: metric, source.
#[component]
pub fn SidePicker(
    /// "A" or "B".
    name: &'static str,
    /// What exists.
    #[prop(into)]
    catalog: Read<Catalog>,
    /// What is chosen.
    #[prop(into)]
    side: Read<Option<Side>>,
    /// Called with the new side.
    #[prop(into)]
    on_change: Handler<Side>,
) -> impl IntoView {
    let metric =
        memo(move || side.with(|s| s.as_ref().map(|s| s.metric.clone()).unwrap_or_default()));
    let source =
        memo(move || side.with(|s| s.as_ref().map(|s| s.source.clone()).unwrap_or_default()));
    let sources = memo(move || {
        let of = |c: &Catalog| {
            c.metric(&metric.get())
                .map(|m| m.sources.iter().map(|s| s.0.clone()).collect())
        };
        catalog.with(of).unwrap_or_default()
    });
    let names = memo(move || {
        catalog.with(|c| c.metrics.iter().map(|m| m.name.clone()).collect::<Vec<_>>())
    });
    let set_metric = move |event| {
        let metric = event_target_value(&event);
        let sources = catalog.peek_with(|c| {
            c.metric(&metric)
                .map(|m| m.sources.clone())
                .unwrap_or_default()
        });
        let kept = sources
            .iter()
            .find(|s| s.0 == source.peek())
            .or(sources.first());
        if let Some(Source(source)) = kept.cloned() {
            on_change.run(Side { metric, source });
        }
    };
    let set_source = move |event| {
        on_change.run(Side {
            metric: metric.peek(),
            source: event_target_value(&event),
        });
    };
    let id = name.to_lowercase();
    view! {
        <div class="side">
            <label class="labelled">
                {name}
                <select class="select" data-testid=format!("metric-{id}") on:change=on(set_metric)>
                    {options(names, metric)}
                </select>
            </label>
            <label class="labelled">
                "from"
                <select class="select" data-testid=format!("source-{id}") on:change=on(set_source)>
                    {options(sources, source)}
                </select>
            </label>
        </div>
    }
}

fn options(names: Read<Vec<String>>, chosen: Read<String>) -> impl IntoView {
    let option = move |name: String| {
        let (value, shown) = (name.clone(), name.clone());
        let selected = move || chosen.with(|chosen| *chosen == name);
        view! { <option value=value prop:selected=selected>{shown}</option> }.into_any()
    };
    view! { <Rows keys=names row=Arc::new(option) /> }
}
