//! Bytes of a console → pieces of text.
//!
//! A piece is what stands between two of line feed, carriage return and backspaces: a line, one
//! frame of a progress bar, or the dict that was printed between two frames. ANSI escapes and NULs
//! are taken out; other control characters become spaces; bytes that are not UTF-8 stay as they
//! are (names made of them are repaired later). An escape never reaches over a line end, so each
//! piece is read by itself and the result can't depend on how the bytes were split.
//!
//! A piece of more than [`MAX_LINE`] bytes is skipped (one that starts with `{`: [`MAX_OBJECT`]),
//! so that the memory held is bounded.

use memchr::{memchr2, memchr2_iter};

/// The longest line that is read, in bytes.
pub(crate) const MAX_LINE: usize = 1 << 20;

/// The longest line that is read if it is an object, in bytes.
pub(crate) const MAX_OBJECT: usize = 16 << 20;

/// What ended a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A line feed: what the piece says stands.
    Line,
    /// A carriage return or backspaces: it is going to be written over.
    Overwritten,
}

/// A piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// Its text: no control characters but tabs.
    pub(crate) text: &'a [u8],
    /// What ended it.
    pub(crate) end: End,
    /// Byte offset of the line that it is from.
    pub(crate) byte: u64,
}

/// What the cleaner tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event<'a> {
    /// A piece, perhaps empty.
    Piece(Piece<'a>),
    /// A line was too long and was skipped; its byte offset.
    TooLong(u64),
    /// A line that was read while it was unfinished went on; the offset of the rest.
    WentOn(u64),
}

/// Cuts a stream of bytes into pieces.
#[derive(Default)]
pub(crate) struct Cleaner {
    /// The unfinished end.
    held: Vec<u8>,
    /// Offset of its first byte.
    byte: u64,
    /// What to do with the bytes up to the next line end.
    skip: Skip,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Skip {
    #[default]
    No,
    /// The line is too long.
    TooLong,
    /// The line was read when the file had come to rest.
    Read,
}

impl Cleaner {
    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        let mut start = 0;
        // A line that began in an earlier feed.
        if (!self.held.is_empty() || self.skip != Skip::No)
            && let Some(length) = memchr2(b'\n', b'\r', bytes)
        {
            self.hold(bytes.get(..length).unwrap_or_default(), tell);
            self.finish(end_of(bytes.get(length)), tell);
            start = length + 1;
        } else if !self.held.is_empty() || self.skip != Skip::No {
            return self.hold(bytes, tell);
        }
        while let Some(more) = memchr2(b'\n', b'\r', bytes.get(start..).unwrap_or_default()) {
            let length = start + more;
            let line = bytes.get(start..length).unwrap_or_default();
            self.line(line, end_of(bytes.get(length)), tell);
            self.byte += line.len() as u64 + 1;
            start = length + 1;
        }
        self.hold(bytes.get(start..).unwrap_or_default(), tell);
    }

    /// Reads the unfinished line as if it were whole. Should it go on later, the rest is skipped.
    pub(crate) fn finish_idle(&mut self, tell: &mut impl FnMut(Event<'_>)) {
        if self.held.is_empty() {
            return;
        }
        let held = std::mem::take(&mut self.held);
        self.line(&held, End::Line, tell);
        self.byte += held.len() as u64;
        self.skip = Skip::Read;
    }

    /// Bytes of the unfinished line.
    pub(crate) fn pending_bytes(&self) -> u64 {
        self.held.len() as u64
    }

    fn hold(&mut self, bytes: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        match self.skip {
            Skip::No => {
                self.held.extend_from_slice(bytes);
                if self.held.len() > limit(&self.held) {
                    tell(Event::TooLong(self.byte));
                    self.byte += self.held.len() as u64;
                    self.held = Vec::new();
                    self.skip = Skip::TooLong;
                }
            }
            Skip::TooLong => self.byte += bytes.len() as u64,
            Skip::Read => {
                if !bytes.is_empty() {
                    tell(Event::WentOn(self.byte));
                    self.skip = Skip::TooLong;
                }
                self.byte += bytes.len() as u64;
            }
        }
    }

    fn finish(&mut self, end: End, tell: &mut impl FnMut(Event<'_>)) {
        let mut held = std::mem::take(&mut self.held);
        if self.skip == Skip::No {
            self.line(&held, end, tell);
        } else {
            tell(Event::Piece(Piece {
                text: b"",
                end,
                byte: self.byte,
            }));
        }
        self.skip = Skip::No;
        self.byte += held.len() as u64 + 1;
        held.clear();
        if held.capacity() <= MAX_LINE {
            self.held = held;
        }
    }

    /// Emits the pieces of a whole line.
    #[inline]
    fn line(&mut self, line: &[u8], end: End, tell: &mut impl FnMut(Event<'_>)) {
        let byte = self.byte;
        if line.len() > limit(line) {
            tell(Event::TooLong(byte));
            tell(Event::Piece(Piece {
                text: b"",
                end,
                byte,
            }));
        } else if has_control(line) {
            clean(line, &mut self.scratch, string_end, |text, last| {
                let end = if last { end } else { End::Overwritten };
                tell(Event::Piece(Piece { text, end, byte }));
            });
            self.scratch.shrink_to(MAX_LINE);
        } else {
            tell(Event::Piece(Piece {
                text: line,
                end,
                byte,
            }));
        }
    }
}

/// Whether a text has control characters other than tabs.
fn has_control(text: &[u8]) -> bool {
    // Looks at every byte, so that it is vectorised.
    text.iter()
        .fold(false, |found, byte| found | is_control(byte))
}

fn is_control(byte: &u8) -> bool {
    *byte < 0x20 && *byte != b'\t'
}

/// What a line feed or a carriage return says of the piece before it.
fn end_of(byte: Option<&u8>) -> End {
    match byte {
        Some(b'\n') => End::Line,
        _ => End::Overwritten,
    }
}

fn limit(line: &[u8]) -> usize {
    if line.len() <= MAX_LINE {
        return MAX_LINE;
    }
    let first = line
        .iter()
        .take(256)
        .find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        MAX_OBJECT
    } else {
        MAX_LINE
    }
}

/// Takes the control characters out of a line; backspaces cut it into pieces. `tell` gets each
/// piece that is not empty, and always the last one. `string_end` is [`string_end`], or counts what
/// it is asked for.
///
/// Linear in the line's length: a string without an end is searched for once, since there is none
/// behind it either.
fn clean(
    line: &[u8],
    scratch: &mut Vec<u8>,
    mut string_end: impl FnMut(&[u8]) -> Option<usize>,
    mut tell: impl FnMut(&[u8], bool),
) {
    scratch.clear();
    let mut at = 0;
    let mut has_string_end = true;
    while let Some(length) = line.iter().skip(at).position(is_control) {
        let control = at + length;
        scratch.extend_from_slice(line.get(at..control).unwrap_or_default());
        at = control + 1;
        match line.get(control) {
            // ESC ] text, then its end (a title); without an end only the introducer goes.
            Some(0x1b) if line.get(at) == Some(&b']') => {
                at += 1;
                let rest = line.get(at..).filter(|_| has_string_end);
                let length = rest.and_then(&mut string_end);
                has_string_end = length.is_some();
                at += length.unwrap_or(0);
            }
            Some(0x1b) => at = escape_end(line, control),
            Some(0x08) if !scratch.is_empty() => {
                tell(scratch, false);
                scratch.clear();
            }
            Some(0 | 0x08) => {}
            _ => scratch.push(b' '),
        }
    }
    scratch.extend_from_slice(line.get(at..).unwrap_or_default());
    tell(scratch, true);
}

/// The length of the text up to and with BEL or ESC \\, which end a string.
fn string_end(text: &[u8]) -> Option<usize> {
    memchr2_iter(7, 0x1b, text).find_map(|at| match text.get(at..at + 2) {
        Some(b"\x1b\\") => Some(at + 2),
        _ if text.get(at) == Some(&7) => Some(at + 1),
        _ => None,
    })
}

/// The offset behind the escape sequence that starts at `at`. An unfinished one ends with the line.
fn escape_end(line: &[u8], at: usize) -> usize {
    let rest = line.get(at + 2..).unwrap_or_default();
    match line.get(at + 1) {
        // ESC [ parameters, then one final byte.
        Some(b'[') => {
            let length = rest.iter().position(|byte| !(0x20..0x40).contains(byte));
            at + 2 + length.map_or(rest.len(), |length| length + 1)
        }
        // ESC ( B selects a character set.
        Some(b'(' | b')') => (at + 3).min(line.len()),
        Some(_) => at + 2,
        None => at + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(chunks: &[&[u8]]) -> Vec<(String, End)> {
        let mut cleaner = Cleaner::default();
        let mut found = Vec::new();
        let mut tell = |event: Event<'_>| match event {
            Event::Piece(piece) => {
                found.push((String::from_utf8_lossy(piece.text).into_owned(), piece.end));
            }
            Event::TooLong(byte) => found.push((format!("<too long {byte}>"), End::Line)),
            Event::WentOn(byte) => found.push((format!("<went on {byte}>"), End::Line)),
        };
        for chunk in chunks {
            cleaner.feed(chunk, &mut tell);
        }
        cleaner.finish_idle(&mut tell);
        found
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        pieces(&[bytes])
            .into_iter()
            .map(|(text, _)| text)
            .filter(|text| !text.trim().is_empty())
            .collect()
    }

    #[test]
    fn what_a_console_writes() {
        let cases: &[(&[u8], &[&str])] = &[
            (b"a\nb\r\nc", &["a", "b", "c"]),
            (
                b"\r 10%|#| 1/10 [a]\r    \r{'loss': 1}\n",
                &[" 10%|#| 1/10 [a]", "{'loss': 1}"],
            ),
            (
                b"\x1b[1m 1/45\x1b[0m \x1b[37mbar\x1b[0m x\x08\x08\x08\ry\n",
                &[" 1/45 bar x", "y"],
            ),
            (b"\x1b]0;title\x07text\x1b[A\n", &["text"]),
            (b"\x1b[H\x1b[2J\x1b[3J+ srun\n", &["+ srun"]),
            (b"a\0b\x0cc\n", &["ab c"]),
            (b"half \x1b[3\nnext\x1b\nlast", &["half ", "next", "last"]),
            (b"\x1b(Bx\n", &["x"]),
            (b"\x1b]0;a\x1b[1mb\x1b\\c\x1b]d\x1b]e\n", &["cde"]),
            (b"s\0t\0e\0p\0\n\0", &["step"]),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                texts(bytes),
                *expected,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn strings_without_an_end_are_searched_for_once() {
        let cases: [&[u8]; 3] = [b"\x1b]", b"\x1b]0;title\x07", b"\x1b]0;title\x1b[1m\x1b\\"];
        for unit in cases {
            let line = unit.repeat(10_000);
            let mut looked_at_bytes = 0;
            let count = |text: &[u8]| {
                let length = string_end(text);
                looked_at_bytes += length.unwrap_or(text.len());
                length
            };
            clean(&line, &mut Vec::new(), count, |_, _| {});
            assert!(looked_at_bytes <= line.len(), "{looked_at_bytes}");
        }
    }

    #[test]
    fn every_split_gives_the_same() {
        let bytes = b"a\x1b[1mb\x08\x08c\r\n\r\r\nd\xff\xc3\xa9\x1b]0;t\x07e\0\r\xe2\x94\x81\nend";
        let whole = pieces(&[bytes]);
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let split: [&[u8]; 3] = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(pieces(&split), whole, "{first} {second}");
            }
        }
    }

    #[test]
    fn long_lines_are_skipped_but_objects_are_read() {
        let mut bytes = vec![b'x'; MAX_LINE + 1];
        bytes.extend_from_slice(b"\nnext\n{");
        bytes.extend(vec![b' '; MAX_LINE]);
        bytes.extend_from_slice(b"}\n");
        bytes.extend(vec![b'{'; MAX_OBJECT + 1]);
        for size in [1000, 1 << 16, bytes.len()] {
            let chunks: Vec<&[u8]> = bytes.chunks(size).collect();
            let found: Vec<(String, End)> = pieces(&chunks)
                .into_iter()
                .filter(|(text, _)| !text.is_empty())
                .collect();
            let lengths: Vec<usize> = found.iter().map(|(text, _)| text.len()).collect();
            assert_eq!(found[0].0, "<too long 0>");
            assert_eq!(found[1].0, "next");
            assert_eq!(lengths[2], MAX_LINE + 2);
            assert_eq!(found[3].0, format!("<too long {}>", 2 * MAX_LINE + 10));
            assert_eq!(found.len(), 4);
        }
    }

    #[test]
    fn a_line_read_at_rest_is_not_read_twice() {
        let mut cleaner = Cleaner::default();
        let mut found = Vec::new();
        let mut tell = |event: Event<'_>| found.push(format!("{event:?}"));
        cleaner.feed(b"loss: 2.35", &mut tell);
        assert_eq!(cleaner.pending_bytes(), 10);
        cleaner.finish_idle(&mut tell);
        assert_eq!(cleaner.pending_bytes(), 0);
        cleaner.finish_idle(&mut tell);
        cleaner.feed(b"23", &mut tell);
        cleaner.feed(b"91\nnext\n", &mut tell);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[1].contains("WentOn(10)"));
        assert!(found[3].contains(&format!("{:?}", b"next")), "{found:?}");
    }

    #[test]
    fn a_line_feed_after_rest_goes_unnoticed() {
        assert_eq!(pieces(&[b"a"]).len(), 1);
        let mut cleaner = Cleaner::default();
        let mut went_on = 0;
        let mut tell = |event: Event<'_>| went_on += u32::from(matches!(event, Event::WentOn(_)));
        cleaner.feed(b"a", &mut tell);
        cleaner.finish_idle(&mut tell);
        cleaner.feed(b"\nb\n", &mut tell);
        assert_eq!(went_on, 0);
    }
}
