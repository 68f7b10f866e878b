//! Chooses the workload to compare with.

use leptos::prelude::*;
use parallax_api::wire::Workload;

/// A field that suggests workloads by name, and a button to compare without one.
#[component]
pub fn BaselinePicker(
    /// The chosen workload's uid.
    #[prop(into)]
    baseline: Signal<Option<String>>,
    /// Workloads to suggest.
    #[prop(into)]
    workloads: Signal<Vec<Workload>>,
    /// Called with the text typed so far.
    #[prop(into)]
    on_search: Callback<String>,
    /// Called with the new choice: a uid, or `None` for no baseline.
    #[prop(into)]
    on_change: Callback<Option<String>>,
) -> impl IntoView {
    let change = move |event| {
        let uid = event_target_value(&event).trim().to_owned();
        on_change.run((!uid.is_empty()).then_some(uid));
    };
    let option = |workload: Workload| view! { <option value=workload.uid>{workload.name}</option> };
    view! {
        <label class="labelled">
            "Baseline"
            <input
                class="field"
                list="baselines"
                placeholder="none: sources of this run"
                data-testid="baseline"
                prop:value=move || baseline.get().unwrap_or_default()
                on:input=move |event| on_search.run(event_target_value(&event))
                on:change=change
            />
            <datalist id="baselines">{move || workloads.get().into_iter().map(option).collect_view()}</datalist>
        </label>
        <Show when=move || baseline.with(Option::is_some)>
            <button class="button plain" data-testid="no-baseline" on:click=move |_| on_change.run(None)>"Compare sources instead"</button>
        </Show>
    }
}
