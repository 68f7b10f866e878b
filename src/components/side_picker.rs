//! One side of a comparison: a metric and one of its sources.

use leptos::prelude::*;
use parallax_core::catalog::Catalog;
use parallax_core::view::Side;
use parallax_core::wire::Source;

/// Two selects: metric, source.
#[component]
pub fn SidePicker(
    /// "A" or "B".
    name: &'static str,
    /// What exists.
    #[prop(into)]
    catalog: Signal<Catalog>,
    /// What is chosen.
    #[prop(into)]
    side: Signal<Option<Side>>,
    /// Called with the new side.
    #[prop(into)]
    on_change: Callback<Side>,
) -> impl IntoView {
    let metric = Memo::new(move |_| side.with(|s| s.as_ref().map(|s| s.metric.clone()).unwrap_or_default()));
    let source = Memo::new(move |_| side.with(|s| s.as_ref().map(|s| s.source.clone()).unwrap_or_default()));
    let sources = Memo::new(move |_| {
        catalog.with(|c| c.metric(&metric.get()).map(|m| m.sources.clone()).unwrap_or_default())
    });
    let names = Memo::new(move |_| catalog.with(|c| c.metrics.iter().map(|m| m.name.clone()).collect::<Vec<_>>()));
    let set_metric = move |event| {
        let metric = event_target_value(&event);
        let sources = catalog.with_untracked(|c| c.metric(&metric).map(|m| m.sources.clone()).unwrap_or_default());
        let kept = sources.iter().find(|s| s.0 == source.get_untracked()).or(sources.first());
        if let Some(Source(source)) = kept.cloned() {
            on_change.run(Side { metric, source });
        }
    };
    let set_source = move |event| on_change.run(Side { metric: metric.get_untracked(), source: event_target_value(&event) });
    let id = name.to_lowercase();
    view! {
        <div class="side">
            <label class="labelled">
                {name}
                <select class="select" data-testid=format!("metric-{id}") on:change=set_metric>
                    <For each=move || names.get() key=|n| n.clone() children=move |name| {
                        let value = name.clone();
                        let selected = { let name = name.clone(); move || metric.get() == name };
                        view! { <option value=value selected=selected>{name}</option> }
                    } />
                </select>
            </label>
            <label class="labelled">
                "from"
                <select class="select" data-testid=format!("source-{id}") on:change=set_source>
                    <For each=move || sources.get() key=|s| s.clone() children=move |Source(name)| {
                        let value = name.clone();
                        let selected = { let name = name.clone(); move || source.get() == name };
                        view! { <option value=value selected=selected>{name}</option> }
                    } />
                </select>
            </label>
        </div>
    }
}
