//! The state of the open workload's data above every page: loading, stale, failed.

use leptos::prelude::*;
use parallax_model::format::duration;

use crate::components::error_notice::ErrorNotice;
use crate::components::load_bar::LoadBar;
use crate::hooks::clock::use_now;
use crate::protocol::ToEngine;
use crate::state::remote::Remote;
use crate::state::run::use_run;
use crate::state::view::use_view;

/// The bars between the toolbar and the page.
#[component]
pub fn RunStatus() -> impl IntoView {
    let run = use_run();
    view! {
        <LoadBar progress=run.progress on_cancel=move |()| run.send(ToEngine::Cancel) />
        <Stale />
        <Failed />
    }
}

/// Reports that the shown data is old, and why.
#[component]
fn Stale() -> impl IntoView {
    let run = use_run();
    let now = use_now();
    let error = Memo::new(move |_| match &*run.opened.read() {
        Remote::Stale(_, error) => Some(error.clone()),
        _ => None,
    });
    let age = move || {
        let checked_ms = run.checked_ms.get()?;
        Some(duration((now.get() - checked_ms) as i64))
    };
    move || {
        let error = error.get()?;
        Some(view! {
            <div class="bar" data-tone="warn" role="status" data-testid="stale">
                <strong>{error.headline()}</strong>
                <span>{error.detail()} " " {error.advice()} " Showing the data of " {age} " ago."</span>
                <button class="button" data-testid="retry-poll" on:click=move |_| run.send(ToEngine::Poll)>"Retry now"</button>
            </div>
        })
    }
}

/// Reports that the workload could not be opened.
#[component]
fn Failed() -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let error = Memo::new(move |_| match &*run.opened.read() {
        Remote::Failed(error) => Some(error.clone()),
        _ => None,
    });
    move || {
        let error = error.get()?;
        let uid = run.uid.get().unwrap_or_default();
        let doing = format!("Opening {uid} at {}", run.api.get());
        Some(view! {
            <div class="page">
                <ErrorNotice doing error on_retry=move |()| run.reopen()>
                    <button class="button" data-testid="to-list" on:click=move |_| view.push(|v| v.workload = None)>
                        "All workloads"
                    </button>
                </ErrorNotice>
            </div>
        })
    }
}
