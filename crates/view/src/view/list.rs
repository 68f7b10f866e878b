//! Lists of names inside one URL parameter: separated by a character that is escaped inside names.

use std::slice;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What would be taken for structure inside a list. `*`, `!` and `"` mean something in the list of
/// metrics.
const IN_LIST: &AsciiSet = &CONTROLS.add(b'%').add(b',').add(b'*').add(b'!').add(b'"');
/// What would be taken for structure inside a pair.
const IN_PAIR: &AsciiSet = &CONTROLS.add(b'%').add(b'@').add(b'~');
/// The empty name.
const EMPTY: &str = "\"\"";

/// `a,b`.
pub(super) fn join(names: &[String]) -> String {
    let items = names.iter().map(|name| spell_item(slice::from_ref(name)));
    items.collect::<Vec<_>>().join(",")
}

/// The inverse of [`join`].
pub(super) fn split(text: &str) -> Vec<String> {
    items(text).map(unescape_item).collect()
}

/// The items as they are spelled; nothing between two commas is no item.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|item| !item.is_empty())
}

/// A name, or the parts of a pattern between its `*`s, with `,`, `%`, `*`, `!` and `"` escaped.
pub(super) fn spell_item(parts: &[String]) -> String {
    let parts = parts
        .iter()
        .map(|part| utf8_percent_encode(part, IN_LIST).to_string());
    let item = parts.collect::<Vec<_>>().join("*");
    if item.is_empty() {
        EMPTY.to_owned()
    } else {
        item
    }
}

/// The inverse of [`spell_item`], for a name or one part.
pub(super) fn unescape_item(item: &str) -> String {
    match item {
        EMPTY => String::new(),
        item => unescape(item),
    }
}

pub(super) fn escape(name: &str) -> String {
    utf8_percent_encode(name, IN_PAIR).to_string()
}

pub(super) fn unescape(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}
