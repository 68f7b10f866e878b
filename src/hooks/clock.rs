//! Time as a signal, and repeated calls.

use std::time::Duration;

use leptos::prelude::*;

/// Milliseconds since the epoch.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The time, once a second.
pub fn use_now() -> ReadSignal<f64> {
    let (now, set_now) = signal(now_ms());
    use_interval(Signal::stored(Some(1_000)), move || set_now.set(now_ms()));
    now
}

/// Calls `act` every `interval_ms` while that is `Some` and the page is visible.
pub fn use_interval(interval_ms: Signal<Option<u32>>, act: impl Fn() + Clone + 'static) {
    Effect::new(move |before: Option<Option<IntervalHandle>>| {
        if let Some(Some(handle)) = before {
            handle.clear();
        }
        let act = act.clone();
        let tick = move || {
            if !document().hidden() {
                act();
            }
        };
        let interval_ms = interval_ms.get()?;
        set_interval_with_handle(tick, Duration::from_millis(interval_ms.into())).ok()
    });
}
