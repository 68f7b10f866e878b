//! Decimal digits to the nearest `f64`, rounded as `str::parse` and `JSON.parse` round, for the
//! scanner's and the readers' inner loops.
//!
//! Two fast paths, tried in order; where neither can tell, which is rare, the caller parses the text
//! with the standard library:
//! - both factors are exact floats, so that one IEEE operation rounds correctly (Clinger, 1990);
//! - the 192-bit product of the digits and a 128-bit power of five is not near a rounding boundary
//!   (Lemire, "Number Parsing at a Gigabyte per Second", 2021, arXiv:2101.11408, reduced to the
//!   unambiguous case).

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
}
