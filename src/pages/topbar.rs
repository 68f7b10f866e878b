//! The top bar: which workload, how it stands, how fresh the data is, refresh, theme, share.

use std::time::Duration;

use leptos::prelude::*;
use parallax_model::format::{duration, utc};
use parallax_view::{Page, Refresh, Theme};

use crate::components::choice::Choice;
use crate::components::flow::When;
use crate::components::status::Status;
use crate::hooks::clipboard::copy_address;
use crate::hooks::clock::use_now;
use crate::protocol::ToEngine;
use crate::reactive::{State, flag, live, memo, on, text};
use crate::state::prefs;
use crate::state::run::use_run;
use crate::state::view::use_view;

const REFRESHES: &[(&str, Refresh)] = &[
    ("off", Refresh::Off),
    ("5 s", Refresh::S5),
    ("30 s", Refresh::S30),
    ("1 min", Refresh::M1),
];
/// How long a button says what it did.
const SAID_FOR: Duration = Duration::from_secs(2);
const THEMES: &[(&str, Theme)] = &[
    ("system", Theme::System),
    ("light", Theme::Light),
    ("dark", Theme::Dark),
];

/// The bar on top of every page but embedded ones.
#[component]
pub fn TopBar(
    /// Whether the sidebar is open as a sheet (narrow screens).
    sidebar: State<bool>,
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
            <a class="brand" href="?" data-testid="home" on:click=on(home)>"Parallax"</a>
            <When on=open>
                <Crumb />
                <button
                    class="button sheet-button"
                    class:unused=flag(move || page.get() == Page::Compare)
                    data-testid="open-sidebar"
                    aria-expanded=text(move || sidebar.get().to_string())
                    on:click=on(move |_| sidebar.update(|open| *open = !*open))
                >
                    "Metrics"
                </button>
            </When>
            <span class="grow"></span>
            <When on=open>
                <Choice
                    label="Refresh"
                    options=REFRESHES
                    value=view.part(|v| v.refresh)
                    on_change=move |refresh| view.push(|v| v.refresh = refresh)
                    testid="refresh"
                />
                <button class="button plain" title="Ask for new points now (r)" data-testid="refresh-now" on:click=on(move |_| run.send(ToEngine::Poll))>
                    "⟳" <span class="sr">"Refresh now"</span>
                </button>
            </When>
            <ThemeChoice />
            <Share />
        </header>
    }
}

#[component]
fn Crumb() -> impl IntoView {
    let run = use_run();
    let workload = run.workload();
    let name = move || {
        let open = workload.with(|w| w.as_ref().map(|w| w.name.clone()));
        open.or_else(|| run.uid.get()).unwrap_or_default()
    };
    let status = memo(move || workload.with(|w| w.as_ref().and_then(|w| w.status.clone())));
    let now = use_now();
    let age = move || {
        let Some(ms) = run.newest_ms.get() else {
            return ().into_any();
        };
        let age = duration(now.get() as i64 - ms);
        view! { <span class="hint clip" data-testid="age" title=format!("{} UTC", utc(ms))>"last point " {age} " ago"</span> }
            .into_any()
    };
    view! {
        <div class="crumb">
            <span class="sep" aria-hidden="true">"▸"</span>
            <h1 class="clip" data-testid="workload-name">{text(name)}</h1>
            <Status status />
            {live(age)}
        </div>
    }
}

#[component]
fn ThemeChoice() -> impl IntoView {
    let view = use_view();
    let chosen = view.part(|v| v.theme);
    let remembered = State::new(prefs::theme());
    let value = memo(move || match chosen.get() {
        Theme::System => remembered.get(),
        theme => theme,
    });
    let change = move |theme| {
        prefs::set_theme(theme);
        remembered.set(theme);
        // The URL's theme would win over the choice that was just made.
        view.replace(|v| v.theme = theme);
    };
    view! { <Choice label="Theme" options=THEMES value on_change=change testid="theme" /> }
}

#[component]
fn Share() -> impl IntoView {
    let said = State::new("Share");
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let copied = copy_address().await;
            said.set(if copied {
                "Link copied"
            } else {
                "Copy the address bar"
            });
            set_timeout(move || said.set("Share"), SAID_FOR);
        });
    };
    view! {
        <button class="button" data-testid="share" title="Copy a link to this view" on:click=on(copy)>
            <span aria-live="polite">{text(move || said.get())}</span>
        </button>
    }
}
