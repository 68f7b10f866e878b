//! Pages whose code is loaded when they are first shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use parallax_view::Page;

use super::compare::Compare;
use super::data::Data;
use crate::lazy::{LoadError, lazy};
use crate::protocol::Part;
use crate::state::run::use_run;

/// Renders a page.
type Render = fn() -> AnyView;

lazy! {
    compare, fn lazy_compare() -> Render {
        || view! { <Compare /> }.into_any()
    }
}

lazy! {
    data, fn lazy_data() -> Render {
        || view! { <Data /> }.into_any()
    }
}

async fn load(module: Part) -> Result<Render, LoadError> {
    match module {
        Part::Compare => lazy_compare().await,
        Part::Data => lazy_data().await,
    }
}

/// Loads the code of a page that will probably be shown next. Errors are ignored: showing the page
/// tries again and reports them.
pub fn preload(page: Page) {
    let module = match page {
        Page::Explore => return,
        Page::Compare => Part::Compare,
        Page::Data => Part::Data,
    };
    spawn_local(async move {
        let _ = load(module).await;
    });
}

/// A page of a lazy module: a skeleton while its code loads, an error with a retry button if that
/// fails here or in the engine.
#[component]
pub fn LazyPage(
    /// The module.
    module: Part,
) -> impl IntoView {
    let failed_in_engine = use_run().lazy.failed;
    let page = RwSignal::new(None);
    let start = move || spawn_local(async move { page.set(Some(load(module).await)) });
    start();
    let retry = move |_| {
        failed_in_engine.set(None);
        page.set(None);
        start();
    };
    move || {
        match page.get() {
        None => view! {
            <div class="page" data-testid="lazy-page" data-state="loading">
                <div class="skeleton" role="status" aria-label="Loading this page" aria-busy="true"></div>
            </div>
        }
        .into_any(),
        Some(Ok(render)) if failed_in_engine.get() != Some(module) => render(),
        Some(_) => view! {
            <div class="page" data-testid="lazy-page" data-state="failed">
                <div class="notice" data-tone="bad" role="alert">
                    <h2>"This page's code did not load"</h2>
                    <p>"The connection broke, or the server has another version of Parallax by now."</p>
                    <p>"Try again; if that does not help, reload the page."</p>
                    <div class="actions">
                        <button class="button primary" data-testid="retry" on:click=retry>"Retry"</button>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    }
    }
}
