//! Answers the messages of the data page.

use std::rc::Rc;

use super::table;
use super::work::{Worker, post_both};
use crate::api::Api;
use crate::protocol::data::{FromData, ToData};
use crate::protocol::{FromEngine, Part, decode};

/// Size of the parts in which a CSV is sent to the page, in bytes.
const CSV_PART_BYTES: usize = 1 << 20;

/// Answers a message of the data page.
pub(super) fn receive(worker: Rc<Worker>, _: Api, bytes: &[u8]) {
    let session = worker.session.borrow();
    let send = |message: &FromData| post_both(&FromEngine::Part(Part::Data), message);
    match decode(bytes) {
        Some(ToData::Table(spec)) => {
            let (rows, total) = table::rows(&session, &spec);
            send(&FromData::Table { spec, rows, total });
        }
        Some(ToData::Csv(spec)) => {
            let mut number = 0;
            table::csv(&session, &spec, CSV_PART_BYTES, |text, is_last| {
                send(&FromData::CsvPart {
                    number,
                    text,
                    is_last,
                });
                number += 1;
            });
        }
        None => {}
    }
}
