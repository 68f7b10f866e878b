//! Numbers in sentences: short, and never more certain than they are.

use parallax_model::format::count;

/// Four significant digits at most; powers of ten outside 0.001 … 999,999.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || size == 0.0 {
        return format!("{value}");
    }
    if !(1e-3..1e6).contains(&size) {
        let text = format!("{value:.2e}");
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", trim(mantissa)),
            None => text,
        };
    }
    let decade = size.log10().floor() as i32;
    let places = (3 - decade).clamp(0, 6) as usize;
    trim(&format!("{value:.places$}")).to_owned()
}

/// Without zeros at the end of a fraction.
fn trim(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// A training step, its thousands separated: `3,000`.
pub fn step(step: i64) -> String {
    let sign = if step < 0 { "-" } else { "" };
    format!("{sign}{}", count(step.unsigned_abs()))
}

/// `1 step`, `12,345 steps`: for nouns that take an s.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// `2nd`, `3rd`, `10th`.
pub(super) fn ordinal(number: i64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", step(number))
}

/// A duration in its largest fitting unit: `1 h`, `2.5 s`, `40 ms`.
pub(super) fn duration_ms(ms: i64) -> String {
    let (unit, unit_ms) = match ms.unsigned_abs() {
        86_400_000.. => ("d", 86_400_000.0),
        3_600_000.. => ("h", 3_600_000.0),
        60_000.. => ("min", 60_000.0),
        1_000.. => ("s", 1_000.0),
        _ => ("ms", 1.0),
    };
    format!("{} {unit}", number(ms as f64 / unit_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms() {
        for (value, text) in [
            (0.0, "0"),
            (4.98779e-4, "4.99e-4"),
            (2.352391, "2.352"),
            (0.05, "0.05"),
            (12.0, "12"),
            (123_456.0, "123456"),
            (-5e7, "-5e7"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(value), text);
        }
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (3000, "3,000"),
            (-1_234_567, "-1,234,567"),
            (i64::MIN, "-9,223,372,036,854,775,808"),
        ] {
            assert_eq!(step(value), text);
        }
        for (number, text) in [(0, "0 steps"), (1, "1 step"), (12_345, "12,345 steps")] {
            assert_eq!(counted(number, "step"), text);
        }
        for (number, text) in [
            (1, "1st"),
            (2, "2nd"),
            (3, "3rd"),
            (10, "10th"),
            (12, "12th"),
        ] {
            assert_eq!(ordinal(number), text);
        }
        for (ms, text) in [
            (3_600_000, "1 h"),
            (-1500, "-1.5 s"),
            (40, "40 ms"),
            (90_000, "1.5 min"),
        ] {
            assert_eq!(duration_ms(ms), text);
        }
    }
}
