//! What is known and done about one metric that has been asked for.

use parallax_api::error::ApiError;

use crate::protocol::MetricState;

/// A metric is asked for in full, to correct what is held, at most this often, in ms.
const FULL_INTERVAL_MS: i64 = 60_000;

/// What failed is tried again by a poll after this long, in ms, and then less and less often.
const RETRY_MS: i64 = 4_000;

/// Where a metric is between being asked for and being up to date.
#[derive(Debug)]
pub(super) struct MetricSync {
    pub(super) state: MetricState,
    /// It is shown.
    pub(super) is_wanted: bool,
    /// All of it was held at the last poll, or later.
    pub(super) is_fresh: bool,
    pub(super) is_due: bool,
    /// All its rows are due.
    pub(super) is_due_in_full: bool,
    /// Requests under way.
    pub(super) requests: usize,
    /// Why one of these, or of those just before, failed.
    error: Option<ApiError>,
    /// Failures in a row, and when the last one was.
    failures: u32,
    failed_ms: i64,
    /// When the last answer was complete, and the last one with all rows; ms since the epoch.
    answered_ms: i64,
    full_ms: i64,
    /// Rows listed less rows held, where an answer with all rows left a difference.
    accepted_difference: i64,
}

impl Default for MetricSync {
    fn default() -> Self {
        Self {
            state: MetricState::Loading,
            is_wanted: false,
            is_fresh: false,
            is_due: false,
            is_due_in_full: true,
            requests: 0,
            error: None,
            failures: 0,
            failed_ms: i64::MIN,
            answered_ms: i64::MIN,
            full_ms: i64::MIN,
            accepted_difference: 0,
        }
    }
}

impl MetricSync {
    /// Whether the user waits for it.
    pub(super) fn is_load(&self) -> bool {
        self.state != MetricState::Ready
    }

    /// Has it brought up to date. `difference` is rows listed, as of `asked_ms`, less rows held.
    pub(super) fn poll(&mut self, difference: i64, asked_ms: i64) {
        // What the user has cancelled stays as it is.
        let is_cancelled = matches!(self.state, MetricState::Partial(ApiError::Cancelled { .. }));
        let pause_ms = (RETRY_MS << self.failures.min(8)).min(FULL_INTERVAL_MS);
        let is_early = self.failures > 0 && asked_ms < self.failed_ms.saturating_add(pause_ms);
        self.is_due = !(is_cancelled || is_early && self.is_load());
        // Fewer rows are listed than an earlier answer has given.
        if difference < 0 && self.answered_ms < asked_ms {
            self.is_due_in_full = self.may_correct(difference, asked_ms);
        }
    }

    /// Whether asking for all rows may remove a difference now.
    fn may_correct(&self, difference: i64, now_ms: i64) -> bool {
        let is_new = difference != self.accepted_difference;
        is_new && now_ms.saturating_sub(self.full_ms) >= FULL_INTERVAL_MS
    }

    /// What is due has been asked for in so many requests.
    pub(super) fn begin(&mut self, requests: usize) {
        self.is_due = false;
        self.requests = requests;
        if requests == 0 {
            self.is_fresh = true;
        }
    }

    /// The end of one of the requests; true if it was the last one.
    pub(super) fn end(&mut self, error: Option<ApiError>) -> bool {
        self.requests = self.requests.saturating_sub(1);
        self.error = self.error.take().or(error);
        self.requests == 0
    }

    /// The end of all requests; gives the state if it changes. `difference` is rows listed less
    /// rows held.
    pub(super) fn settle(&mut self, difference: i64, now_ms: i64) -> Option<MetricState> {
        let error = self.error.take();
        self.is_fresh = error.is_none();
        if error.is_some() {
            (self.failures, self.failed_ms) = (self.failures + 1, now_ms);
        } else {
            self.failures = 0;
        }
        let state = match error {
            Some(_) if self.state == MetricState::Ready => return None,
            Some(error) => MetricState::Partial(error),
            None => MetricState::Ready,
        };
        if state == MetricState::Ready {
            self.answered_ms = now_ms;
            let was_in_full = std::mem::take(&mut self.is_due_in_full);
            if was_in_full || difference == 0 {
                self.accepted_difference = difference;
            }
            if was_in_full {
                self.full_ms = now_ms;
            } else if difference > 0 && self.may_correct(difference, now_ms) {
                self.is_due = true;
                self.is_due_in_full = true;
            }
        }
        (state != self.state).then(|| {
            self.state = state.clone();
            state
        })
    }
}
