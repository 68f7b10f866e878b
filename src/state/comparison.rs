//! What the engine reports of comparisons: the pair, the matrix, the baseline.

use leptos::prelude::provide_context;

use super::remote::Remote;
use crate::protocol::{FromEngine, MatrixSpec, MatrixState, Opened, PairReport, PairSpec};
use crate::reactive::State;

/// See the module.
#[derive(Clone, Copy, Default)]
pub struct Comparison {
    /// The last pair and what is said of it; `None` inside: one side holds no points.
    pub pair: State<Option<(PairSpec, Option<PairReport>)>>,
    /// The last matrix, or how far it is.
    pub matrix: State<Option<(MatrixSpec, MatrixState)>>,
    /// The baseline's uid and what exists in it.
    pub baseline: State<Option<(String, Remote<Opened>)>>,
    /// True while metrics of the baseline load.
    pub baseline_loading: State<bool>,
    /// How often the baseline grew.
    pub baseline_grown: State<u64>,
    /// The last export (whether it is JSON, and its text), until it is saved.
    pub exported: State<Option<(bool, String)>>,
}

impl Comparison {
    /// Makes it.
    pub fn provide() -> Self {
        let comparison = Self::default();
        provide_context(comparison);
        comparison
    }

    /// Forgets everything but the baseline, which stays open over another workload.
    pub fn clear(self) {
        self.pair.set(None);
        self.matrix.set(None);
    }

    /// Takes a message of the engine; gives it back if it is about something else.
    pub fn receive(self, message: FromEngine) -> Option<FromEngine> {
        match message {
            FromEngine::Compared { spec, report } => {
                self.pair.set(Some((spec, report.map(|report| *report))));
            }
            FromEngine::Matrix { spec, state } => self.matrix.set(Some((spec, *state))),
            FromEngine::BaselineOpened { uid, result } => {
                let mut baseline = Remote::Loading;
                baseline.take(result);
                self.baseline.set(Some((uid, baseline)));
            }
            FromEngine::BaselineGrew { loading, error } => {
                self.baseline_loading.set(loading);
                if let Some(error) = error {
                    self.baseline.update(|baseline| {
                        if let Some((_, opened)) = baseline {
                            opened.take(Err(error));
                        }
                    });
                }
                self.baseline_grown.update(|n| *n += 1);
            }
            FromEngine::Exported { json, text } => self.exported.set(Some((json, text))),
            other => return Some(other),
        }
        None
    }
}
