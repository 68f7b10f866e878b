//! A counter that increases when the colours change, so that charts redraw.

use leptos::prelude::*;

/// How often the colours changed.
#[derive(Clone, Copy, Default)]
pub struct ThemeVersion(pub RwSignal<u32>);

/// The counter that the app provides.
pub fn use_theme_version() -> RwSignal<u32> {
    use_context::<ThemeVersion>().unwrap_or_default().0
}
