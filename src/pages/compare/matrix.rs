//! Every pair of the workload's sources, or of the workload and its baseline.

use leptos::prelude::*;
use parallax_model::format::count;
use parallax_model::sorted::Sorted;
use parallax_text::en;
use parallax_view::Pair;

use super::{Both, comparable};
use crate::components::compare_form::CompareForm;
use crate::components::flow::When;
use crate::components::matrix_table::MatrixTable;
use crate::protocol::compare::{MatrixSpec, MatrixState, ToCompare};
use crate::protocol::{MetricState, ToEngine};
use crate::reactive::{Read, effect, memo};
use crate::state::comparison::{Comparison, use_comparison};
use crate::state::run::{Run, use_run};
use crate::state::view::use_view;

/// The matrix with its controls.
#[component]
pub fn MatrixPage(
    /// What exists on both sides.
    both: Both,
) -> impl IntoView {
    let (run, view, comparison) = (use_run(), use_view(), use_comparison());
    let comparing = view.part(|v| v.comparing.clone());
    let spec = memo(move || {
        let comparing = comparing.get();
        let baseline = match comparing.baseline {
            Some(_) => both.a.with(comparable),
            None => Vec::new(),
        };
        MatrixSpec {
            metrics: both.b.with(comparable),
            baseline,
            comparing,
        }
    });
    load(run, comparison, spec);
    ask(run, comparison, both, spec);
    let state = memo(move || {
        comparison.matrix.with(|last| {
            let (of, state) = last.as_ref()?;
            spec.with(|spec| of == spec).then(|| state.clone())
        })
    });
    let name = move || match state.get() {
        Some(MatrixState::Done(_)) => "ready",
        _ => "waiting",
    };
    let pick = move |pair: Pair| view.push(|v| v.compare = Some(pair));
    let embed = view.part(|v| v.embed);
    view! {
        <div data-testid="matrix-page" data-state=name class="stack">
            <When on=memo(move || !embed.get())>
                <CompareForm comparing short=true on_change=move |new| view.push(|v| v.comparing = new) />
            </When>
            {move || match state.get() {
                None => view! { <p class="hint" role="status">"Loading what is compared…"</p> }.into_any(),
                Some(MatrixState::Working(done, of)) => view! {
                    <p class="hint" role="status" data-testid="matrix-progress">
                        {format!("Comparing: step {} of {}", count(done), count(of))}
                    </p>
                }.into_any(),
                Some(MatrixState::Done(matrix)) if matrix.rows.is_empty() => view! { <Nothing /> }.into_any(),
                Some(MatrixState::Done(matrix)) => {
                    let alone = alone(&spec.get(), &matrix.unpaired, run);
                    let names = baseline_names(&spec.get());
                    view! { <MatrixTable matrix names on_pick=pick /> {alone} }.into_any()
                }
            }}
        </div>
    }
}

/// Loads all metrics that are compared.
fn load(run: Run, comparison: Comparison, spec: Read<MatrixSpec>) {
    effect(move || {
        let spec = spec.get();
        if !spec.baseline.is_empty() {
            comparison.baseline_loading.set(true);
            comparison.ask(&ToCompare::WantBaseline {
                metrics: spec.baseline,
            });
        }
        if !spec.metrics.is_empty() {
            run.send(ToEngine::Want {
                metrics: spec.metrics,
            });
        }
    });
}

/// Asks for the matrix when everything is there, and again when something grew.
fn ask(run: Run, comparison: Comparison, both: Both, spec: Read<MatrixSpec>) {
    let loaded = memo(move || {
        let is_loaded = |state: Option<&MetricState>| {
            matches!(state, Some(MetricState::Ready | MetricState::Partial(_)))
        };
        let names = spec.with(|spec| spec.metrics.clone());
        let all = |states: &Sorted<String, MetricState>| {
            names.iter().all(|name| is_loaded(states.get(name)))
        };
        !names.is_empty() && both.ready.get() && run.states.with(all)
    });
    effect(move || {
        let spec = spec.get();
        run.grown.track();
        run.baseline_grown.track();
        if loaded.get() {
            comparison.ask(&ToCompare::Matrix(spec));
        }
    });
}

/// What sentences call the two runs where there is a baseline.
fn baseline_names(spec: &MatrixSpec) -> Option<(String, String)> {
    let has_baseline = spec.comparing.baseline.is_some();
    has_baseline.then(|| (en::BASELINE.to_owned(), en::THIS_RUN.to_owned()))
}

/// Metrics that no other source has, as a sentence. With a baseline the positions count its
/// metrics first.
fn alone(spec: &MatrixSpec, unpaired: &[usize], run: Run) -> Option<AnyView> {
    let series = run.opened.with(|opened| {
        let catalog = &opened.value()?.catalog;
        let of = |name: &String| catalog.metric(name).map_or(0, |m| m.sources.len());
        Some(spec.metrics.iter().map(of).sum::<usize>())
    })?;
    if unpaired.is_empty() || spec.comparing.baseline.is_some() {
        return None;
    }
    let text = en::no_partner(unpaired.len(), series);
    Some(view! { <p class="hint" data-testid="unpaired">{text}</p> }.into_any())
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="notice" data-testid="no-pair">
            <h2>"Nothing to compare"</h2>
            <p>"No metric of one source has a partner in another. A second source (a log beside a W&B run file, say) in the same folder can be compared with it; or choose another workload as the baseline."</p>
        </div>
    }
}
