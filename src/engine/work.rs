//! The worker's loop: messages in, requests to the API, messages out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use parallax_api::error::ApiError;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::sorted::Sorted;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, DedicatedWorkerGlobalScope, MessageEvent};

use super::later;
use super::requests::{Step, describe, list, load};
use super::session::{Answer, Delta, Session};
use crate::api::{Api, DataQuery};
use crate::protocol::{
    ChartSpec, FromEngine, Opened, Part, Progress, ToEngine, decode_first, encode, encode_both,
};

/// Starts to listen. The page waits for [`FromEngine::Started`] before it sends anything.
pub fn start() {
    let worker = Rc::new(Worker::default());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(bytes) = event.data().dyn_into::<Uint8Array>() else {
            return;
        };
        worker.clone().receive(bytes.to_vec());
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // listens as long as the worker lives
    post(&FromEngine::Started);
}

pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

pub(super) fn post(message: &FromEngine) {
    post_bytes(&encode(message));
}

/// Posts what is said about a part.
pub(super) fn post_both<T: serde::Serialize>(message: &FromEngine, said: &T) {
    post_bytes(&encode_both(message, said));
}

fn post_bytes(bytes: &[u8]) {
    let bytes = Uint8Array::from(bytes);
    let transfer = Array::of1(&bytes.buffer());
    // Posting plain bytes can't fail while the worker runs.
    let _ = scope().post_message_with_transfer(&bytes, &transfer);
}

/// A load under way.
struct Load {
    abort: AbortController,
    progress: Progress,
}

/// The worker: what it holds and what is under way.
#[derive(Default)]
pub(super) struct Worker {
    api: RefCell<Option<Api>>,
    /// The page's address and the view's own API path.
    page: RefCell<(String, Option<String>)>,
    is_connecting: Cell<bool>,
    /// What came before the API's address was known.
    early: RefCell<Vec<Vec<u8>>>,
    pub(super) session: RefCell<Session>,
    /// Grows with each opened workload: answers for the one before are dropped.
    epoch: RefCell<u64>,
    loads: RefCell<Sorted<u32, Load>>,
    next_load: RefCell<u32>,
    polling: RefCell<bool>,
    /// Metrics that grew since the page was told.
    grown: RefCell<Sorted<String, ()>>,
    /// Grows with each opened baseline, and with each matrix asked for: what is under way for the
    /// one before is dropped.
    baselines: Cell<u64>,
    matrices: Cell<u64>,
}

impl Worker {
    fn receive(self: Rc<Self>, bytes: Vec<u8>) {
        let Some((message, rest)) = decode_first(&bytes) else {
            return;
        };
        if let ToEngine::Connect { page_url, api } = message {
            self.page.replace((page_url, api));
            return self.connect();
        }
        let Some(api) = self.api.borrow().clone() else {
            self.early.borrow_mut().push(bytes);
            return self.connect();
        };
        match message {
            ToEngine::Connect { .. } => {}
            ToEngine::List(query) => spawn_local(async move {
                post(&FromEngine::Listed(list(&api, &query).await));
            }),
            ToEngine::Open { uid } => self.open(api, uid),
            ToEngine::Want { metrics } => {
                let new = self.session.borrow_mut().want(metrics);
                self.load(api, new);
            }
            ToEngine::Retry => {
                let again = self.session.borrow_mut().retry();
                self.load(api, again);
            }
            ToEngine::Cancel => self.abort_all(),
            ToEngine::Poll => self.poll(api),
            ToEngine::Chart { chart, spec } => self.draw(chart, spec),
            ToEngine::Probe {
                chart,
                x_domain,
                spec,
            } => {
                let probes = self.session.borrow().probes(&spec, x_domain);
                post(&FromEngine::Probed { chart, probes });
            }
            ToEngine::Part(part) => {
                let said = rest.to_vec();
                spawn_local(async move {
                    match later::receiver(part).await {
                        Ok(receive) => receive(self, api, &said),
                        Err(_) => post(&FromEngine::PartMissing(part)),
                    }
                });
            }
        }
    }

    /// Answers what a chart draws; that of a pair once the code for it is there.
    fn draw(self: Rc<Self>, chart: u32, spec: ChartSpec) {
        if spec.pair.is_none() || self.session.borrow().draw_pair.is_some() {
            let reply = Box::new(self.session.borrow().chart(spec));
            return post(&FromEngine::Chart { chart, reply });
        }
        spawn_local(async move {
            match later::pairs().await {
                Ok(learn) => learn(&mut self.session.borrow_mut()),
                Err(_) => post(&FromEngine::PartMissing(Part::Compare)),
            }
            let reply = Box::new(self.session.borrow().chart(spec));
            post(&FromEngine::Chart { chart, reply });
        });
    }

    /// Finds the API, then answers what came before. Where `config.json` is at fault that is
    /// dropped: whatever is asked next looks for the API again.
    fn connect(self: Rc<Self>) {
        if self.is_connecting.replace(true) {
            return;
        }
        spawn_local(async move {
            let (page_url, chosen) = self.page.borrow().clone();
            let found = Api::find(&page_url, chosen.as_deref()).await;
            self.is_connecting.set(false);
            let early = self.early.take();
            match found {
                Ok(api) => {
                    post(&FromEngine::Connected {
                        api: api.base().to_owned(),
                    });
                    self.api.replace(Some(api));
                    early
                        .into_iter()
                        .for_each(|bytes| self.clone().receive(bytes));
                }
                Err(error) => post(&FromEngine::Unconfigured(error)),
            }
        });
    }

    pub(super) fn next_baseline(&self) -> u64 {
        self.baselines.set(self.baselines.get() + 1);
        self.baselines.get()
    }

    pub(super) fn baseline_turn(&self) -> u64 {
        self.baselines.get()
    }

    pub(super) fn next_matrix(&self) -> u64 {
        self.matrices.set(self.matrices.get() + 1);
        self.matrices.get()
    }

    pub(super) fn matrix_turn(&self) -> u64 {
        self.matrices.get()
    }

    fn open(self: Rc<Self>, api: Api, uid: String) {
        self.abort_all();
        self.next_matrix();
        self.grown.take();
        *self.epoch.borrow_mut() += 1;
        let epoch = *self.epoch.borrow();
        let session = self.session.take().succeed(uid.clone());
        self.session.replace(session);
        spawn_local(async move {
            let result = describe(&api, &uid).await;
            if *self.epoch.borrow() != epoch {
                return;
            }
            if let Ok(opened) = &result {
                self.session
                    .borrow_mut()
                    .set_catalog(opened.catalog.clone());
            }
            post(&FromEngine::Opened { uid, result });
        });
    }

    fn load(self: Rc<Self>, api: Api, names: Vec<String>) {
        // A name with a comma can't be asked for: its rows are picked out of everything.
        let (odd, plain): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|name| name.contains(','));
        if !plain.is_empty() {
            let query = DataQuery {
                metrics: Some(plain.clone()),
                ..DataQuery::default()
            };
            self.clone().start_load(api.clone(), query, plain);
        }
        if !odd.is_empty() {
            self.start_load(api, DataQuery::default(), odd);
        }
    }

    fn start_load(self: Rc<Self>, api: Api, query: DataQuery, names: Vec<String>) {
        let Ok(abort) = AbortController::new() else {
            return;
        };
        let signal = abort.signal();
        let number = *self.next_load.borrow();
        *self.next_load.borrow_mut() += 1;
        self.loads.borrow_mut().insert(
            number,
            Load {
                abort,
                progress: Progress::default(),
            },
        );
        let (epoch, uid) = (*self.epoch.borrow(), self.session.borrow().uid.clone());
        let loading = names
            .iter()
            .map(|name| (name.clone(), crate::protocol::MetricState::Loading));
        post(&FromEngine::States(loading.collect()));
        self.report_progress();
        spawn_local(async move {
            let mut answer = Answer::default();
            let outcome = load(&api, &uid, &query, &signal, |step| {
                if *self.epoch.borrow() != epoch {
                    return;
                }
                match step {
                    Step::Rows(key, rows) => self.keep(&mut answer, key, rows),
                    Step::Progress(progress) => {
                        if let Some(load) = self.loads.borrow_mut().get_mut(&number) {
                            load.progress = progress;
                        }
                        self.tell_growth();
                        self.report_progress();
                    }
                }
            })
            .await;
            self.loads.borrow_mut().remove(&number);
            if *self.epoch.borrow() == epoch {
                self.tell_growth();
                let error = outcome.err();
                let states = self.session.borrow_mut().fetched(&names, error.as_ref());
                post(&FromEngine::States(states));
            }
            self.report_progress();
        });
    }

    /// Takes rows, to be told of later.
    fn keep(&self, answer: &mut Answer, key: &SeriesKey, rows: &Columns) {
        if self.session.borrow_mut().take(answer, key, rows) {
            self.grown.borrow_mut().insert(key.metric.clone(), ());
        }
    }

    /// Tells what grew since the last time.
    fn tell_growth(&self) {
        let grown = self.grown.take();
        if !grown.is_empty() {
            let newest_ms = self.session.borrow().newest_ms();
            post(&FromEngine::Grew {
                newest_ms,
                metrics: grown.into_keys().collect(),
            });
        }
    }

    fn report_progress(&self) {
        let loads = self.loads.borrow();
        let sum = loads
            .values()
            .fold(Progress::default(), |sum, load| Progress {
                rows: sum.rows + load.progress.rows,
                bytes: sum.bytes + load.progress.bytes,
            });
        post(&FromEngine::Progress((!loads.is_empty()).then_some(sum)));
    }

    fn abort_all(&self) {
        self.loads
            .borrow()
            .values()
            .for_each(|load| load.abort.abort());
    }

    fn poll(self: Rc<Self>, api: Api) {
        if self.polling.replace(true) {
            return; // the one under way will tell
        }
        let (epoch, uid) = (*self.epoch.borrow(), self.session.borrow().uid.clone());
        spawn_local(async move {
            let answer = self.refresh(&api, &uid, epoch).await;
            self.polling.replace(false);
            if *self.epoch.borrow() == epoch {
                post(&FromEngine::Polled(answer));
            }
        });
    }

    async fn refresh(&self, api: &Api, uid: &str, epoch: u64) -> Result<Opened, ApiError> {
        let opened = describe(api, uid).await?;
        if *self.epoch.borrow() != epoch {
            return Ok(opened);
        }
        self.session
            .borrow_mut()
            .set_catalog(opened.catalog.clone());
        let deltas = self.session.borrow_mut().deltas();
        for delta in deltas {
            let mut answer = Answer::from(Some(delta.start_ms));
            let abort = AbortController::new().map_err(|_| ApiError::Cancelled { rows: 0 })?;
            let outcome = load(api, uid, &delta_query(delta), &abort.signal(), |step| {
                if *self.epoch.borrow() == epoch
                    && let Step::Rows(key, rows) = step
                {
                    self.keep(&mut answer, key, rows);
                }
            })
            .await;
            if *self.epoch.borrow() != epoch {
                return Ok(opened);
            }
            self.tell_growth();
            outcome?;
        }
        Ok(opened)
    }
}

fn delta_query(delta: Delta) -> DataQuery {
    let nameable = delta.metrics.iter().all(|name| !name.contains(','));
    DataQuery {
        source: Some(delta.source),
        metrics: nameable.then_some(delta.metrics),
        start_ms: Some(delta.start_ms),
    }
}
