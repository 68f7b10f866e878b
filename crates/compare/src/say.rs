//! Numbers as a sentence shows them: short, and never more certain than they are.

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

/// A whole number with thousands separated: `3,000`.
pub fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 step`, `4 steps`.
pub fn steps(number: u64) -> String {
    let noun = if number == 1 { "step" } else { "steps" };
    format!("{} {noun}", count(number as i64))
}

/// `2nd`, `3rd`, `10th`.
pub fn ordinal(number: i64) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(number))
}

/// A duration in its largest fitting unit: `1 h`, `2.5 s`, `40 ms`.
pub fn duration_ms(ms: i64) -> String {
    let size = ms.unsigned_abs() as f64;
    let (unit, per) = match size {
        s if s >= 86_400_000.0 => ("d", 86_400_000.0),
        s if s >= 3_600_000.0 => ("h", 3_600_000.0),
        s if s >= 60_000.0 => ("min", 60_000.0),
        s if s >= 1000.0 => ("s", 1000.0),
        _ => ("ms", 1.0),
    };
    format!("{} {unit}", number(ms as f64 / per))
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
        ] {
            assert_eq!(count(value), text);
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
