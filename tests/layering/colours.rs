//! Colours that are written as numbers.

use crate::scan::{Strings, blank};

pub(crate) fn colours(code: &str) -> Vec<(usize, String)> {
    let mut found = hex_colours(code);
    for name in [
        "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(",
    ] {
        let is_start = |at: usize| {
            !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
        };
        let numbers = |at: usize| {
            let inside = code[at + name.len()..].trim_start();
            inside.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        };
        let places = code.match_indices(name).map(|(at, _)| at);
        let places = places.filter(|at| is_start(*at) && numbers(*at));
        found.extend(places.map(|at| (at, name.trim_end_matches('(').to_owned() + "(…)")));
    }
    found.sort();
    found
}

/// `#` and 3, 4, 6 or 8 hexadecimal digits, unless it is a selector (`#add {`).
fn hex_colours(code: &str) -> Vec<(usize, String)> {
    let is_colour = |at: usize| -> Option<String> {
        let rest = &code[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let word = &rest[..end.unwrap_or(rest.len())];
        let is_hex =
            matches!(word.len(), 3 | 4 | 6 | 8) && word.chars().all(|c| c.is_ascii_hexdigit());
        let line_start = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let is_selector = code[at..]
            .split(['{', ';', '}'])
            .next()
            .is_some_and(|part| {
                code[at + part.len()..].starts_with('{') && !code[line_start..at].contains(':')
            });
        (is_hex && !is_selector).then(|| format!("#{word}"))
    };
    let places = code.match_indices('#').map(|(at, _)| at);
    places.filter_map(|at| Some((at, is_colour(at)?))).collect()
}

/// In Rust: colours inside strings, and plotters' `RGBColor(1, 2, 3)`.
pub(crate) fn rust_colours(text: &str, code: &str) -> Vec<(usize, String)> {
    let with_strings = blank(text, Strings::Keep);
    // only what stands inside strings
    let differs = with_strings.bytes().zip(code.bytes());
    let only: Vec<u8> = differs
        .map(|(with, without)| if with == without { b' ' } else { with })
        .collect();
    let strings = String::from_utf8(only).unwrap_or_default();
    let mut found: Vec<(usize, String)> = colours(&strings);
    for name in ["RGBColor(", "HSLColor(", "RGBAColor("] {
        let numbers = |at: usize| {
            code[at + name.len()..]
                .trim_start()
                .starts_with(|c: char| c.is_ascii_digit())
        };
        let places = code.match_indices(name).filter(|(at, _)| numbers(*at));
        found.extend(places.map(|(at, name)| (at, format!("{name}…)"))));
    }
    found
}
