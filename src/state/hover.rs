//! The x under the pointer: one signal for all charts, never in the URL.

use leptos::prelude::*;

use crate::reactive::State;

#[derive(Clone, Copy)]
struct Hover(State<Option<f64>>);

/// Makes the signal; called once by the shell.
pub fn provide() {
    provide_context(Hover(State::new(None)));
}

/// The signal.
pub fn use_hover() -> State<Option<f64>> {
    use_context::<Hover>().map_or_else(|| State::new(None), |Hover(hover)| hover)
}
