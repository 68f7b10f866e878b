//! The top bar: the workload with its status and age, refresh, theme, share.

use std::time::Duration;

use leptos::prelude::*;
use parallax_model::format::{duration, utc};
use parallax_view::{Page, Refresh, Theme};

use crate::components::choice::Choice;
use crate::components::status::Status;
use crate::hooks::clipboard::copy_address;
use crate::hooks::clock::use_now;
use crate::protocol::ToEngine;
use crate::state::prefs;
use crate::state::run::use_run;
use crate::state::view::use_view;

const REFRESHES: &[(&str, Refresh)] = &[
    ("off", Refresh::Off),
    ("5 s", Refresh::S5),
    ("30 s", Refresh::S30),
    ("1 min", Refresh::M1),
];
/// How long the share button shows the result.
const SHARE_RESULT: Duration = Duration::from_secs(2);
const THEMES: &[(&str, Theme)] = &[
    ("system", Theme::System),
    ("light", Theme::Light),
    ("dark", Theme::Dark),
];

/// The bar at the top of every page that is not embedded.
#[component]
pub fn TopBar(
    /// Whether the sidebar is open as a sheet (narrow screens).
    sidebar_open: RwSignal<bool>,
) -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let open = view.part(|v| v.workload.is_some());
    let page = view.part(|v| v.page);
    let home = move |event: leptos::ev::MouseEvent| {
        if !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            view.push(|v| {
                v.workload = None;
                v.metrics = None;
                v.compare = None;
                v.comparing = Default::default();
                v.page = Default::default();
                v.span = Default::default();
            });
        }
    };
    view! {
        <header class="topbar">
            <a class="brand" href="?" data-testid="home" on:click=home>"Parallax"</a>
            <Show when=move || open.get()>
                <Crumb />
                <button
                    class="button sheet-button"
                    class:unused=move || page.get() == Page::Compare
                    data-testid="open-sidebar"
                    aria-expanded=move || sidebar_open.get().to_string()
                    on:click=move |_| sidebar_open.update(|open| *open = !*open)
                >
                    "Metrics"
                </button>
            </Show>
            <span class="grow"></span>
            <Show when=move || open.get()>
                <Choice
                    label="Refresh"
                    options=REFRESHES
                    value=view.part(|v| v.refresh)
                    on_change=move |refresh| view.push(|v| v.refresh = refresh)
                    testid="refresh"
                />
                <button class="button plain" title="Ask for new points now (r)" data-testid="refresh-now" on:click=move |_| run.send(ToEngine::Poll)>
                    "⟳" <span class="sr">"Refresh now"</span>
                </button>
            </Show>
            <ThemeChoice />
            <Share />
        </header>
    }
}

#[component]
fn Crumb() -> impl IntoView {
    let run = use_run();
    let workload = run.workload();
    let name = move || workload.get().map(|w| w.name).or_else(|| run.uid.get());
    let status = move || workload.get().and_then(|w| w.status);
    let now = use_now();
    let age = move || {
        let newest_ms = run.newest_ms.get()?;
        let age = duration(now.get() as i64 - newest_ms);
        Some(view! {
            <span class="hint clip" data-testid="age" title=format!("{} UTC", utc(newest_ms))>"last point " {age} " ago"</span>
        })
    };
    view! {
        <div class="crumb">
            <span class="sep" aria-hidden="true">"▸"</span>
            <h1 class="clip" data-testid="workload-name">{name}</h1>
            <Status status />
            {age}
        </div>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let view = use_view();
    let in_view = view.part(|v| v.theme);
    let stored = RwSignal::new(prefs::theme());
    let value = move || match in_view.get() {
        Theme::System => stored.get(),
        theme => theme,
    };
    let change = move |theme| {
        prefs::set_theme(theme);
        stored.set(theme);
        // A theme in the URL takes precedence over the stored one.
        view.replace(|v| v.theme = theme);
    };
    view! { <Choice label="Theme" options=THEMES value on_change=change testid="theme" /> }
}

#[component]
fn Share() -> impl IntoView {
    let label = RwSignal::new("Share");
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let copied = copy_address().await;
            label.set(if copied {
                "Link copied"
            } else {
                "Copy the address bar"
            });
            set_timeout(move || label.set("Share"), SHARE_RESULT);
        });
    };
    view! {
        <button class="button" data-testid="share" title="Copy a link to this view" on:click=copy>
            <span aria-live="polite">{label}</span>
        </button>
    }
}
