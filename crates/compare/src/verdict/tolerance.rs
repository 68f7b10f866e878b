//! What counts as agreement, and how a user writes it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::parse_error::ParseError;

/// What counts as agreement, shown to the user: `|Δ| ≤ absolute + relative · max(|a|, |b|)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tolerance {
    /// In the metric's own unit.
    pub absolute: f64,
    /// As a fraction.
    pub relative: f64,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            absolute: 0.0,
            relative: 1e-3,
        }
    }
}

impl FromStr for Tolerance {
    type Err = ParseError;

    /// `1e-3`, `0.1%` and `rel:1e-3` are relative, `abs:0.01` is absolute, `abs:0.01+rel:1e-3` is
    /// both.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (mut absolute, mut relative) = (None, None);
        for part in terms(text) {
            let (slot, number) = match part.split_once(':') {
                Some(("abs", number)) => (&mut absolute, number),
                Some(("rel", number)) => (&mut relative, number),
                Some(_) => return Err(ParseError::Tolerance),
                None => (&mut relative, part),
            };
            let is_relative = !part.starts_with("abs:");
            let (number, unit) = match number.strip_suffix('%') {
                Some(percent) if is_relative => (percent, 100.0),
                _ => (number, 1.0),
            };
            let value: f64 = number.parse().map_err(|_| ParseError::Tolerance)?;
            let is_in_range = (0.0..f64::INFINITY).contains(&value);
            if !is_in_range || slot.replace(value / unit).is_some() {
                return Err(ParseError::Tolerance);
            }
        }
        match (absolute.unwrap_or(0.0), relative.unwrap_or(0.0)) {
            (_, relative) if relative >= 2.0 => Err(ParseError::ToleranceTooLarge(relative)),
            (absolute, relative) => Ok(Self { absolute, relative }),
        }
    }
}

/// The terms of a sum, where the plus of an exponent (`1e+3`) is none.
fn terms(text: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.split(move |letter: char| {
        let is_exponent = matches!(before, 'e' | 'E');
        before = letter;
        letter == '+' && !is_exponent
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_users_write_it() {
        for (text, absolute, relative) in [
            ("1e-3", 0.0, 1e-3),
            ("0", 0.0, 0.0),
            ("0.1%", 0.0, 0.001),
            ("rel:0.5%", 0.0, 0.005),
            ("rel:1E-3", 0.0, 1e-3),
            ("abs:0.01", 0.01, 0.0),
            ("abs:1e+3", 1000.0, 0.0),
            ("abs:1e+3 + rel:1e-3", 1000.0, 1e-3),
            ("rel:1e-3+abs:2", 2.0, 1e-3),
        ] {
            let tolerance = Tolerance { absolute, relative };
            assert_eq!(text.parse(), Ok(tolerance), "{text}");
        }
        for text in [
            "",
            "x",
            "-1e-3",
            "NaN",
            "inf",
            "abs:",
            "abs:-1",
            "abs:5%",
            "rel:abs:1",
            "1e-3+",
            "2",
            "rel:200%",
            "1+1",
            "mae:1",
            "abs:1+abs:2",
            "1,5",
        ] {
            assert!(text.parse::<Tolerance>().is_err(), "{text}");
        }
    }
}
