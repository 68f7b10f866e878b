//! The matrix, step by step: between two steps the worker answers what else it is asked.

use std::rc::Rc;

use js_sys::{Function, Promise};
use parallax_compare::matrix::{MatrixBuilder, NamedSeries};
use parallax_model::source::Source;
use wasm_bindgen_futures::JsFuture;

use super::compare::say;
use super::pair::SideRows;
use super::session::Session;
use super::work::{Worker, scope};
use crate::protocol::compare::{FromCompare, MatrixSpec, MatrixState};

/// The longest that the worker is deaf.
const TURN_MS: f64 = 25.0;

/// A series that is compared.
struct Compared {
    metric: String,
    /// Who recorded it.
    source: String,
    rows: SideRows,
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
    tell(MatrixState::Done(builder.finish()));
}

/// The series to compare, the baseline's first, and how many those are.
fn collect(session: &Session, spec: &MatrixSpec) -> (Vec<Compared>, usize) {
    let of = |session: &Session, metrics: &[String]| -> Vec<Compared> {
        let series = metrics
            .iter()
            .flat_map(|metric| session.store.keys_of(metric))
            .filter_map(|key| Some((key.clone(), session.series(&key)?)))
            .map(|(key, series)| Compared {
                metric: key.metric.clone(),
                source: key.source.0.clone(),
                rows: SideRows::all(series),
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
