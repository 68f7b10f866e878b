//! Lists of names inside one URL parameter: separated by a character that is escaped inside names.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What would be taken for structure inside a list.
const IN_LIST: &AsciiSet = &CONTROLS.add(b'%').add(b',');
/// What would be taken for structure inside a pair.
const IN_PAIR: &AsciiSet = &CONTROLS.add(b'%').add(b'@').add(b'~');

/// `a,b` with `,` and `%` inside the names escaped.
pub(super) fn join(names: &[String]) -> String {
    let escaped = names
        .iter()
        .map(|name| utf8_percent_encode(name, IN_LIST).to_string());
    escaped.collect::<Vec<_>>().join(",")
}

/// The inverse of [`join`]; empty names are dropped.
pub(super) fn split(text: &str) -> Vec<String> {
    let names = text.split(',').filter(|name| !name.is_empty());
    names.map(unescape).collect()
}

pub(super) fn escape(name: &str) -> String {
    utf8_percent_encode(name, IN_PAIR).to_string()
}

pub(super) fn unescape(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}
