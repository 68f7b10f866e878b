//! Decimal digits to the nearest `f64`, exactly as `str::parse` and `JSON.parse` round.
//!
//! `digits × 10^exponent` is decided by a fast path where that is provably exact, and by [`parse`]
//! from the text where it is not (`None`). `str::parse` would do that too, but its tables are a
//! twentieth of what the page loads. Two fast paths, tried in order:
//! both factors are exact floats, so that one IEEE operation rounds correctly (Clinger, 1990); the
//! 192-bit product of the digits and a 128-bit power of five is not near a rounding boundary
//! (Lemire, "Number Parsing at a Gigabyte per Second", 2021, arXiv:2101.11408, reduced to the
//! unambiguous case).

/// The smallest and largest exponent of the table of powers of five. 5^55 is the last that fits in
/// 128 bits; a metric's digits reach beyond these only in texts that nobody prints often.
const LOWEST: i32 = -54;
const HIGHEST: i32 = 55;
const POWERS: usize = (HIGHEST - LOWEST + 1) as usize;

/// 5^q scaled to have its top bit set, rounded down, for each `q` from [`LOWEST`] to [`HIGHEST`].
static FIVES: [u128; POWERS] = powers_of_five();

/// Powers of ten that are exact floats.
static TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

const fn powers_of_five() -> [u128; POWERS] {
    let mut table = [0u128; POWERS];
    let mut power = 1u128;
    let mut q = 0;
    while q <= HIGHEST {
        table[(q - LOWEST) as usize] = power << power.leading_zeros();
        if q > 0 && -q >= LOWEST {
            table[(-q - LOWEST) as usize] = reciprocal(power);
        }
        if q < HIGHEST {
            power *= 5;
        }
        q += 1;
    }
    table
}

/// The first 128 binary digits of 1 / `divisor`, rounded down, by long division.
const fn reciprocal(divisor: u128) -> u128 {
    let mut remainder = 1u128;
    while remainder * 2 < divisor {
        remainder *= 2;
    }
    let mut quotient = 0u128;
    let mut bit = 0;
    while bit < 128 {
        remainder *= 2;
        quotient <<= 1;
        if remainder >= divisor {
            remainder -= divisor;
            quotient |= 1;
        }
        bit += 1;
    }
    quotient
}

/// The float nearest to `digits × 10^exponent`, ties to even; `None` where the fast paths cannot
/// tell, which is rare for numbers that loggers print.
#[inline]
pub fn nearest_f64(digits: u64, exponent: i32) -> Option<f64> {
    if digits >> 53 == 0 && (-22..=22).contains(&exponent) {
        let power = *TENS.get(exponent.unsigned_abs() as usize)?;
        return Some(if exponent < 0 {
            digits as f64 / power
        } else {
            digits as f64 * power
        });
    }
    if digits == 0 {
        return Some(0.0);
    }
    by_product(digits, exponent)
}

fn by_product(digits: u64, exponent: i32) -> Option<f64> {
    let five = *FIVES.get(usize::try_from(exponent - LOWEST).ok()?)?;
    let shift = digits.leading_zeros();
    let scaled = u128::from(digits << shift);
    // The top 128 of the product's 192 bits; the true product may be larger by less than one unit.
    let low = (scaled * (five & u128::from(u64::MAX))) >> 64;
    let product = scaled * (five >> 64) + low;
    let top = 1 - product.leading_zeros();
    // 53 bits are kept, the rest decides the rounding.
    let rest_bits = 74 + top;
    let rest = product & ((1 << rest_bits) - 1);
    let half = 1u128 << (rest_bits - 1);
    if rest == half || rest == half - 1 {
        return None;
    }
    let mut mantissa = (product >> rest_bits) as u64 + u64::from(rest > half);
    // floor(log2(5^q)), exact over the table's range.
    let log2_five = (exponent * 152_170) >> 16;
    let mut power = log2_five + exponent + 63 + top as i32 - shift as i32;
    if mantissa >> 53 != 0 {
        mantissa >>= 1;
        power += 1;
    }
    let biased = u64::try_from(power + 1023).ok()?;
    Some(f64::from_bits(
        (biased << 52) | (mantissa & ((1 << 52) - 1)),
    ))
}

/// Reads a float as `str::parse` does: digits with an optional point, sign and exponent, and `nan`,
/// `inf`, `infinity` in any case.
pub fn parse(text: &str) -> Option<f64> {
    let (is_negative, text) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
    let size = if is("nan") {
        f64::NAN
    } else if is("inf") || is("infinity") {
        f64::INFINITY
    } else {
        Written::of(text)?.value()
    };
    Some(if is_negative { -size } else { size })
}

/// A number as it is written, without its sign.
struct Written<'a> {
    /// Digits, and at most one point.
    digits: &'a [u8],
    /// The power of ten of the last digit.
    exponent: i64,
    /// The first significant digits, as many as fit, and how many did not.
    first: u64,
    left: i64,
}

impl<'a> Written<'a> {
    /// `None` where the text is no number.
    fn of(text: &'a [u8]) -> Option<Self> {
        let is_of_digits = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        let end = text.iter().position(|byte| !is_of_digits(byte));
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        let mut exponent = match rest {
            [] => 0,
            [b'e' | b'E', power @ ..] => whole(power)?,
            _ => return None,
        };
        let (mut first, mut left, mut count, mut has_point) = (0_u64, 0, 0, false);
        for &byte in digits {
            if byte == b'.' {
                if has_point {
                    return None;
                }
                has_point = true;
                continue;
            }
            count += 1;
            exponent -= i64::from(has_point);
            match first.checked_mul(10) {
                Some(ten) if left == 0 && ten < u64::MAX - 10 => first = ten + digit(byte),
                _ => left += 1,
            }
        }
        (count > 0).then_some(Self {
            digits,
            exponent,
            first,
            left,
        })
    }

    fn value(&self) -> f64 {
        // Of more digits than fit the value is between those that fit and their successor.
        let near = |digits: u64| {
            let exponent = i32::try_from(self.exponent.saturating_add(self.left)).ok()?;
            nearest_f64(digits, exponent)
        };
        let low = near(self.first);
        let high = if self.left == 0 {
            low
        } else {
            near(self.first + 1)
        };
        match (low, high) {
            (Some(low), Some(high)) if low == high => low,
            _ => self.exact(),
        }
    }

    /// The value by whole numbers of any size: slow, and always right.
    fn exact(&self) -> f64 {
        let mut digits: Vec<u64> = self
            .digits
            .iter()
            .filter(|b| **b != b'.')
            .map(|b| digit(*b))
            .collect();
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        let mut exponent = self.exponent;
        // The longest text on a boundary has 767 digits; of more, whether any is there decides.
        if digits.len() > DIGITS {
            exponent = exponent.saturating_add(digits.len() as i64 - DIGITS as i64 - 1);
            let rest = digits.split_off(DIGITS);
            digits.push(u64::from(rest.iter().any(|digit| *digit > 0)));
        }
        match exponent.saturating_add(digits.len() as i64) {
            _ if digits.is_empty() => return 0.0,
            310.. => return f64::INFINITY,
            ..=-326 => return 0.0,
            _ => {}
        }
        let (mut over, mut under) = (Large::default(), Large(vec![1]));
        digits.iter().for_each(|digit| over.times_ten(*digit));
        let scaled = if exponent < 0 { &mut under } else { &mut over };
        (0..exponent.unsigned_abs()).for_each(|_| scaled.times_ten(0));
        // The quotient of both gets 64 or 65 binary digits.
        let shift = 64 - (over.bits() - under.bits());
        over.shift_left(shift.max(0) as usize);
        under.shift_left((-shift).max(0) as usize);
        let (quotient, is_more) = over.divided(under);
        let top = 127 - i64::from(quotient.leading_zeros());
        let power = top - shift;
        let kept = 53 - (-1022 - power).max(0);
        if kept < 0 {
            return 0.0;
        }
        let drop = top + 1 - kept;
        let rest = quotient & ((1 << drop) - 1);
        let half = 1_u128 << (drop - 1);
        let down = (quotient >> drop) as u64;
        let is_up = rest > half || (rest == half && (is_more || down & 1 == 1));
        let mantissa = down + u64::from(is_up);
        match power {
            1024.. => f64::INFINITY,
            // the mantissa's top bit adds one to the exponent, as does a carry
            -1022.. => f64::from_bits((((power + 1022) as u64) << 52) + mantissa),
            _ => f64::from_bits(mantissa),
        }
    }
}

/// How many digits decide between two floats.
const DIGITS: usize = 770;

fn digit(byte: u8) -> u64 {
    u64::from(byte.wrapping_sub(b'0'))
}

/// A whole number with an optional sign, held within a range that no float reaches.
fn whole(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        all => (1, all),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let held = |size: i64, byte: &u8| (size * 10 + digit(*byte) as i64).min(1 << 40);
    Some(sign * digits.iter().fold(0, held))
}

/// A whole number of any size, its lowest 32 bits first, no zeros at the end.
#[derive(Default)]
struct Large(Vec<u32>);

impl Large {
    fn times_ten(&mut self, plus: u64) {
        let mut carry = plus;
        for part in &mut self.0 {
            let new = u64::from(*part) * 10 + carry;
            *part = new as u32;
            carry = new >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn bits(&self) -> i64 {
        let top = self.0.last().map_or(32, |part| part.leading_zeros());
        self.0.len() as i64 * 32 - i64::from(top)
    }

    fn shift_left(&mut self, bits: usize) {
        let mut carry = 0;
        for part in &mut self.0 {
            let new = (u64::from(*part) << (bits % 32)) | carry;
            *part = new as u32;
            carry = new >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
        self.0.splice(0..0, std::iter::repeat_n(0, bits / 32));
    }

    /// Takes `other` away if it is not larger.
    fn take(&mut self, other: &Self) -> bool {
        let by_length = self.0.len().cmp(&other.0.len());
        let by_parts = || self.0.iter().rev().cmp(other.0.iter().rev());
        if by_length.then_with(by_parts).is_lt() {
            return false;
        }
        let mut borrow = 0;
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        for (part, other) in self.0.iter_mut().zip(others) {
            let new = i64::from(*part) - i64::from(other) - borrow;
            *part = new as u32;
            borrow = i64::from(new < 0);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        true
    }

    /// The quotient, which fits, and whether something is left.
    fn divided(mut self, mut by: Self) -> (u128, bool) {
        const LONGEST: usize = 65;
        by.shift_left(LONGEST);
        let mut quotient = 0;
        for _ in 0..=LONGEST {
            quotient = (quotient << 1) | u128::from(self.take(&by));
            self.shift_left(1);
        }
        (quotient, !self.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;

    #[test]
    fn equals_the_standard_library() {
        let mut random = Random::new(7);
        let mut fast = 0;
        let total = 300_000;
        for _ in 0..total {
            let digits = random.bits() >> (random.bits() % 64);
            let exponent = (random.bits() % 120) as i32 - 60;
            let expected: f64 = format!("{digits}e{exponent}").parse().unwrap();
            if let Some(value) = nearest_f64(digits, exponent) {
                fast += 1;
                assert_eq!(value.to_bits(), expected.to_bits(), "{digits}e{exponent}");
            }
        }
        assert!(fast > total * 85 / 100, "{fast} of {total} decided");
    }

    #[test]
    fn shortest_forms_of_random_floats() {
        let mut random = Random::new(8);
        for _ in 0..100_000 {
            let value = f64::from_bits((random.bits() % (1 << 60)) + (0x3c0 << 52)).abs();
            let text = format!("{value:e}");
            let (mantissa, exponent) = text.split_once('e').unwrap();
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            let digits: u64 = format!("{whole}{fraction}").parse().unwrap();
            let exponent = exponent.parse::<i32>().unwrap() - fraction.len() as i32;
            if let Some(found) = nearest_f64(digits, exponent) {
                assert_eq!(found.to_bits(), value.to_bits(), "{text}");
            }
        }
    }

    #[test]
    fn near_ties_are_left_to_the_exact_parser_or_right() {
        // 2^53 + 1 is halfway between two floats; the last two digits decide.
        for (digits, exponent, text) in [
            (9_007_199_254_740_993, 0, "9007199254740993"),
            (9_007_199_254_740_992_999, -3, "9007199254740992.999"),
            (9_007_199_254_740_993_001, -3, "9007199254740993.001"),
            (u64::MAX, 55, "18446744073709551615e55"),
            (u64::MAX, -54, "18446744073709551615e-54"),
            (1, -54, "1e-54"),
        ] {
            let expected: f64 = text.parse().unwrap();
            let found = nearest_f64(digits, exponent).unwrap_or(expected);
            assert_eq!(found.to_bits(), expected.to_bits(), "{text}");
        }
        assert_eq!(nearest_f64(1, 400), None);
        assert_eq!(nearest_f64(0, 400), Some(0.0));
    }

    #[test]
    fn every_text_is_read_as_the_standard_library_reads_it() {
        let same = |text: &str| {
            let (ours, theirs) = (parse(text), text.parse::<f64>().ok());
            let bits = |value: Option<f64>| value.map(|v| if v.is_nan() { 1 } else { v.to_bits() });
            assert_eq!(bits(ours), bits(theirs), "{text}");
        };
        for text in [
            "",
            ".",
            "-",
            "+",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "1,5",
            " 1",
            "1 ",
            "0x1",
            "--1",
            "1e5.",
            "0",
            "-0",
            ".5",
            "5.",
            "+.5e-3",
            "-5.E+2",
            "1e400",
            "-1e-400",
            "0e999999999999999999",
            "1e-999999999999999999",
            "NaN",
            "-nan",
            "inf",
            "-Infinity",
            "INF",
            "infinit",
            "9007199254740993",
            "9007199254740992.99999999999999999999999999999999999999999",
            "9007199254740993.00000000000000000000000000000000000000000000000000000000000001",
            "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "2.2250738585072011e-308",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999",
        ] {
            same(text);
        }
        let mut random = Random::new(13);
        for _ in 0..3_000 {
            let value = f64::from_bits(random.bits());
            same(&format!("{value}"));
            same(&format!("{value:e}"));
            same(&format!("{value:.25e}"));
            // exactly between two floats, a hair above and below
            let next = f64::from_bits(value.to_bits() ^ 1);
            if value.abs() < 1e300 && value.abs() > 1e-30 {
                let between = value / 2.0 + next / 2.0;
                same(&format!("{between:.60e}"));
            }
        }
        for power in (-1074..1000).step_by(17) {
            // a boundary written out: an odd multiple of half a unit
            let text = format!("{:.1080}", 2_f64.powi(power));
            same(&text);
            same(&format!("{text}1"));
        }
    }
}
