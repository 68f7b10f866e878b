//! How the open workload's data stands: loading, stale, failed. Shown above every page.

use leptos::prelude::*;
use parallax_model::format::duration;

use crate::components::error_notice::ErrorNotice;
use crate::components::load_bar::LoadBar;
use crate::hooks::clock::use_now;
use crate::protocol::ToEngine;
use crate::reactive::{live, memo, on, text};
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

/// The last good data is shown; why it is not newer.
#[component]
fn Stale() -> impl IntoView {
    let run = use_run();
    let now = use_now();
    let error = memo(move || {
        run.opened.with(|opened| match opened {
            Remote::Stale(_, error) => Some(error.clone()),
            _ => None,
        })
    });
    let age = move || {
        run.checked_ms
            .get()
            .map_or_else(String::new, |ms| duration((now.get() - ms) as i64))
    };
    live(move || {
        match error.get() {
        None => ().into_any(),
        Some(error) => {
            view! {
                <div class="bar" data-tone="warn" role="status" data-testid="stale">
                    <strong>{error.headline()}</strong>
                    <span>{error.detail()} " " {error.advice()} " Showing the data of " {text(age)} " ago."</span>
                    <button class="button" data-testid="retry-poll" on:click=on(move |_| run.send(ToEngine::Poll))>"Retry now"</button>
                </div>
            }
            .into_any()
        }
    }
    })
}

/// The workload could not be opened at all.
#[component]
fn Failed() -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let error = memo(move || {
        run.opened.with(|opened| match opened {
            Remote::Failed(error) => Some(error.clone()),
            _ => None,
        })
    });
    let doing = move || {
        format!(
            "Opening {} at {}",
            run.uid.get().unwrap_or_default(),
            run.api.get()
        )
    };
    live(move || {
        match error.get() {
        None => ().into_any(),
        Some(error) => {
            view! {
                <div class="page">
                    <ErrorNotice doing=doing() error on_retry=move |()| run.reopen()>
                        <button class="button" data-testid="to-list" on:click=on(move |_| view.push(|v| v.workload = None))>
                            "All workloads"
                        </button>
                    </ErrorNotice>
                </div>
            }
            .into_any()
        }
    }
    })
}
