//! The list of workloads.

use leptos::prelude::*;
use parallax_api::wire::Workload;
use parallax_model::format::utc;

use super::status::Status;

/// A table of workloads; a click opens one.
#[component]
pub fn WorkloadTable(
    /// One page of workloads.
    #[prop(into)]
    workloads: Signal<Vec<Workload>>,
    /// Called with the uid of the chosen one.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    let row = move |workload: Workload| {
        let uid = workload.uid;
        let testid = format!("workload-{uid}");
        let started = if workload.start_at > 0 {
            utc(workload.start_at * 1000)
        } else {
            "–".into()
        };
        view! {
            <tr>
                <td>
                    <button class="pick" data-testid=testid on:click=move |_| on_pick.run(uid.clone())>
                        {workload.name}
                    </button>
                </td>
                <td class="hint">{workload.namespace}</td>
                <td><Status status=workload.status /></td>
                <td class="num">{started}</td>
            </tr>
        }
    };
    view! {
        <div class="frame">
            <table class="table" data-testid="workloads">
                <thead>
                    <tr><th>"Workload"</th><th>"Folder or namespace"</th><th>"Status"</th><th class="num">"Start (UTC)"</th></tr>
                </thead>
                <tbody>{move || workloads.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
