//! The matrix, step by step: between two steps the worker answers what else it is asked.

use std::collections::BTreeSet;
use std::rc::Rc;

use js_sys::{Function, Promise};
use parallax_api::error::ApiError;
use parallax_compare::matrix::{Matrix, MatrixBuilder, NamedSeries};
use parallax_model::source::Source;
use wasm_bindgen_futures::JsFuture;

use super::compare::say;
use super::pair::SideRows;
use super::session::Session;
use super::work::{Worker, scope};
use crate::protocol::compare::{FromCompare, Incomplete, MatrixSpec, MatrixState};

/// The longest that the worker is deaf.
const TURN_MS: f64 = 25.0;

/// A series that is compared.
struct Compared {
    metric: String,
    /// Who recorded it.
    source: String,
    rows: SideRows,
    /// Not all its rows could be loaded.
    is_incomplete: bool,
}

/// Compares all pairs and posts how far it is, unless another matrix is asked for meanwhile.
pub(super) async fn run(worker: Rc<Worker>, spec: MatrixSpec) {
    let turn = worker.next_matrix();
    let (all, of_baseline) = collect(&worker.session.borrow(), &spec);
    let named: Vec<NamedSeries<'_>> = all.iter().map(named).collect();
    let options = spec.comparing.options();
    let mut builder = match &spec.comparing.baseline {
        None => MatrixBuilder::new(&named, options),
        Some(_) => {
            let kind = |index: usize| all.get(index).map_or("", |one| one.source.as_str());
            MatrixBuilder::between(&named, of_baseline, kind, options)
        }
    };
    let tell = |state: MatrixState| {
        let (spec, state) = (spec.clone(), Box::new(state));
        say(&FromCompare::Matrix { spec, state });
    };
    let mut awake_ms = js_sys::Date::now();
    while let Some(progress) = builder.step() {
        if js_sys::Date::now() - awake_ms > TURN_MS {
            tell(MatrixState::Working(
                progress.done as u64,
                progress.of as u64,
            ));
            pause().await;
            if worker.matrix_turn() != turn {
                return;
            }
            awake_ms = js_sys::Date::now();
        }
    }
    let matrix = builder.finish();
    let error = load_error(&worker.session.borrow(), &spec);
    let (matrix, incomplete) = without_incomplete(matrix, &all, error);
    tell(MatrixState::Done(matrix, incomplete));
}

/// The series to compare, the baseline's first, and how many those are.
fn collect(session: &Session, spec: &MatrixSpec) -> (Vec<Compared>, usize) {
    let of = |session: &Session, metrics: &[String]| -> Vec<Compared> {
        let series = metrics
            .iter()
            .flat_map(|metric| session.store.keys_of(metric))
            .filter_map(|key| {
                let is_incomplete = session.store.load_error(&key.metric).is_some();
                let rows = match session.series(&key) {
                    Some(series) => SideRows::all(series),
                    None if is_incomplete => SideRows::default(),
                    None => return None,
                };
                Some(Compared {
                    metric: key.metric,
                    source: key.source.0,
                    rows,
                    is_incomplete,
                })
            });
        let mut all: Vec<Compared> = series.collect();
        // A is the earlier source: the log, then wandb, then the others.
        all.sort_by_key(|one| {
            let source = Source::from(one.source.as_str());
            (source.rank(), one.source.clone())
        });
        all
    };
    let Some(_) = &spec.comparing.baseline else {
        return (of(session, &spec.metrics), 0);
    };
    let baseline = session.baseline.as_deref();
    let mut all = baseline.map_or_else(Vec::new, |baseline| of(baseline, &spec.baseline));
    let count = all.len();
    all.extend(of(session, &spec.metrics));
    (all, count)
}

fn named(one: &Compared) -> NamedSeries<'_> {
    NamedSeries {
        metric: &one.metric,
        source: &one.source,
        side: one.rows.side(),
    }
}

/// Why rows of the metrics that are compared could not be loaded, if that is so.
fn load_error(session: &Session, spec: &MatrixSpec) -> Option<ApiError> {
    let baseline = session.baseline.iter().flat_map(|baseline| {
        let metrics = spec.baseline.iter();
        metrics.filter_map(|metric| baseline.store.load_error(metric))
    });
    let metrics = spec.metrics.iter();
    let run = metrics.filter_map(|metric| session.store.load_error(metric));
    run.chain(baseline).next().cloned()
}

/// Removes what can't be said of series whose rows are not all there.
fn without_incomplete(
    mut matrix: Matrix,
    all: &[Compared],
    error: Option<ApiError>,
) -> (Matrix, Option<Incomplete>) {
    let Some(error) = error else {
        return (matrix, None);
    };
    let is_complete = |index: usize| all.get(index).is_none_or(|one| !one.is_incomplete);
    let pairs = matrix.rows.len();
    matrix.rows.retain(|row| {
        let (a, b) = row.pairing.index;
        is_complete(a) && is_complete(b)
    });
    matrix.unpaired.retain(|&index| is_complete(index));
    let missing = all.iter().filter(|one| one.is_incomplete);
    let metrics: BTreeSet<&str> = missing.map(|one| one.metric.as_str()).collect();
    let incomplete = Incomplete {
        pairs: (pairs - matrix.rows.len()) as u64,
        metrics: metrics.len() as u64,
        error,
    };
    (matrix, Some(incomplete))
}

/// Lets messages and answers of the network in.
async fn pause() {
    let mut soon = |resolve: Function, _: Function| {
        // Refused only for a callback that is no function.
        let _ = scope().set_timeout_with_callback(&resolve);
    };
    let promise = Promise::new(&mut soon);
    // It is never rejected.
    let _ = JsFuture::from(promise).await;
}
