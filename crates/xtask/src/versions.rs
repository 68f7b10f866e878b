//! The one place where versions of tools outside Cargo.lock are pinned.
//!
//! `wasm-bindgen` in Cargo.lock and the `wasm-bindgen` program share a private format, so both must
//! have one version: a test below and the step that finds the tools check it.

/// Builds the dashboard: compiles, runs wasm-bindgen, copies the assets.
pub(crate) const TRUNK: &str = "0.21.14";

/// Makes the JavaScript beside the WASM; equals `wasm-bindgen` in Cargo.lock.
pub(crate) const WASM_BINDGEN: &str = "0.2.130";

/// The oldest Node.js that runs Playwright.
pub(crate) const NODE_MAJOR: u32 = 18;

/// The version of `package` in the text of a Cargo.lock, `None` where it lacks it.
pub(crate) fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    let name = format!("name = \"{package}\"");
    lines.find(|line| *line == name)?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_version_from_a_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.1\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some("0.2.1"));
        assert_eq!(locked(lock, "leptos"), None);
    }

    #[test]
    fn the_pin_equals_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock");
        if locked(lock, "parallax-web").is_some() {
            assert_eq!(locked(lock, "wasm-bindgen"), Some(WASM_BINDGEN));
        }
    }
}
