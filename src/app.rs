//! The app: contexts, the top bar, the sidebar, and the page that the view names.

use leptos::prelude::*;
use parallax_view::{Page, Theme};

use crate::hooks::clock::use_interval;
use crate::hooks::keys::{focus, on_key};
use crate::hooks::location::page_url;
use crate::hooks::scheme::use_system_dark;
use crate::pages::{
    explore::Explore, home::Home, lazy::LazyPage, sidebar::Sidebar, status::RunStatus,
    toolbar::Toolbar, topbar::TopBar,
};
use crate::protocol::{Part, ToEngine};
use crate::state::engine::Failure;
use crate::state::prefs;
use crate::state::remote::Remote;
use crate::state::run::{Run, use_run};
use crate::state::selection::Selection;
use crate::state::theme::ThemeVersion;
use crate::state::view::{ViewState, use_view};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let view = ViewState::provide();
    let run = Run::provide(ToEngine::Connect {
        page_url: page_url(),
        api: view.get_untracked().api,
    });
    Selection::provide(run, view);
    follow_view(run, view);
    follow_keys(run);
    follow_theme(view);
    let is_open = view.part(|v| v.workload.is_some());
    // The compare page has its own choice of metrics and sources.
    let has_sidebar = view.part(|v| v.workload.is_some() && !v.embed && v.page != Page::Compare);
    let is_embedded = view.part(|v| v.embed);
    let sidebar_open = RwSignal::new(false);
    view! {
        <div class="app" data-testid="app" data-state=move || run.opened.with(Remote::name)>
            <Show when=move || !is_embedded.get() fallback=|| view! { <span></span> }>
                <TopBar sidebar_open />
            </Show>
            <div class="body" class:wide=move || !has_sidebar.get()>
                <Show when=move || has_sidebar.get()>
                    <Sidebar open=sidebar_open />
                </Show>
                <main class="main">
                    <EngineFailure />
                    <Show when=move || is_open.get() fallback=Home>
                        <Workload />
                    </Show>
                </main>
            </div>
        </div>
    }
}

/// Reports that the engine did not start or has stopped.
#[component]
fn EngineFailure() -> impl IntoView {
    let run = use_run();
    let again = move |_| run.restart_engine();
    let dismiss = move |_| run.engine_failure.set(None);
    move || {
        let (headline, why) = match run.engine_failure.get()? {
            Failure::NotStarted(why) => ("The engine did not start", why),
            Failure::Stopped(why) => ("The engine stopped", why),
        };
        let is_running = run.is_running.get();
        let next = if is_running {
            view! {
                <span>"It was started again and loads what is shown."</span>
                <button class="button" data-testid="dismiss" on:click=dismiss>"Dismiss"</button>
            }
            .into_any()
        } else {
            view! { <button class="button" data-testid="restart" on:click=again>"Start again"</button> }
                .into_any()
        };
        Some(view! {
            <div class="bar" data-tone=if is_running { "warn" } else { "bad" } role="alert" data-testid="engine-failure">
                <strong>{headline}</strong>
                <span>{why}</span>
                {next}
            </div>
        })
    }
}

/// The open workload.
#[component]
fn Workload() -> impl IntoView {
    let view = use_view();
    let page = view.part(|v| v.page);
    let is_embedded = view.part(|v| v.embed);
    view! {
        <Show when=move || !is_embedded.get()>
            <Toolbar />
        </Show>
        <RunStatus />
        {move || match page.get() {
            Page::Explore => view! { <Explore /> }.into_any(),
            Page::Compare => view! { <LazyPage module=Part::Compare /> }.into_any(),
            Page::Data => view! { <LazyPage module=Part::Data /> }.into_any(),
        }}
    }
}

/// Opens the view's workload, and polls at the view's interval.
fn follow_view(run: Run, view: ViewState) {
    let uid = view.part(|v| v.workload.clone());
    Effect::new(move || run.open(uid.get()));
    let refresh = view.part(|v| v.refresh);
    let interval_ms = Memo::new(move |_| {
        let is_ready = run.opened.with(|o| o.value().is_some());
        refresh.get().interval_ms().filter(|_| is_ready)
    });
    use_interval(interval_ms, move || run.send(ToEngine::Poll));
    let workload = run.workload();
    Effect::new(move || {
        let name = workload.with(|w| w.as_ref().map(|w| w.name.clone()));
        document()
            .set_title(&name.map_or("Parallax".to_owned(), |name| format!("{name} · Parallax")));
    });
}

/// Shortcuts on every page: `r` polls, `/` focuses the search field.
fn follow_keys(run: Run) {
    on_key(move |key| match key {
        "r" if run.uid.with_untracked(Option::is_some) => {
            run.send(ToEngine::Poll);
            true
        }
        "/" => focus("input[type=search]"),
        _ => false,
    });
}

/// Sets the theme as an attribute of the root element, which the style sheets select by.
fn follow_theme(view: ViewState) {
    let version = ThemeVersion::default();
    provide_context(version);
    let chosen = view.part(|v| v.theme);
    let dark = use_system_dark();
    Effect::new(move || {
        let theme = match chosen.get() {
            Theme::System => prefs::theme(),
            theme => theme,
        };
        let name = match (theme, dark.get()) {
            (Theme::Light, _) | (Theme::System, false) => "light",
            (Theme::Dark, _) | (Theme::System, true) => "dark",
        };
        if let Some(root) = document().document_element() {
            // Fails only for an invalid attribute name, and this one is valid.
            let _ = root.set_attribute("data-theme", name);
        }
        version.0.update(|version| *version += 1);
    });
}
