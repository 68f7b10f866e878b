//! Walks JSON documents and Python literals without building them.
//!
//! One grammar takes both: double or single quotes, `null`/`None`, `true`/`True`, bare `NaN`,
//! `nan`, `Infinity`, `-inf`, tuples, `tensor(2.3, device='cuda:0')`, trailing commas. Each scalar
//! is shown with the path that leads to it; nothing is kept. A text that ends too early and a text
//! that is wrong are different errors: the first may still grow.

use std::borrow::Cow;

use memchr::memchr2;

use crate::limits::MAX_NAME_BYTES;
use crate::number;
use crate::short::Short;

/// How deep a document may be nested.
const MAX_DEPTH: usize = 64;

/// A value without parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    /// A number that stands bare.
    Number(f64),
    /// A text, its escapes resolved.
    Text(Cow<'a, [u8]>),
    /// True or false.
    Bool(bool),
    /// `null`, `None`.
    Null,
}

impl Scalar<'_> {
    /// The number that it is, or that its text is: HF Trainer 5 writes `'4.289'`.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(text) if text.len() <= 64 => number::whole(text),
            _ => None,
        }
    }
}

/// The way from the document to a value.
#[derive(Default)]
pub(crate) struct Path {
    text: String,
    ends: Vec<Segment>,
    /// How many steps are positions in a list.
    lists: usize,
    /// How many steps at the end are not in the text, which would be too long.
    unnamed: usize,
}

#[derive(Clone, Copy)]
struct Segment {
    end: usize,
    index: Option<u64>,
}

impl Path {
    /// The keys joined with `/`, or with `.` for W&B; a list's first element goes by the list's own
    /// name, the next by `name/1`.
    pub(crate) fn name(&self) -> &str {
        &self.text
    }

    /// How many steps it has.
    pub(crate) fn depth(&self) -> usize {
        self.ends.len()
    }

    /// The step at `depth`, as it is spelled.
    pub(crate) fn key(&self, depth: usize) -> &str {
        let start = match depth
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
        {
            Some(before) if before.end > 0 => before.end + 1,
            _ => 0,
        };
        let end = self.ends.get(depth).map_or(start, |segment| segment.end);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The position in a list, if the step at `depth` is one.
    pub(crate) fn index(&self, depth: usize) -> Option<u64> {
        self.ends.get(depth).and_then(|segment| segment.index)
    }

    /// How many lists are on the way.
    pub(crate) fn lists(&self) -> usize {
        self.lists
    }

    /// Starts a document: at `root`, unless that is empty.
    fn start(&mut self, root: &str, separator: char) {
        self.text.clear();
        self.ends.clear();
        (self.lists, self.unnamed) = (0, 0);
        if !root.is_empty() {
            self.push(root, None, separator);
        }
    }

    fn push(&mut self, key: &str, index: Option<u64>, separator: char) {
        self.lists += usize::from(index.is_some());
        if self.unnamed > 0 || self.text.len() + key.len() >= MAX_NAME_BYTES {
            self.unnamed += 1;
        } else {
            if !self.text.is_empty() && index != Some(0) {
                self.text.push(separator);
            }
            self.text.push_str(key);
        }
        self.ends.push(Segment {
            end: self.text.len(),
            index,
        });
    }

    fn pop(&mut self) {
        let last = self.ends.pop();
        self.lists -= usize::from(last.is_some_and(|last| last.index.is_some()));
        self.unnamed = self.unnamed.saturating_sub(1);
        let end = self.ends.last().map_or(0, |segment| segment.end);
        self.text.truncate(end);
    }
}

/// Gets the parts of a document, in its order.
pub(crate) trait Visit {
    /// Stands between the keys of a path.
    const SEPARATOR: char = '/';
    /// A scalar at the end of `path`.
    fn scalar(&mut self, path: &Path, value: &Scalar<'_>);
    /// A scalar whose path is longer than a metric's name may be.
    fn unnamed_scalar(&mut self) {}
    /// Where in the text the next scalar is; a string without its quotes.
    #[inline]
    fn place(&mut self, _start: usize, _end: usize) {}
    /// The object at the end of `path` begins.
    fn object_start(&mut self, _path: &Path) {}
    /// The object at the end of `path` is complete.
    fn object_end(&mut self, _path: &Path) {}
    /// The list at the end of `path` is complete.
    fn list_end(&mut self, _path: &Path) {}
}

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It ends in the middle: not yet whole.
    Unfinished,
    /// It is wrong here.
    Broken {
        /// Offset in the text.
        byte: usize,
        /// What should have been there.
        expected: &'static str,
    },
}

/// Reads one value from the start of `text`; gives the offset behind it.
pub(crate) fn walk(text: &[u8], visit: &mut impl Visit) -> Result<usize, Stop> {
    walk_with(&mut Path::default(), "", text, visit)
}

/// The same with the name of the document in front of its paths, and with a path that was used
/// before, whatever is in it: saves its memory for many short texts.
pub(crate) fn walk_with<V: Visit>(
    path: &mut Path,
    root: &str,
    text: &[u8],
    visit: &mut V,
) -> Result<usize, Stop> {
    path.start(root, V::SEPARATOR);
    let mut walker = Walker {
        text,
        at: 0,
        path,
        visit,
    };
    walker.value()?;
    Ok(walker.at)
}

struct Walker<'a, V> {
    text: &'a [u8],
    at: usize,
    path: &'a mut Path,
    visit: &'a mut V,
}

impl<'a, V: Visit> Walker<'a, V> {
    fn value(&mut self) -> Result<(), Stop> {
        self.space();
        match self.peek()? {
            b'{' => self.object(),
            b'[' => self.list(b']'),
            b'(' => self.list(b')'),
            b'"' | b'\'' => {
                let start = self.at + 1;
                let text = self.string()?;
                self.scalar(start, self.at - 1, &Scalar::Text(text));
                Ok(())
            }
            _ => self.word(),
        }
    }

    #[inline]
    fn scalar(&mut self, start: usize, end: usize, value: &Scalar<'_>) {
        self.visit.place(start, end);
        match self.path.unnamed {
            0 => self.visit.scalar(self.path, value),
            _ => self.visit.unnamed_scalar(),
        }
    }

    fn object(&mut self) -> Result<(), Stop> {
        self.at += 1;
        if self.path.depth() >= MAX_DEPTH {
            return Err(self.broken("at most 64 levels"));
        }
        self.visit.object_start(self.path);
        loop {
            self.space();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    self.visit.object_end(self.path);
                    return Ok(());
                }
                b',' => self.at += 1,
                b'"' | b'\'' => {
                    let key = self.string()?;
                    let key = String::from_utf8_lossy(&key);
                    self.path.push(&key, None, V::SEPARATOR);
                    self.space();
                    if self.peek()? != b':' {
                        return Err(self.broken("\":\" behind a key"));
                    }
                    self.at += 1;
                    self.value()?;
                    self.path.pop();
                }
                _ => return Err(self.broken("a key in quotes or \"}\"")),
            }
        }
    }

    fn list(&mut self, close: u8) -> Result<(), Stop> {
        self.at += 1;
        if self.path.depth() >= MAX_DEPTH {
            return Err(self.broken("at most 64 levels"));
        }
        let mut index = 0;
        loop {
            self.space();
            match self.peek()? {
                byte if byte == close => {
                    self.at += 1;
                    self.visit.list_end(self.path);
                    return Ok(());
                }
                b',' => self.at += 1,
                _ => {
                    let key = if index == 0 {
                        String::new()
                    } else {
                        index.to_string()
                    };
                    self.path.push(&key, Some(index), V::SEPARATOR);
                    self.value()?;
                    self.path.pop();
                    index += 1;
                }
            }
        }
    }

    /// A bare word: a number, `NaN`, `None`, `tensor(…)`.
    fn word(&mut self) -> Result<(), Stop> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let negative = rest.first() == Some(&b'-');
        if let Some(short) = Short::read(self.text, self.at + usize::from(negative))
            .filter(|short| ends_word(self.text.get(short.end)))
            && let Some(value) = short.value(0)
        {
            let value = if negative { -value } else { value };
            self.scalar(self.at, short.end, &Scalar::Number(value));
            self.at = short.end;
            return Ok(());
        }
        let length = rest.iter().position(|byte| !is_of_word(*byte));
        // Without an end, "12" may still become "123".
        let length = length.ok_or(Stop::Unfinished)?;
        let word = rest.get(..length).unwrap_or_default();
        if rest.get(length) == Some(&b'(') && !word.is_empty() {
            return self.call(length);
        }
        let scalar = match word {
            b"null" | b"None" => Scalar::Null,
            b"true" | b"True" => Scalar::Bool(true),
            b"false" | b"False" => Scalar::Bool(false),
            _ => number::whole(word)
                .map(Scalar::Number)
                .ok_or_else(|| self.broken("a value"))?,
        };
        self.scalar(self.at, self.at + length, &scalar);
        self.at += length;
        Ok(())
    }

    /// `tensor(2.3, device='cuda:0')`, `np.float64(2.3)`: the first argument is the value.
    fn call(&mut self, name: usize) -> Result<(), Stop> {
        self.at += name + 1;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b',' | b')'))
            .ok_or(Stop::Unfinished)?;
        let argument = rest.get(..length).unwrap_or_default();
        let close = rest
            .iter()
            .position(|byte| *byte == b')')
            .ok_or(Stop::Unfinished)?;
        if let Some(value) = number::whole(argument) {
            self.scalar(self.at, self.at + length, &Scalar::Number(value));
        }
        self.at += close + 1;
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, [u8]>, Stop> {
        let quote = self.peek()?;
        self.at += 1;
        let text: &'a [u8] = self.text;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = text.get(self.at..).unwrap_or_default();
            let step = memchr2(quote, b'\\', rest).ok_or(Stop::Unfinished)?;
            self.at += step;
            if text.get(self.at) == Some(&quote) {
                let raw = text.get(start..self.at).unwrap_or_default();
                self.at += 1;
                return Ok(if escaped {
                    Cow::Owned(unescape(raw))
                } else {
                    Cow::Borrowed(raw)
                });
            }
            if self.at + 1 >= text.len() {
                return Err(Stop::Unfinished);
            }
            escaped = true;
            self.at += 2;
        }
    }

    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Result<u8, Stop> {
        self.text.get(self.at).copied().ok_or(Stop::Unfinished)
    }

    fn broken(&self, expected: &'static str) -> Stop {
        Stop::Broken {
            byte: self.at,
            expected,
        }
    }
}

/// What a bare word is made of.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}

/// Whether a word ends before this byte; without a byte it may still go on.
fn ends_word(next: Option<&u8>) -> bool {
    next.is_some_and(|byte| *byte != b'(' && !is_of_word(*byte))
}

fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'\\' {
            text.push(byte);
            continue;
        }
        let Some((&escaped, behind)) = rest.split_first() else {
            break;
        };
        rest = behind;
        match escaped {
            b'n' => text.push(b'\n'),
            b't' => text.push(b'\t'),
            b'r' => text.push(b'\r'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'u' => {
                let (letter, behind) = unicode(rest);
                rest = behind;
                text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => text.push(other),
        }
    }
    text
}

/// The letter behind `\u`, which may be a pair of surrogates, and the text behind it.
fn unicode(text: &[u8]) -> (char, &[u8]) {
    let (unit, rest) = hex(text);
    if let (0xd800..0xdc00, Some(pair)) = (unit, rest.strip_prefix(b"\\u")) {
        let (low, behind) = hex(pair);
        if (0xdc00..0xe000).contains(&low) {
            let unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            return (
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
                behind,
            );
        }
    }
    (
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER),
        rest,
    )
}

fn hex(text: &[u8]) -> (u32, &[u8]) {
    let (digits, rest) = text.split_at(text.len().min(4));
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0);
    (
        digits
            .iter()
            .fold(0, |value, byte| value * 16 + digit(byte)),
        rest,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<(String, String)>);

    impl Visit for Seen {
        fn scalar(&mut self, path: &Path, value: &Scalar<'_>) {
            self.0
                .push((path.name().to_owned(), format!("{:?}", value.number())));
        }
    }

    fn numbers(text: &str) -> Vec<(String, String)> {
        let mut seen = Seen::default();
        walk(text.as_bytes(), &mut seen).unwrap();
        seen.0
    }

    #[test]
    fn python_and_json() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        assert_eq!(
            numbers("{'loss': '4.289', 'n': None, 'lr': [1e-05, 2e-05], 'a': {'b': -inf},}"),
            pairs(&[
                ("loss", "Some(4.289)"),
                ("n", "None"),
                ("lr", "Some(1e-5)"),
                ("lr/1", "Some(2e-5)"),
                ("a/b", "Some(-inf)"),
            ])
        );
        assert_eq!(
            numbers(
                "{\"a\": NaN, \"b\\u00e9\": tensor(2.5, device='cuda:0'), \"c\": np.float32(1.5)}"
            ),
            pairs(&[("a", "Some(NaN)"), ("bé", "Some(2.5)"), ("c", "Some(1.5)")])
        );
    }

    #[test]
    fn unfinished_is_not_broken() {
        let text = b"{\"a\": [1, 2.5, {\"b\": \"x\\n\"}], \"c\": null}";
        let mut seen = Seen::default();
        assert_eq!(walk(text, &mut seen), Ok(text.len()));
        for end in 0..text.len() {
            let mut seen = Seen::default();
            let head = text.get(..end).unwrap();
            assert_eq!(walk(head, &mut seen), Err(Stop::Unfinished), "{end}");
        }
        for text in ["{a: 1}", "{\"a\" 1}", "{'lr_scheduler': <object>}", "nope "] {
            let mut seen = Seen::default();
            assert!(
                matches!(walk(text.as_bytes(), &mut seen), Err(Stop::Broken { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut seen = Seen::default();
        let deep = "[".repeat(10_000);
        assert!(matches!(
            walk(deep.as_bytes(), &mut seen),
            Err(Stop::Broken { .. })
        ));
    }

    #[test]
    fn numbers_equal_serde_json() {
        let text = "[1, -2.5e-3, 0.1, 123456789.123456789, 1E5, 5e-324, 0.30000000000000004]";
        let expected: Vec<f64> = serde_json::from_str(text).unwrap();
        struct Values(Vec<f64>);
        impl Visit for Values {
            fn scalar(&mut self, _path: &Path, value: &Scalar<'_>) {
                self.0.extend(value.number());
            }
        }
        let mut values = Values(Vec::new());
        walk(text.as_bytes(), &mut values).unwrap();
        assert_eq!(values.0, expected);
    }
}
