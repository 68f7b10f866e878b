//! How the choices of a comparison are written by people: on a command line, in a link.
//!
//! What is printed reads back as the same choice. Tolerances are in `tolerance`.

use std::fmt;
use std::str::FromStr;

use super::align::Method;
use super::attempts::Choice;
use super::transform::ValueMap;
use parallax_model::decimal;

/// Metric names of A and B, written `a=b`; `a` alone stands for the same name in both, or, where B
/// has none of that name, for the metric that `a` is paired with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricPair {
    /// Name in A.
    pub a: String,
    /// Name in B, if it was given.
    pub b: Option<String>,
}

impl FromStr for MetricPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (a, b) = match text.split_once('=') {
            Some((a, b)) => (a.trim(), Some(b.trim())),
            None => (text.trim(), None),
        };
        if a.is_empty() || b.is_some_and(str::is_empty) {
            return Err(format!(
                "`{text}` names no metric; expected a name, or two as in lm_loss=train/loss"
            ));
        }
        let (a, b) = (a.to_owned(), b.map(str::to_owned));
        Ok(Self { a, b })
    }
}

impl fmt::Display for MetricPair {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.b {
            Some(b) => write!(out, "{}={b}", self.a),
            None => write!(out, "{}", self.a),
        }
    }
}

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let whole = |number: &str| number.parse().ok().filter(|number: &i64| *number >= 0);
        let found = match text.split_once(':') {
            None if text == "exact" => Some(Self::Exact),
            None if text == "interpolate" => Some(Self::Interpolated),
            None if text == "order" => Some(Self::RowOrder),
            Some(("nearest", steps)) => {
                whole(steps).map(|tolerance_steps| Self::Nearest { tolerance_steps })
            }
            Some(("time", ms)) => whole(ms).map(|tolerance_ms| Self::TimeNearest { tolerance_ms }),
            _ => None,
        };
        found.ok_or_else(|| {
            format!(
                "`{text}` is no alignment; expected exact, nearest:STEPS, interpolate, \
                 time:MILLISECONDS or order"
            )
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => write!(out, "exact"),
            Self::Nearest { tolerance_steps } => write!(out, "nearest:{tolerance_steps}"),
            Self::Interpolated => write!(out, "interpolate"),
            Self::TimeNearest { tolerance_ms } => write!(out, "time:{tolerance_ms}"),
            Self::RowOrder => write!(out, "order"),
        }
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "latest" => Ok(Self::Latest),
            "first" => Ok(Self::First),
            "all" => Ok(Self::All),
            _ => match text.parse() {
                Ok(number) if number > 0 => Ok(Self::One(number)),
                _ => Err(format!(
                    "`{text}` is no choice of attempts; expected latest, first, all or a number from 1"
                )),
            },
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => write!(out, "latest"),
            Self::First => write!(out, "first"),
            Self::All => write!(out, "all"),
            Self::One(number) => write!(out, "{number}"),
        }
    }
}

impl FromStr for ValueMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = [
            Self::Same,
            Self::OneMinus,
            Self::Exp,
            Self::Ln,
            Self::Exp10,
            Self::Log10,
        ];
        let found = named.into_iter().find(|map| map.to_string() == text);
        let factor = || {
            let factor = decimal::parse(text.strip_prefix("times:")?);
            factor.filter(|factor| factor.is_normal())
        };
        let found = found.or_else(|| factor().map(Self::Times));
        found.ok_or_else(|| {
            format!(
                "`{text}` is no change of values; expected same, one-minus, exp, ln, exp10, log10 \
                 or times:FACTOR"
            )
        })
    }
}

impl fmt::Display for ValueMap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => write!(out, "same"),
            Self::Times(factor) => write!(out, "times:{factor}"),
            Self::OneMinus => write!(out, "one-minus"),
            Self::Exp => write!(out, "exp"),
            Self::Ln => write!(out, "ln"),
            Self::Exp10 => write!(out, "exp10"),
            Self::Log10 => write!(out, "log10"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back<T: FromStr + fmt::Display>(good: &[&str], bad: &[&str]) {
        for text in good {
            let read = text.parse::<T>().ok().map(|value| value.to_string());
            assert_eq!(read.as_deref(), Some(*text));
        }
        for text in bad {
            assert!(text.parse::<T>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        back::<MetricPair>(&["loss", "lm_loss=train/loss"], &["", "=b", "a=", "="]);
        back::<Method>(
            &["exact", "nearest:5", "interpolate", "time:500", "order"],
            &[
                "",
                "nearest",
                "nearest:-1",
                "nearest:x",
                "time:",
                "exact:1",
                "Exact",
            ],
        );
        back::<Choice>(
            &["latest", "first", "all", "2"],
            &["", "0", "-1", "last", "1.5"],
        );
        back::<ValueMap>(
            &[
                "same",
                "one-minus",
                "exp",
                "ln",
                "exp10",
                "log10",
                "times:100",
                "times:-0.01",
            ],
            &["", "times:0", "times:NaN", "times:inf", "times:", "log"],
        );
    }
}
