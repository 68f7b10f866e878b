//! Lists of names inside one URL parameter: separated by a character that is escaped inside names.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What would be taken for structure inside a list or a pair.
const STRUCTURE: &AsciiSet = &CONTROLS.add(b'%').add(b',').add(b'@').add(b'~');

/// `a,b` with `,`, `@`, `~` and `%` inside the names escaped.
pub(super) fn join(names: &[String]) -> String {
    let escaped: Vec<String> = names.iter().map(|name| escape(name)).collect();
    escaped.join(",")
}

/// The inverse of [`join`]; empty names are dropped.
pub(super) fn split(text: &str) -> Vec<String> {
    let names = text.split(',').filter(|name| !name.is_empty());
    names.map(unescape).collect()
}

pub(super) fn escape(name: &str) -> String {
    utf8_percent_encode(name, STRUCTURE).to_string()
}

pub(super) fn unescape(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}
