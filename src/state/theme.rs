//! A counter that grows when the colours change: charts redraw with it.

use leptos::prelude::*;

use crate::reactive::{Read, State};

#[derive(Clone, Copy)]
struct ThemeVersion(State<u32>);

/// Says that the colours changed.
pub fn announce() {
    if let Some(ThemeVersion(version)) = use_context() {
        version.update(|version| *version += 1);
    }
}

/// Makes the counter; called once by the shell.
pub fn provide() {
    provide_context(ThemeVersion(State::new(0)));
}

/// The counter.
pub fn use_theme_version() -> Read<u32> {
    use_context::<ThemeVersion>().map_or(Read::of(0), |ThemeVersion(version)| version.into())
}
