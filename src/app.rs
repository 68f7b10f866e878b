//! The shell: providers, the top bar, the sidebar, and the page that the view names.

use leptos::prelude::*;
use parallax_view::{Page, Theme};

use crate::components::flow::When;
use crate::hooks::clock::use_interval;
use crate::hooks::keys::{focus, on_key};
use crate::hooks::location::page_url;
use crate::hooks::scheme::use_system_dark;
use crate::pages::{
    explore::Explore, home::Home, later::Later, sidebar::Sidebar, status::RunStatus,
    toolbar::Toolbar, topbar::TopBar,
};
use crate::protocol::{Part, ToEngine};
use crate::reactive::{State, effect, flag, live, memo, text};
use crate::state::prefs;
use crate::state::remote::Remote;
use crate::state::run::Run;
use crate::state::selection::Selection;
use crate::state::view::{ViewState, use_view};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let view = ViewState::provide();
    let run = Run::provide(ToEngine::Connect {
        page_url: page_url(),
        api: view.peek().api,
    });
    crate::state::hover::provide();
    crate::state::theme::provide();
    Selection::provide(run, view);
    follow_view(run, view);
    follow_keys(run);
    follow_theme(view);
    let open = view.part(|v| v.workload.is_some());
    let embed = view.part(|v| v.embed);
    // The compare page has its own choice of metrics and sources.
    let page = view.part(|v| v.page);
    let beside = memo(move || open.get() && !embed.get() && page.get() != Page::Compare);
    let sidebar = State::new(false);
    view! {
        <div class="app" data-testid="app" data-state=text(move || run.opened.with(Remote::name))>
            {live(move || if embed.get() { view! { <span></span> }.into_any() } else { view! { <TopBar sidebar /> }.into_any() })}
            <div class="body" class:wide=flag(move || !beside.get())>
                <When on=beside>
                    <Sidebar open=sidebar />
                </When>
                <main class="main">
                    <When on=memo(move || run.broken.with(Option::is_some))>
                        <div class="bar" data-tone="bad" role="alert">{text(move || run.broken.get().unwrap_or_default())}</div>
                    </When>
                    <When on=memo(move || open.get()) fallback=Home>
                        <Opened />
                    </When>
                </main>
            </div>
        </div>
    }
}

#[component]
fn Opened() -> impl IntoView {
    let view = use_view();
    let page = view.part(|v| v.page);
    let embed = view.part(|v| v.embed);
    view! {
        <When on=memo(move || !embed.get())>
            <Toolbar />
        </When>
        <RunStatus />
        {live(move || match page.get() {
            Page::Explore => view! { <Explore /> }.into_any(),
            Page::Compare => view! { <Later part=Part::Compare /> }.into_any(),
            Page::Data => view! { <Later part=Part::Data /> }.into_any(),
        })}
    }
}

/// Opens what the view names, and polls as often as it says.
fn follow_view(run: Run, view: ViewState) {
    let uid = view.part(|v| v.workload.clone());
    effect(move || run.open(uid.get()));
    let refresh = view.part(|v| v.refresh);
    let interval_ms = memo(move || {
        let ready = run.opened.with(|o| o.value().is_some());
        refresh.get().interval_ms().filter(|_| ready)
    });
    use_interval(interval_ms, move || run.send(ToEngine::Poll));
    let workload = run.workload();
    effect(move || {
        let name = workload.with(|w| w.as_ref().map(|w| w.name.clone()));
        document()
            .set_title(&name.map_or("Parallax".to_owned(), |name| format!("{name} · Parallax")));
    });
}

/// Keys that work on every page: `r` asks for new points, `/` goes to the search.
fn follow_keys(run: Run) {
    on_key(move |key| match key {
        "r" if run.uid.peek_with(Option::is_some) => {
            run.send(ToEngine::Poll);
            true
        }
        "/" => focus("input[type=search]"),
        _ => false,
    });
}

/// Sets the theme on the root element, where the style sheet looks for it.
fn follow_theme(view: ViewState) {
    let chosen = view.part(|v| v.theme);
    let dark = use_system_dark();
    effect(move || {
        let theme = match chosen.get() {
            Theme::System => prefs::theme(),
            theme => theme,
        };
        let name = match (theme, dark.get()) {
            (Theme::Light, _) | (Theme::System, false) => "light",
            (Theme::Dark, _) | (Theme::System, true) => "dark",
        };
        if let Some(root) = document().document_element() {
            // The attribute is a constant name: setting it can't fail.
            let _ = root.set_attribute("data-theme", name);
        }
        crate::state::theme::announce();
    });
}
