//! Every pair of the workload's sources, or of the workload and its baseline.

use leptos::prelude::*;
use parallax_api::error::ApiError;
use parallax_model::format::count;
use parallax_text::en;
use parallax_view::Pair;

use super::{Sides, comparable};
use crate::components::compare_form::CompareForm;
use crate::components::matrix_table::MatrixTable;
use crate::hooks::clock::use_interval;
use crate::protocol::compare::{Incomplete, MatrixSpec, MatrixState, ToCompare};
use crate::protocol::{MetricState, ToEngine};
use crate::state::comparison::{Comparison, use_comparison};
use crate::state::run::{Run, use_run};
use crate::state::view::use_view;
use crate::state::wanted::use_metrics;

/// What could not be loaded is tried again this often.
const RETRY_EVERY_MS: u32 = 10_000;

/// The matrix with its settings.
#[component]
pub fn MatrixPage(
    /// What exists on both sides.
    sides: Sides,
) -> impl IntoView {
    let (run, view, comparison) = (use_run(), use_view(), use_comparison());
    let comparing = view.part(|v| v.comparing.clone());
    let spec = Memo::new(move |_| {
        let comparing = comparing.get();
        let baseline = match comparing.baseline {
            Some(_) => sides.a.with(comparable),
            None => Vec::new(),
        };
        MatrixSpec {
            metrics: sides.b.with(comparable),
            baseline,
            comparing,
        }
    });
    load_metrics(run, comparison, spec);
    request_matrix(run, comparison, sides, spec);
    let state = Memo::new(move |_| {
        let (of, state) = comparison.matrix.get()?;
        (of == *spec.read()).then_some(state)
    });
    let state_name = move || match &*state.read() {
        Some(MatrixState::Done(_, None)) => "ready",
        Some(MatrixState::Done(_, Some(_))) => "incomplete",
        _ => "waiting",
    };
    let pick = move |pair: Pair| view.push(|v| v.compare = Some(pair));
    let is_embedded = view.part(|v| v.embed);
    view! {
        <div data-testid="matrix-page" data-state=state_name class="stack">
            <Show when=move || !is_embedded.get()>
                <CompareForm comparing short=true on_change=move |new| view.push(|v| v.comparing = new) />
            </Show>
            <Missing incomplete=Memo::new(move |_| match state.get() {
                Some(MatrixState::Done(_, incomplete)) => incomplete,
                _ => None,
            }) />
            {move || match state.get() {
                None => view! { <p class="hint" role="status">"Loading what is compared…"</p> }.into_any(),
                Some(MatrixState::Working(done, of)) => view! {
                    <p class="hint" role="status" data-testid="matrix-progress">
                        {format!("Comparing: step {} of {}", count(done), count(of))}
                    </p>
                }.into_any(),
                Some(MatrixState::Done(matrix, None)) if matrix.rows.is_empty() => view! { <NoPairs /> }.into_any(),
                Some(MatrixState::Done(matrix, _)) => {
                    let unpaired = unpaired(&spec.read(), &matrix.unpaired, run);
                    view! { <MatrixTable matrix names=baseline_names(&spec.read()) on_pick=pick /> {unpaired} }.into_any()
                }
            }}
        </div>
    }
}

/// Loads all metrics that are compared.
fn load_metrics(run: Run, comparison: Comparison, spec: Memo<MatrixSpec>) {
    use_metrics(move || spec.get().metrics);
    Effect::new(move || {
        run.starts.track();
        let spec = spec.get();
        if !spec.baseline.is_empty() {
            comparison.baseline_loading.set(true);
            comparison.send(&ToCompare::WantBaseline {
                metrics: spec.baseline,
            });
        }
    });
}

/// Requests the matrix once everything has loaded, and again whenever something grows.
fn request_matrix(run: Run, comparison: Comparison, sides: Sides, spec: Memo<MatrixSpec>) {
    let is_loaded = Memo::new(move |_| {
        let (spec, states) = (spec.read(), run.states.read());
        let is_loaded = |name: &String| {
            matches!(
                states.get(name),
                Some(MetricState::Ready | MetricState::Partial(_))
            )
        };
        !spec.metrics.is_empty() && sides.is_ready.get() && spec.metrics.iter().all(is_loaded)
    });
    Effect::new(move || {
        let spec = spec.get();
        run.grown.track();
        run.baseline_grown.track();
        if is_loaded.get() {
            comparison.send(&ToCompare::Matrix(spec));
        }
    });
}

/// What sentences call the two runs where there is a baseline.
fn baseline_names(spec: &MatrixSpec) -> Option<(String, String)> {
    let has_baseline = spec.comparing.baseline.is_some();
    has_baseline.then(|| (en::BASELINE.to_owned(), en::THIS_RUN.to_owned()))
}

/// Reports series without a partner in another source. Not with a baseline, where `unpaired` also
/// counts the series of the baseline.
fn unpaired(spec: &MatrixSpec, unpaired: &[usize], run: Run) -> Option<impl IntoView + use<>> {
    if unpaired.is_empty() || spec.comparing.baseline.is_some() {
        return None;
    }
    let series = run.opened.with(|opened| {
        let catalog = &opened.value()?.catalog;
        let sources = |name: &String| catalog.metric(name).map_or(0, |m| m.sources.len());
        Some(spec.metrics.iter().map(sources).sum::<usize>())
    })?;
    let text = en::no_partner(unpaired.len(), series);
    Some(view! { <p class="hint" data-testid="unpaired">{text}</p> })
}

/// Reports what the matrix lacks, and tries again until it is complete.
#[component]
fn Missing(incomplete: Memo<Option<Incomplete>>) -> impl IntoView {
    let run = use_run();
    let retry = move || run.send(ToEngine::Retry);
    let interval_ms = Memo::new(move |_| {
        let incomplete = incomplete.read();
        let error = incomplete.as_ref().map(|incomplete| &incomplete.error);
        let is_open = error.is_some_and(|error| !matches!(error, ApiError::Cancelled { .. }));
        is_open.then_some(RETRY_EVERY_MS)
    });
    use_interval(interval_ms, retry);
    move || {
        let Incomplete {
            pairs,
            metrics,
            error,
        } = incomplete.get()?;
        let text = format!(
            "{} pairs are missing, because rows of {} metrics could not be loaded.",
            count(pairs),
            count(metrics)
        );
        Some(view! {
            <div class="bar" data-tone="warn" role="status" data-testid="matrix-incomplete">
                <strong>{text}</strong>
                <span>{error.headline()} ". " {error.detail()} " It is tried again until they are here."</span>
                <button class="button" data-testid="retry-matrix" on:click=move |_| retry()>"Retry now"</button>
            </div>
        })
    }
}

#[component]
fn NoPairs() -> impl IntoView {
    view! {
        <div class="notice" data-testid="no-pair">
            <h2>"Nothing to compare"</h2>
            <p>"No metric of one source has a partner in another. Add a second source to the same folder (a log beside a W&B run file, say), or choose another workload as the baseline."</p>
        </div>
    }
}
