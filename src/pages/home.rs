//! The first page: choose a workload from the list, or type its UID.

use leptos::prelude::*;
use parallax_model::format::count;

use crate::components::choice::Choice;
use crate::components::error_notice::ErrorNotice;
use crate::components::workload_table::WorkloadTable;
use crate::protocol::ListQuery;
use crate::state::remote::Remote;
use crate::state::run::use_run;
use crate::state::view::use_view;

const STATUSES: &[(&str, &str)] = &[
    ("all", ""),
    ("running", "Running"),
    ("pending", "Pending"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("deleted", "Deleted"),
];

/// Search, status, list, UID.
#[component]
pub fn Home() -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let query = RwSignal::new(first_page());
    Effect::new(move || {
        run.starts.track();
        run.list(query.get());
    });
    let open = Callback::new(move |uid| view.push(|v| v.workload = Some(uid)));
    let status = move || {
        let query = query.read();
        let status = STATUSES.iter().find(|(_, value)| *value == query.status);
        status.map_or("", |(_, value)| *value)
    };
    let search = move |event| {
        let name = event_target_value(&event);
        query.update(|q| (q.name, q.page) = (name, 1));
    };
    view! {
        <div class="page home" data-testid="home-page" data-state=move || run.list.with(Remote::name)>
            <h1>"Workloads"</h1>
            <div class="filters">
                <input
                    class="field"
                    type="search"
                    placeholder="Search by name"
                    aria-label="Search workloads by name"
                    data-testid="workload-search"
                    prop:value=move || query.with(|q| q.name.clone())
                    on:input=search
                />
                <Choice
                    label="Status"
                    options=STATUSES
                    value=Signal::derive(status)
                    on_change=move |status: &'static str| query.update(|q| (q.status, q.page) = (status.to_owned(), 1))
                    testid="workload-status"
                />
                <span class="grow"></span>
                <UidForm on_open=open />
            </div>
            <List query on_pick=open />
        </div>
    }
}

fn first_page() -> ListQuery {
    ListQuery {
        page: 1,
        ..ListQuery::default()
    }
}

#[component]
fn UidForm(on_open: Callback<String>) -> impl IntoView {
    let uid = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let uid = uid.get_untracked().trim().to_owned();
        if !uid.is_empty() {
            on_open.run(uid);
        }
    };
    view! {
        <form class="labelled" on:submit=submit>
            <input
                class="field short"
                placeholder="UID"
                aria-label="Open a workload by its UID"
                data-testid="uid"
                on:input=move |event| uid.set(event_target_value(&event))
            />
            <button class="button" data-testid="uid-open">"Open"</button>
        </form>
    }
}

#[component]
fn List(query: RwSignal<ListQuery>, on_pick: Callback<String>) -> impl IntoView {
    let run = use_run();
    let error = Memo::new(move |_| run.list.with(|list| list.error().cloned()));
    let notice = move || {
        let error = error.get()?;
        let doing = format!("Listing workloads at {}", run.api.get());
        let retry = move |()| run.list(query.get_untracked());
        Some(view! { <ErrorNotice doing error on_retry=retry /> })
    };
    let total = Memo::new(move |_| run.list.with(|list| Some(list.value()?.total)));
    let is_filtered = move || query.with(|q| !q.name.is_empty() || !q.status.is_empty());
    let list = move || {
        match total.get() {
        None if error.read().is_none() => {
            view! { <div class="skeleton" aria-busy="true"></div> }.into_any()
        }
        None => view! { <p class="hint">"A workload can still be opened by its UID."</p> }.into_any(),
        Some(0) if is_filtered() => view! {
            <div class="notice" data-testid="no-match">
                <p>"No workload matches the search and status."</p>
                <div class="actions">
                    <button class="button" on:click=move |_| query.set(first_page())>"Show all"</button>
                </div>
            </div>
        }
        .into_any(),
        Some(0) => view! { <FirstUse /> }.into_any(),
        Some(total) => view! { <ListPage total query on_pick /> }.into_any(),
    }
    };
    view! {
        {notice}
        {list}
    }
}

#[component]
fn ListPage(total: u64, query: RwSignal<ListQuery>, on_pick: Callback<String>) -> impl IntoView {
    let run = use_run();
    let workloads = Memo::new(move |_| {
        let workloads = run.list.with(|list| Some(list.value()?.data.clone()));
        workloads.unwrap_or_default()
    });
    let page = move || query.with(|q| q.page);
    let range = move || {
        format!(
            "{} of {} workloads",
            count(workloads.read().len() as u64),
            count(total)
        )
    };
    let turn = move |by: i32| query.update(|q| q.page = q.page.saturating_add_signed(by).max(1));
    view! {
        <WorkloadTable workloads on_pick />
        <div class="pager hint">
            <span>{range}</span>
            <Show when=move || { page() > 1 }><button class="button" on:click=move |_| turn(-1)>"Previous"</button></Show>
            <Show when=move || { u64::from(page()) * 50 < total }><button class="button" on:click=move |_| turn(1)>"Next"</button></Show>
        </div>
    }
}

#[component]
fn FirstUse() -> impl IntoView {
    let run = use_run();
    view! {
        <div class="notice" data-testid="first-use">
            <h2>"No runs found"</h2>
            <p>"The API at " <code>{move || run.api.get()}</code> " lists no workloads."</p>
            <p>"The bundled server looks for W&B run files (.wandb), TensorBoard event files (tfevents), training logs, trainer_state.json, metrics .jsonl and .csv in a folder and the folders below it:"</p>
            <pre>"parallax serve path/to/runs"</pre>
        </div>
    }
}
