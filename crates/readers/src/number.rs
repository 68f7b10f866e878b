//! Numbers as loggers write them, with their units.
//!
//! `1.587349E-04`, `4,194,304`, `-100.00%`, `nan`, `-inf`, `22.870s`, `227.35GB`, `nanms`. Every
//! value is rounded once, from its decimal text, to the nearest f64. Times come out in
//! milliseconds, whatever their unit; every other value comes out as it is written.

use parallax_model::value;

use crate::short::Short;

/// What stood behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    /// Nothing, or a rate or name that does not change the number (`it/s`, `BPC`).
    Plain,
    /// A time, converted to milliseconds.
    Ms,
    /// A percentage, not divided.
    Percent,
    /// An amount, not converted: `gb`, `gib`, `m`, …
    Amount(&'static str),
}

impl Unit {
    /// What a metric's name ends with so that it says the unit.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Plain | Self::Percent => "",
            Self::Ms => "_ms",
            Self::Amount(suffix) => suffix,
        }
    }
}

/// A number read from a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// Its value, in the unit's own measure.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: Unit,
    /// Digits only: it can be a step or a count.
    pub(crate) integer: bool,
    /// Where it starts, at its sign if it has one.
    pub(crate) start: usize,
    /// Where the text goes on behind number and unit.
    pub(crate) end: usize,
}

impl Number {
    /// The value as a step, if it is a plain integer that a step can be.
    pub(crate) fn as_step(&self) -> Option<i64> {
        self.step_if(self.value)
    }

    /// The same if that were its value.
    pub(crate) fn step_if(&self, value: f64) -> Option<i64> {
        step_of(value).filter(|_| self.integer && self.unit == Unit::Plain)
    }
}

/// The largest value taken as a step: integers are exact up to here.
const MAX_STEP: f64 = 9_007_199_254_740_992.0;

/// A value that is a whole number as a step.
pub(crate) fn step_of(value: f64) -> Option<i64> {
    // The cast cuts the fraction off; within the range nothing else changes.
    let whole = value as i64;
    (value.abs() <= MAX_STEP && whole as f64 == value).then_some(whole)
}

/// Units by their spelling; the decimal exponent turns a time into milliseconds.
const UNITS: &[(&[u8], Unit, i32)] = &[
    (b"%", Unit::Percent, 0),
    (b"ms", Unit::Ms, 0),
    (b"s", Unit::Ms, 3),
    (b"GB", Unit::Amount("_gb"), 0),
    (b"GiB", Unit::Amount("_gib"), 0),
    (b"MB", Unit::Amount("_mb"), 0),
    (b"MiB", Unit::Amount("_mib"), 0),
    (b"M", Unit::Amount("_m"), 0),
    (b"G", Unit::Amount("_g"), 0),
    (b"K", Unit::Amount("_k"), 0),
    (b"k", Unit::Amount("_k"), 0),
    (b"B", Unit::Amount("_b"), 0),
    (b"T", Unit::Amount("_t"), 0),
    (b"TB", Unit::Amount("_tb"), 0),
    (b"TiB", Unit::Amount("_tib"), 0),
    (b"KB", Unit::Amount("_kb"), 0),
    (b"KiB", Unit::Amount("_kib"), 0),
    (b"sec", Unit::Ms, 3),
    (b"secs", Unit::Ms, 3),
    (b"us", Unit::Ms, -3),
    (b"\xc2\xb5s", Unit::Ms, -3),
    (b"ns", Unit::Ms, -6),
    (b"min", Unit::Amount("_min"), 0),
    (b"h", Unit::Amount("_h"), 0),
    (b"BPC", Unit::Plain, 0),
    (b"bpc", Unit::Plain, 0),
    (b"bits", Unit::Plain, 0),
    (b"nats", Unit::Plain, 0),
    (b"TFLOPS", Unit::Plain, 0),
    (b"TFLOPs", Unit::Plain, 0),
    (b"x", Unit::Plain, 0),
    (b"/s", Unit::Plain, 0),
    (b"/sec", Unit::Plain, 0),
    (b"it/s", Unit::Plain, 0),
    (b"img/s", Unit::Plain, 0),
    (b"tok/s", Unit::Plain, 0),
    (b"step/s", Unit::Plain, 0),
    (b"steps/s", Unit::Plain, 0),
    (b"tokens/s", Unit::Plain, 0),
    (b"tokens/sec", Unit::Plain, 0),
    (b"samples/s", Unit::Plain, 0),
    (b"samples/sec", Unit::Plain, 0),
    (b"TFLOP/s", Unit::Plain, 0),
    (b"TFLOP/s/GPU", Unit::Plain, 0),
    (b"tokens/s/GPU", Unit::Plain, 0),
];

/// Reads the number that starts at `at`, with its unit. `None` if there is none, or if what
/// follows makes it something else (`3f2a`, `10:00:00`, `1.2.3`).
pub(crate) fn read(text: &[u8], at: usize) -> Option<Number> {
    let negative = *text.get(at)? == b'-';
    let has_sign = negative || text.get(at) == Some(&b'+');
    let digits = Digits::read(text, at + usize::from(has_sign))?;
    let (unit, shift, end) = unit_behind(text, digits.end)?;
    Some(Number {
        value: signed(digits.value(text, shift)?, negative),
        unit,
        integer: digits.integer,
        start: at,
        end,
    })
}

/// Where the digits of the number at `at` end, which has no sign, and the decimal exponent of its
/// unit. `None` for numbers that don't start with a digit.
pub(crate) fn parts(text: &[u8], at: usize) -> Option<(usize, i32)> {
    text.get(at).filter(|byte| byte.is_ascii_digit())?;
    let digits = Digits::read(text, at)?;
    let (_, shift, _) = unit_behind(text, digits.end)?;
    Some((digits.end, shift))
}

/// The digits of a number, without sign and unit.
pub(crate) struct Bare {
    /// The value, times the power of ten that was asked for.
    pub(crate) value: f64,
    /// Digits only.
    pub(crate) integer: bool,
    /// Where they end.
    pub(crate) end: usize,
}

/// The digits at `at`, times `10^shift`. What follows is not looked at.
#[inline]
pub(crate) fn bare(text: &[u8], at: usize, shift: i32) -> Option<Bare> {
    if let Some(short) = Short::read(text, at)
        && let Some(value) = short.value(shift)
    {
        return Some(Bare {
            value,
            integer: short.integer,
            end: short.end,
        });
    }
    text.get(at).filter(|byte| byte.is_ascii_digit())?;
    let digits = Digits::read(text, at)?;
    Some(Bare {
        value: digits.value(text, shift)?,
        integer: digits.integer,
        end: digits.end,
    })
}

/// A whole text as one number without a unit: `4.289`, `1e-05`, `NaN`, `-Infinity`.
pub(crate) fn whole(text: &[u8]) -> Option<f64> {
    all_of(text.trim_ascii())
}

/// The same for a text without spaces around it.
pub(crate) fn all_of(text: &[u8]) -> Option<f64> {
    let negative = *text.first()? == b'-';
    let has_sign = negative || text.first() == Some(&b'+');
    let digits =
        Digits::read(text, usize::from(has_sign)).filter(|digits| digits.end == text.len())?;
    Some(signed(digits.value(text, 0)?, negative))
}

/// The value with its sign; one NaN is enough.
fn signed(value: f64, negative: bool) -> f64 {
    if negative && !value.is_nan() {
        -value
    } else {
        value
    }
}

/// The digits of a number as they are written, or the name of a value that is not finite.
struct Digits {
    start: usize,
    end: usize,
    /// Digits only.
    integer: bool,
    /// The same read the fast way, if they have a shape for that.
    short: Option<Short>,
}

impl Digits {
    #[inline]
    fn read(text: &[u8], start: usize) -> Option<Self> {
        match Short::read(text, start) {
            Some(short) => Some(Self {
                start,
                end: short.end,
                integer: short.integer,
                short: Some(short),
            }),
            None => Self::other(text, start),
        }
    }

    /// Digits of any shape: `.5`, `3.`, `1,234`, more of them than a machine word holds.
    #[inline(never)]
    fn other(text: &[u8], start: usize) -> Option<Self> {
        let first = *text.get(start)?;
        if !first.is_ascii_digit() && first != b'.' {
            return Some(Self {
                start,
                end: named(text, start)?,
                integer: false,
                short: None,
            });
        }
        let run = |at: usize| {
            let rest = text.get(at..).unwrap_or_default();
            at + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let mut end = run(start);
        if end - start <= 3 {
            while thousands(text, end) {
                end += 4;
            }
        }
        let mut integer = true;
        if text.get(end) == Some(&b'.') {
            let behind = run(end + 1);
            // "…at 3." ends a sentence; "3." is also how Python 2 and C write 3.0.
            let is_sentence = end > start && end + 1 == text.len();
            if behind == start + 1 {
                return None;
            }
            if !is_sentence {
                (end, integer) = (behind, false);
            }
        }
        if let Some(b'e' | b'E') = text.get(end) {
            let sign = usize::from(matches!(text.get(end + 1), Some(b'-' | b'+')));
            let behind = run(end + 1 + sign);
            if behind > end + 1 + sign {
                (end, integer) = (behind, false);
            }
        }
        Some(Self {
            start,
            end,
            integer,
            short: None,
        })
    }

    /// The value, times `10^shift`, rounded once.
    #[inline]
    fn value(&self, text: &[u8], shift: i32) -> Option<f64> {
        let short = self.short.as_ref().and_then(|short| short.value(shift));
        short.or_else(|| value_of(text.get(self.start..self.end)?, shift))
    }
}

#[inline(never)]
fn value_of(number: &[u8], shift: i32) -> Option<f64> {
    let number = std::str::from_utf8(number).ok()?;
    let is_named = !number.contains(|letter: char| letter.is_ascii_digit());
    if is_named || (shift == 0 && !number.contains(',')) {
        return value::parse(number);
    }
    let (digits, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let power = power.parse::<i32>().ok()?.saturating_add(shift);
    value::parse(&format!("{}e{power}", digits.replace(',', "")))
}

/// `,ddd` and no fourth digit.
fn thousands(text: &[u8], at: usize) -> bool {
    if text.get(at) != Some(&b',') {
        return false;
    }
    let Some(group) = text.get(at..at + 4) else {
        return false;
    };
    group.iter().skip(1).all(u8::is_ascii_digit)
        && !text.get(at + 4).is_some_and(u8::is_ascii_digit)
}

/// The end of `nan`, `inf` or `infinity`, in any case.
fn named(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    [&b"infinity"[..], b"inf", b"nan"]
        .iter()
        .find(|name| {
            rest.get(..name.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(name))
        })
        .map(|name| at + name.len())
}

/// The unit behind the digits that end at `at`, its exponent, and the end of the value.
fn unit_behind(text: &[u8], at: usize) -> Option<(Unit, i32, usize)> {
    match unit(text, at)? {
        (Unit::Plain, _, end) if end == at => {
            Some(spaced_unit(text, at).unwrap_or((Unit::Plain, 0, at)))
        }
        found => Some(found),
    }
}

/// The unit that starts at `at`, its exponent, and the end of the value.
fn unit(text: &[u8], at: usize) -> Option<(Unit, i32, usize)> {
    if ends_value(text, at) {
        return Some((Unit::Plain, 0, at));
    }
    let rest = text.get(at..)?;
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_alphabetic() && !matches!(byte, b'/' | b'%' | 0x80..))
        .unwrap_or(rest.len());
    let name = rest.get(..length)?;
    // A "/" can also lead to the next number of a pair or to the next key.
    let found = UNITS.iter().find(|(unit, ..)| *unit == name).or_else(|| {
        let cut = name.iter().position(|byte| *byte == b'/')?;
        let head = name.get(..cut).filter(|head| !head.is_empty())?;
        UNITS.iter().find(|(unit, ..)| *unit == head)
    });
    match found {
        Some((unit, kind, shift)) if ends_value(text, at + unit.len()) => {
            Some((*kind, *shift, at + unit.len()))
        }
        // `epoch=0/micro_step=10`
        _ if rest.first() == Some(&b'/') => Some((Unit::Plain, 0, at)),
        _ => None,
    }
}

/// A unit one space behind the number, if the field ends behind it: `0.50 s, `, `1.234 BPC |`.
fn spaced_unit(text: &[u8], at: usize) -> Option<(Unit, i32, usize)> {
    let rest = text.get(at..)?.strip_prefix(b" ")?;
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'/')
        .count();
    // What stands behind tells most cases apart without a look at the table.
    let after = rest.get(length..)?.iter().find(|byte| **byte != b' ');
    let name = rest.get(..length)?;
    let time = matches!(name, b"s" | b"ms" | b"sec") && rest.get(length) == Some(&b' ');
    if length == 0 || !(time || matches!(after, None | Some(b',' | b'|' | b';'))) {
        return None;
    }
    let (unit, kind, shift) = UNITS.iter().find(|(unit, ..)| *unit == name)?;
    (unit.len() > 1 || *unit == b"s").then_some((*kind, *shift, at + 1 + length))
}

/// Whether a value can end at `at`: nothing more, a space, a delimiter, a parenthesis.
fn ends_value(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1);
    match text.get(at) {
        None | Some(b' ' | b'\t' | b',' | b'|' | b';' | b')' | b']' | b'}' | b'(') => true,
        Some(b'/') => next.is_some_and(|byte| byte.is_ascii_digit() || *byte == b' '),
        Some(b':' | b'.') => next.is_none_or(|byte| matches!(byte, b' ' | b'\t')),
        Some(b'[' | b'\'' | b'"') => true,
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_units() {
        // The values are Python's float() of the text, with the unit's exponent written behind it.
        let cases: &[(&str, f64, Unit, usize)] = &[
            ("1.587349E-04 |", 1.587349e-4, Unit::Plain, 12),
            ("4,194,304", 4_194_304.0, Unit::Plain, 9),
            ("1,234 next", 1234.0, Unit::Plain, 5),
            ("12,345.5,", 12345.5, Unit::Plain, 8),
            ("-100.00%", -100.0, Unit::Percent, 8),
            ("22.870s step", 22870.0, Unit::Ms, 7),
            ("0.001s", 1.0, Unit::Ms, 6),
            ("182.95ms", 182.95, Unit::Ms, 8),
            ("227.35GB/28", 227.35, Unit::Amount("_gb"), 8),
            ("5.17GiB(6.5%)", 5.17, Unit::Amount("_gib"), 7),
            ("40.5TFLOPS |", 40.5, Unit::Plain, 10),
            ("0/micro_step=1", 0.0, Unit::Plain, 1),
            ("238.05/s ", 238.05, Unit::Plain, 8),
            ("10/    3000", 10.0, Unit::Plain, 2),
            ("1.234 BPC", 1.234, Unit::Plain, 9),
            ("1.234 BPC, lr 2", 1.234, Unit::Plain, 9),
            ("0.50 s | x", 500.0, Unit::Ms, 6),
            ("270.125 s samples/sec: 3.8", 270_125.0, Unit::Ms, 9),
            ("5 s:3", 5.0, Unit::Plain, 1),
            (".5", 0.5, Unit::Plain, 2),
            ("3.", 3.0, Unit::Plain, 1),
            (
                "9.649992967150629e-06,",
                9.649992967150629e-06,
                Unit::Plain,
                21,
            ),
            (
                "123456789012345678901234567890",
                1.2345678901234568e29,
                Unit::Plain,
                30,
            ),
            ("0.30000000000000004", 0.30000000000000004, Unit::Plain, 19),
            ("1e400", f64::INFINITY, Unit::Plain, 5),
            ("-inf", f64::NEG_INFINITY, Unit::Plain, 4),
            ("Infinity", f64::INFINITY, Unit::Plain, 8),
        ];
        for (text, value, unit, end) in cases {
            let number = read(text.as_bytes(), 0).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (number.value, number.unit, number.end),
                (*value, *unit, *end),
                "{text}"
            );
        }
        for text in ["nan", "NaN", "NAN,", "-nan", "nanms", "+nan%"] {
            assert!(read(text.as_bytes(), 0).unwrap().value.is_nan(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_value() {
        for text in [
            "3f2a1b", "10:00:00", "1.2.3", "0x10", "nanotime", "", "-", "e5", "12abc", ".",
        ] {
            assert_eq!(read(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn equals_the_standard_parser() {
        let mut state = 7_u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let mantissa = state >> (11 + state % 40);
            let exponent = (state >> 32) as i32 % 40 - 20;
            for text in [
                format!("{mantissa}e{exponent}"),
                format!("0.{mantissa}"),
                format!("{}.{mantissa}", state % 1000),
                format!("{:e}", f64::from_bits(state)),
            ] {
                let expected = value::parse(&text).map(f64::to_bits);
                let found = whole(text.as_bytes()).map(f64::to_bits);
                assert_eq!(found, expected, "{text}");
                if let Some(bare) = bare(text.as_bytes(), 0, 0) {
                    assert_eq!(Some(bare.value.to_bits()), expected, "{text}");
                    assert_eq!(bare.end, text.len(), "{text}");
                }
            }
        }
    }

    #[test]
    fn bare_digits_end_where_a_number_does() {
        // Value, whole, and end, as `values_and_units` has them.
        let cases: &[(&str, i32, f64, bool, usize)] = &[
            ("22.870s step", 3, 22870.0, false, 6),
            ("12,345.5,", 0, 12345.5, false, 8),
            ("1,234 next", 0, 1234.0, true, 5),
            ("10, 20", 0, 10.0, true, 2),
            ("10,20", 0, 10.0, true, 2),
            ("1.5,234", 0, 1.5, false, 3),
            ("1.2.3", 0, 1.2, false, 3),
            ("3.", 0, 3.0, true, 1),
            ("3. x", 0, 3.0, false, 2),
            ("1e-05,", 0, 1e-5, false, 5),
            ("5 us", -3, 0.005, true, 1),
            ("0.1234567890123456", 0, 0.1234567890123456, false, 18),
        ];
        for (text, shift, value, integer, end) in cases {
            let found = bare(text.as_bytes(), 0, *shift).unwrap_or_else(|| panic!("{text}"));
            let found = (found.value, found.integer, found.end);
            assert_eq!(found, (*value, *integer, *end), "{text}");
        }
        for text in ["", "-1", ".5", "nan", "x"] {
            assert!(bare(text.as_bytes(), 0, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn steps() {
        assert_eq!(
            read(b"10/3000", 0).and_then(|number| number.as_step()),
            Some(10)
        );
        assert_eq!(read(b"10.0", 0).and_then(|number| number.as_step()), None);
        assert_eq!(step_of(99.0), Some(99));
        assert_eq!(step_of(1e300), None);
        assert_eq!(step_of(f64::NAN), None);
    }
}
