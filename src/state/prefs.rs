//! Settings in the local storage: the theme. Everything else is in the URL.

use leptos::prelude::*;
use parallax_view::Theme;

const KEY: &str = "parallax.theme";

/// The theme that was chosen last; `System` if none is stored or the browser refuses storage.
pub fn theme() -> Theme {
    match storage()
        .and_then(|s| s.get_item(KEY).ok().flatten())
        .as_deref()
    {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Stores a theme, unless the browser refuses storage.
pub fn set_theme(theme: Theme) {
    let Some(storage) = storage() else { return };
    let _ = match theme {
        Theme::System => storage.remove_item(KEY),
        Theme::Light => storage.set_item(KEY, "light"),
        Theme::Dark => storage.set_item(KEY, "dark"),
    };
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
