//! The workload that the open one is compared with: opened and loaded beside it, without polls.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::compare::say;
use super::session::Session;
use super::work::Worker;
use crate::api::Api;
use crate::protocol::compare::FromCompare;

impl Worker {
    /// Opens a baseline in place of the one before, or closes that.
    pub(super) fn open_baseline(self: Rc<Self>, api: Api, uid: Option<String>) {
        let turn = self.begin_baseline(uid.clone().map(Session::new));
        let Some(uid) = uid else { return };
        spawn_local(async move {
            let result = self.describe(&api, turn, &uid).await;
            let is_open = self.with(turn, |baseline| {
                if let Ok(opened) = &result {
                    baseline.store.set_catalog(&opened.catalog);
                }
            });
            if is_open.is_some() {
                say(&FromCompare::BaselineOpened { uid, result });
                self.load_baseline(api).await;
            }
        });
    }

    /// Loads metrics of the baseline that are not held yet.
    pub(super) fn want_baseline(self: Rc<Self>, api: Api, metrics: Vec<String>) {
        self.with(self.baseline_turn(), |baseline| {
            baseline.store.want(metrics)
        });
        spawn_local(self.load_baseline(api));
    }

    async fn load_baseline(self: Rc<Self>, api: Api) {
        let turn = self.baseline_turn();
        let error = self.clone().run_due(api, turn).await;
        if self.with(turn, |_| ()).is_some() {
            say(&FromCompare::BaselineGrew {
                loading: false,
                error,
            });
        }
    }
}
