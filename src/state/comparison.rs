//! What the engine reports about comparisons: the pair, the matrix, the baseline.

use leptos::prelude::*;
use parallax_compare::PairReport;

use super::lazy::LazyEvent;
use super::remote::Remote;
use super::run::{Run, use_run};
use crate::hooks::download::Download;
use crate::protocol::compare::{FromCompare, MatrixSpec, MatrixState, ToCompare};
use crate::protocol::{Opened, PairSpec, Part, decode};

/// The state of the compare page.
#[derive(Clone, Copy)]
pub struct Comparison {
    run: Run,
    /// The last compared pair and its report; `None` inside if one side has no points.
    pub pair: RwSignal<Option<(PairSpec, Option<PairReport>)>>,
    /// The last matrix, or its progress.
    pub matrix: RwSignal<Option<(MatrixSpec, MatrixState)>>,
    /// The baseline's uid and what exists in it.
    pub baseline: RwSignal<Option<(String, Remote<Opened>)>>,
    /// True while metrics of the baseline load.
    pub baseline_loading: RwSignal<bool>,
    /// Whether the browser refused to save the last export.
    pub export_failed: RwSignal<bool>,
}

impl Comparison {
    fn new() -> Self {
        Self {
            run: use_run(),
            pair: RwSignal::default(),
            matrix: RwSignal::default(),
            baseline: RwSignal::default(),
            baseline_loading: RwSignal::default(),
            export_failed: RwSignal::default(),
        }
    }

    /// Sends a message to the engine.
    pub fn send(self, message: &ToCompare) {
        self.run.send_lazy(Part::Compare, message);
    }

    fn on_event(self, event: LazyEvent<'_>) {
        match event {
            // The baseline stays open over another workload.
            LazyEvent::Opened => {
                self.pair.set(None);
                self.matrix.set(None);
            }
            LazyEvent::Message(bytes) => {
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
                baseline.apply(result);
                self.baseline.set(Some((uid, baseline)));
            }
            FromCompare::BaselineGrew { loading, error } => {
                self.baseline_loading.set(loading);
                if let Some(error) = error {
                    self.baseline.update(|baseline| {
                        if let Some((_, opened)) = baseline {
                            opened.apply(Err(error));
                        }
                    });
                }
                self.run.baseline_grown.update(|n| *n += 1);
            }
            FromCompare::Exported { json, text } => self.save(json, &text),
        }
    }

    fn save(self, json: bool, text: &str) {
        let (extension, media_type) = if json {
            ("json", "application/json")
        } else {
            ("csv", "text/csv")
        };
        let uid = self.run.uid.get_untracked().unwrap_or_default();
        let download = Download::default();
        download.push(text.as_bytes());
        let saved = download.save(&format!("{uid}-compare.{extension}"), media_type);
        self.export_failed.set(saved.is_err());
    }
}

/// The state of the compare page, made when it is first used.
pub fn use_comparison() -> Comparison {
    use_context::<Comparison>().unwrap_or_else(|| {
        let states = use_run().lazy;
        states.register(Part::Compare, Comparison::new, Comparison::on_event)
    })
}
