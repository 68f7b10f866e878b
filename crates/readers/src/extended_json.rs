//! The numbers in a JSON document of Weights & Biases.
//!
//! W&B writes *extended* JSON: `NaN`, `Infinity` and `-Infinity` stand bare where a number may
//! stand (and in quotes in some summaries). Nested objects are flattened, keys joined with `.`.
//! An object with a `_type` is media (an image, a histogram, a table): its numbers describe a file
//! and are not metrics.

use parallax_model::value;

use crate::short::Short;

/// Deeper nesting than this is taken for damage.
const MAX_DEPTH: usize = 64;

/// A leaf of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leaf {
    /// A number, finite or not; `true` and `false` are 1 and 0, `null` is `value::MISSING`.
    Number(f64),
    /// Text, a list, or a media object: nothing that a curve can show.
    NotANumber,
}

/// The text is not extended JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset of the byte that can't stand there; the length of the text if it is cut off.
    pub byte: usize,
}

/// The leaves of a document by path, in its order. A value that is no object has the path `root`;
/// the members of an object are at `root.key`, or at `key` if `root` is empty.
pub fn flatten(text: &[u8], root: &str) -> Result<Vec<(String, Leaf)>, Malformed> {
    let mut walk = Walk {
        text,
        at: 0,
        path: root.to_owned(),
        leaves: Vec::new(),
    };
    walk.value(0)?;
    walk.space();
    if walk.at < text.len() {
        return Err(walk.malformed());
    }
    Ok(walk.leaves)
}

/// A JSON number, literal or quoted non-finite number as it stands, or `None`.
pub fn number(token: &str) -> Option<f64> {
    match token.as_bytes().first()? {
        b'0'..=b'9' | b'-' | b'N' | b'I' => value::parse(token),
        _ => match token {
            "true" => Some(1.0),
            "false" => Some(0.0),
            "null" => Some(value::MISSING),
            _ => None,
        },
    }
}

/// The same for bytes, which may be no text at all.
pub(crate) fn number_in(token: &[u8]) -> Option<f64> {
    let negative = token.first() == Some(&b'-');
    let short = Short::read(token, usize::from(negative));
    match short
        .filter(|short| short.end == token.len())
        .and_then(|short| short.value(0))
    {
        Some(value) if negative => Some(-value),
        Some(value) => Some(value),
        None => std::str::from_utf8(token).ok().and_then(number),
    }
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    path: String,
    leaves: Vec<(String, Leaf)>,
}

impl Walk<'_> {
    fn malformed(&self) -> Malformed {
        Malformed { byte: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over white space and then that byte, if it is there.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn leaf(&mut self, leaf: Leaf) {
        self.leaves.push((self.path.clone(), leaf));
    }

    fn value(&mut self, depth: usize) -> Result<(), Malformed> {
        self.space();
        match self.peek() {
            Some(b'{') if depth < MAX_DEPTH => self.object(depth),
            Some(b'[') if depth < MAX_DEPTH => self.list(depth),
            Some(b'"') => {
                let leaf = match self.string()?.as_str() {
                    text @ ("NaN" | "Infinity" | "-Infinity") => number(text),
                    _ => None,
                };
                self.leaf(leaf.map_or(Leaf::NotANumber, Leaf::Number));
                Ok(())
            }
            _ => {
                let start = self.at;
                while matches!(
                    self.peek(),
                    Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.')
                ) {
                    self.at += 1;
                }
                let token = self.text.get(start..self.at).unwrap_or_default();
                let found = number_in(token);
                self.leaf(Leaf::Number(found.ok_or(Malformed { byte: start })?));
                Ok(())
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Malformed> {
        self.at += 1;
        let (start, length, mut media) = (self.leaves.len(), self.path.len(), false);
        let mut more = !self.take(b'}');
        while more {
            self.space();
            let key = self.string()?;
            media |= key == "_type";
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            if !self.take(b':') {
                return Err(self.malformed());
            }
            self.value(depth + 1)?;
            self.path.truncate(length);
            more = self.take(b',');
            if !more && !self.take(b'}') {
                return Err(self.malformed());
            }
        }
        if media {
            self.leaves.truncate(start);
            self.leaf(Leaf::NotANumber);
        }
        Ok(())
    }

    /// A list is one leaf, whatever is in it.
    fn list(&mut self, depth: usize) -> Result<(), Malformed> {
        self.at += 1;
        let start = self.leaves.len();
        let mut more = !self.take(b']');
        while more {
            self.value(depth + 1)?;
            self.leaves.truncate(start);
            more = self.take(b',');
            if !more && !self.take(b']') {
                return Err(self.malformed());
            }
        }
        self.leaf(Leaf::NotANumber);
        Ok(())
    }

    /// A string with its escapes resolved; what is not UTF-8 becomes U+FFFD.
    fn string(&mut self) -> Result<String, Malformed> {
        if !self.take(b'"') {
            return Err(self.malformed());
        }
        let mut bytes = Vec::new();
        loop {
            let byte = self.peek().ok_or(self.malformed())?;
            self.at += 1;
            match byte {
                b'"' => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                b'\\' => {
                    let character = self.escape()?;
                    bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Malformed> {
        let byte = self.peek().ok_or(self.malformed())?;
        self.at += 1;
        Ok(match byte {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(byte),
            b'u' => {
                let mut unit = self.hex()?;
                let low = self.text.get(self.at..self.at + 2) == Some(b"\\u".as_slice());
                if (0xd800..0xdc00).contains(&unit) && low {
                    self.at += 2;
                    let low = self.hex()?.wrapping_sub(0xdc00);
                    unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low & 0x3ff);
                }
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(self.malformed()),
        })
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        let unit = u32::from_str_radix(digits, 16).ok();
        let unit = unit.filter(|_| digits.len() == 4 && !digits.starts_with('+'));
        let unit = unit.ok_or(self.malformed())?;
        self.at += 4;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, root: &str) -> String {
        match flatten(text.as_bytes(), root) {
            Err(Malformed { byte }) => format!("malformed at {byte}"),
            Ok(leaves) => {
                let show = |(path, leaf): &(String, Leaf)| match leaf {
                    Leaf::Number(number) if value::is_missing(*number) => format!("{path}=missing"),
                    Leaf::Number(number) => format!("{path}={number}"),
                    Leaf::NotANumber => format!("{path}=?"),
                };
                leaves.iter().map(show).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn documents() {
        let table = [
            ("1.5", "k=1.5"),
            (" -2e-3 ", "k=-0.002"),
            ("NaN", "k=NaN"),
            ("-Infinity", "k=-inf"),
            ("\"Infinity\"", "k=inf"),
            ("null", "k=missing"),
            ("true", "k=1"),
            ("\"text\"", "k=?"),
            ("[1, [2], {\"a\": 3}]", "k=?"),
            ("[]", "k=?"),
            ("{}", ""),
            (
                r#"{"a": {"b": 1, "c": NaN}, "d": "x"}"#,
                "k.a.b=1 k.a.c=NaN k.d=?",
            ),
            (
                r#"{"a": {"size": 9, "_type": "image-file"}, "b": 2}"#,
                "k.a=? k.b=2",
            ),
            (r#"{"\u00e9\"\/\ud83d\ude00": 1}"#, "k.é\"/😀=1"),
        ];
        for (text, expected) in table {
            assert_eq!(show(text, "k"), expected, "{text}");
        }
        assert_eq!(show(r#"{"a": {"b": 1}}"#, ""), "a.b=1");
    }

    #[test]
    fn numbers_are_those_of_the_standard_parser() {
        for token in [
            "0",
            "-0",
            "7",
            "-2.5",
            "0.36070946607342436",
            "1e5",
            "-1.5E-07",
            "12345678901234567890",
            "1e400",
            "-1e-400",
            "5e-324",
            "2.2250738585072011e-308",
        ] {
            let expected = token.parse().ok().map(f64::to_bits);
            assert_eq!(
                number_in(token.as_bytes()).map(f64::to_bits),
                expected,
                "{token}"
            );
        }
        for token in ["", "-", "1.5x", "1,5", "--1", "1e", "x", "+1", ".5"] {
            assert_eq!(number_in(token.as_bytes()), None, "{token}");
        }
        assert_eq!(number_in(b"\xff"), None);
        assert_eq!(number_in(b"true"), Some(1.0));
        assert!(number_in(b"null").is_some_and(value::is_missing));
        assert_eq!(number_in(b"-Infinity"), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn damage_is_placed() {
        let table = [
            ("", 0),
            ("tru", 0),
            ("1 2", 2),
            ("{\"a\"", 4),
            ("{\"a\":1", 6),
            ("{\"a\":1,}", 7),
            ("[1 2]", 3),
            ("\"abc", 4),
            ("\"\\u12\"", 3),
            ("\"\\x\"", 3),
            ("nan", 0),
        ];
        for (text, byte) in table {
            assert_eq!(show(text, "k"), format!("malformed at {byte}"), "{text}");
        }
        assert_eq!(show(&"[".repeat(9999), "k"), "malformed at 64");
    }
}
