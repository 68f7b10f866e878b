//! Requests for rows as a client sends them: the query strings of `metrics/data` and
//! `metrics/chunks`, in portions that every server takes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest list of names and cursors in one request, encoded. Servers and proxies refuse a URL
/// from 4 to 16 KB on.
pub const MAX_LIST_BYTES: usize = 3_500;

/// Later than any row: servers in the field ignore `start` without `end`.
pub const END_OF_TIME_MS: i64 = 9_999_999_999_999;

/// What stays readable in a value.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes a part of a path or a value of a query.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

/// The parameters of `metrics/data`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataQuery {
    /// Only this source.
    pub source: Option<String>,
    /// Only these metrics, each of which [`can_be_listed`]; `None` for all.
    pub metrics: Option<Vec<String>>,
    /// Only rows from here on, ms since the epoch, included.
    pub start_ms: Option<i64>,
}

impl DataQuery {
    /// The query string, without `?`.
    pub fn to_query(&self) -> String {
        let mut parameters = Vec::new();
        if let Some(source) = &self.source {
            parameters.push(format!("data_source={}", encode(source)));
        }
        if let Some(metrics) = &self.metrics {
            let names: Vec<String> = metrics.iter().map(|name| encode(name)).collect();
            parameters.push(format!("metrics={}", names.join(",")));
        }
        if let Some(start_ms) = self.start_ms {
            let start_ms = start_ms.max(0);
            parameters.push(format!("start={start_ms:013}&end={END_OF_TIME_MS}"));
        }
        parameters.join("&")
    }
}

/// The parameters of `metrics/chunks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunksQuery {
    /// Only these metrics; `None` for all.
    pub metrics: Option<Vec<String>>,
    /// The cursors of the series that the client holds.
    pub after: Vec<String>,
}

impl ChunksQuery {
    /// The query string, without `?`.
    pub fn to_query(&self) -> String {
        let metrics = self.metrics.iter().flatten();
        let (listed, other): (Vec<&String>, Vec<&String>) =
            metrics.partition(|name| can_be_listed(name));
        let listed: Vec<String> = listed.into_iter().map(|name| encode(name)).collect();
        let mut parameters = Vec::new();
        if !listed.is_empty() {
            parameters.push(format!("metrics={}", listed.join(",")));
        }
        parameters.extend(
            other
                .into_iter()
                .map(|name| format!("metric={}", encode(name))),
        );
        if !self.after.is_empty() {
            let cursors: Vec<String> = self.after.iter().map(|cursor| encode(cursor)).collect();
            parameters.push(format!("after={}", cursors.join(",")));
        }
        parameters.join("&")
    }
}

/// Whether servers in the field find a metric by its name in a list: they split it at commas, trim
/// names, and take `all` and braces for something else. The rows of another metric have to be
/// picked out of those of all metrics.
pub fn can_be_listed(metric: &str) -> bool {
    let is_plain = !metric.contains(',') && metric.trim() == metric;
    is_plain && !metric.is_empty() && metric != "all" && !metric.starts_with('{')
}

/// Splits a list for several requests: each run takes at most [`MAX_LIST_BYTES`], or is one item.
pub fn portions<T>(items: Vec<T>, bytes: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut portions: Vec<Vec<T>> = Vec::new();
    let mut free_bytes = 0;
    for item in items {
        let needed_bytes = bytes(&item);
        match portions.last_mut() {
            Some(portion) if needed_bytes <= free_bytes => {
                free_bytes -= needed_bytes;
                portion.push(item);
            }
            _ => {
                free_bytes = MAX_LIST_BYTES.saturating_sub(needed_bytes);
                portions.push(vec![item]);
            }
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_as_the_contract_has_them() {
        let query = DataQuery {
            source: Some("log".into()),
            metrics: Some(vec!["train/lm loss".into(), "größe&b".into()]),
            start_ms: Some(7),
        };
        assert_eq!(
            query.to_query(),
            "data_source=log&metrics=train/lm%20loss,gr%C3%B6%C3%9Fe%26b\
             &start=0000000000007&end=9999999999999"
        );
        assert_eq!(DataQuery::default().to_query(), "");
        let query = ChunksQuery {
            metrics: Some(["a, b", "d", "", " c+", "e"].map(String::from).to_vec()),
            after: vec!["1.2".into(), "3,4".into()],
        };
        assert_eq!(
            query.to_query(),
            "metrics=d,e&metric=a%2C%20b&metric=&metric=%20c%2B&after=1.2,3%2C4"
        );
        // What a server reads.
        let pairs = form_urlencoded::parse(b"metric=a%2C%20b&metric=&metric=%20c%2B");
        let names: Vec<String> = pairs.map(|(_, name)| name.into_owned()).collect();
        assert_eq!(names, ["a, b", "", " c+"]);
    }

    #[test]
    fn names_that_a_list_would_change_are_known() {
        for name in ["", "a,b", " a", "a\t", "all", "{a}"] {
            assert!(!can_be_listed(name), "{name:?}");
        }
        for name in ["a", "a b", "100%", "loss@wandb", "allure", "a}"] {
            assert!(can_be_listed(name), "{name:?}");
        }
    }

    #[test]
    fn portions_keep_the_order_and_the_limit() {
        let names: Vec<String> = (0..2_261).map(|n| format!("layers/{n}/norm")).collect();
        let runs = portions(names.clone(), |name| name.len() + 1);
        assert_eq!(runs.concat(), names);
        let bytes = |run: &Vec<String>| run.iter().map(|name| name.len() + 1).sum::<usize>();
        assert!(runs.iter().all(|run| bytes(run) <= MAX_LIST_BYTES));
        assert!(runs.len() < 15);
        let long = vec!["x".repeat(9_000), "y".into(), "z".into()];
        assert_eq!(portions(long, String::len).len(), 2);
        assert!(portions(Vec::<String>::new(), String::len).is_empty());
    }
}
