//! What this browser remembers between visits: the theme. Everything else is in the URL.

use leptos::prelude::*;
use parallax_view::Theme;

const KEY: &str = "parallax.theme";

/// The theme that the user chose last; `System` where nothing is stored or storage is refused.
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

/// Remembers a theme. A browser that refuses storage forgets it, nothing else.
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
