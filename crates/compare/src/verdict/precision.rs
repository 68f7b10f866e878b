//! What precision a source prints, found from its values alone.
//!
//! `2.352391E+00` has 7 significant digits, `'4.289'` has 4, `0.132` has 3 decimals, and a float32
//! that was widened lies on float32's own grid. A single value doesn't show it (trailing zeros
//! are gone after parsing), so the largest digit count over many values decides. The half-unit of a
//! value is how far the true number can be from what was printed. Non-finite values are ignored
//! when detecting and have a half-unit of 0. Few values don't show how many digits were
//! printed, but one with ten digits or more that lies on float32's grid does not lie there by chance.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// At most this many values, spread over the series, are looked at.
const SAMPLE: usize = 2000;
/// Fewer distinct values than this prove nothing about rounding.
const ENOUGH: usize = 4;
/// Significant digits from which a value was not rounded for print (15 always survive in f64).
const FULL: u8 = 16;

/// How a source rounds its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Precision {
    /// Too few different values to tell; taken as exact.
    #[default]
    Unknown,
    /// Whole numbers only: counters, taken as exact.
    Whole,
    /// All of a float64.
    Float64,
    /// The float32 grid.
    Float32,
    /// Printed with this many significant digits.
    Significant(u8),
    /// Printed with this many decimal places.
    Decimals(u8),
}

impl Precision {
    /// Half a unit of the last place at a value; 0 where nothing was rounded.
    pub fn half_unit(self, value: f64) -> f64 {
        HalfUnits::new(self).at(value)
    }
}

/// Half-units of many values: remembers the decade of the last one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HalfUnits {
    precision: Precision,
    low: f64,
    high: f64,
    half: f64,
}

impl HalfUnits {
    pub(crate) fn new(precision: Precision) -> Self {
        let half = match precision {
            Precision::Decimals(places) => 0.5 * power_of_ten(-i32::from(places)),
            _ => 0.0,
        };
        Self {
            precision,
            low: f64::INFINITY,
            high: 0.0,
            half,
        }
    }

    #[inline]
    pub(crate) fn at(&mut self, value: f64) -> f64 {
        let size = value.abs();
        if !size.is_finite() {
            return 0.0;
        }
        match self.precision {
            Precision::Float32 => float32_half_ulp(size),
            Precision::Significant(digits) => {
                if !(self.low <= size && size < self.high) {
                    self.enter_decade(size, digits);
                }
                self.half
            }
            _ => self.half,
        }
    }

    #[cold]
    fn enter_decade(&mut self, size: f64, digits: u8) {
        if size == 0.0 {
            (self.low, self.high, self.half) = (f64::INFINITY, 0.0, 0.0);
            return;
        }
        let mut decade = size.log10().floor() as i32;
        // The logarithm can round over a power of ten.
        if power_of_ten(decade) > size {
            decade -= 1;
        } else if power_of_ten(decade + 1) <= size {
            decade += 1;
        }
        self.low = power_of_ten(decade);
        self.high = power_of_ten(decade + 1);
        self.half = 0.5 * power_of_ten(decade - i32::from(digits) + 1);
    }
}

/// 2^(e − 24) for a value in [2^e, 2^(e+1)), float32's smallest step where it is subnormal.
fn float32_half_ulp(size: f64) -> f64 {
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    let floor = f64::from_bits(size.to_bits() & EXPONENT);
    floor.max(f64::from(f32::MIN_POSITIVE)) * (0.5 * f64::from(f32::EPSILON))
}

/// Correctly rounded from 1e-22 to 1e22: there 10^n is exact and one division rounds once.
fn power_of_ten(exponent: i32) -> f64 {
    if exponent < 0 {
        1.0 / 10f64.powi(-exponent)
    } else {
        10f64.powi(exponent)
    }
}

/// Digits of a value's shortest decimal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Digits {
    significant: u8,
    /// Power of ten of the first digit.
    decade: i16,
}

impl Digits {
    /// Decimal places: negative for round hundreds.
    fn decimals(self) -> i16 {
        i16::from(self.significant) - 1 - self.decade
    }
}

/// Reads `{:e}` output, `d.ddde±x`.
fn read_digits(text: &str) -> Option<Digits> {
    let (mantissa, exponent) = text.split_once('e')?;
    let significant = mantissa.bytes().filter(u8::is_ascii_digit).count();
    Some(Digits {
        significant: significant as u8,
        decade: exponent.parse().ok()?,
    })
}

/// Largest digit count seen in one decade.
struct Decade {
    decade: i16,
    most: u8,
    values: u32,
}

/// Finds how a source rounds, from a sample of its values.
pub fn detect_precision(values: &[f64]) -> Precision {
    let mut seen: Vec<f64> = sample(values);
    seen.sort_unstable_by(f64::total_cmp);
    seen.dedup();
    let is_few = seen.len() < ENOUGH;
    if !is_few && seen.iter().all(|value| value.fract() == 0.0) {
        return Precision::Whole;
    }
    let on_grid = seen.iter().all(|&value| f64::from(value as f32) == value);
    let is_settled = |digits: u8| {
        if on_grid {
            digits >= 10
        } else {
            digits >= FULL
        }
    };
    let mut decades: Vec<Decade> = Vec::new();
    let mut shortest32 = true;
    let (mut text, mut text32) = (String::new(), String::new());
    for &value in &seen {
        text.clear();
        let _ = write!(text, "{value:e}");
        if shortest32 {
            text32.clear();
            let _ = write!(text32, "{:e}", value as f32);
            shortest32 = text == text32;
        }
        if let Some(digits) = read_digits(&text) {
            note(&mut decades, digits);
            if is_settled(digits.significant) {
                break;
            }
        }
    }
    let most = decades.iter().map(|d| d.most).max().unwrap_or(0);
    match most {
        10.. if on_grid => Precision::Float32,
        // Printed as float32 in its shortest form: no decimal format of 8 digits would always be.
        8..=9 if shortest32 && !is_few => Precision::Float32,
        FULL.. => Precision::Float64,
        _ if is_few => Precision::Unknown,
        _ => fixed_point_or_significant(&decades, most),
    }
}

fn sample(values: &[f64]) -> Vec<f64> {
    let every = values.len().div_ceil(SAMPLE).max(1);
    let finite = values.iter().step_by(every).map(|v| v.abs());
    finite.filter(|v| v.is_finite() && *v > 0.0).collect()
}

fn note(decades: &mut Vec<Decade>, digits: Digits) {
    if let Some(entry) = decades
        .iter_mut()
        .find(|entry| entry.decade == digits.decade)
    {
        entry.most = entry.most.max(digits.significant);
        entry.values += 1;
    } else {
        decades.push(Decade {
            decade: digits.decade,
            most: digits.significant,
            values: 1,
        });
    }
}

/// Chooses between `%.Nf` and `%.Ne`: which one predicts the digits of each decade better?
fn fixed_point_or_significant(decades: &[Decade], most: u8) -> Precision {
    let places = |d: &Decade| {
        Digits {
            significant: d.most,
            decade: d.decade,
        }
        .decimals()
    };
    let decimals = decades.iter().map(places).max().unwrap_or(0).max(0);
    let (mut as_significant, mut as_decimals) = (0, 0);
    for entry in decades {
        // One value ends in a zero one time in ten; a decade with many values weighs more.
        let weight = i32::try_from(entry.values.min(5)).unwrap_or(5);
        as_significant += weight * i32::from(most - entry.most);
        as_decimals += weight * i32::from(decimals - places(entry));
    }
    // One decade leaves it open (the half-units are the same there): then by the usual formats,
    // `%.4g`, `%.6E` and anything with more than six decimals against `%.Nf`.
    let usual = matches!((most, decimals), (4, 3..) | (7, 6..) | (_, 7..));
    if as_significant < as_decimals || (as_significant == as_decimals && usual) {
        Precision::Significant(most)
    } else {
        Precision::Decimals(decimals.clamp(0, 20) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> impl Iterator<Item = f64> {
        let mut state = 12345_u64;
        (0..n).map(move |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        })
    }

    #[test]
    fn formats_of_loggers() {
        type Print = fn(f64) -> String;
        let table: [(&str, Print, Precision); 12] = [
            (
                "one decade of E",
                |x| format!("{:.6e}", 1.0 + 3.0 * x),
                Precision::Significant(7),
            ),
            (
                "one decade of %.4g",
                |x| format!("{:.3}", 2.0 + 2.0 * x),
                Precision::Significant(4),
            ),
            (
                "percent",
                |x| format!("{:.2}", 40.0 + 9.0 * x),
                Precision::Decimals(2),
            ),
            (
                "Megatron lm loss",
                |x| format!("{:.6e}", 0.01 + 9.0 * x),
                Precision::Significant(7),
            ),
            (
                "learning rate",
                |x| format!("{:.6e}", 2e-5 + 2e-3 * x),
                Precision::Significant(7),
            ),
            (
                "HF %.4g",
                |x| format!("{:.3e}", 0.2 + 40.0 * x * x),
                Precision::Significant(4),
            ),
            (
                "grad norm %.3f",
                |x| format!("{:.3}", 12.0 * x * x),
                Precision::Decimals(3),
            ),
            (
                "nanoGPT %.4f",
                |x| format!("{:.4}", 1.0 + x),
                Precision::Decimals(4),
            ),
            (
                "one decimal",
                |x| format!("{:.1}", 300.0 * x),
                Precision::Decimals(1),
            ),
            (
                "float32",
                |x| f64::from((3.0 * x) as f32).to_string(),
                Precision::Float32,
            ),
            (
                "numpy float32",
                |x| ((3.0 * x) as f32).to_string(),
                Precision::Float32,
            ),
            ("float64", |x| (3.0 * x).to_string(), Precision::Float64),
        ];
        for (name, print, expected) in table {
            let values: Vec<f64> = noise(300).map(|x| print(x).parse().unwrap()).collect();
            assert_eq!(detect_precision(&values), expected, "{name}");
        }
    }

    #[test]
    fn too_little_to_tell_and_counters() {
        assert_eq!(detect_precision(&[]), Precision::Unknown);
        assert_eq!(detect_precision(&[1.5; 100]), Precision::Unknown);
        assert_eq!(
            detect_precision(&[f64::NAN, f64::INFINITY, 0.0]),
            Precision::Unknown
        );
        let samples: Vec<f64> = (1..100).map(|i| f64::from(i) * 16.0).collect();
        assert_eq!(detect_precision(&samples), Precision::Whole);
    }

    #[test]
    fn trailing_zeros_do_not_hide_digits() {
        // 2.350000 parses to 2.35: one value in ten still has all its decimals.
        let values: Vec<f64> = (0..200).map(|i| f64::from(100 + i) / 100.0).collect();
        let mut printed: Vec<f64> = values.clone();
        printed.push(1.234_5);
        assert_eq!(detect_precision(&values), Precision::Decimals(2));
        assert_eq!(detect_precision(&printed), Precision::Decimals(4));
    }

    #[test]
    fn half_units() {
        let table: [(Precision, f64, f64); 11] = [
            (Precision::Significant(7), 2.352391, 0.5e-6),
            (Precision::Significant(7), 0.0001587349, 0.5e-10),
            (Precision::Significant(4), -4.289, 0.5e-3),
            (Precision::Significant(4), 10.0, 0.5e-2),
            (Precision::Significant(4), 9.999, 0.5e-3),
            (Precision::Significant(4), 0.0, 0.0),
            (Precision::Decimals(3), 1e9, 0.5e-3),
            (Precision::Float32, 1.0, 5.960_464_477_539_063e-8),
            (Precision::Float32, -3.9, 1.192_092_895_507_812_5e-7),
            (Precision::Whole, 5.0, 0.0),
            (Precision::Significant(4), f64::NAN, 0.0),
        ];
        for (precision, value, half) in table {
            let got = precision.half_unit(value);
            assert!(
                (got - half).abs() <= 1e-12 * half,
                "{precision:?} at {value}: {got}"
            );
        }
    }
}
