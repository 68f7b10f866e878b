//! What the engine reports: the workload list, the open workload, loads.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_api::wire::{Workload, WorkloadList};
use serde::Serialize;

use super::charts::Charts;
use super::engine::{Engine, Failure};
use super::lazy::{LazyEvent, LazyStates};
use super::remote::Remote;
use super::wanted::Wanted;
use crate::hooks::clock::now_ms;
use crate::protocol::{
    FromEngine, ListQuery, MetricState, Opened, Part, Progress, ToEngine, encode, encode_both,
};

/// An engine that stops is started anew, but not more than so often within so many ms.
const MAX_RESTARTS: usize = 2;
const STOPS_WITHIN_MS: f64 = 60_000.0;

/// The link to the engine and what came from it.
#[derive(Clone, Copy)]
pub struct Run {
    engine: StoredValue<Engine, LocalStorage>,
    /// The API's address.
    pub api: RwSignal<String>,
    /// The workload list.
    pub list: RwSignal<Remote<WorkloadList>>,
    /// The uid of the open workload.
    pub uid: RwSignal<Option<String>>,
    /// The open workload.
    pub opened: RwSignal<Remote<Opened>>,
    /// The running load.
    pub progress: RwSignal<Option<Progress>>,
    /// The loading state of each requested metric.
    pub states: RwSignal<BTreeMap<String, MetricState>>,
    /// Timestamp of the newest row, ms since the epoch.
    pub newest_ms: RwSignal<Option<i64>>,
    /// When the API last answered without an error, ms since the epoch.
    pub checked_ms: RwSignal<Option<f64>>,
    /// How often each metric grew.
    pub grown: RwSignal<BTreeMap<String, u64>>,
    /// How often the baseline grew.
    pub baseline_grown: RwSignal<u64>,
    /// The states of lazy modules.
    pub lazy: LazyStates,
    /// Why the engine did not start or had to be started anew.
    pub engine_failure: RwSignal<Option<Failure>>,
    /// Whether there is an engine.
    pub is_running: RwSignal<bool>,
    /// How often the engine was started.
    pub starts: RwSignal<u32>,
    /// When it stopped, ms since the epoch.
    stops_ms: StoredValue<Vec<f64>>,
    connect: StoredValue<ToEngine>,
    /// The metrics that the page shows.
    pub wanted: Wanted,
    /// The requests of the charts.
    pub charts: Charts,
}

impl Run {
    /// Starts the engine and provides a context with what it reports.
    pub fn provide(connect: ToEngine) -> Self {
        let receiver = StoredValue::new(None::<Self>);
        let receive = move |message, rest: &[u8]| {
            if let Some(run) = receiver.get_value() {
                run.receive(message, rest);
            }
        };
        let failure = RwSignal::new(None);
        let is_running = RwSignal::new(true);
        let failed = move |why| {
            is_running.set(false);
            failure.set(Some(why));
            if let Some(run) = receiver.get_value() {
                run.recover();
            }
        };
        let engine = Engine::start(receive, failed);
        engine.send(encode(&connect));
        let run = Self {
            engine: StoredValue::new_local(engine),
            api: RwSignal::new("the configured API".into()),
            list: RwSignal::default(),
            uid: RwSignal::default(),
            opened: RwSignal::default(),
            progress: RwSignal::default(),
            states: RwSignal::default(),
            newest_ms: RwSignal::default(),
            checked_ms: RwSignal::default(),
            grown: RwSignal::default(),
            baseline_grown: RwSignal::default(),
            lazy: LazyStates::new(),
            engine_failure: failure,
            is_running,
            starts: RwSignal::new(1),
            stops_ms: StoredValue::default(),
            connect: StoredValue::new(connect),
            wanted: Wanted::default(),
            charts: Charts::default(),
        };
        receiver.set_value(Some(run));
        provide_context(run);
        run.wanted.send(run);
        run
    }

    /// Starts an engine in place of one that stopped, unless it does so again and again.
    fn recover(self) {
        let now_ms = now_ms();
        self.stops_ms.update_value(|stops| {
            stops.retain(|ms| now_ms - ms < STOPS_WITHIN_MS);
            stops.push(now_ms);
        });
        let has_stopped = matches!(
            &*self.engine_failure.read_untracked(),
            Some(Failure::Stopped(_))
        );
        if has_stopped && self.stops_ms.with_value(Vec::len) <= MAX_RESTARTS {
            self.restart_engine();
        }
    }

    /// Starts an engine in place of one that failed, and has it load what is shown. What the page
    /// shows stays until then.
    pub fn restart_engine(self) {
        self.is_running.set(true);
        self.engine.with_value(Engine::start_worker);
        self.post(self.connect.with_value(encode));
        self.states.set(BTreeMap::new());
        self.progress.set(None);
        self.charts.reset();
        if let Some(uid) = self.uid.get_untracked() {
            self.send(ToEngine::Open { uid });
        }
        self.starts.update(|starts| *starts += 1);
    }

    /// Sends a message to the engine.
    pub fn send(self, message: ToEngine) {
        self.post(encode(&message));
    }

    /// Sends a message to a lazy module of the engine.
    pub fn send_lazy<T: Serialize>(self, module: Part, message: &T) {
        self.post(encode_both(&ToEngine::Part(module), message));
    }

    fn post(self, bytes: Vec<u8>) {
        self.engine.with_value(|engine| engine.send(bytes));
    }

    /// Requests a page of the workload list.
    pub fn list(self, query: ListQuery) {
        self.send(ToEngine::List(query));
    }

    /// Opens a workload, or closes the open one.
    pub fn open(self, uid: Option<String>) {
        if self.uid.with_untracked(|open| *open == uid) {
            return;
        }
        self.uid.set(uid.clone());
        self.opened.set(Remote::Loading);
        self.states.set(BTreeMap::new());
        self.grown.set(BTreeMap::new());
        self.newest_ms.set(None);
        self.checked_ms.set(None);
        self.lazy.notify(None, LazyEvent::Opened);
        if let Some(uid) = uid {
            self.send(ToEngine::Open { uid });
        }
    }

    /// Opens the workload again after a failure.
    pub fn reopen(self) {
        let uid = self.uid.get_untracked();
        self.uid.set(None);
        self.open(uid);
    }

    /// The open workload's record.
    pub fn workload(self) -> Memo<Option<Workload>> {
        Memo::new(move |_| self.opened.with(|o| o.value().map(|o| o.workload.clone())))
    }

    /// What exists in the open workload.
    pub fn catalog(self) -> Memo<Option<Catalog>> {
        Memo::new(move |_| self.opened.with(|o| o.value().map(|o| o.catalog.clone())))
    }

    /// A number that changes when one of `metrics` or the baseline grows. Tracked.
    pub fn growth_of(self, metrics: &[String]) -> u64 {
        let of_run = self.grown.with(|grown| {
            let counts = metrics.iter().filter_map(|metric| grown.get(metric));
            counts.sum::<u64>()
        });
        of_run + self.baseline_grown.get()
    }

    fn receive(self, message: FromEngine, rest: &[u8]) {
        match message {
            FromEngine::Started => {}
            FromEngine::Connected { api } => self.api.set(api),
            FromEngine::Unconfigured(error) => {
                self.list.update(|list| list.apply(Err(error.clone())));
                self.opened.update(|opened| opened.apply(Err(error)));
            }
            FromEngine::Listed(answer) => self.list.update(|list| list.apply(answer)),
            FromEngine::Opened { uid, result } => {
                if self.uid.with_untracked(|open| *open == Some(uid)) {
                    self.update_opened(result);
                }
            }
            FromEngine::Polled(answer) => self.update_opened(answer),
            FromEngine::Progress(progress) => self.progress.set(progress),
            FromEngine::States(changed) => self.states.update(|states| states.extend(changed)),
            FromEngine::Grew { newest_ms, metrics } => {
                self.newest_ms.set(newest_ms);
                self.grown.update(|grown| {
                    for metric in metrics {
                        *grown.entry(metric).or_default() += 1;
                    }
                });
            }
            FromEngine::Chart { chart, reply } => {
                for message in self.charts.receive_chart(chart, *reply) {
                    self.send(message);
                }
            }
            FromEngine::Probed { chart, probes } => {
                if let Some(message) = self.charts.receive_probes(chart, probes) {
                    self.send(message);
                }
            }
            FromEngine::Part(module) => self.lazy.notify(Some(module), LazyEvent::Message(rest)),
            FromEngine::PartMissing(module) => self.lazy.failed.set(Some(module)),
        }
    }

    fn update_opened(self, answer: Result<Opened, ApiError>) {
        if answer.is_ok() {
            self.checked_ms.set(Some(now_ms()));
        }
        let is_same = self.opened.with_untracked(
            |opened| matches!((&answer, opened), (Ok(new), Remote::Ready(old)) if new == old),
        );
        if !is_same {
            self.opened.update(|opened| opened.apply(answer));
        }
    }
}

/// What the engine reports, as the app provides it; outside of the app from an engine of its own.
pub fn use_run() -> Run {
    use_context::<Run>().unwrap_or_else(|| {
        Run::provide(ToEngine::Connect {
            page_url: crate::hooks::location::page_url(),
            api: None,
        })
    })
}
