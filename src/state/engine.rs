//! The link to the engine's worker: messages out, messages in.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::protocol::{FromEngine, decode_first};

/// The worker's script, relative to the page; it starts this WASM module in the worker.
const LOADER: &str = "./engine.js";
/// Selects the element that names the module's script, whose file name Trunk generates.
const SCRIPT: &str = "link[rel=modulepreload]";

/// Sends messages to the worker; those sent before it listens are queued.
#[derive(Clone)]
pub struct Engine(Rc<RefCell<Link>>);

enum Link {
    Starting(Worker, Vec<Vec<u8>>),
    Listening(Worker),
    Missing,
}

impl Engine {
    /// Starts the worker. Each of its messages goes to `receive`, with the bytes that follow it;
    /// `failed` gets the reason if it does not start.
    pub fn start(
        receive: impl Fn(FromEngine, &[u8]) + 'static,
        failed: impl Fn(String) + 'static,
    ) -> Self {
        let Ok(worker) = start_worker() else {
            failed("The browser refused to start a Web Worker.".into());
            return Self(Rc::new(RefCell::new(Link::Missing)));
        };
        let engine = Self(Rc::new(RefCell::new(Link::Starting(
            worker.clone(),
            Vec::new(),
        ))));
        let this = engine.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Ok(bytes) = event.data().dyn_into::<Uint8Array>() else {
                return;
            };
            let bytes = bytes.to_vec();
            let Some((message, rest)) = decode_first(&bytes) else {
                leptos::logging::warn!("a message of the engine could not be decoded");
                return;
            };
            if matches!(message, FromEngine::Started) {
                this.send_queued();
            }
            receive(message, rest);
        });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |_| {
            failed("The engine's code (engine.js) did not load.".into());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // The worker lives as long as the page.
        on_message.forget();
        on_error.forget();
        engine
    }

    /// Sends an encoded message.
    pub fn send(&self, bytes: Vec<u8>) {
        match &mut *self.0.borrow_mut() {
            Link::Starting(_, queue) => queue.push(bytes),
            Link::Listening(worker) => post(worker, &bytes),
            Link::Missing => {}
        }
    }

    fn send_queued(&self) {
        let link = self.0.replace(Link::Missing);
        if let Link::Starting(worker, queue) = link {
            queue.iter().for_each(|bytes| post(&worker, bytes));
            self.0.replace(Link::Listening(worker));
        } else {
            self.0.replace(link);
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
    // Posting bytes fails only for a terminated worker, and nothing terminates this one.
    if worker
        .post_message_with_transfer(&bytes, &transfer)
        .is_err()
    {
        leptos::logging::warn!("the engine does not accept messages");
    }
}
