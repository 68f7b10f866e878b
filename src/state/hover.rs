//! The x under the pointer: one signal for all charts, never in the URL.

use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Hover(RwSignal<Option<f64>>);

/// Makes the signal; called once by the shell.
pub fn provide() {
    provide_context(Hover(RwSignal::new(None)));
}

/// The signal.
pub fn use_hover() -> RwSignal<Option<f64>> {
    use_context::<Hover>().map_or_else(|| RwSignal::new(None), |Hover(hover)| hover)
}
