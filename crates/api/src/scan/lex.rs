//! The words of JSON: numbers, strings and literals at the start of a byte slice.
//!
//! Strict as RFC 8259 (no leading zeros, no bare control characters). A word that touches the end
//! of the slice may go on in the next chunk: that is [`Fault::Incomplete`], never an error.

use parallax_model::decimal::nearest_f64;
use parallax_model::digits::digit_run;

/// Why no word was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The slice ends inside the word.
    Incomplete,
    /// Byte `at` of the slice is not JSON.
    Bad { at: usize, expected: &'static str },
}

/// A number as it is written: `digits × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    negative: bool,
    digits: u64,
    exponent: i32,
    /// Written without fraction and exponent.
    integer: bool,
    /// `digits` holds every digit (19 fit).
    whole: bool,
}

impl Number {
    /// The nearest float; `text` is the number as written.
    #[inline]
    pub(crate) fn to_f64(self, text: &[u8]) -> f64 {
        if self.whole
            && let Some(size) = nearest_f64(self.digits, self.exponent)
        {
            return if self.negative { -size } else { size };
        }
        let parsed = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        parsed.unwrap_or(f64::NAN)
    }

    /// An integer as it stands; any other number rounded towards zero, held within `i64`.
    #[inline]
    pub(crate) fn to_i64(self, text: &[u8]) -> i64 {
        if self.integer
            && self.whole
            && let Ok(size) = i64::try_from(self.digits)
        {
            return if self.negative { -size } else { size };
        }
        self.to_f64(text) as i64
    }
}

/// The number at the start of `bytes` and its length.
#[inline]
pub(crate) fn number(bytes: &[u8]) -> Result<(Number, usize), Fault> {
    let negative = bytes.first() == Some(&b'-');
    let start = usize::from(negative);
    let mut digits = 0;
    let mut at = match bytes.get(start) {
        Some(b'0') => start + 1,
        Some(b'1'..=b'9') => digit_run(bytes, start, &mut digits),
        Some(_) => return Err(bad(start, "a digit")),
        None => return Err(Fault::Incomplete),
    };
    let mut significant = if bytes.get(start) == Some(&b'0') {
        0
    } else {
        at - start
    };
    let mut exponent = 0;
    let mut integer = true;
    if bytes.get(at) == Some(&b'.') {
        integer = false;
        let point = at + 1;
        at = point;
        if significant == 0 {
            while bytes.get(at) == Some(&b'0') {
                at += 1;
            }
        }
        let first = at;
        at = digit_run(bytes, at, &mut digits);
        if at == point {
            return Err(end_or_bad(bytes, at, "a digit after the decimal point"));
        }
        significant += at - first;
        exponent = -i32::try_from(at - point).unwrap_or(i32::MAX / 2);
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        integer = false;
        let (written, end) = exponent_part(bytes, at + 1)?;
        exponent += written;
        at = end;
    }
    if at == bytes.len() {
        return Err(Fault::Incomplete);
    }
    let number = Number {
        negative,
        digits,
        exponent,
        integer,
        whole: significant <= 19,
    };
    Ok((number, at))
}

fn exponent_part(bytes: &[u8], at: usize) -> Result<(i32, usize), Fault> {
    let (negative, first) = match bytes.get(at) {
        Some(b'-') => (true, at + 1),
        Some(b'+') => (false, at + 1),
        _ => (false, at),
    };
    let mut end = first;
    let mut size = 0i32;
    while let Some(byte @ b'0'..=b'9') = bytes.get(end) {
        // Beyond every float's range the exact size does not matter.
        size = (size * 10 + i32::from(byte - b'0')).min(100_000_000);
        end += 1;
    }
    if end == first {
        return Err(end_or_bad(bytes, end, "a digit of the exponent"));
    }
    Ok((if negative { -size } else { size }, end))
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The string whose opening quote is the first of `bytes`: whether it has escapes, and its length
/// with both quotes. Escapes are checked, not resolved.
#[inline]
pub(crate) fn string(bytes: &[u8]) -> Result<(bool, usize), Fault> {
    let mut at = 1;
    let mut escaped = false;
    loop {
        at = plain_run(bytes, at);
        match bytes.get(at) {
            None => return Err(Fault::Incomplete),
            Some(b'"') => return Ok((escaped, at + 1)),
            Some(b'\\') => {
                escaped = true;
                at = escape(bytes, at + 1)?;
            }
            Some(_) => return Err(bad(at, "no bare control character in a string")),
        }
    }
}

/// Where the bytes that mean themselves end: at a quote, a backslash, a control character or the
/// end of the slice.
#[inline]
fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        let quote = word ^ (ONES * 0x22);
        let slash = word ^ (ONES * 0x5c);
        // The high bit of each byte that is 0 (or, for the last, under 32); exact for the first.
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        if found & HIGHS != 0 {
            return at + ((found & HIGHS).trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes
        .get(at)
        .is_some_and(|&b| b != b'"' && b != b'\\' && b >= 0x20)
    {
        at += 1;
    }
    at
}

fn escape(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    match bytes.get(at) {
        None => Err(Fault::Incomplete),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => {
            for digit in at + 1..at + 5 {
                if !bytes.get(digit).is_some_and(u8::is_ascii_hexdigit) {
                    return Err(end_or_bad(bytes, digit, "four hex digits after \\u"));
                }
            }
            Ok(at + 5)
        }
        Some(_) => Err(bad(at, "an escape that JSON knows")),
    }
}

/// Checks that `bytes` starts with `word`; its length.
pub(crate) fn literal(bytes: &[u8], word: &'static str) -> Result<usize, Fault> {
    for (at, expected) in word.bytes().enumerate() {
        match bytes.get(at) {
            None => return Err(Fault::Incomplete),
            Some(&byte) if byte == expected => {}
            Some(_) => return Err(bad(at, word)),
        }
    }
    Ok(word.len())
}

/// Where white space that starts at `at` ends.
#[inline]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// True if `bytes` starts with `prefix`; compares eight bytes at a time, without a call.
#[inline]
pub(crate) fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    let Some(head) = bytes.get(..prefix.len()) else {
        return false;
    };
    let (words, tail) = head.as_chunks::<8>();
    let (expected, expected_tail) = prefix.as_chunks::<8>();
    let mut difference = 0;
    for (a, b) in words.iter().zip(expected) {
        difference |= u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
    }
    difference == 0 && tail.iter().zip(expected_tail).all(|(a, b)| a == b)
}

fn bad(at: usize, expected: &'static str) -> Fault {
    Fault::Bad { at, expected }
}

fn end_or_bad(bytes: &[u8], at: usize, expected: &'static str) -> Fault {
    if at < bytes.len() {
        bad(at, expected)
    } else {
        Fault::Incomplete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_nearest_floats() {
        for text in [
            "0",
            "-0",
            "1",
            "-1",
            "0.1",
            "2.352391E+00",
            "1.587349e-04",
            "123456789012345678901234567890",
            "0.000000000000000000000000000012345678901234567890123",
            "1e308",
            "1e309",
            "-1e999999999999",
            "1e-400",
            "5e-324",
            "2.2250738585072014e-308",
            "9007199254740993",
            "179769313486231570000000000000000000000e270",
            "12345678.12345678",
            "1234567.1234567e5",
            "0.00",
            "0e5",
            "10.50",
        ] {
            let (number, length) = number(format!("{text},").as_bytes()).unwrap();
            let expected: f64 = text.parse().unwrap();
            assert_eq!(length, text.len());
            assert_eq!(
                number.to_f64(text.as_bytes()).to_bits(),
                expected.to_bits(),
                "{text}"
            );
        }
    }

    #[test]
    fn integers_stay_whole() {
        for (text, expected) in [
            ("1763726400000", 1_763_726_400_000),
            ("-7", -7),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", i64::MAX),
            ("99999999999999999999", i64::MAX),
            ("1.7e3", 1_700),
            ("12.9", 12),
            ("-12.9", -12),
            ("1e400", i64::MAX),
        ] {
            let (number, _) = number(format!("{text} ").as_bytes()).unwrap();
            assert_eq!(number.to_i64(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for (text, at) in [
            ("-x", 1),
            ("1.x", 2),
            ("1e,", 2),
            ("1e+,", 3),
            (".5", 0),
            ("+1", 0),
        ] {
            let Err(Fault::Bad { at: found, .. }) = number(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!(found, at, "{text}");
        }
        for text in ["", "-", "1", "1.", "1.5", "1e", "1e+", "1e+5"] {
            assert_eq!(number(text.as_bytes()), Err(Fault::Incomplete), "{text}");
        }
        // A leading zero ends the number; the digit after it is the next word's problem.
        assert_eq!(number(b"01").unwrap().1, 1);
    }

    #[test]
    fn strings_end_at_their_quote() {
        for (text, escaped, length) in [
            (r#""" "#, false, 2),
            (r#""train/loss","#, false, 12),
            (r#""a\"b" "#, true, 6),
            (r#""\u00e9\\" "#, true, 10),
            ("\"größe in µm, long enough\"", false, 29),
        ] {
            assert_eq!(string(text.as_bytes()), Ok((escaped, length)), "{text}");
            for cut in 1..length {
                assert_eq!(
                    string(&text.as_bytes()[..cut]),
                    Err(Fault::Incomplete),
                    "{text} {cut}"
                );
            }
        }
        for (text, at) in [
            ("\"a\nb\"", 2),
            ("\"a\\xb\"", 3),
            ("\"\\u12g4\"", 5),
            ("\"12345678\u{1f}\"", 9),
        ] {
            let Err(Fault::Bad { at: found, .. }) = string(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!(found, at, "{text}");
        }
    }

    #[test]
    fn prefixes_of_every_length() {
        let text = b"{\"metric_name\":\"loss\"}";
        for end in 0..=text.len() {
            assert!(starts_with(text, &text[..end]));
            if end > 0 {
                let mut other = text[..end].to_vec();
                other[end - 1] ^= 1;
                assert!(!starts_with(text, &other));
                assert!(!starts_with(&text[..end - 1], &text[..end]));
            }
        }
    }
}
