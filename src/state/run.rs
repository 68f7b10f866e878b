//! The open workload and the list it was picked from, as the engine reports them.

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_api::wire::{Workload, WorkloadList};
use parallax_model::sorted::Sorted;

use super::charts::Charts;
use super::engine::Engine;
use super::parts::{Parts, Told};
use super::remote::Remote;
use crate::hooks::clock::now_ms;
use crate::protocol::{
    FromEngine, ListQuery, MetricState, Opened, Part, Progress, ToEngine, encode, encode_both,
};
use crate::reactive::{Read, State, memo};

/// Everything that comes from the engine.
#[derive(Clone, Copy)]
pub struct Run {
    engine: StoredValue<Engine, LocalStorage>,
    /// The API's address.
    pub api: State<String>,
    /// The workload list.
    pub list: State<Remote<WorkloadList>>,
    /// The uid that `opened` is about.
    pub uid: State<Option<String>>,
    /// The open workload.
    pub opened: State<Remote<Opened>>,
    /// The running load.
    pub progress: State<Option<Progress>>,
    /// How the loading of each wanted metric stands.
    pub states: State<Sorted<String, MetricState>>,
    /// Timestamp of the newest point held, ms since the epoch.
    pub newest_ms: State<Option<i64>>,
    /// When the API last answered a poll well, ms since the epoch.
    pub checked_ms: State<Option<f64>>,
    /// How often each metric grew.
    pub grown: State<Sorted<String, u64>>,
    /// How often the workload that this one is held against grew.
    pub baseline_grown: State<u64>,
    /// Where the parts that are loaded later hear what the engine says about them.
    pub parts: Parts,
    /// Why there is no engine, where it could not start.
    pub broken: State<Option<String>>,
    /// What the charts draw.
    pub charts: Charts,
}

impl Run {
    /// Starts the engine and provides what it reports.
    pub fn provide(connect: ToEngine) -> Self {
        let inbox: StoredValue<Option<Self>> = StoredValue::new(None);
        let broken = State::new(None);
        let receive = move |message, rest: &[u8]| {
            if let Some(run) = inbox.get_value() {
                run.receive(message, rest);
            }
        };
        let engine = Engine::start(receive, move |why| broken.set(Some(why)));
        engine.send(encode(&connect));
        let run = Self {
            engine: StoredValue::new_local(engine),
            api: State::new("the configured API".into()),
            list: State::default(),
            uid: State::default(),
            opened: State::default(),
            progress: State::default(),
            states: State::default(),
            newest_ms: State::default(),
            checked_ms: State::default(),
            grown: State::default(),
            baseline_grown: State::default(),
            parts: Parts::new(),
            broken,
            charts: Charts::default(),
        };
        inbox.set_value(Some(run));
        provide_context(run);
        run
    }

    /// Sends a message to the engine.
    pub fn send(self, message: ToEngine) {
        self.post(encode(&message));
    }

    /// Sends what a part asks.
    pub fn ask<T: serde::Serialize>(self, part: Part, said: &T) {
        self.post(encode_both(&ToEngine::Part(part), said));
    }

    fn post(self, bytes: Vec<u8>) {
        self.engine.with_value(|engine| engine.send(bytes));
    }

    /// Lists workloads.
    pub fn list(self, query: ListQuery) {
        self.send(ToEngine::List(query));
    }

    /// Opens a workload, or closes the open one.
    pub fn open(self, uid: Option<String>) {
        if self.uid.peek() == uid {
            return;
        }
        self.uid.set(uid.clone());
        self.opened.set(Remote::Loading);
        self.states.set(Sorted::new());
        self.grown.set(Sorted::new());
        self.newest_ms.set(None);
        self.checked_ms.set(None);
        self.parts.tell_all(Told::Opened);
        if let Some(uid) = uid {
            self.send(ToEngine::Open { uid });
        }
    }

    /// Asks again for the open workload after a failure.
    pub fn reopen(self) {
        let uid = self.uid.peek();
        self.uid.set(None);
        self.open(uid);
    }

    /// The open workload's record.
    pub fn workload(self) -> Read<Option<Workload>> {
        memo(move || self.opened.with(|o| o.value().map(|o| o.workload.clone())))
    }

    /// What exists in the open workload.
    pub fn catalog(self) -> Read<Option<Catalog>> {
        memo(move || self.opened.with(|o| o.value().map(|o| o.catalog.clone())))
    }

    /// Why the newest data could not be had.
    pub fn error(self) -> Read<Option<ApiError>> {
        memo(move || self.opened.with(|o| o.error().cloned()))
    }

    fn receive(self, message: FromEngine, rest: &[u8]) {
        match message {
            FromEngine::Started => {}
            FromEngine::Connected { api } => self.api.set(api),
            FromEngine::Unconfigured(error) => {
                self.list.update(|list| list.take(Err(error.clone())));
                self.opened.update(|opened| opened.take(Err(error)));
            }
            FromEngine::Listed(answer) => self.list.update(|list| list.take(answer)),
            FromEngine::Opened { uid, result } => self.took(&uid, result),
            FromEngine::Polled(answer) => self.polled(answer),
            FromEngine::Progress(progress) => self.progress.set(progress),
            FromEngine::States(changed) => self.states.update(|states| states.extend(changed)),
            FromEngine::Grew { newest_ms, metrics } => {
                self.newest_ms.set(newest_ms);
                self.grown.update(|grown| {
                    for metric in metrics {
                        *grown.or_insert_with(metric, || 0) += 1;
                    }
                });
            }
            FromEngine::Chart { chart, reply } => {
                let next = self.charts.replied(chart, *reply);
                next.into_iter().for_each(|message| self.send(message));
            }
            FromEngine::Probed { chart, probes } => {
                let next = self.charts.probed(chart, probes);
                next.into_iter().for_each(|message| self.send(message));
            }
            FromEngine::Part(part) => self.parts.tell(part, Told::Said(rest)),
            FromEngine::PartMissing(part) => self.parts.missing.set(Some(part)),
        }
    }

    fn took(self, uid: &str, answer: Result<Opened, ApiError>) {
        if self.uid.peek_with(|open| open.as_deref() == Some(uid)) {
            if answer.is_ok() {
                self.checked_ms.set(Some(now_ms()));
            }
            self.opened.update(|opened| opened.take(answer));
        }
    }

    fn polled(self, answer: Result<Opened, ApiError>) {
        if answer.is_ok() {
            self.checked_ms.set(Some(now_ms()));
        }
        let same = self.opened.peek_with(
            |held| matches!((&answer, held), (Ok(new), Remote::Ready(old)) if new == old),
        );
        if !same {
            self.opened.update(|opened| opened.take(answer));
        }
    }
}

/// What the engine reports, provided by the shell. `None` outside of it.
pub fn use_run() -> Run {
    use_context::<Run>().unwrap_or_else(|| {
        Run::provide(ToEngine::Connect {
            page_url: crate::hooks::location::page_url(),
            api: None,
        })
    })
}
