//! The link to the engine's worker: messages out, messages in.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::protocol::{FromEngine, decode_first};

/// What the worker runs first, relative to the page: it starts this very program there.
const LOADER: &str = "./engine.js";
/// The element that names the program's script, which Trunk calls by a fingerprint.
const SCRIPT: &str = "link[rel=modulepreload]";

/// Sends to the worker. What is sent before it listens is kept and sent then.
#[derive(Clone)]
pub struct Engine(Rc<RefCell<Link>>);

enum Link {
    Starting(Worker, Vec<Vec<u8>>),
    Listening(Worker),
    Missing,
}

impl Engine {
    /// Starts the worker; each of its messages, and the bytes that follow it, goes to `receive`.
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
                leptos::logging::warn!("a message of the engine could not be read");
                return;
            };
            if matches!(message, FromEngine::Started) {
                this.listens();
            }
            receive(message, rest);
        });
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |_| {
            failed("The engine's code (engine.js) did not load.".into());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // One worker for the life of the page.
        on_message.forget();
        on_error.forget();
        engine
    }

    /// Sends an encoded message.
    pub fn send(&self, bytes: Vec<u8>) {
        match &mut *self.0.borrow_mut() {
            Link::Starting(_, waiting) => waiting.push(bytes),
            Link::Listening(worker) => post(worker, &bytes),
            Link::Missing => {}
        }
    }

    fn listens(&self) {
        let link = self.0.replace(Link::Missing);
        if let Link::Starting(worker, waiting) = link {
            waiting.iter().for_each(|bytes| post(&worker, bytes));
            self.0.replace(Link::Listening(worker));
        } else {
            self.0.replace(link);
        }
    }
}

/// A worker that has been told which program to start: the page's, as it is compiled.
fn start_worker() -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(LOADER, &options)?;
    let script = document().query_selector(SCRIPT)?;
    let script = script.and_then(|link| Reflect::get(&link, &"href".into()).ok());
    let program = Object::new();
    Reflect::set(&program, &"script".into(), &script.unwrap_or_default())?;
    Reflect::set(&program, &"module".into(), &wasm_bindgen::module())?;
    worker.post_message(&program)?;
    Ok(worker)
}

fn post(worker: &Worker, bytes: &[u8]) {
    let bytes = Uint8Array::from(bytes);
    let transfer = Array::of1(&bytes.buffer());
    // Posting plain bytes fails only for a worker that was ended, which this page never does.
    if worker
        .post_message_with_transfer(&bytes, &transfer)
        .is_err()
    {
        leptos::logging::warn!("the engine does not take messages");
    }
}
