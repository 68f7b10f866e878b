//! How users write which attempts count: `latest`, `first`, `all`, or a number from 1.

use std::fmt;
use std::str::FromStr;

use crate::attempts::Choice;
use crate::parse_error::ParseError;

impl FromStr for Choice {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text {
            "latest" => Ok(Self::Latest),
            "first" => Ok(Self::First),
            "all" => Ok(Self::All),
            _ => match text.parse() {
                Ok(number) if number > 0 => Ok(Self::One(number)),
                _ => Err(ParseError::Attempts),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_error::round_trip;

    #[test]
    fn what_is_printed_reads_back() {
        round_trip::<Choice>(
            &["latest", "first", "all", "2"],
            &["", "0", "-1", "last", "1.5"],
        );
    }
}
