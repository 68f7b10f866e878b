//! The engine's code that is loaded with the first message that needs it.

use std::rc::Rc;

use super::session::Session;
use super::work::Worker;
use super::{compare, data};
use crate::api::Api;
use crate::lazy::{LoadError, lazy};
use crate::protocol::Part;

/// Answers a message for a lazy module.
pub(super) type Receive = fn(Rc<Worker>, Api, &[u8]);

/// Loads the code that answers the messages for a lazy module.
pub(super) async fn receiver(module: Part) -> Result<Receive, LoadError> {
    match module {
        Part::Compare => lazy_compare().await.map(|(receive, _)| receive),
        Part::Data => lazy_data().await,
    }
}

/// Loads the code that makes a session able to draw pairs.
pub(super) async fn pairs() -> Result<fn(&mut Session), LoadError> {
    lazy_compare().await.map(|(_, learn)| learn)
}

lazy! {
    compare, fn lazy_compare() -> (Receive, fn(&mut Session)) {
        (compare::receive, Session::learn_pairs)
    }
}

lazy! {
    data, fn lazy_data() -> Receive {
        data::receive
    }
}
