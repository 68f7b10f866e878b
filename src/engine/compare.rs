//! What the compare page asks.

use std::rc::Rc;

use super::matrix;
use super::work::{Worker, post_both};
use crate::api::Api;
use crate::protocol::compare::{FromCompare, ToCompare};
use crate::protocol::{FromEngine, Part, decode};

/// Answers a message of the compare page.
pub(super) fn receive(worker: Rc<Worker>, api: Api, bytes: &[u8]) {
    match decode(bytes) {
        Some(ToCompare::Baseline { uid }) => worker.open_baseline(api, uid),
        Some(ToCompare::WantBaseline { metrics }) => worker.want_baseline(api, metrics),
        Some(ToCompare::Matrix(spec)) => {
            wasm_bindgen_futures::spawn_local(matrix::run(worker, spec));
        }
        Some(ToCompare::Pair(spec)) => {
            let report = worker.session.borrow().compare(&spec).map(Box::new);
            say(&FromCompare::Compared { spec, report });
        }
        Some(ToCompare::Export { spec, json }) => {
            let text = worker.session.borrow().export(&spec, json);
            say(&FromCompare::Exported { json, text });
        }
        None => {}
    }
}

pub(super) fn say(said: &FromCompare) {
    post_both(&FromEngine::Part(Part::Compare), said);
}
