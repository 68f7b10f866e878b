//! The engine's parts whose code is loaded at the first question.

use std::rc::Rc;

use super::session::Session;
use super::work::Worker;
use super::{compare, data};
use crate::api::Api;
use crate::later::{Missing, later};
use crate::protocol::Part;

/// Answers a part's message.
pub(super) type Receive = fn(Rc<Worker>, Api, &[u8]);

/// The code that answers a part's messages.
pub(super) async fn receiver(part: Part) -> Result<Receive, Missing> {
    match part {
        Part::Compare => compare_part().await.map(|(receive, _)| receive),
        Part::Data => data_part().await,
    }
}

/// The code that lets a session draw pairs.
pub(super) async fn pairs() -> Result<fn(&mut Session), Missing> {
    compare_part().await.map(|(_, learn)| learn)
}

later! {
    compare, fn compare_part() -> (Receive, fn(&mut Session)) {
        (compare::receive, Session::learn_pairs)
    }
}

later! {
    data, fn data_part() -> Receive {
        data::receive
    }
}
