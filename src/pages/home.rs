//! The first page: pick a workload from the list, or type its UID.

use leptos::prelude::*;
use parallax_api::wire::Workload;
use parallax_model::format::count;

use crate::components::choice::Choice;
use crate::components::error_notice::ErrorNotice;
use crate::components::flow::When;
use crate::components::workload_table::WorkloadTable;
use crate::protocol::ListQuery;
use crate::reactive::{Handler, Read, State, effect, live, memo, on, text};
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
    let query = State::new(ListQuery {
        page: 1,
        ..ListQuery::default()
    });
    effect(move || run.list(query.get()));
    let pick = move |uid: String| view.push(|v| v.workload = Some(uid));
    let status = memo(move || {
        let chosen = query.with(|q| q.status.clone());
        STATUSES
            .iter()
            .find(|(_, value)| *value == chosen)
            .map_or("", |(_, value)| *value)
    });
    let search = move |event| {
        let name = event_target_value(&event);
        query.update(|q| (q.name, q.page) = (name, 1));
    };
    view! {
        <div class="page home" data-testid="home-page" data-state=text(move || run.list.with(Remote::name))>
            <h1>"Workloads"</h1>
            <div class="filters">
                <input
                    class="field"
                    type="search"
                    placeholder="Search by name"
                    aria-label="Search workloads by name"
                    data-testid="workload-search"
                    prop:value=text(move || query.with(|q| q.name.clone()))
                    on:input=on(search)
                />
                <Choice
                    label="Status"
                    options=STATUSES
                    value=status
                    on_change=move |status: &'static str| query.update(|q| (q.status, q.page) = (status.to_owned(), 1))
                    testid="workload-status"
                />
                <span class="grow"></span>
                <UidForm on_open=pick />
            </div>
            <List query on_pick=pick />
        </div>
    }
}

#[component]
fn UidForm(#[prop(into)] on_open: Handler<String>) -> impl IntoView {
    let uid = State::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let uid = uid.peek().trim().to_owned();
        if !uid.is_empty() {
            on_open.run(uid);
        }
    };
    view! {
        <form class="labelled" on:submit=on(submit)>
            <input
                class="field short"
                placeholder="UID"
                aria-label="Open a workload by its UID"
                data-testid="uid"
                on:input=on(move |event| uid.set(event_target_value(&event)))
            />
            <button class="button" data-testid="uid-open">"Open"</button>
        </form>
    }
}

#[component]
fn List(query: State<ListQuery>, #[prop(into)] on_pick: Handler<String>) -> impl IntoView {
    let run = use_run();
    let error = memo(move || run.list.with(|list| list.error().cloned()));
    let rows = memo(move || {
        run.list
            .with(|list| list.value().map(|l| l.data.clone()).unwrap_or_default())
    });
    let total = memo(move || run.list.with(|list| list.value().map(|l| l.total)));
    let filtered = move || query.with(|q| !q.name.is_empty() || !q.status.is_empty());
    view! {
        {live(move || match error.get() {
            None => ().into_any(),
            Some(error) => {
                let doing = format!("Listing workloads at {}", run.api.get());
                view! { <ErrorNotice doing error on_retry=move |()| run.list(query.peek()) /> }.into_any()
            }
        })}
        {live(move || match (total.get(), error.with(Option::is_some)) {
            (None, false) => view! { <div class="skeleton" aria-busy="true"></div> }.into_any(),
            (None, true) => view! { <p class="hint">"A workload can still be opened by its UID."</p> }.into_any(),
            (Some(0), _) if filtered() => view! {
                <div class="notice" data-testid="no-match">
                    <p>"No workload matches the search and status."</p>
                    <div class="actions">
                        <button class="button" on:click=on(move |_| query.set(ListQuery { page: 1, ..ListQuery::default() }))>"Show all"</button>
                    </div>
                </div>
            }.into_any(),
            (Some(0), _) => view! { <FirstUse /> }.into_any(),
            (Some(total), _) => view! { <Rows rows total query on_pick /> }.into_any(),
        })}
    }
}

#[component]
fn Rows(
    rows: Read<Vec<Workload>>,
    total: u64,
    query: State<ListQuery>,
    on_pick: Handler<String>,
) -> impl IntoView {
    let page = move || query.with(|q| q.page);
    let shown = move || rows.with(|r| r.len() as u64);
    let more = move || u64::from(page()) * 50 < total;
    let turn = move |by: i32| query.update(|q| q.page = q.page.saturating_add_signed(by).max(1));
    view! {
        <WorkloadTable workloads=rows on_pick />
        <div class="pager hint">
            <span>{text(move || format!("{} of {} workloads", count(shown()), count(total)))}</span>
            <When on=memo(move || { page() > 1 })><button class="button" on:click=on(move |_| turn(-1))>"Previous"</button></When>
            <When on=memo(more)><button class="button" on:click=on(move |_| turn(1))>"Next"</button></When>
        </div>
    }
}

#[component]
fn FirstUse() -> impl IntoView {
    let run = use_run();
    view! {
        <div class="notice" data-testid="first-use">
            <h2>"No runs found"</h2>
            <p>"The API at " <code>{text(move || run.api.get())}</code> " lists no workloads."</p>
            <p>"The bundled server looks for W&B run files (.wandb), TensorBoard event files (tfevents), training logs, trainer_state.json, metrics .jsonl and .csv in a folder and the folders below it:"</p>
            <pre>"parallax serve path/to/runs"</pre>
        </div>
    }
}
