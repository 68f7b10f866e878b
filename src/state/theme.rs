//! A counter that grows when the colours change: charts redraw with it.

use leptos::prelude::*;

#[derive(Clone, Copy)]
struct ThemeVersion(RwSignal<u32>);

/// Says that the colours changed.
pub fn announce() {
    if let Some(ThemeVersion(version)) = use_context() {
        version.update(|version| *version += 1);
    }
}

/// Makes the counter; called once by the shell.
pub fn provide() {
    provide_context(ThemeVersion(RwSignal::new(0)));
}

/// The counter.
pub fn use_theme_version() -> Signal<u32> {
    use_context::<ThemeVersion>().map_or(Signal::stored(0), |ThemeVersion(version)| version.into())
}
