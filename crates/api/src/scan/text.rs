//! What a JSON string says once its escapes are resolved.
//!
//! A surrogate without its other half and a byte that is not UTF-8 become U+FFFD, as a browser's
//! `TextDecoder` and a Rust string need it.

/// Resolves the inside of a string (without its quotes) whose escapes are known to be well formed.
pub(crate) fn decode(raw: &[u8]) -> String {
    let mut text: Vec<u8> = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            text.push(byte);
            continue;
        }
        let Some((&kind, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        let simple = match kind {
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (character, after) = unicode(rest);
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
                continue;
            }
            other => other,
        };
        text.push(simple);
    }
    match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// The character of one `\u` escape, or of two that form a surrogate pair, and what follows.
fn unicode(rest: &[u8]) -> (char, &[u8]) {
    let Some((unit, after)) = hex4(rest) else {
        return (char::REPLACEMENT_CHARACTER, &[]);
    };
    if let Some(character) = char::from_u32(unit) {
        return (character, after);
    }
    let low = after.strip_prefix(b"\\u").and_then(hex4);
    match low {
        Some((low, after)) if unit < 0xdc00 && (0xdc00..0xe000).contains(&low) => {
            let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            (character, after)
        }
        _ => (char::REPLACEMENT_CHARACTER, after),
    }
}

fn hex4(rest: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, after) = rest.split_first_chunk::<4>()?;
    let digits = std::str::from_utf8(digits).ok()?;
    Some((u32::from_str_radix(digits, 16).ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (raw, expected) in [
            ("plain", "plain"),
            (r#"a\/b\\c\"d"#, "a/b\\c\"d"),
            (r"\b\f\n\r\t", "\u{8}\u{c}\n\r\t"),
            (r"\u006c\u006D\u005f", "lm_"),
            (r"\u00e9 é", "é é"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d!", "\u{fffd}!"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        ] {
            assert_eq!(decode(raw.as_bytes()), expected, "{raw}");
        }
        assert_eq!(decode(b"\xff."), "\u{fffd}.");
    }
}
