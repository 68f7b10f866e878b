//! The numbers in a JSON value of Weights & Biases.
//!
//! W&B writes *extended* JSON: `NaN`, `Infinity` and `-Infinity` stand bare where a number may
//! stand (and in quotes in some summaries). Nested objects are flattened, keys joined with `.`.
//! `true` and `false` are 1 and 0, `null` is `value::MISSING`. An object with a `_type` is media (an
//! image, a histogram, a table): its numbers describe a file and are not metrics.

use parallax_model::value;

use crate::limits::NAME_TOO_LONG;
use crate::literal::{self, Path, Scalar, Visit};
use crate::number;
use crate::row_buffer::RowBuffer;

/// What a value has beside its numbers.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Others {
    /// Texts, lists and media objects: nothing that a curve can show.
    pub(crate) not_numbers: u64,
    /// The last reason why a number has no column, and how many have none.
    pub(crate) refused: Option<(&'static str, u64)>,
}

/// The text is not extended JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Offset of the byte that can't stand there; the length of the text if it is cut off.
    pub(crate) byte: usize,
}

/// A number, `NaN`, a boolean or `null`.
#[inline]
pub(crate) fn number(token: &[u8]) -> Option<f64> {
    number::whole(token).or(match token {
        b"true" => Some(1.0),
        b"false" => Some(0.0),
        b"null" => Some(value::MISSING),
        _ => None,
    })
}

/// Appends the numbers of a value to `values`, each with its column, in the order of the text. The
/// value's own name is `root`; the members of an object are at `root.key`, or at `key` if `root` is
/// empty. Of text that is not JSON nothing is appended.
pub(crate) fn flatten(
    text: &[u8],
    root: &str,
    columns: &mut RowBuffer,
    values: &mut Vec<(usize, f64)>,
) -> Result<Others, Malformed> {
    let start = values.len();
    let mut leaves = Leaves {
        columns,
        values,
        others: Others::default(),
        objects: Vec::new(),
    };
    let result = literal::walk_with(&mut Path::default(), root, text, &mut leaves);
    let others = leaves.others;
    let byte = match result {
        Ok(end) => match text.get(end..).unwrap_or_default().trim_ascii_start() {
            [] => return Ok(others),
            rest => text.len() - rest.len(),
        },
        Err(literal::Stop::Unfinished) => text.len(),
        Err(literal::Stop::Broken { byte, .. }) => byte,
    };
    values.truncate(start);
    Err(Malformed { byte })
}

/// Finds the columns of numbers.
struct Leaves<'a> {
    columns: &'a mut RowBuffer,
    values: &'a mut Vec<(usize, f64)>,
    others: Others,
    objects: Vec<Object>,
}

/// An object that is not complete.
struct Object {
    /// What there was before it.
    values: usize,
    not_numbers: u64,
    /// It has a `_type`.
    is_media: bool,
}

impl Leaves<'_> {
    fn refuse(&mut self, reason: &'static str) {
        let count = self.others.refused.map_or(0, |(_, count)| count);
        self.others.refused = Some((reason, count + 1));
    }
}

impl Visit for Leaves<'_> {
    const SEPARATOR: char = '.';

    fn scalar(&mut self, path: &Path, value: &Scalar<'_>) {
        if path.lists() > 0 {
            return;
        }
        if let Some(object) = self.objects.last_mut()
            && path.key(path.depth().saturating_sub(1)) == "_type"
        {
            object.is_media = true;
        }
        let number = match value {
            Scalar::Number(number) => *number,
            Scalar::Bool(bool) => f64::from(u8::from(*bool)),
            Scalar::Null => value::MISSING,
            Scalar::Text(text) => match text.as_ref() {
                b"NaN" => f64::NAN,
                b"Infinity" => f64::INFINITY,
                b"-Infinity" => f64::NEG_INFINITY,
                _ => {
                    self.others.not_numbers += 1;
                    return;
                }
            },
        };
        match self.columns.find(path.name().as_bytes()) {
            Ok(column) => self.values.push((column, number)),
            Err(reason) => self.refuse(reason),
        }
    }

    fn unnamed_scalar(&mut self) {
        self.refuse(NAME_TOO_LONG);
    }

    fn object_start(&mut self, path: &Path) {
        if path.lists() == 0 {
            self.objects.push(Object {
                values: self.values.len(),
                not_numbers: self.others.not_numbers,
                is_media: false,
            });
        }
    }

    fn object_end(&mut self, path: &Path) {
        if path.lists() == 0
            && let Some(object) = self.objects.pop()
            && object.is_media
        {
            self.values.truncate(object.values);
            self.others.not_numbers = object.not_numbers + 1;
        }
    }

    /// A list is one leaf, whatever is in it.
    fn list_end(&mut self, path: &Path) {
        self.others.not_numbers += u64::from(path.lists() == 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, root: &str) -> String {
        let (mut columns, mut values) = (RowBuffer::default(), Vec::new());
        match flatten(text.as_bytes(), root, &mut columns, &mut values) {
            Err(Malformed { byte }) => format!("malformed at {byte}"),
            Ok(others) => {
                let mut shown = String::new();
                for (column, number) in values {
                    let name = String::from_utf8_lossy(columns.name(column)).into_owned();
                    let number = match value::is_missing(number) {
                        true => "missing".to_owned(),
                        false => number.to_string(),
                    };
                    shown.push_str(&format!("{name}={number} "));
                }
                shown + &"?".repeat(others.not_numbers as usize)
            }
        }
    }

    #[test]
    fn documents() {
        let table = [
            ("1.5 ", "k=1.5 "),
            (" -2e-3 ", "k=-0.002 "),
            ("NaN ", "k=NaN "),
            ("-Infinity ", "k=-inf "),
            ("\"Infinity\"", "k=inf "),
            ("null ", "k=missing "),
            ("true ", "k=1 "),
            ("\"text\"", "?"),
            ("[1, [2], {\"a\": 3, \"_type\": 4}]", "?"),
            ("[]", "?"),
            ("{}", ""),
            (
                r#"{"a": {"b": 1, "c": NaN}, "d": "x", "e": "1"}"#,
                "k.a.b=1 k.a.c=NaN ??",
            ),
            (
                r#"{"a": {"size": 9, "path": "x", "_type": "image-file", "l": [1]}, "b": 2}"#,
                "k.b=2 ?",
            ),
            (r#"{"\u00e9\"\/\ud83d\ude00": 1}"#, "k.é\"/😀=1 "),
        ];
        for (text, expected) in table {
            assert_eq!(show(text, "k"), expected, "{text}");
        }
        assert_eq!(show(r#"{"a": {"b": 1}}"#, ""), "a.b=1 ");
    }

    #[test]
    fn tokens() {
        for token in [
            "0",
            "-0",
            "-2.5",
            "0.36070946607342436",
            "-1.5E-07",
            "12345678901234567890",
            "1e400",
            "5e-324",
        ] {
            let expected = token.parse().ok().map(f64::to_bits);
            assert_eq!(
                number(token.as_bytes()).map(f64::to_bits),
                expected,
                "{token}"
            );
        }
        for token in ["", "-", "1.5x", "1,5", "--1", "1e", "x"] {
            assert_eq!(number(token.as_bytes()), None, "{token}");
        }
        assert_eq!(number(b"\xff"), None);
        assert_eq!(number(b"true"), Some(1.0));
        assert!(number(b"null").is_some_and(value::is_missing));
        assert_eq!(number(b"-Infinity"), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn damage_is_placed() {
        let table = [
            ("", 0),
            ("true 2", 5),
            ("{\"a\"", 4),
            ("{\"a\":1", 6),
            ("[1 x]", 3),
            ("\"abc", 4),
        ];
        for (text, byte) in table {
            assert_eq!(show(text, "k"), format!("malformed at {byte}"), "{text}");
        }
        assert_eq!(show(&"[".repeat(9999), ""), "malformed at 65");
    }
}
