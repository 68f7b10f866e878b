//! The shape of a number: as many digits on each side of the point as the one before it had.
//!
//! The same number of a line keeps its shape over many lines. Where it does, it is checked and read
//! as one machine word.

use parallax_core::digits::{eight_bytes, eight_digits};

const HIGHS: u64 = 0x8080_8080_8080_8080;
const ZEROS: u64 = 0x3030_3030_3030_3030;
const TO_HIGH: u64 = 0x7676_7676_7676_7676;

/// The longest number that has a shape, in bytes.
const MAX_BYTES: usize = 8;

/// The powers of ten that a number of a shape can be multiplied with or divided by: exact floats.
static TENS: [f64; 14] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
];

/// What is expected of a number without a sign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The high bits of its bytes and of the byte behind it.
    window: u64,
    /// Those of them that belong to no digit.
    others: u64,
    /// The byte of the point, and what stands there (as digits are counted from `0`).
    point: u64,
    point_is: u64,
    /// The digits in front of the point, and those behind it once they have moved up to the first.
    whole: u64,
    fraction: u64,
    /// Moves the digits to the end of the word.
    up: u32,
    /// The digits times or by this are the value.
    scale: f64,
    divides: bool,
    bytes: usize,
}

impl Shape {
    /// The shape of a number, whose value is times `10^shift`; `None` if it is too long, or is more
    /// than digits and a point between them.
    pub(crate) fn of(number: &[u8], shift: i32) -> Option<Self> {
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
        let byte_at = |at: usize| match at {
            8.. => 0,
            _ => 0xff << (8 * at),
        };
        let point = if has_point { byte_at(whole) } else { 0 };
        Some(Self {
            window: below(bytes + 1) & HIGHS,
            others: (point | byte_at(bytes)) & HIGHS,
            point,
            point_is: point & (u64::from(b'.' ^ b'0') * 0x0101_0101_0101_0101),
            whole: below(whole),
            fraction: if has_point { !below(whole) } else { 0 },
            up: 64 - 8 * (whole + fraction) as u32,
            scale: *TENS.get(exponent.unsigned_abs() as usize)?,
            divides: exponent < 0,
            bytes,
        })
    }

    /// The value of the number at `at` and where it ends, if it has this shape and no digit behind
    /// it. What else stands behind it is not looked at.
    #[inline]
    pub(crate) fn read(&self, text: &[u8], at: usize) -> Option<(f64, usize)> {
        let word = eight_bytes(text, at)?;
        let nibbles = word ^ ZEROS;
        // The high bit of each byte that is no digit: exact up to and with the first such byte,
        // and behind a point.
        let others = nibbles.wrapping_add(TO_HIGH) | nibbles;
        if others & self.window != self.others || nibbles & self.point != self.point_is {
            return None;
        }
        // Of a full word the byte behind it was not seen yet.
        if self.bytes == MAX_BYTES && text.get(at + MAX_BYTES).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let digits = (nibbles & self.whole) | ((nibbles >> 8) & self.fraction);
        let digits = eight_digits(digits << self.up) as f64;
        let value = match self.divides {
            true => digits / self.scale,
            false => digits * self.scale,
        };
        Some((value, at + self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for known in &texts {
            for shift in [0, 3, -3, -6] {
                let Some(shape) = Shape::of(known.as_bytes(), shift) else {
                    assert!(known.len() > 8, "{known}");
                    continue;
                };
                let point = known.find('.');
                for number in &texts {
                    // What is behind a whole number is not looked at, unless it is a digit.
                    let (read, like) = match (point, number.find('.')) {
                        (None, Some(at)) => (&number[..at], at == known.len()),
                        (_, at) => (number.as_str(), at == point && number.len() == known.len()),
                    };
                    let value: f64 = format!("{read}e{shift}").parse().unwrap();
                    for (before, behind) in
                        [("", " of 12345678"), ("loss=", ""), ("12345678", "\u{ba}")]
                    {
                        let text = format!("{before}{number}{behind}");
                        let found = shape.read(text.as_bytes(), before.len());
                        let found = found.map(|(value, end)| (value.to_bits(), end));
                        let end = before.len() + read.len();
                        // Of fewer bytes than a word nothing is said.
                        let expected = (like && text.len() >= 8).then_some((value.to_bits(), end));
                        assert_eq!(found, expected, "{text} as {known}");
                    }
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
            assert!(Shape::of(text.as_bytes(), 0).is_none(), "{text}");
        }
        let shape = Shape::of(b"1.25", 0).unwrap();
        for text in [
            "1.255    ",
            "12.5     ",
            "1:25     ",
            "1.2e     ",
            "1.2\u{ba}  5  ",
            "",
        ] {
            assert_eq!(shape.read(text.as_bytes(), 0), None, "{text}");
        }
    }
}
