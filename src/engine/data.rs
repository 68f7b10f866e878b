//! What the data page asks.

use std::rc::Rc;

use super::table;
use super::work::{Worker, post_both};
use crate::api::Api;
use crate::protocol::data::{FromData, ToData};
use crate::protocol::{FromEngine, Part, decode};

/// Answers a message of the data page.
pub(super) fn receive(worker: Rc<Worker>, _: Api, bytes: &[u8]) {
    let session = worker.session.borrow();
    let said = match decode(bytes) {
        Some(ToData::Table(spec)) => {
            let (rows, total) = table::rows(&session, &spec);
            FromData::Table { spec, rows, total }
        }
        Some(ToData::Csv(spec)) => FromData::Csv(table::csv(&session, &spec)),
        None => return,
    };
    post_both(&FromEngine::Part(Part::Data), &said);
}
