//! The list of workloads.

use leptos::prelude::*;
use parallax_api::wire::Workload;
use parallax_model::format::utc;

use super::status::Status;
use crate::reactive::{Handler, Read, live, on};

/// One row a workload; a click opens it.
#[component]
pub fn WorkloadTable(
    /// One page of workloads.
    #[prop(into)]
    workloads: Read<Vec<Workload>>,
    /// Called with the uid of the picked one.
    #[prop(into)]
    on_pick: Handler<String>,
) -> impl IntoView {
    let row = move |workload: Workload| {
        let uid = workload.uid.clone();
        let started = if workload.start_at > 0 {
            utc(workload.start_at * 1000)
        } else {
            "–".into()
        };
        let status = workload.status.clone();
        view! {
            <tr>
                <td>
                    <button class="pick" data-testid=format!("workload-{uid}") on:click=on(move |_| on_pick.run(uid.clone()))>
                        {workload.name}
                    </button>
                </td>
                <td class="hint">{workload.namespace}</td>
                <td><Status status=Read::of(status) /></td>
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
                <tbody>
                    {live(move || workloads.get().into_iter().map(row).collect_view().into_any())}
                </tbody>
            </table>
        </div>
    }
}
