//! Blanks what is not code: comments, the insides of strings, tests.
//!
//! Every function keeps the length of the text and its line ends, so that offsets stay true.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strings {
    Keep,
    Blank,
}

/// Rust code with comments blanked, and the insides of strings too where asked for.
pub(crate) fn blank(text: &str, strings: Strings) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        let (length, is_comment) = if rest.starts_with(b"//") {
            (
                rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len()),
                true,
            )
        } else if rest.starts_with(b"/*") {
            (block_comment(rest), true)
        } else if let Some(length) = string(rest, at.checked_sub(1).map(|before| bytes[before])) {
            (length, false)
        } else if rest[0] == b'\'' {
            (character(rest), false)
        } else {
            at += 1;
            continue;
        };
        if is_comment || strings == Strings::Blank {
            let space = |byte: &mut u8| {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            };
            out[at..at + length].iter_mut().for_each(space);
        }
        at += length.max(1);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The length of a block comment, nested ones included.
fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// The length of a string literal of any kind that starts here.
fn string(rest: &[u8], before: Option<u8>) -> Option<usize> {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if rest[0] == b'"' {
        return Some(plain_string(rest, 0));
    }
    if in_word {
        return None;
    }
    let prefix = [&b"br"[..], b"cr", b"r", b"b", b"c"]
        .into_iter()
        .find(|prefix| {
            rest.starts_with(prefix) && matches!(rest.get(prefix.len()), Some(b'"' | b'#'))
        })?;
    let hashes = rest[prefix.len()..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    let open = prefix.len() + hashes;
    if rest.get(open) != Some(&b'"') {
        return None; // a raw identifier
    }
    if !prefix.contains(&b'r') {
        return Some(plain_string(rest, open));
    }
    let close: Vec<u8> = std::iter::once(b'"')
        .chain(std::iter::repeat_n(b'#', hashes))
        .collect();
    let inside = &rest[open + 1..];
    let end = inside
        .windows(close.len())
        .position(|window| window == close);
    Some(end.map_or(rest.len(), |end| open + 1 + end + close.len()))
}

fn plain_string(rest: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a character literal, 1 for the tick of a lifetime.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        let end = rest.iter().skip(3).position(|byte| *byte == b'\'');
        return end.map_or(1, |end| end + 4);
    }
    let window = &rest[1..rest.len().min(6)];
    let end = window.iter().position(|byte| *byte == b'\'');
    let is_one = |end: usize| {
        std::str::from_utf8(&window[..end]).is_ok_and(|text| text.chars().count() == 1)
    };
    end.filter(|end| is_one(*end)).map_or(1, |end| end + 2)
}

pub(crate) fn blank_css(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(start) = out.find("/*") {
        let end = out[start..]
            .find("*/")
            .map_or(out.len(), |end| start + end + 2);
        let spaces = |c: char| {
            if c == '\n' {
                "\n".to_owned()
            } else {
                " ".repeat(c.len_utf8())
            }
        };
        let blanked: String = out[start..end].chars().map(spaces).collect();
        out.replace_range(start..end, &blanked);
    }
    out
}

/// The code with what follows each `#[cfg(test)]` blanked, to the end of its item.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = code.as_bytes().to_vec();
    let marks = code
        .match_indices("#[cfg(test)]")
        .chain(code.match_indices("#[test]"));
    for (start, _) in marks {
        let end = start + item_length(&code[start..]);
        let blank = |byte: &mut u8| {
            if *byte != b'\n' {
                *byte = b' ';
            }
        };
        out[start..end].iter_mut().for_each(blank);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// To the closing brace of the first block, or to the first `;` before it.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in item.bytes().enumerate() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}
