//! Text from outside on a terminal.

use std::fmt::Display;

/// The text with escapes (`\n`, `\u{1b}`) in the place of characters that a terminal obeys instead
/// of showing: controls, line breaks, changes of the writing direction, and what is invisible.
///
/// For names, paths and notes, one at a time: line breaks of the message itself are added after.
pub fn printable(text: impl Display) -> String {
    let mut out = String::new();
    for letter in text.to_string().chars() {
        if is_unprintable(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out
}

/// Controls (C0, DEL, C1), and those of Unicode's format characters that hide or reorder text.
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        for (text, expected) in [
            (
                "größe/损失 'a' \\ e\u{301} 🚀",
                "größe/损失 'a' \\ e\u{301} 🚀",
            ),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}2J\u{7f}\u{85}", "\\u{9b}2J\\u{7f}\\u{85}"),
            ("run\u{202e}gol.\u{2066}x", "run\\u{202e}gol.\\u{2066}x"),
            (
                "a\u{2028}b\u{200b}\u{feff}",
                "a\\u{2028}b\\u{200b}\\u{feff}",
            ),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
