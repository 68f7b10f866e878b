//! "Last N": points, steps or a duration, as typed by a user (`500`, `2000steps`, `1h`).

use serde::{Deserialize, Serialize};
use std::fmt;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The newest part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Last {
    /// The newest N points of each series.
    Points(u64),
    /// The newest N training steps.
    Steps(u64),
    /// The newest part by time.
    Duration {
        /// Its length.
        ms: u64,
    },
}

impl Last {
    /// Reads `500`, `2000steps`, `15m`, `1h`, `24h`, `7d`, `90s`. `None` for anything else, and for 0.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let number: u64 = number.parse().ok().filter(|&n| n > 0)?;
        let duration = |unit_ms: u64| number.checked_mul(unit_ms).map(|ms| Self::Duration { ms });
        match unit.trim() {
            "" | "points" => Some(Self::Points(number)),
            "steps" => Some(Self::Steps(number)),
            "s" => duration(SECOND_MS),
            "m" | "min" => duration(MINUTE_MS),
            "h" => duration(HOUR_MS),
            "d" => duration(DAY_MS),
            _ => None,
        }
    }
}

impl fmt::Display for Last {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Points(n) => write!(f, "{n}"),
            Self::Steps(n) => write!(f, "{n}steps"),
            Self::Duration { ms } => {
                let (unit_ms, unit) = [(DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "m")]
                    .into_iter()
                    .find(|(unit_ms, _)| ms % unit_ms == 0 && ms >= 2 * unit_ms || ms == *unit_ms)
                    .unwrap_or((SECOND_MS, "s"));
                write!(f, "{}{unit}", ms / unit_ms)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_user_types_and_writes_it_back() {
        for (text, last) in [
            ("500", Last::Points(500)),
            ("2000steps", Last::Steps(2000)),
            ("15m", Last::Duration { ms: 900_000 }),
            ("1h", Last::Duration { ms: 3_600_000 }),
            ("24h", Last::Duration { ms: 86_400_000 }),
            ("90s", Last::Duration { ms: 90_000 }),
            ("7d", Last::Duration { ms: 604_800_000 }),
        ] {
            assert_eq!(Last::parse(text), Some(last), "{text}");
            assert_eq!(Last::parse(&last.to_string()), Some(last), "{text}");
        }
    }

    #[test]
    fn refuses_nonsense() {
        for text in [
            "",
            "0",
            "-5",
            "1.5h",
            "h",
            "5 parsecs",
            "99999999999999999999",
            "é",
        ] {
            assert_eq!(Last::parse(text), None, "{text}");
        }
    }
}
