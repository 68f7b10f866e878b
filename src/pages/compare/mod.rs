//! The compare page: all pairs first, then one pair.
//!
//! `matrix` (every pair of the workload, or of it and a baseline), `pair` (curves, the strip of
//! differences, the figures). Which of them is shown, and the settings, are in the view.

pub mod matrix;
pub mod pair;

use leptos::prelude::*;
use parallax_api::catalog::{Catalog, is_bookkeeping};

use crate::components::baseline_picker::BaselinePicker;
use crate::components::error_notice::ErrorNotice;
use crate::protocol::ListQuery;
use crate::protocol::compare::ToCompare;
use crate::state::comparison::use_comparison;
use crate::state::remote::Remote;
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::use_view;

use matrix::MatrixPage;
use pair::PairPage;

/// What exists on both sides.
#[derive(Clone, Copy)]
pub struct Sides {
    /// The catalog of A: the baseline's, where there is one.
    a: Memo<Catalog>,
    /// The catalog of B.
    b: Memo<Catalog>,
    /// Whether the baseline, if there is one, has loaded.
    is_ready: Memo<bool>,
}

/// The compare page.
#[component]
pub fn Compare() -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let (selection, comparison) = (use_selection(), use_comparison());
    let baseline = view.part(|v| v.comparing.baseline.clone());
    Effect::new(move || {
        run.starts.track();
        comparison.send(&ToCompare::Baseline {
            uid: baseline.get(),
        });
    });
    let baseline_catalog = Memo::new(move |_| {
        let chosen = baseline.get()?;
        let (uid, opened) = comparison.baseline.get()?;
        let opened = opened.value().filter(|_| uid == chosen)?;
        Some(opened.catalog.clone())
    });
    let sides = Sides {
        a: Memo::new(move |_| match baseline.get() {
            Some(_) => baseline_catalog.get().unwrap_or_default(),
            None => selection.catalog.get(),
        }),
        b: selection.catalog,
        is_ready: Memo::new(move |_| {
            let is_open = baseline.read().is_none() || baseline_catalog.read().is_some();
            is_open && !comparison.baseline_loading.get()
        }),
    };
    let has_pair = view.part(|v| v.compare.is_some());
    let is_embedded = view.part(|v| v.embed);
    view! {
        <div class="page" data-testid="compare">
            <Show when=move || !is_embedded.get()><Baseline baseline /></Show>
            <BaselineFailed baseline />
            <Show when=move || has_pair.get() fallback=move || view! { <MatrixPage sides /> }>
                <PairPage sides />
            </Show>
        </div>
    }
}

/// The metrics of a catalog that are worth comparing.
fn comparable(catalog: &Catalog) -> Vec<String> {
    let names = catalog.metrics.iter().map(|metric| metric.name.clone());
    names.filter(|name| !is_bookkeeping(name)).collect()
}

/// Chooses the baseline.
#[component]
fn Baseline(baseline: Memo<Option<String>>) -> impl IntoView {
    let (run, view) = (use_run(), use_view());
    let search = move |name: String| {
        run.list(ListQuery {
            name,
            page: 1,
            ..ListQuery::default()
        });
    };
    search(String::new());
    let others = Memo::new(move |_| {
        let open = run.uid.get();
        let all = run.list.with(|list| Some(list.value()?.data.clone()));
        let mut others = all.unwrap_or_default();
        others.retain(|workload| Some(&workload.uid) != open.as_ref());
        others
    });
    let change = move |baseline: Option<String>| {
        view.push(|v| {
            v.comparing.baseline = baseline;
            v.compare = None;
        });
    };
    view! {
        <div class="filters baseline">
            <BaselinePicker baseline workloads=others on_search=search on_change=change />
        </div>
    }
}

/// Reports that the baseline could not be loaded.
#[component]
fn BaselineFailed(baseline: Memo<Option<String>>) -> impl IntoView {
    let comparison = use_comparison();
    let failed = Memo::new(move |_| {
        let chosen = baseline.get()?;
        match comparison.baseline.get()? {
            (uid, Remote::Failed(error) | Remote::Stale(_, error)) if uid == chosen => {
                Some((uid, error))
            }
            _ => None,
        }
    });
    move || {
        let (uid, error) = failed.get()?;
        let doing = format!("Opening the baseline {uid}");
        let retry = move |()| {
            let uid = Some(uid.clone());
            comparison.send(&ToCompare::Baseline { uid });
        };
        Some(view! { <ErrorNotice doing error on_retry=retry /> })
    }
}
