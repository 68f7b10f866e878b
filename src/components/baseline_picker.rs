//! Another workload to compare with, found by its name.

use leptos::prelude::*;
use parallax_api::wire::Workload;

use crate::reactive::{Handler, Read, memo, on};

/// A field that suggests workloads, and a way back.
#[component]
pub fn BaselinePicker(
    /// The chosen workload's uid.
    #[prop(into)]
    baseline: Read<Option<String>>,
    /// Workloads to suggest.
    #[prop(into)]
    workloads: Read<Vec<Workload>>,
    /// Called with what was typed so far.
    #[prop(into)]
    on_search: Handler<String>,
    /// Called with the new choice: a uid, or `None` for no other workload.
    #[prop(into)]
    on_change: Handler<Option<String>>,
) -> impl IntoView {
    let chosen = memo(move || baseline.with(Option::is_some));
    let change = move |event| {
        let uid = event_target_value(&event).trim().to_owned();
        on_change.run((!uid.is_empty()).then_some(uid));
    };
    let options = move || {
        let option = |workload: Workload| {
            view! { <option value=workload.uid>{workload.name}</option> }.into_any()
        };
        workloads.get().into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <label class="labelled">
            "Baseline"
            <input
                class="field"
                list="baselines"
                placeholder="none: sources of this run"
                data-testid="baseline"
                prop:value=move || baseline.get().unwrap_or_default()
                on:input=on(move |event| on_search.run(event_target_value(&event)))
                on:change=on(change)
            />
            <datalist id="baselines">{move || options()}</datalist>
        </label>
        {move || chosen.get().then(|| view! {
            <button class="button plain" data-testid="no-baseline" on:click=on(move |_| on_change.run(None))>"Compare sources instead"</button>
        }.into_any())}
    }
}
