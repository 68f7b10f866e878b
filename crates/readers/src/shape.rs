//! The shape of a number: as many digits on each side of the point as the one before it had.
//!
//! The same number of a line keeps its shape over many lines. Where it does, it is checked and read
//! as one machine word.

use parallax_model::digits::eight_digits;

const HIGHS: u64 = 0x8080_8080_8080_8080;
const ZEROS: u64 = 0x3030_3030_3030_3030;
const TO_HIGH: u64 = 0x7676_7676_7676_7676;

/// The longest number that has a shape, in bytes.
const MAX_BYTES: usize = 8;

/// The powers of ten that a number of a shape can be multiplied with or divided by: exact floats.
static TENS: [f64; 14] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
];

/// What is expected of a number without a sign, and of the byte behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The high bits of its digits.
    digits: u64,
    /// The point and the byte behind the number, and what stands there (counted from `0`).
    fixed: u64,
    fixed_is: u64,
    /// The digits in front of the point, and those behind it once they have moved up to the first.
    whole: u64,
    fraction: u64,
    /// Moves the digits to the end of the word.
    up: u32,
    /// The digits times or by this are the value.
    scale: f64,
    divides: bool,
    bytes: usize,
    behind: Option<u8>,
}

impl Shape {
    /// The shape of a number, whose value is times `10^shift`, with the byte behind it; `None` if
    /// it is too long, or is more than digits and a point between them.
    pub(crate) fn of(number: &[u8], shift: i32, behind: Option<u8>) -> Option<Self> {
        let bytes = number.len();
        if bytes > MAX_BYTES {
            return None;
        }
        let whole = number.iter().take_while(|byte| byte.is_ascii_digit());
        let whole = whole.count();
        let fraction = bytes.saturating_sub(whole + 1);
        let has_point = fraction > 0;
        let plain = number.iter().skip(whole + 1).all(u8::is_ascii_digit)
            && (whole == bytes || (has_point && number.get(whole) == Some(&b'.')));
        if whole == 0 || !plain {
            return None;
        }
        let exponent = shift - fraction as i32;
        let below = |count: usize| match count {
            8.. => u64::MAX,
            _ => (1 << (8 * count)) - 1,
        };
        let byte_at = |at: usize, byte: u8| match at {
            8.. => 0,
            _ => u64::from(byte) << (8 * at),
        };
        let point = if has_point { whole } else { 8 };
        let fixed = byte_at(point, 0xff) | byte_at(bytes, 0xff);
        Some(Self {
            digits: below(bytes) & !fixed & HIGHS,
            fixed,
            fixed_is: (byte_at(point, b'.') | byte_at(bytes, behind.unwrap_or(0)))
                ^ (fixed & ZEROS),
            whole: below(whole),
            fraction: if has_point { !below(whole) } else { 0 },
            up: 64 - 8 * (whole + fraction) as u32,
            scale: *TENS.get(exponent.unsigned_abs() as usize)?,
            divides: exponent < 0,
            bytes,
            behind,
        })
    }

    /// The value of the number that `rest` starts with, the end of `line`, and how long it is, if
    /// it has this shape and the byte behind it.
    #[inline(always)]
    pub(crate) fn read(&self, line: &[u8], rest: &[u8]) -> Option<(f64, usize)> {
        let word = match rest.first_chunk::<8>() {
            Some(word) => u64::from_le_bytes(*word),
            None => last_word(line, rest)?,
        };
        let nibbles = word ^ ZEROS;
        // The high bit of each byte that is no digit: exact up to and with the first such byte,
        // and behind a point.
        let others = nibbles.wrapping_add(TO_HIGH) | nibbles;
        if (others & self.digits) | ((nibbles & self.fixed) ^ self.fixed_is) != 0 {
            return None;
        }
        // Of a full word the byte behind it was not seen yet.
        if self.bytes == MAX_BYTES && rest.get(MAX_BYTES).copied() != self.behind {
            return None;
        }
        let digits = (nibbles & self.whole) | ((nibbles >> 8) & self.fraction);
        let digits = eight_digits(digits << self.up) as f64;
        let value = match self.divides {
            true => digits / self.scale,
            false => digits * self.scale,
        };
        Some((value, self.bytes))
    }
}

/// The fewer than eight bytes that a line ends with, NULs behind them.
#[inline]
fn last_word(line: &[u8], rest: &[u8]) -> Option<u64> {
    let word = u64::from_le_bytes(*line.last_chunk::<8>()?);
    let missing = 8 - u32::try_from(rest.len().min(8)).ok()?;
    word.checked_shr(8 * missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bits of the value at `at` and where it ends.
    fn read(shape: &Shape, text: &str, at: usize) -> Option<(u64, usize)> {
        let found = shape.read(text.as_bytes(), &text.as_bytes()[at..]);
        found.map(|(value, bytes)| (value.to_bits(), at + bytes))
    }

    #[test]
    fn numbers_of_one_shape_are_those_of_the_standard_parser() {
        let digits = ["90817263", "00000000", "99999999", "12345678"];
        let texts: Vec<String> = (1..=8)
            .flat_map(|whole| (0..=8 - whole).map(move |fraction| (whole, fraction)))
            .flat_map(|(whole, fraction)| {
                digits.map(|digits| match fraction {
                    0 => digits[..whole].to_owned(),
                    _ => format!("{}.{}", &digits[..whole], &digits[whole..whole + fraction]),
                })
            })
            .collect();
        let around = [
            ("", " of 12345678"),
            ("loss=", ""),
            ("12345678", "%"),
            ("", "\u{ba}1234567"),
        ];
        for (known, (before, behind)) in texts
            .iter()
            .flat_map(|text| around.map(|pair| (text, pair)))
        {
            for shift in [0, 3, -3, -6] {
                let first = behind.bytes().next();
                let Some(shape) = Shape::of(known.as_bytes(), shift, first) else {
                    assert!(known.len() > 8, "{known}");
                    continue;
                };
                for number in &texts {
                    let like = number.len() == known.len() && number.find('.') == known.find('.');
                    let value: f64 = format!("{number}e{shift}").parse().unwrap();
                    let text = format!("{before}{number}{behind}");
                    let end = before.len() + number.len();
                    // Of fewer bytes than a word nothing is said.
                    let expected = (like && text.len() >= 8).then_some((value.to_bits(), end));
                    assert_eq!(
                        read(&shape, &text, before.len()),
                        expected,
                        "{text} as {known}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_texts_have_no_shape() {
        for text in [
            "",
            ".",
            ".5",
            "5.",
            "1e5",
            "1.2.3",
            "-1",
            "123456789",
            "1.2345678",
            "1,234",
        ] {
            assert!(Shape::of(text.as_bytes(), 0, None).is_none(), "{text}");
        }
        let shape = Shape::of(b"1.25", 0, Some(b' ')).unwrap();
        for text in [
            "1.255    ",
            "12.5     ",
            "1:25     ",
            "1.2e     ",
            "1.25,    ",
            "1.2\u{ba}  5  ",
            "x   1.25",
            "",
        ] {
            assert_eq!(read(&shape, text, 0), None, "{text}");
        }
        assert_eq!(read(&shape, "x   1.25", 4), None);
        let full = Shape::of(b"0.000389", 0, None).unwrap();
        assert_eq!(
            read(&full, "0.000389", 0),
            Some((0.000389_f64.to_bits(), 8))
        );
        assert_eq!(read(&full, "0.0003891", 0), None);
        assert_eq!(read(&full, "0.000389 ", 0), None);
    }
}
