//! The link to the engine's worker: messages out, messages in.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::protocol::{FromEngine, decode_first};

/// The worker's script, relative to the page; it starts this WASM module in the worker.
const LOADER: &str = "./engine.js";
/// Selects the element that names the module's script, whose file name Trunk generates.
const SCRIPT: &str = "link[rel=modulepreload]";

/// Sends messages to the worker; those sent before it listens are queued.
#[derive(Clone)]
pub struct Engine(Rc<Shared>);

type Receive = Box<dyn Fn(FromEngine, &[u8])>;

struct Shared {
    link: RefCell<Link>,
    receive: Receive,
    failed: Box<dyn Fn(Failure)>,
}

enum Link {
    Starting(Worker, Vec<Vec<u8>>),
    Listening(Worker),
    Missing,
}

/// Why there is no engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// It did not start.
    NotStarted(String),
    /// It stopped, with everything that it stored.
    Stopped(String),
}

impl Engine {
    /// Starts the worker. Each of its messages goes to `receive`, with the bytes that follow it;
    /// `failed` gets the reason if it does not start or stops.
    pub fn start(
        receive: impl Fn(FromEngine, &[u8]) + 'static,
        failed: impl Fn(Failure) + 'static,
    ) -> Self {
        let engine = Self(Rc::new(Shared {
            link: RefCell::new(Link::Missing),
            receive: Box::new(receive),
            failed: Box::new(failed),
        }));
        engine.start_worker();
        engine
    }

    /// Starts the worker anew, without anything of the one before.
    pub fn start_worker(&self) {
        self.stop();
        let worker = match start_worker() {
            Ok(worker) => worker,
            Err(_) => {
                let why = "The browser refused to start a Web Worker.".to_owned();
                return (self.0.failed)(Failure::NotStarted(why));
            }
        };
        let this = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            this.receive(&event.data());
        });
        let this = self.clone();
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            this.fail(message.unwrap_or_default());
        });
        let on_error_function = Some(on_error.as_ref().unchecked_ref());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(on_error_function);
        worker.set_onmessageerror(on_error_function);
        // A worker lives as long as the page, except for one that failed, which is rare.
        on_message.forget();
        on_error.forget();
        self.0.link.replace(Link::Starting(worker, Vec::new()));
    }

    /// Ends the worker, if there is one; true if it was listening.
    fn stop(&self) -> bool {
        match self.0.link.replace(Link::Missing) {
            Link::Starting(worker, _) => worker.terminate(),
            Link::Listening(worker) => {
                worker.terminate();
                return true;
            }
            Link::Missing => {}
        }
        false
    }

    fn receive(&self, data: &JsValue) {
        // The loader reports what ended the engine as a text.
        if let Some(why) = data.as_string() {
            return self.fail(why);
        }
        let Some(bytes) = data.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec) else {
            return;
        };
        let Some((message, rest)) = decode_first(&bytes) else {
            leptos::logging::warn!("a message of the engine could not be decoded");
            return;
        };
        if matches!(message, FromEngine::Started) {
            self.send_queued();
        }
        (self.0.receive)(message, rest);
    }

    fn fail(&self, why: String) {
        let failure = match self.stop() {
            // A panic is reported before it ends the engine; what else does that is memory that can't
            // be had.
            true if why.contains("unreachable") => Failure::Stopped(format!(
                "Its memory ran out ({why}). Show fewer metrics at once."
            )),
            true => Failure::Stopped(why),
            false => Failure::NotStarted("The engine's code (engine.js) did not load.".to_owned()),
        };
        (self.0.failed)(failure);
    }

    /// Sends an encoded message.
    pub fn send(&self, bytes: Vec<u8>) {
        match &mut *self.0.link.borrow_mut() {
            Link::Starting(_, queue) => queue.push(bytes),
            Link::Listening(worker) => post(worker, &bytes),
            Link::Missing => {}
        }
    }

    fn send_queued(&self) {
        let mut link = self.0.link.borrow_mut();
        if let Link::Starting(worker, queue) = &*link {
            queue.iter().for_each(|bytes| post(worker, bytes));
            let worker = worker.clone();
            *link = Link::Listening(worker);
        }
    }
}

/// Starts a worker and posts it the compiled module of this page.
fn start_worker() -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(LOADER, &options)?;
    let script = document().query_selector(SCRIPT)?;
    let script = script.and_then(|link| Reflect::get(&link, &"href".into()).ok());
    let message = Object::new();
    Reflect::set(&message, &"script".into(), &script.unwrap_or_default())?;
    Reflect::set(&message, &"module".into(), &wasm_bindgen::module())?;
    worker.post_message(&message)?;
    Ok(worker)
}

fn post(worker: &Worker, bytes: &[u8]) {
    let bytes = Uint8Array::from(bytes);
    let transfer = Array::of1(&bytes.buffer());
    // Posting bytes never fails: a worker that was terminated ignores them.
    if worker
        .post_message_with_transfer(&bytes, &transfer)
        .is_err()
    {
        leptos::logging::warn!("the engine does not accept messages");
    }
}
