//! The time as a signal, and repeated calls.

use std::time::Duration;

use leptos::prelude::*;

/// Milliseconds since the epoch.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The time in ms since the epoch, updated once a second while the page is visible.
pub fn use_now() -> ReadSignal<f64> {
    let (now, set_now) = signal(now_ms());
    use_interval(Some(1_000), move || set_now.set(now_ms()));
    now
}

/// Calls `act` every `interval_ms` while that is `Some` and the page is visible.
pub fn use_interval(interval_ms: impl Into<Signal<Option<u32>>>, act: impl Fn() + Clone + 'static) {
    let interval_ms = interval_ms.into();
    Effect::new(move || {
        let Some(interval_ms) = interval_ms.get() else {
            return;
        };
        let act = act.clone();
        let tick = move || {
            if !document().hidden() {
                act();
            }
        };
        let interval = Duration::from_millis(interval_ms.into());
        if let Ok(handle) = set_interval_with_handle(tick, interval) {
            on_cleanup(move || handle.clear());
        }
    });
}
