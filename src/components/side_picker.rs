//! One side of a comparison: a metric and one of its sources.

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_model::source::Source;
use parallax_view::Side;

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
    let part = move |part: fn(&Side) -> &String| {
        Memo::new(move |_| {
            side.with(|side| side.as_ref().map(part).cloned())
                .unwrap_or_default()
        })
    };
    let (metric, source) = (part(|side| &side.metric), part(|side| &side.source));
    let sources_of = move |metric: &str| -> Vec<Source> {
        let sources = catalog.with(|c| c.metric(metric).map(|m| m.sources.clone()));
        sources.unwrap_or_default()
    };
    let metrics = move || catalog.with(|c| c.metrics.iter().map(|m| m.name.clone()).collect());
    let sources = move || {
        sources_of(&metric.read())
            .into_iter()
            .map(|s| s.0)
            .collect()
    };
    let set_metric = move |event| {
        let metric = event_target_value(&event);
        let sources = untrack(|| sources_of(&metric));
        let current = source.get_untracked();
        let same = sources.iter().find(|source| source.0 == current);
        if let Some(Source(source)) = same.or(sources.first()).cloned() {
            on_change.run(Side { metric, source });
        }
    };
    let set_source = move |event| {
        on_change.run(Side {
            metric: metric.get_untracked(),
            source: event_target_value(&event),
        });
    };
    let id = name.to_lowercase();
    view! {
        <div class="side">
            <label class="labelled">
                {name}
                <select class="select" data-testid=format!("metric-{id}") on:change=set_metric>
                    <Options names=metrics chosen=metric />
                </select>
            </label>
            <label class="labelled">
                "from"
                <select class="select" data-testid=format!("source-{id}") on:change=set_source>
                    <Options names=sources chosen=source />
                </select>
            </label>
        </div>
    }
}

#[component]
fn Options(#[prop(into)] names: Signal<Vec<String>>, chosen: Memo<String>) -> impl IntoView {
    let option = move |name: String| {
        let (value, label) = (name.clone(), name.clone());
        let is_chosen = move || *chosen.read() == name;
        view! { <option value=value prop:selected=is_chosen>{label}</option> }
    };
    view! { <For each=move || names.get() key=String::clone children=option /> }
}
