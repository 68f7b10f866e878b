//! A request's query string: named values, read with the rules of the API.
//!
//! A blank value is an absent one, except for `metrics`. Of a parameter given twice the first
//! counts, except for `metrics`, where all do. Unknown parameters are ignored.

use std::collections::BTreeSet;

use crate::column::Window;
use crate::error::ApiError;

/// The decoded pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query(Vec<(String, String)>);

/// Which metrics are asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// `metrics` is absent or `all`.
    All,
    /// These names; none at all if the parameter is blank or `,`.
    Names(BTreeSet<String>),
}

impl Wanted {
    /// True if the metric is asked for.
    pub fn has(&self, metric: &str) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.contains(metric),
        }
    }
}

impl Query {
    /// Decodes what stands behind the `?`.
    pub fn parse(raw: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// A value that is not blank.
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        let value = values.next()?.1.as_str();
        (!value.trim().is_empty()).then_some(value)
    }

    /// A whole number of at least 1.
    pub fn count(&self, name: &'static str, default: u64, most: u64) -> Result<u64, ApiError> {
        let Some(text) = self.text(name) else {
            return Ok(default);
        };
        match text.trim().parse() {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            _ => Err(ApiError::BadParameter {
                name,
                got: text.to_owned(),
                expected: format!("a whole number from 1 to {most}"),
            }),
        }
    }

    /// `start` and `end`; an absent one leaves the range open.
    pub fn window(&self) -> Result<Window, ApiError> {
        let start_ms = self.time_ms("start")?;
        let end_ms = self.time_ms("end")?;
        Ok(Window {
            start_ms: start_ms.unwrap_or(Window::ALL.start_ms),
            end_ms: end_ms.unwrap_or(Window::ALL.end_ms),
        })
    }

    fn time_ms(&self, name: &'static str) -> Result<Option<i64>, ApiError> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let time = text.trim().parse().map_err(|_| ApiError::BadParameter {
            name,
            got: text.to_owned(),
            expected: "an integer: milliseconds since the epoch (13 digits), such as \
                       1763727029000"
                .to_owned(),
        })?;
        Ok(Some(time))
    }

    /// `metrics`: a comma list, `all`, or absent.
    pub fn metrics(&self) -> Wanted {
        let mut given = self.0.iter().filter(|(key, _)| key == "metrics").peekable();
        if given.peek().is_none() {
            return Wanted::All;
        }
        let mut names = BTreeSet::new();
        for (_, list) in given {
            if list.trim() == "all" {
                return Wanted::All;
            }
            names.extend(
                list.split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
            );
        }
        Wanted::Names(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_lists() {
        let names = |list: &[&str]| Wanted::Names(list.iter().map(|n| (*n).to_owned()).collect());
        for (raw, expected) in [
            ("", Wanted::All),
            ("start=1", Wanted::All),
            ("metrics=all", Wanted::All),
            ("metrics=", names(&[])),
            ("metrics=%2C", names(&[])),
            ("metrics=,,", names(&[])),
            ("metrics=loss", names(&["loss"])),
            (
                "metrics=train%2Floss,lm%20loss,",
                names(&["train/loss", "lm loss"]),
            ),
            ("metrics=a&metrics=b%2Cc", names(&["a", "b", "c"])),
            ("metrics=a+b", names(&["a b"])),
        ] {
            assert_eq!(Query::parse(Some(raw)).metrics(), expected, "{raw}");
        }
    }

    #[test]
    fn windows() {
        let window = |raw: &str| Query::parse(Some(raw)).window();
        assert_eq!(window(""), Ok(Window::ALL));
        assert_eq!(window("start=&end=%20"), Ok(Window::ALL));
        let both = window("start=1763727029000&end=1763727029001").unwrap();
        assert_eq!((both.start_ms, both.end_ms), (1763727029000, 1763727029001));
        assert_eq!(window("start=5").unwrap().end_ms, i64::MAX);
        assert_eq!(window("end=5").unwrap().start_ms, i64::MIN);
        for raw in ["start=abc", "end=1.5", "start=99999999999999999999"] {
            let error = window(raw).unwrap_err().to_string();
            let name = raw.split('=').next().unwrap();
            assert!(error.contains(&format!("`{name}`")), "{error}");
            assert!(error.contains("milliseconds"), "{error}");
        }
    }

    #[test]
    fn counts() {
        for (raw, expected) in [
            ("", Some(10)),
            ("page_size=", Some(10)),
            ("page_size=1", Some(1)),
            ("page_size=500", Some(500)),
            ("page_size=0", None),
            ("page_size=501", None),
            ("page_size=-1", None),
            ("page_size=ten", None),
        ] {
            let got = Query::parse(Some(raw)).count("page_size", 10, 500);
            assert_eq!(got.ok(), expected, "{raw}");
        }
    }
}
