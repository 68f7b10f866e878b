//! The workload that the open one is held against: opened and loaded beside it, without polls.

use std::rc::Rc;

use web_sys::AbortController;

use super::compare::say;
use super::requests::{Step, describe, load};
use super::session::{Answer, Session};
use super::work::Worker;
use crate::api::{Api, DataQuery};
use crate::protocol::compare::FromCompare;

impl Worker {
    /// Opens a baseline in place of the one before, or closes that.
    pub(super) fn open_baseline(self: Rc<Self>, api: Api, uid: Option<String>) {
        let turn = self.next_baseline();
        let new = uid.clone().map(|uid| Box::new(Session::new(uid)));
        self.session.borrow_mut().baseline = new;
        let Some(uid) = uid else { return };
        wasm_bindgen_futures::spawn_local(async move {
            let result = describe(&api, &uid).await;
            if self.baseline_turn() == turn {
                say(&FromCompare::BaselineOpened { uid, result });
            }
        });
    }

    /// Loads metrics of the baseline that are not held yet.
    pub(super) fn want_baseline(self: Rc<Self>, api: Api, metrics: Vec<String>) {
        let new = match &mut self.session.borrow_mut().baseline {
            Some(baseline) => baseline.want(metrics),
            None => return,
        };
        if new.is_empty() {
            say(&FromCompare::BaselineGrew {
                loading: false,
                error: None,
            });
            return;
        }
        let turn = self.baseline_turn();
        wasm_bindgen_futures::spawn_local(async move {
            let nameable = new.iter().all(|name| !name.contains(','));
            let query = DataQuery {
                metrics: nameable.then(|| new.clone()),
                ..DataQuery::default()
            };
            let error = self.load_baseline(&api, &query, turn).await;
            if self.baseline_turn() != turn {
                return;
            }
            if let Some(baseline) = &mut self.session.borrow_mut().baseline {
                baseline.fetched(&new, error.as_ref());
            }
            say(&FromCompare::BaselineGrew {
                loading: false,
                error,
            });
        });
    }

    async fn load_baseline(
        &self,
        api: &Api,
        query: &DataQuery,
        turn: u64,
    ) -> Option<parallax_api::error::ApiError> {
        let uid = self.session.borrow().baseline.as_ref()?.uid.clone();
        let abort = AbortController::new().ok()?;
        let mut answer = Answer::default();
        let outcome = load(api, &uid, query, &abort.signal(), |step| {
            if self.baseline_turn() != turn {
                abort.abort();
            } else if let Step::Rows(key, rows) = step
                && let Some(baseline) = &mut self.session.borrow_mut().baseline
            {
                baseline.take(&mut answer, key, rows);
            }
        })
        .await;
        outcome.err()
    }
}
