//! Numbers, times and sizes as text for people.
//!
//! Non-finite values keep their names (`NaN`, `∞`, `−∞`), a missing value is an en dash. Numbers use
//! U+2212 for minus so that they line up in tabular figures.

use crate::value::is_missing;

/// A value with at most `digits` significant digits, trailing zeros dropped; exponents for very
/// large and very small ones.
pub fn number(value: f64, digits: usize) -> String {
    if is_missing(value) {
        return "–".into();
    }
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "∞".into()
        } else {
            "−∞".into()
        };
    }
    if value == 0.0 {
        return "0".into();
    }
    let digits = digits.clamp(1, 17);
    let scientific = format!("{:.*e}", digits - 1, value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let text = if (-5..=i32::try_from(digits).unwrap_or(17).max(6)).contains(&exponent) {
        let decimals = (i32::try_from(digits).unwrap_or(17) - 1 - exponent).max(0);
        trim_zeros(&format!(
            "{:.*}",
            usize::try_from(decimals).unwrap_or(0),
            value
        ))
        .to_owned()
    } else {
        format!("{}e{exponent}", trim_zeros(mantissa))
    };
    text.replace('-', "−")
}

/// A value with all the digits that it has (the shortest text that reads back as the same f64, or
/// as the same f32 where the value came from one).
pub fn exact(value: f64) -> String {
    let single = value as f32;
    if value.is_finite() && f64::from(single) == value && value.fract() != 0.0 {
        return format!("{single}").replace('-', "−");
    }
    if !value.is_finite() {
        return number(value, 17);
    }
    format!("{value}").replace('-', "−")
}

/// A count with thousands separated by commas: `240,000`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in decimal units: `96 B`, `142 MB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (size, unit) in UNITS {
        if n >= size {
            let amount = n as f64 / size as f64;
            return if amount < 10.0 {
                format!("{amount:.1} {unit}")
            } else {
                format!("{amount:.0} {unit}")
            };
        }
    }
    format!("{n} B")
}

/// A duration in its largest unit that fits: `4 s`, `12 min`, `3 h`, `5 d`.
pub fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A UTC time as `2026-11-23 07:57:47`. Civil-from-days after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms".
pub fn utc(ms: i64) -> String {
    let seconds = ms.div_euclid(1000);
    let (days, in_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let (hour, minute, second) = (in_day / 3_600, in_day / 60 % 60, in_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// In lower case, letter by letter: `str::to_lowercase` has tables of its own for one Greek letter
/// at the end of words.
pub fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::MISSING;

    #[test]
    fn numbers() {
        for (value, digits, text) in [
            (2.352391, 4, "2.352"),
            (0.0002, 3, "0.0002"),
            (1.5e-7, 3, "1.5e−7"),
            (1234567.0, 4, "1234567"),
            (12345678.0, 4, "1.235e7"),
            (12125.0, 5, "12125"),
            (-0.5, 3, "−0.5"),
            (0.0, 3, "0"),
            (100.0, 3, "100"),
            (f64::NAN, 3, "NaN"),
            (f64::NEG_INFINITY, 3, "−∞"),
            (MISSING, 3, "–"),
        ] {
            assert_eq!(number(value, digits), text);
        }
    }

    #[test]
    fn float32_values_show_the_digits_that_they_have() {
        assert_eq!(exact(f64::from(0.0002_f32)), "0.0002");
        assert_eq!(exact(0.0002), "0.0002");
        assert_eq!(exact(4.655858), "4.655858");
        assert_eq!(exact(f64::from(4.655_857_6_f32)), "4.6558576");
        assert_eq!(exact(3.0), "3");
        assert_eq!(exact(f64::NAN), "NaN");
    }

    #[test]
    fn counts_sizes_durations() {
        assert_eq!(
            [
                count(0),
                count(999),
                count(1_000),
                count(240_000),
                count(1_234_567)
            ],
            ["0", "999", "1,000", "240,000", "1,234,567"]
        );
        assert_eq!(
            [bytes(96), bytes(1_500), bytes(142_000_000)],
            ["96 B", "1.5 kB", "142 MB"]
        );
        assert_eq!(
            [
                duration(4_200),
                duration(59_999),
                duration(720_000),
                duration(7_200_000),
                duration(432_000_000)
            ],
            ["4 s", "59 s", "12 min", "2 h", "5 d"]
        );
        assert_eq!(duration(-5), "0 s");
    }

    #[test]
    fn times() {
        assert_eq!(utc(0), "1970-01-01 00:00:00");
        assert_eq!(utc(1_763_727_029_000), "2025-11-21 12:10:29");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00");
        assert_eq!(utc(-1), "1969-12-31 23:59:59");
    }
}
