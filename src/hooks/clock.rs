//! Time as a signal, and repeated calls.

use std::time::Duration;

use leptos::prelude::*;

use crate::reactive::{Read, State, effect};

/// Milliseconds since the epoch.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The time, once a second.
pub fn use_now() -> State<f64> {
    let now = State::new(now_ms());
    use_interval(Read::of(Some(1_000)), move || now.set(now_ms()));
    now
}

/// Calls `act` every `interval_ms` while that is `Some` and the page is visible.
pub fn use_interval(interval_ms: Read<Option<u32>>, act: impl Fn() + Clone + 'static) {
    let mut running: Option<IntervalHandle> = None;
    effect(move || {
        if let Some(handle) = running.take() {
            handle.clear();
        }
        let act = act.clone();
        let tick = move || {
            if !document().hidden() {
                act();
            }
        };
        running = interval_ms.get().and_then(|interval_ms| {
            set_interval_with_handle(tick, Duration::from_millis(interval_ms.into())).ok()
        });
    });
}
