//! Which rows of a series a client has, as a text that it gets with one answer and sends with the
//! next request (`after`). Opaque to clients: only the server process that wrote it understands it.

use std::fmt;
use std::str::FromStr;

/// The state of a series up to which a client has everything. Equal means that nothing is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Number of the series; no two series of any server process have the same.
    pub series: u64,
    /// How often rows that were there before have changed.
    pub revision: u64,
    /// How many rows the client has.
    pub rows: u64,
    /// How often the attempts have changed.
    pub attempts_revision: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            series,
            revision,
            rows,
            attempts_revision,
        } = self;
        write!(
            out,
            "{series:x}.{revision:x}.{rows:x}.{attempts_revision:x}"
        )
    }
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut numbers = text.split('.').map(|part| u64::from_str_radix(part, 16));
        let mut next = || numbers.next().and_then(Result::ok).ok_or(NotACursor);
        let cursor = Self {
            series: next()?,
            revision: next()?,
            rows: next()?,
            attempts_revision: next()?,
        };
        match numbers.next() {
            None => Ok(cursor),
            Some(_) => Err(NotACursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        let cursor = Cursor {
            series: u64::MAX,
            revision: 0,
            rows: 4_096,
            attempts_revision: 17,
        };
        let text = "ffffffffffffffff.0.1000.11";
        assert_eq!(cursor.to_string(), text);
        assert_eq!(text.parse(), Ok(cursor));
        for text in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.",
            "x.2.3.4",
            "10000000000000000.0.0.0",
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
