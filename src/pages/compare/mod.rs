//! The compare page: all pairs first, then one pair.
//!
//! `matrix` (every pair of the workload, or of it and a baseline), `pair` (curves, the strip of
//! differences, the figures). Which of them is shown, and how is compared, is in the view.

pub mod matrix;
pub mod pair;

use leptos::prelude::*;
use parallax_api::catalog::{Catalog, is_bookkeeping};
use parallax_view::Comparing;

use crate::components::baseline_picker::BaselinePicker;
use crate::components::error_notice::ErrorNotice;
use crate::components::flow::When;
use crate::protocol::ListQuery;
use crate::protocol::compare::ToCompare;
use crate::reactive::{Read, effect, memo};
use crate::state::comparison::{Comparison, use_comparison};
use crate::state::remote::Remote;
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::{ViewState, use_view};

use matrix::MatrixPage;
use pair::PairPage;

/// What exists on both sides.
#[derive(Clone, Copy)]
pub struct Both {
    /// What A is chosen from: the baseline's, where there is one.
    a: Read<Catalog>,
    /// What B is chosen from.
    b: Read<Catalog>,
    /// Whether everything that is compared is there.
    ready: Read<bool>,
}

/// The compare page.
#[component]
pub fn Compare() -> impl IntoView {
    let (view, selection, comparison) = (use_view(), use_selection(), use_comparison());
    let comparing = view.part(|v| v.comparing.clone());
    let baseline = view.part(|v| v.comparing.baseline.clone());
    effect(move || {
        comparison.ask(&ToCompare::Baseline {
            uid: baseline.get(),
        });
    });
    let has_baseline = memo(move || baseline.with(Option::is_some));
    let other = memo(move || baseline_catalog(comparison, baseline.get()));
    let own = selection.catalog;
    let both = Both {
        a: memo(move || {
            if has_baseline.get() {
                other.get().unwrap_or_default()
            } else {
                own.get()
            }
        }),
        b: own,
        ready: memo(move || {
            let opened = !has_baseline.get() || other.with(Option::is_some);
            opened && !comparison.baseline_loading.get()
        }),
    };
    let one = view.part(|v| v.compare.is_some());
    let embed = view.part(|v| v.embed);
    view! {
        <div class="page" data-testid="compare">
            <When on=memo(move || !embed.get())><Baseline view comparing /></When>
            <BaselineFailed />
            <When on=one fallback=move || view! { <MatrixPage both /> }>
                <PairPage both />
            </When>
        </div>
    }
}

fn baseline_catalog(comparison: Comparison, uid: Option<String>) -> Option<Catalog> {
    let uid = uid?;
    comparison.baseline.with(|last| {
        let (of, opened) = last.as_ref()?;
        let opened = (*of == uid).then_some(opened)?;
        opened.value().map(|opened| opened.catalog.clone())
    })
}

/// The metrics of a catalog that are worth comparing.
fn comparable(catalog: &Catalog) -> Vec<String> {
    let names = catalog.metrics.iter().map(|metric| metric.name.clone());
    names.filter(|name| !is_bookkeeping(name)).collect()
}

#[component]
fn Baseline(view: ViewState, comparing: Read<Comparing>) -> impl IntoView {
    let run = use_run();
    let search = move |name: String| {
        run.list(ListQuery {
            name,
            page: 1,
            ..ListQuery::default()
        });
    };
    search(String::new());
    let workloads = memo(move || {
        let open = run.uid.get();
        let all = run.list.with(|list| list.value().map(|l| l.data.clone()));
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
            <BaselinePicker
                baseline=memo(move || comparing.with(|c| c.baseline.clone()))
                workloads
                on_search=search
                on_change=change
            />
        </div>
    }
}

/// The baseline could not be had.
#[component]
fn BaselineFailed() -> impl IntoView {
    let (comparison, view) = (use_comparison(), use_view());
    let failed = memo(move || {
        let chosen = view.part(|v| v.comparing.baseline.clone()).get()?;
        comparison.baseline.with(|last| match last {
            Some((uid, Remote::Failed(error) | Remote::Stale(_, error))) if *uid == chosen => {
                Some((chosen, error.clone()))
            }
            _ => None,
        })
    });
    move || {
        let Some((uid, error)) = failed.get() else {
            return ().into_any();
        };
        let again = uid.clone();
        let retry = move |()| {
            let uid = Some(again.clone());
            comparison.ask(&ToCompare::Baseline { uid });
        };
        view! { <ErrorNotice doing=format!("Opening the baseline {uid}") error on_retry=retry /> }
            .into_any()
    }
}
