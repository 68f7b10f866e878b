//! What counts as agreement, and how a user writes it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::say;
use parallax_model::decimal;

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

impl Tolerance {
    /// For a sentence: `0.1 %`, `0.01`, `0.01 plus 0.1 %`.
    pub fn describe(self) -> String {
        let percent = format!("{} %", say::number(self.relative * 100.0));
        match (self.absolute > 0.0, self.relative > 0.0) {
            (true, true) => format!("{} plus {percent}", say::number(self.absolute)),
            (true, false) => say::number(self.absolute),
            (false, _) => percent,
        }
    }
}

impl FromStr for Tolerance {
    type Err = String;

    /// `1e-3`, `0.1%` and `rel:1e-3` are relative, `abs:0.01` is absolute, `abs:0.01+rel:1e-3` is
    /// both.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "`{text}` is no tolerance; expected a fraction (1e-3, 0.1%, rel:1e-3), \
                 an amount (abs:0.01) or both (abs:0.01+rel:1e-3), neither below 0"
            )
        };
        let (mut absolute, mut relative) = (None, None);
        for part in terms(text) {
            let (slot, number) = match part.split_once(':') {
                Some(("abs", number)) => (&mut absolute, number),
                Some(("rel", number)) => (&mut relative, number),
                Some(_) => return Err(expected()),
                None => (&mut relative, part),
            };
            let is_relative = !part.starts_with("abs:");
            let value = match number.strip_suffix('%') {
                Some(percent) if is_relative => decimal::parse(percent).map(|value| value / 100.0),
                _ => decimal::parse(number),
            };
            let value = value.ok_or_else(expected)?;
            if slot.replace(value).is_some() || !(0.0..f64::INFINITY).contains(&value) {
                return Err(expected());
            }
        }
        let relative = relative.unwrap_or(0.0);
        if relative >= 2.0 {
            return Err(format!(
                "a relative tolerance of {relative} accepts any two numbers; expected less than 2"
            ));
        }
        let absolute = absolute.unwrap_or(0.0);
        Ok(Self { absolute, relative })
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
