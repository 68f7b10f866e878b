//! Which metrics the page shows: the engine loads them and keeps them up to date.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;

use super::run::{Run, use_run};
use crate::protocol::ToEngine;

/// The metrics that each part of the page shows, by the number of the part.
#[derive(Clone, Copy, Default)]
pub struct Wanted {
    parts: RwSignal<BTreeMap<u32, Vec<String>>>,
    next_number: StoredValue<u32>,
}

impl Wanted {
    /// Sends the metrics of all parts to the engine, again when they change, and for each workload
    /// that is opened and each engine that is started.
    pub(super) fn send(self, run: Run) {
        let metrics = Memo::new(move |_| {
            let parts = self.parts.read();
            let metrics = parts.values().flatten().cloned();
            metrics.collect::<BTreeSet<String>>()
        });
        Effect::new(move || {
            run.starts.track();
            if run.uid.read().is_some() {
                let metrics = metrics.get().into_iter().collect();
                run.send(ToEngine::Want { metrics });
            }
        });
    }
}

/// Has the engine load metrics until the current owner is dropped.
pub fn use_metrics(metrics: impl Fn() -> Vec<String> + 'static) {
    let Wanted { parts, next_number } = use_run().wanted;
    let number = next_number.get_value();
    next_number.set_value(number + 1);
    Effect::new(move || {
        let metrics = metrics();
        parts.update(|parts| {
            parts.insert(number, metrics);
        });
    });
    on_cleanup(move || {
        parts.try_update(|parts| parts.remove(&number));
    });
}
