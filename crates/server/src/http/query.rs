//! A request's query string: named values, read with the rules of the API.
//!
//! A blank value is an absent one, except for `metrics` and `metric`. Of a parameter given twice
//! the first counts, except for these two and `after`, where all do. Unknown parameters are
//! ignored.

use std::collections::{BTreeSet, HashMap};

use parallax_model::source::Source;

use super::error::ApiError;
use crate::store::cursor::Cursor;
use crate::store::rows::RowFields;
use crate::store::snapshot::WorkloadSnapshot;
use crate::store::time_range::TimeRange;

/// The decoded pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query(Vec<(String, String)>);

/// Which metrics are asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// `metrics` is `all`, or it and `metric` are absent.
    All,
    /// These names; none at all if `metrics` is blank or `,`.
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
    /// Decodes what comes after the `?`.
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
    pub fn time_range(&self) -> Result<TimeRange, ApiError> {
        let start_ms = self.time_ms("start")?;
        let end_ms = self.time_ms("end")?;
        Ok(TimeRange {
            start_ms: start_ms.unwrap_or(TimeRange::ALL.start_ms),
            end_ms: end_ms.unwrap_or(TimeRange::ALL.end_ms),
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

    /// `data_source`: one that the workload has, or one that every server can have.
    pub fn data_source(&self, workload: &WorkloadSnapshot) -> Result<Option<Source>, ApiError> {
        let Some(name) = self.text("data_source") else {
            return Ok(None);
        };
        let usual = [Source::LOG, Source::WANDB, Source::TENSORFLOW];
        if usual.contains(&name) || workload.series.iter().any(|s| s.source.as_str() == name) {
            return Ok(Some(Source::from(name)));
        }
        let mut others: Vec<String> = usual.iter().map(|name| (*name).to_owned()).collect();
        for (source, _) in workload.sources() {
            if !usual.contains(&source.as_str()) {
                others.push(source.0);
            }
        }
        Err(ApiError::BadParameter {
            name: "data_source",
            got: name.to_owned(),
            expected: format!("one of {}", others.join(", ")),
        })
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.0.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// `metrics`: a comma list, `all`, or absent; and `metric`: one name as it is, with its blanks
    /// and commas, also the empty one.
    pub fn metrics(&self) -> Wanted {
        if self
            .all("metrics")
            .chain(self.all("metric"))
            .next()
            .is_none()
            || self.all("metrics").any(|list| list.trim() == "all")
        {
            return Wanted::All;
        }
        let listed = self
            .all("metrics")
            .flat_map(|list| list.split(','))
            .map(str::trim);
        let listed = listed.filter(|name| !name.is_empty());
        Wanted::Names(
            listed
                .chain(self.all("metric"))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// `with`: a comma list of what rows are to have in addition.
    pub fn row_fields(&self) -> Result<RowFields, ApiError> {
        let mut fields = RowFields::default();
        for name in self
            .text("with")
            .into_iter()
            .flat_map(|list| list.split(','))
        {
            match name.trim() {
                "attempt" => {
                    fields = RowFields {
                        attempt: true,
                        timed: true,
                    }
                }
                "timed" => fields.timed = true,
                other => {
                    return Err(ApiError::BadParameter {
                        name: "with",
                        got: other.to_owned(),
                        expected: "a list of `attempt` (which gives `attempt`, `row` and `timed`) \
                                   and `timed`"
                            .to_owned(),
                    });
                }
            }
        }
        Ok(fields)
    }

    /// `after`: cursors by the number of their series. Other texts are ignored.
    pub fn after(&self) -> HashMap<u64, Cursor> {
        let texts = self.all("after").flat_map(|list| list.split(','));
        let cursors = texts.filter_map(|text| text.trim().parse::<Cursor>().ok());
        cursors.map(|cursor| (cursor.series, cursor)).collect()
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
            ("metric=%20a,b%20", names(&[" a,b "])),
            ("metric=", names(&[""])),
            ("metric=all", names(&["all"])),
            (
                "metrics=a,%20b&metric=c&metric=,",
                names(&["a", "b", "c", ","]),
            ),
            ("metrics=&metric=c", names(&["c"])),
            ("metrics=all&metric=c", Wanted::All),
        ] {
            assert_eq!(Query::parse(Some(raw)).metrics(), expected, "{raw}");
        }
    }

    #[test]
    fn time_ranges() {
        let range = |raw: &str| Query::parse(Some(raw)).time_range();
        assert_eq!(range(""), Ok(TimeRange::ALL));
        assert_eq!(range("start=&end=%20"), Ok(TimeRange::ALL));
        let both = range("start=1763727029000&end=1763727029001").unwrap();
        assert_eq!((both.start_ms, both.end_ms), (1763727029000, 1763727029001));
        assert_eq!(range("start=5").unwrap().end_ms, i64::MAX);
        assert_eq!(range("end=5").unwrap().start_ms, i64::MIN);
        for raw in ["start=abc", "end=1.5", "start=99999999999999999999"] {
            let error = range(raw).unwrap_err().to_string();
            let name = raw.split('=').next().unwrap();
            assert!(error.contains(&format!("`{name}`")), "{error}");
            assert!(error.contains("milliseconds"), "{error}");
        }
    }

    #[test]
    fn fields_of_rows() {
        let fields = |raw: &str| Query::parse(Some(raw)).row_fields();
        let (attempt, timed) = (true, true);
        for (raw, expected) in [
            ("", RowFields::default()),
            ("with=", RowFields::default()),
            (
                "with=timed",
                RowFields {
                    timed,
                    attempt: false,
                },
            ),
            ("with=attempt", RowFields { timed, attempt }),
            ("with=timed,%20attempt", RowFields { timed, attempt }),
        ] {
            assert_eq!(fields(raw), Ok(expected), "{raw}");
        }
        let error = fields("with=attempt,rank").unwrap_err().to_string();
        assert!(error.contains("`with` is `rank`"), "{error}");
    }

    #[test]
    fn cursors() {
        let after = Query::parse(Some("after=1.0.a.0,2.1.b.0,,x&after=3.0.0.0,-")).after();
        let mut found: Vec<(u64, u64)> = Vec::new();
        for series in 0..9 {
            found.extend(after.get(&series).map(|cursor| (series, cursor.rows)));
        }
        assert_eq!(found, [(1, 10), (2, 11), (3, 0)]);
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
