//! The worker's loop: messages in, requests to the API, messages out.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic;
use std::rc::Rc;

use async_lock::Semaphore;
use futures::future::join_all;
use js_sys::{Array, Uint8Array};
use parallax_api::error::ApiError;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, DedicatedWorkerGlobalScope, MessageEvent};

use super::lazy;
use super::requests::{self, Step, stream_rows};
use super::session::Session;
use super::store::{Answer, Request, Target};
use crate::api::Api;
use crate::protocol::{
    ChartSpec, FromEngine, ListQuery, MetricState, Opened, Part, Progress, ToEngine, decode_first,
    encode, encode_both,
};

/// Requests for rows that are under way at once at most: browsers send six at a time to a server,
/// and small answers should not wait for large ones.
const ROW_REQUESTS: usize = 4;

/// Starts to listen. The page waits for [`FromEngine::Started`] before it sends anything.
pub fn start() {
    panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        // The engine is about to end, so nothing is left to do if this fails.
        let _ = scope().post_message(&panic.to_string().into());
    }));
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

/// A request under way.
struct Active {
    turn: Turn,
    abort: AbortController,
    /// How far it is, if the user waits for it.
    progress: Option<Progress>,
}

/// A workload as it was opened. What arrives for one that was replaced since is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The open workload.
    Run(u64),
    /// The one that it is compared with.
    Baseline(u64),
}

/// The worker: what it holds and what is under way.
pub(super) struct Worker {
    api: RefCell<Option<Api>>,
    /// The page's address and the view's own API path.
    page: RefCell<(String, Option<String>)>,
    is_connecting: Cell<bool>,
    /// What came before the API's address was known.
    early: RefCell<Vec<Vec<u8>>>,
    pub(super) session: RefCell<Session>,
    /// Count the workloads, baselines and matrices that were asked for.
    runs: Cell<u64>,
    baselines: Cell<u64>,
    matrices: Cell<u64>,
    active: RefCell<BTreeMap<u64, Active>>,
    next_request: Cell<u64>,
    /// Requests for rows that may be under way at once.
    permits: Semaphore,
    is_polling: Cell<bool>,
    /// The request for the list that is under way.
    listing: RefCell<Option<AbortController>>,
}

impl Default for Worker {
    fn default() -> Self {
        Self {
            api: RefCell::default(),
            page: RefCell::default(),
            is_connecting: Cell::default(),
            early: RefCell::default(),
            session: RefCell::default(),
            runs: Cell::default(),
            baselines: Cell::default(),
            matrices: Cell::default(),
            active: RefCell::default(),
            next_request: Cell::default(),
            permits: Semaphore::new(ROW_REQUESTS),
            is_polling: Cell::default(),
            listing: RefCell::default(),
        }
    }
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
            ToEngine::List(query) => self.list(api, query),
            ToEngine::Open { uid } => self.open(api, uid),
            ToEngine::Want { metrics } => {
                let states = self.session.borrow_mut().store.want(metrics);
                self.load(api, states);
            }
            ToEngine::Retry => {
                let states = self.session.borrow_mut().store.retry();
                self.load(api, states);
            }
            ToEngine::Cancel => self.abort(|active| active.progress.is_some()),
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
                    match lazy::receiver(part).await {
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
            match lazy::pairs().await {
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

    /// Replaces the baseline, and aborts what is under way for the one before.
    pub(super) fn begin_baseline(&self, baseline: Option<Session>) -> Turn {
        self.abort(|active| matches!(active.turn, Turn::Baseline(_)));
        self.session.borrow_mut().baseline = baseline.map(Box::new);
        self.baselines.set(self.baselines.get() + 1);
        self.baseline_turn()
    }

    pub(super) fn baseline_turn(&self) -> Turn {
        Turn::Baseline(self.baselines.get())
    }

    pub(super) fn next_matrix(&self) -> u64 {
        self.matrices.set(self.matrices.get() + 1);
        self.matrices.get()
    }

    pub(super) fn matrix_turn(&self) -> u64 {
        self.matrices.get()
    }

    fn run_turn(&self) -> Turn {
        Turn::Run(self.runs.get())
    }

    /// Gives the workload of a turn to `act`, unless it was replaced.
    pub(super) fn with<R>(&self, turn: Turn, act: impl FnOnce(&mut Session) -> R) -> Option<R> {
        if turn != self.run_turn() && turn != self.baseline_turn() {
            return None;
        }
        let mut session = self.session.borrow_mut();
        match turn {
            Turn::Run(_) => Some(act(&mut session)),
            Turn::Baseline(_) => session.baseline.as_deref_mut().map(act),
        }
    }

    fn list(self: Rc<Self>, api: Api, query: ListQuery) {
        let Ok(abort) = AbortController::new() else {
            return;
        };
        if let Some(before) = self.listing.replace(Some(abort.clone())) {
            before.abort();
        }
        spawn_local(async move {
            let answer = requests::list(&api, &query, &abort).await;
            if !abort.signal().aborted() || matches!(answer, Err(ApiError::TimedOut { .. })) {
                post(&FromEngine::Listed(answer));
            }
        });
    }

    fn open(self: Rc<Self>, api: Api, uid: String) {
        self.abort(|active| matches!(active.turn, Turn::Run(_)));
        self.next_matrix();
        self.runs.set(self.runs.get() + 1);
        self.is_polling.set(false);
        let turn = self.run_turn();
        let session = self.session.take().succeed(uid.clone());
        self.session.replace(session);
        spawn_local(async move {
            let result = self.describe(&api, turn, &uid).await;
            let is_open = self.with(turn, |session| {
                if let Ok(opened) = &result {
                    session.store.set_catalog(&opened.catalog);
                }
            });
            if is_open.is_some() {
                post(&FromEngine::Opened { uid, result });
                self.run_due(api, turn).await;
            }
        });
    }

    /// A workload and what exists in it.
    pub(super) async fn describe(
        &self,
        api: &Api,
        turn: Turn,
        uid: &str,
    ) -> Result<Opened, ApiError> {
        let (number, abort) = self.begin(turn, None)?;
        let result = requests::describe(api, uid, &abort).await;
        self.active.borrow_mut().remove(&number);
        result
    }

    fn load(self: Rc<Self>, api: Api, states: Vec<(String, MetricState)>) {
        if !states.is_empty() {
            post(&FromEngine::States(states));
        }
        let turn = self.run_turn();
        spawn_local(async move {
            self.run_due(api, turn).await;
        });
    }

    /// Sends what is due until nothing is; gives why a request failed, if one did.
    pub(super) async fn run_due(self: Rc<Self>, api: Api, turn: Turn) -> Option<ApiError> {
        let mut error = None;
        loop {
            let offers_chunks = api.offers_chunks();
            let requests = self.with(turn, |session| session.store.plan(offers_chunks))?;
            if requests.is_empty() {
                return error;
            }
            let runs = requests
                .into_iter()
                .map(|request| self.run(&api, turn, request));
            let failed = join_all(runs).await.into_iter().flatten().next();
            error = error.or(failed);
        }
    }

    /// Sends a request and stores what arrives; gives why it failed, if it did.
    async fn run(&self, api: &Api, turn: Turn, request: Request) -> Option<ApiError> {
        let _permit = self.permits.acquire().await;
        let uid = self.with(turn, |session| session.uid.clone())?;
        let progress = request.is_load.then(Progress::default);
        let (number, abort) = self.begin(turn, progress).ok()?;
        self.report_progress();
        let mut answer = Answer::new(request.clone());
        let take = |step: Step<'_>| {
            if let Step::Progress(progress) = step {
                self.report_load(turn, number, progress);
                return Ok(());
            }
            let taken = self.with(turn, |session| match step {
                Step::Rows(key, rows) => {
                    session.store.take_rows(&mut answer, key, rows);
                    Ok(())
                }
                Step::Part(part) => session.store.take_part(&mut answer, part),
                Step::Progress(_) => Ok(()),
            });
            taken.unwrap_or(Ok(()))
        };
        let outcome = stream_rows(api, &uid, &request.target, &abort, take).await;
        self.active.borrow_mut().remove(&number);
        let is_missing = matches!(outcome, Err(ApiError::NotFound { .. }));
        if is_missing && matches!(request.target, Target::Chunks(_)) {
            // An older version of the server.
            api.set_without_chunks();
            self.with(turn, |session| session.store.withdraw(&request));
            return None;
        }
        let error = outcome.clone().err();
        let now_ms = js_sys::Date::now() as i64;
        let finish = |session: &mut Session| session.store.finish(answer, outcome, now_ms);
        if let Some(states) = self.with(turn, finish)
            && matches!(turn, Turn::Run(_))
        {
            self.report_growth();
            if !states.is_empty() {
                post(&FromEngine::States(states));
            }
        }
        self.report_progress();
        error
    }

    /// Notes a request that is about to be sent.
    fn begin(
        &self,
        turn: Turn,
        progress: Option<Progress>,
    ) -> Result<(u64, AbortController), ApiError> {
        let abort = AbortController::new().map_err(|_| ApiError::Cancelled { rows: 0 })?;
        let number = self.next_request.get();
        self.next_request.set(number + 1);
        let active = Active {
            turn,
            abort: abort.clone(),
            progress,
        };
        self.active.borrow_mut().insert(number, active);
        Ok((number, abort))
    }

    fn abort(&self, which: impl Fn(&Active) -> bool) {
        let active = self.active.borrow();
        let chosen = active.values().filter(|active| which(active));
        chosen.for_each(|active| active.abort.abort());
    }

    /// A part of an answer has been stored.
    fn report_load(&self, turn: Turn, number: u64, progress: Progress) {
        if turn != self.run_turn() {
            return;
        }
        if let Some(active) = self.active.borrow_mut().get_mut(&number)
            && active.progress.is_some()
        {
            active.progress = Some(progress);
        }
        self.report_growth();
        self.report_progress();
    }

    /// Reports what grew since the last time.
    fn report_growth(&self) {
        let mut session = self.session.borrow_mut();
        let grown = session.store.take_grown();
        if !grown.is_empty() {
            post(&FromEngine::Grew {
                newest_ms: session.newest_ms(),
                metrics: grown.into_iter().collect(),
            });
        }
    }

    fn report_progress(&self) {
        let active = self.active.borrow();
        let loads = active.values().filter_map(|active| active.progress);
        let sum = loads.reduce(|a, b| Progress {
            rows: a.rows + b.rows,
            bytes: a.bytes + b.bytes,
        });
        post(&FromEngine::Progress(sum));
    }

    fn poll(self: Rc<Self>, api: Api) {
        if self.is_polling.replace(true) {
            return; // The one under way will report.
        }
        let turn = self.run_turn();
        spawn_local(async move {
            let answer = self.clone().refresh(api, turn).await;
            if turn == self.run_turn() {
                self.is_polling.set(false);
                post(&FromEngine::Polled(answer));
            }
        });
    }

    async fn refresh(self: Rc<Self>, api: Api, turn: Turn) -> Result<Opened, ApiError> {
        let asked_ms = js_sys::Date::now() as i64;
        let uid = self.session.borrow().uid.clone();
        let opened = self.describe(&api, turn, &uid).await?;
        let poll = |session: &mut Session| session.store.poll(&opened.catalog, asked_ms);
        self.with(turn, poll);
        if turn == self.run_turn() {
            self.report_growth();
        }
        match self.run_due(api, turn).await {
            Some(error) => Err(error),
            None => Ok(opened),
        }
    }
}
