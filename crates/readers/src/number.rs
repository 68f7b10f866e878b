//! Numbers as loggers write them, with their units.
//!
//! `1.587349E-04`, `4,194,304`, `-100.00%`, `nan`, `-inf`, `22.870s`, `227.35GB`, `nanms`. Every
//! value is rounded once, from its decimal text, to the nearest f64. Times come out in
//! milliseconds, whatever their unit; every other value comes out as it is written.

use parallax_model::digits::digit_run;
use parallax_model::{decimal, value};

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
    let first = text.get(at)?;
    let digits = at + usize::from(matches!(first, b'-' | b'+'));
    let short = Short::read(text, digits);
    let (integer, behind) = match &short {
        Some(short) => (short.integer, short.end),
        None => Digits::read(text, at).map(|digits| (digits.integer, digits.end))?,
    };
    let (unit, shift, end) = unit(text, behind)?;
    let (unit, shift, end) = match unit {
        Unit::Plain if end == behind => spaced_unit(text, end).unwrap_or((unit, shift, end)),
        _ => (unit, shift, end),
    };
    let value = match short.and_then(|short| short.value(shift)) {
        Some(value) if *first == b'-' => -value,
        Some(value) => value,
        None => Digits::read(text, at)?.value(text.get(at..behind)?, shift)?,
    };
    Some(Number {
        value,
        unit,
        integer,
        start: at,
        end,
    })
}

/// Where the digits of the number at `at` end, which has no sign, and the decimal exponent of its
/// unit. `None` for numbers that don't start with a digit.
pub(crate) fn parts(text: &[u8], at: usize) -> Option<(usize, i32)> {
    text.get(at).filter(|byte| byte.is_ascii_digit())?;
    let digits = Digits::unsigned(text, at, false)?;
    let (found, shift, end) = unit(text, digits.end)?;
    let shift = match found {
        Unit::Plain if end == digits.end => {
            spaced_unit(text, end).map_or(shift, |(_, shift, _)| shift)
        }
        _ => shift,
    };
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
    other_bare(text, at, shift)
}

/// The same for a number of another shape.
#[cold]
fn other_bare(text: &[u8], at: usize, shift: i32) -> Option<Bare> {
    text.get(at).filter(|byte| byte.is_ascii_digit())?;
    let digits = Digits::unsigned(text, at, false)?;
    Some(Bare {
        value: digits.value(text.get(at..digits.end)?, shift)?,
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
    let negative = text.first() == Some(&b'-');
    let short = Short::read(text, usize::from(negative));
    if let Some(value) = short
        .filter(|short| short.end == text.len())
        .and_then(|short| short.value(0))
    {
        return Some(if negative { -value } else { value });
    }
    let digits = Digits::read(text, 0)?;
    (digits.end == text.len()).then(|| digits.value(text, 0))?
}

/// The shape of a decimal number.
struct Digits {
    mantissa: u64,
    exponent: i32,
    negative: bool,
    /// The mantissa holds all digits, so that `mantissa × 10^exponent` is the number.
    complete: bool,
    integer: bool,
    commas: bool,
    named: bool,
    end: usize,
}

impl Digits {
    fn read(text: &[u8], at: usize) -> Option<Self> {
        let mut end = at;
        let negative = match text.get(end)? {
            b'-' => true,
            b'+' => false,
            _ => return Self::unsigned(text, at, false),
        };
        end += 1;
        Self::unsigned(text, end, negative)
    }

    fn unsigned(text: &[u8], at: usize, negative: bool) -> Option<Self> {
        let mut digits = Self {
            mantissa: 0,
            exponent: 0,
            negative,
            complete: true,
            integer: true,
            commas: false,
            named: false,
            end: at,
        };
        if !text.get(at)?.is_ascii_digit() && *text.get(at)? != b'.' {
            digits.end = named(text, at)?;
            digits.named = true;
            digits.integer = false;
            return Some(digits);
        }
        let mut count = digits.run(text, 0);
        while digits.end - at <= 3 || digits.commas {
            if !thousands(text, digits.end) {
                break;
            }
            digits.commas = true;
            digits.end += 1;
            count += digits.run(text, 0);
        }
        if text.get(digits.end) == Some(&b'.') {
            let dot = digits.end;
            digits.end += 1;
            let fraction = digits.run(text, -1);
            // "…at 3." ends a sentence; "3." is also how Python 2 and C write 3.0.
            if count + fraction == 0 {
                return None;
            }
            digits.integer = false;
            if fraction == 0 && text.get(dot + 1).is_none() {
                digits.integer = true;
                digits.end = dot;
            }
        }
        digits.power(text);
        Some(digits)
    }

    /// Takes a run of digits, each of which moves the exponent by `scale`; gives their count.
    fn run(&mut self, text: &[u8], scale: i32) -> usize {
        let rest = text.get(self.end..).unwrap_or_default();
        let mut mantissa = self.mantissa;
        let count = digit_run(rest, 0, &mut mantissa);
        self.end += count;
        // Neither can reach 10^19.
        if (self.mantissa < 100_000_000_000 && count <= 8)
            || (self.mantissa < 1000 && count <= 16)
            || (self.mantissa < 10 && count <= 18)
        {
            self.mantissa = mantissa;
            self.exponent += scale * count as i32;
        } else {
            self.long_run(rest.get(..count).unwrap_or_default(), scale);
        }
        count
    }

    /// The same for digits that may be more than a mantissa holds.
    fn long_run(&mut self, digits: &[u8], scale: i32) {
        for digit in digits {
            if self.mantissa < 1_000_000_000_000_000_000 {
                self.mantissa = self.mantissa * 10 + u64::from(digit - b'0');
                self.exponent += scale;
            } else {
                self.complete = false;
            }
        }
    }

    /// Takes an exponent (`E-04`), if one is there.
    fn power(&mut self, text: &[u8]) {
        if !matches!(text.get(self.end), Some(b'e' | b'E')) {
            return;
        }
        let mut at = self.end + 1;
        let negative = match text.get(at) {
            Some(b'-') => true,
            Some(b'+') => false,
            _ => {
                at -= 1;
                false
            }
        };
        at += 1;
        let start = at;
        let mut power = 0_i32;
        while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            power = power
                .saturating_mul(10)
                .saturating_add(i32::from(digit - b'0'))
                .min(99_999);
            at += 1;
        }
        if at > start {
            self.exponent += if negative { -power } else { power };
            self.integer = false;
            self.end = at;
        }
    }

    /// The value, times `10^shift`, rounded once.
    fn value(&self, text: &[u8], shift: i32) -> Option<f64> {
        let exponent = self.exponent + shift;
        if self.complete
            && !self.named
            && let Some(value) = decimal::nearest_f64(self.mantissa, exponent)
        {
            return Some(if self.negative { -value } else { value });
        }
        self.slow(text, shift)
    }

    fn slow(&self, text: &[u8], shift: i32) -> Option<f64> {
        let text = text.get(..self.end.min(text.len()))?;
        let text = std::str::from_utf8(text).ok()?;
        if !self.commas && (shift == 0 || self.named) {
            return value::parse(text);
        }
        let (number, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let power = power.parse::<i32>().ok()? + shift;
        value::parse(&format!("{}e{power}", number.replace(',', "")))
    }
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
