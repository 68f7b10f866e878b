//! Numbers of the shapes that nearly all have: at most 19 digits, perhaps a point between them,
//! perhaps an exponent. Everything else (`.5`, `3.`, `1,234`, more digits) is left to `number`.

use parallax_model::decimal;
use parallax_model::digits::digit_run;

/// The longest exponent that is read, in digits.
const EXPONENT_DIGITS: usize = 4;

/// A number without sign and unit: `digits × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    digits: u64,
    exponent: i32,
    /// Digits only.
    pub(crate) integer: bool,
    /// Where it ends in the text.
    pub(crate) end: usize,
}

impl Short {
    /// The number at `at`, with nothing behind it that could go on as a number. `None` says
    /// nothing: it may still be one.
    #[inline]
    pub(crate) fn read(text: &[u8], at: usize) -> Option<Self> {
        let short = Self::without_power(text, at)?;
        match text.get(short.end) {
            Some(b'e' | b'E') => short.with_power(text),
            Some(b',') if short.integer => {
                let digit = text.get(short.end + 1).is_some_and(u8::is_ascii_digit);
                (!digit).then_some(short)
            }
            _ => Some(short),
        }
    }

    /// The same without its exponent.
    #[inline]
    fn without_power(text: &[u8], at: usize) -> Option<Self> {
        let mut digits = 0;
        // Most numbers that are not whole have one digit in front of the point.
        let point = match text.get(at..)? {
            [digit @ b'0'..=b'9', b'.', ..] => {
                digits = u64::from(digit - b'0');
                at + 1
            }
            _ => digit_run(text, at, &mut digits),
        };
        if point == at {
            return None;
        }
        let mut short = Self {
            digits,
            exponent: 0,
            integer: true,
            end: point,
        };
        let mut count = point - at;
        if text.get(point) == Some(&b'.') {
            short.end = digit_run(text, point + 1, &mut short.digits);
            let fraction = short.end - point - 1;
            if fraction == 0 {
                return None;
            }
            count += fraction;
            short.exponent = -(fraction as i32);
            short.integer = false;
        }
        // More digits than can be held; zeros in front are none.
        let held = count <= 19 || count - zeros(text, at) <= 19;
        held.then_some(short)
    }

    /// The same with the exponent that stands behind the digits.
    #[inline(never)]
    fn with_power(self, text: &[u8]) -> Option<Self> {
        let sign = text.get(self.end + 1)?;
        let start = self.end + 1 + usize::from(matches!(sign, b'-' | b'+'));
        let mut power = 0;
        let end = digit_run(text, start, &mut power);
        if end == start || end - start > EXPONENT_DIGITS {
            return None;
        }
        let power = i32::try_from(power).ok()?;
        Some(Self {
            exponent: self.exponent + if *sign == b'-' { -power } else { power },
            integer: false,
            end,
            ..self
        })
    }

    /// The value, times `10^shift`, rounded once; `None` where that takes the slow way.
    #[inline]
    pub(crate) fn value(&self, shift: i32) -> Option<f64> {
        decimal::nearest_f64(self.digits, self.exponent + shift)
    }
}

/// How many zeros a number starts with, on both sides of its point.
#[cold]
fn zeros(text: &[u8], at: usize) -> usize {
    let zeros = text.iter().skip(at);
    let zeros = zeros.take_while(|byte| matches!(byte, b'0' | b'.'));
    zeros.filter(|byte| **byte == b'0').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Value and end of the number at `at`.
    fn read(text: &str, at: usize, shift: i32) -> Option<(f64, usize)> {
        let short = Short::read(text.as_bytes(), at)?;
        Some((short.value(shift)?, short.end))
    }

    #[test]
    fn values_are_those_of_the_standard_parser() {
        let digits = "90071992547409931234";
        for whole in 0..=10 {
            for fraction in 0..=10 {
                for power in ["", "e5", "E+07", "e-05", "E-0", "e12"] {
                    let (head, tail) = (&digits[..whole], &digits[whole..whole + fraction]);
                    let number = match fraction {
                        0 => format!("{head}{power}"),
                        _ => format!("{head}.{tail}{power}"),
                    };
                    let expected = number.parse::<f64>().ok().filter(|_| whole > 0);
                    for (before, behind) in
                        [("", ""), ("loss: ", ", x"), ("12345678", "%"), ("", "}")]
                    {
                        let start = before.len();
                        let text = format!("{before}{number}{behind}");
                        let found = read(&text, start, 0);
                        let expected = expected.map(|value| (value, start + number.len()));
                        // Nothing but the number of digits is a reason to say nothing.
                        match found {
                            Some((value, end)) => {
                                let bits = Some((value.to_bits(), end));
                                let expected = expected.map(|(value, end)| (value.to_bits(), end));
                                assert_eq!(bits, expected, "{text}");
                            }
                            None => assert!(whole == 0 || whole + fraction > 15, "{text}"),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn units_move_the_exponent() {
        assert_eq!(read("22.870s", 0, 3), Some((22870.0, 6)));
        assert_eq!(read("5 us", 0, -3), Some((0.005, 1)));
    }

    #[test]
    fn zeros_in_front_are_no_digits() {
        let text = "0.000000000000001234567890123456";
        assert_eq!(read(text, 0, 0), text.parse().ok().map(|value| (value, 32)));
        assert_eq!(read("12345678901234567890", 0, 0), None);
    }

    #[test]
    fn other_shapes_are_left_alone() {
        for text in [
            "", "x", "-1", ".5", "3.", "3. x", "1,234", "1e", "1e+", "1ex", "2epochs", "1.5e-x",
            "1e12345", "nan",
        ] {
            assert_eq!(Short::read(text.as_bytes(), 0), None, "{text}");
        }
        for (text, end) in [
            ("1, 2", 1),
            ("1.5,2", 3),
            ("1.2.3", 3),
            ("10:00", 2),
            ("7x", 1),
        ] {
            let short = Short::read(text.as_bytes(), 0);
            assert_eq!(short.map(|short| short.end), Some(end), "{text}");
        }
    }
}
