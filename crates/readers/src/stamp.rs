//! Timestamps as loggers write them → milliseconds since the epoch.
//!
//! A time without a zone is taken as UTC: the file does not say more. A time without a year or
//! without a date gives none (`I0429 20:20:04`, `[07/01 22:50:11]`).

/// How far into a line a timestamp is looked for, in bytes.
const REACH: usize = 200;

/// The first timestamp in a text: `2026-11-23 07:57:47`, `2026/11/23 07:57:47,123`,
/// `20251121 12:10:29`, `2026-11-23T07:57:47.5Z`, `11/23/2026 07:57:47`.
pub(crate) fn find(text: &[u8]) -> Option<i64> {
    let text = text.get(..REACH).unwrap_or(text);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if byte.is_ascii_digit() {
            if let Some(time) = text.get(at..).and_then(read) {
                return Some(time);
            }
            while text.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        } else {
            at += 1;
        }
    }
    None
}

/// A timestamp at the start of a text.
pub(crate) fn read(text: &[u8]) -> Option<i64> {
    let (year, month, day, rest) = date(text)?;
    let rest = match rest.first()? {
        b' ' | b'T' | b't' | b'_' => rest.get(1..)?,
        _ => return None,
    };
    let (hour, rest) = digits(rest, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let plausible =
        (1..=12).contains(&month) && (1..=31).contains(&day) && (1970..=2199).contains(&year);
    if !plausible || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (milliseconds, rest) = fraction(rest);
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + milliseconds - zone_ms(rest))
}

/// Milliseconds since the epoch from a number: seconds or milliseconds, by its size.
pub(crate) fn from_number(value: f64) -> Option<i64> {
    match value {
        _ if (5e8..1e10).contains(&value) => Some((value * 1000.0).round() as i64),
        _ if (5e11..1e13).contains(&value) => Some(value.round() as i64),
        _ => None,
    }
}

fn date(text: &[u8]) -> Option<(i64, i64, i64, &[u8])> {
    if let Some((year, rest)) = digits(text, 4) {
        let separator = *rest.first()?;
        if matches!(separator, b'-' | b'/' | b'.') {
            let (month, rest) = digits(rest.get(1..)?, 2)?;
            let rest = rest.strip_prefix(&[separator])?;
            let (day, rest) = digits(rest, 2)?;
            return Some((year, month, day, rest));
        }
        let (month, rest) = digits(rest, 2)?;
        let (day, rest) = digits(rest, 2)?;
        return Some((year, month, day, rest));
    }
    let (month, rest) = digits(text, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"/")?, 2)?;
    let (year, rest) = digits(rest.strip_prefix(b"/")?, 4)?;
    Some((year, month, day, rest))
}

fn digits(text: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    let mut value = 0;
    for byte in head {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some((value, rest))
}

/// `,123` or `.287605` → milliseconds (cut, not rounded).
fn fraction(text: &[u8]) -> (i64, &[u8]) {
    let Some(rest) = text.strip_prefix(b",").or_else(|| text.strip_prefix(b".")) else {
        return (0, text);
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut milliseconds = 0;
    for place in 0..3 {
        let digit = rest.get(place).filter(|_| place < count);
        milliseconds = milliseconds * 10 + digit.map_or(0, |digit| i64::from(digit - b'0'));
    }
    (milliseconds, rest.get(count..).unwrap_or_default())
}

/// What `+02:00` or `-0800` adds to UTC; 0 for `Z` or nothing.
fn zone_ms(text: &[u8]) -> i64 {
    let sign = match text.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return 0,
    };
    let Some((hours, rest)) = text.get(1..).and_then(|rest| digits(rest, 2)) else {
        return 0;
    };
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = digits(rest, 2).map_or(0, |(minutes, _)| minutes);
    sign * (hours * 60 + minutes) * 60_000
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_logger() {
        // Figures: date -u -d '…' +%s
        let cases: &[(&str, i64)] = &[
            ("[2026-11-23 07:57:47] iteration", 1_795_420_667_000),
            ("[20251121 12:10:29][rank-31/32]", 1_763_727_029_000),
            ("[2023-04-18 01:46:52,554] [INFO]", 1_681_782_412_554),
            ("2022/11/01 12:00:00 - mmengine", 1_667_304_000_000),
            ("2026-11-23T07:57:47.25Z x", 1_795_420_667_250),
            ("2026-11-23T07:57:47+02:00", 1_795_413_467_000),
            ("2026-11-23 07:57:47.123456-0800", 1_795_449_467_123),
            ("05/24/2023 12:00:00 - INFO", 1_684_929_600_000),
            ("2024-02-29 23:59:59", 1_709_251_199_000),
            (
                "[rank0]:[titan] 2024-12-01 10:00:00,123 - root",
                1_733_047_200_123,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(find(text.as_bytes()), Some(*expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time() {
        for text in [
            "I0429 20:20:04.287605 139761460909888 train.py:224]",
            "[07/01 22:50:11 d2.utils.events]",
            "step 20260101 5",
            "2026-13-01 00:00:00",
            "2026-11-23",
            "10:00:00",
        ] {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn seconds_or_milliseconds() {
        assert_eq!(from_number(1_795_420_667.25), Some(1_795_420_667_250));
        assert_eq!(from_number(1_795_420_667_250.0), Some(1_795_420_667_250));
        assert_eq!(from_number(12.5), None);
    }
}
