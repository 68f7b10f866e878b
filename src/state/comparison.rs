//! What the engine reports of comparisons: the pair, the matrix, the baseline.

use leptos::prelude::use_context;
use parallax_compare::PairReport;

use super::parts::Told;
use super::remote::Remote;
use super::run::{Run, use_run};
use crate::protocol::compare::{FromCompare, MatrixSpec, MatrixState, ToCompare};
use crate::protocol::{Opened, PairSpec, Part, decode};
use crate::reactive::State;

/// See the module.
#[derive(Clone, Copy)]
pub struct Comparison {
    run: Run,
    /// The last pair and what is said of it; `None` inside: one side holds no points.
    pub pair: State<Option<(PairSpec, Option<PairReport>)>>,
    /// The last matrix, or how far it is.
    pub matrix: State<Option<(MatrixSpec, MatrixState)>>,
    /// The baseline's uid and what exists in it.
    pub baseline: State<Option<(String, Remote<Opened>)>>,
    /// True while metrics of the baseline load.
    pub baseline_loading: State<bool>,
    /// The last export (whether it is JSON, and its text), until it is saved.
    pub exported: State<Option<(bool, String)>>,
}

impl Comparison {
    fn new() -> Self {
        Self {
            run: use_run(),
            pair: State::default(),
            matrix: State::default(),
            baseline: State::default(),
            baseline_loading: State::default(),
            exported: State::default(),
        }
    }

    /// Asks the engine.
    pub fn ask(self, message: &ToCompare) {
        self.run.ask(Part::Compare, message);
    }

    fn listen(self, told: Told<'_>) {
        match told {
            // The baseline stays open over another workload.
            Told::Opened => {
                self.pair.set(None);
                self.matrix.set(None);
            }
            Told::Said(bytes) => {
                if let Some(message) = decode(bytes) {
                    self.receive(message);
                }
            }
        }
    }

    fn receive(self, message: FromCompare) {
        match message {
            FromCompare::Compared { spec, report } => {
                self.pair.set(Some((spec, report.map(|report| *report))));
            }
            FromCompare::Matrix { spec, state } => self.matrix.set(Some((spec, *state))),
            FromCompare::BaselineOpened { uid, result } => {
                let mut baseline = Remote::Loading;
                baseline.take(result);
                self.baseline.set(Some((uid, baseline)));
            }
            FromCompare::BaselineGrew { loading, error } => {
                self.baseline_loading.set(loading);
                if let Some(error) = error {
                    self.baseline.update(|baseline| {
                        if let Some((_, opened)) = baseline {
                            opened.take(Err(error));
                        }
                    });
                }
                self.run.baseline_grown.update(|n| *n += 1);
            }
            FromCompare::Exported { json, text } => self.exported.set(Some((json, text))),
        }
    }
}

/// What is reported of comparisons, from the first time that it is looked at.
pub fn use_comparison() -> Comparison {
    use_context::<Comparison>().unwrap_or_else(|| {
        let parts = use_run().parts;
        parts.join(Part::Compare, Comparison::new, Comparison::listen)
    })
}
