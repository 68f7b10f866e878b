//! Pages whose code is loaded when they are first shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use parallax_view::Page;

use super::compare::Compare;
use super::data::Data;
use crate::later::{Missing, later};
use crate::protocol::Part;
use crate::reactive::{State, live, on};
use crate::state::run::use_run;

/// Makes the page.
type Make = fn() -> AnyView;

later! {
    compare, fn compare_page() -> Make {
        || view! { <Compare /> }.into_any()
    }
}

later! {
    data, fn data_page() -> Make {
        || view! { <Data /> }.into_any()
    }
}

async fn page(part: Part) -> Result<Make, Missing> {
    match part {
        Part::Compare => compare_page().await,
        Part::Data => data_page().await,
    }
}

/// Loads the code of a page that will soon be shown; if it fails, the page will say so.
pub fn preload(shown: Page) {
    let part = match shown {
        Page::Explore => return,
        Page::Compare => Part::Compare,
        Page::Data => Part::Data,
    };
    spawn_local(async move {
        let _ = page(part).await;
    });
}

/// A page, once its code is there.
#[component]
pub fn Later(
    /// Whose code it is.
    part: Part,
) -> impl IntoView {
    let missing = use_run().parts.missing;
    let made = State::<Option<Result<Make, Missing>>>::new(None);
    let load = move || {
        spawn_local(async move {
            made.set(Some(page(part).await));
        });
    };
    load();
    let retry = move |_| {
        missing.set(None);
        made.set(None);
        load();
    };
    live(move || {
        match made.get() {
        None => view! {
            <div class="page" data-testid="part" data-state="loading">
                <div class="skeleton" role="status" aria-label="Loading this page" aria-busy="true"></div>
            </div>
        }
        .into_any(),
        Some(Ok(make)) if missing.get() != Some(part) => make(),
        Some(_) => view! {
            <div class="page" data-testid="part" data-state="failed">
                <div class="notice" data-tone="bad" role="alert">
                    <h2>"This page's code did not load"</h2>
                    <p>"The connection broke, or the server has another version of Parallax by now."</p>
                    <p>"Try again; if that does not help, reload the page."</p>
                    <div class="actions">
                        <button class="button primary" data-testid="retry" on:click=on(retry)>"Retry"</button>
                    </div>
                </div>
            </div>
        }
        .into_any(),
    }
    })
}
