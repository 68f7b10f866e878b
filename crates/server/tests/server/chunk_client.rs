//! A client of `metrics/chunks`: holds rows, asks for what comes after them.

use std::collections::BTreeMap;

use parallax_api::chunks::{AnswerReader, CONTENT_TYPE, Part};
use parallax_model::attempts::{AttemptStart, attempt_of};
use parallax_model::columns::Columns;
use serde_json::Value;

use crate::support::Server;

/// A row as both forms of the API give it: metric, source, row number, attempt, step, listed time,
/// whether that is the row's own, value (as bits, so that NaN equals NaN).
pub(crate) type ApiRow = (String, String, u64, u64, i64, i64, bool, u64);

/// What is held of a series.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) cursor: String,
    pub(crate) rows: Columns,
    pub(crate) attempts: Vec<AttemptStart>,
}

/// All that is held, by metric and source.
#[derive(Default)]
pub(crate) struct ChunkClient {
    pub(crate) series: BTreeMap<(String, String), Held>,
}

/// What an answer was.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Polled {
    /// Metric and source of each series in it, with the rows kept and the rows sent.
    pub(crate) series: Vec<(String, String, u64, u64)>,
}

impl ChunkClient {
    /// The cursors of all that is held.
    pub(crate) fn after(&self) -> String {
        let cursors: Vec<&str> = self
            .series
            .values()
            .map(|held| held.cursor.as_str())
            .collect();
        cursors.join(",")
    }

    /// Asks for what is new; `choice` is `metrics`, `metric` and `data_source` of the query.
    pub(crate) fn poll(&mut self, server: &Server, uid: &str, choice: &str) -> Polled {
        let after = self.after();
        let path = format!("/api/v1/workloads/{uid}/metrics/chunks?after={after}&{choice}");
        let answer = server.get(&path);
        let text = || String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{path}: {}", text());
        assert_eq!(answer.header("content-type"), CONTENT_TYPE);
        let polled = self.take(&answer.body);
        self.drop_unlisted(server, uid);
        polled
    }

    /// Drops the series that the server has no more.
    fn drop_unlisted(&mut self, server: &Server, uid: &str) {
        let body = server.json(&format!("/api/v1/workloads/{uid}/metrics/available"));
        let metrics = body["metrics"].as_array().unwrap();
        self.series.retain(|(metric, source), _| {
            let mut of_name = metrics.iter().filter(|listed| listed["name"] == **metric);
            of_name.any(|listed| {
                let sources = listed["data_source"].as_array().unwrap();
                sources.iter().any(|listed| listed == source)
            })
        });
    }

    /// Takes an answer, split into pieces of 1,000 bytes.
    fn take(&mut self, body: &[u8]) -> Polled {
        let (mut reader, mut polled) = (AnswerReader::default(), Polled::default());
        let mut key = (String::new(), String::new());
        let mut expected: BTreeMap<(String, String), u64> = BTreeMap::new();
        for piece in body.chunks(1_000) {
            let see = |part| match part {
                Part::Series(header) => {
                    key = (header.key.metric.clone(), header.key.source.0.clone());
                    expected.insert(key.clone(), header.rows);
                    let held = self.series.entry(key.clone()).or_default();
                    assert!(header.keep <= held.rows.len() as u64);
                    held.rows.truncate(header.keep as usize);
                    held.cursor = header.cursor;
                    held.attempts = header.attempts;
                    let series = (key.0.clone(), key.1.clone(), header.keep, 0);
                    polled.series.push(series);
                }
                Part::Rows(chunk) => {
                    let held = self.series.get_mut(&key).unwrap();
                    chunk.decode_into(&mut held.rows);
                    polled.series.last_mut().unwrap().3 += chunk.rows() as u64;
                }
            };
            reader.feed(piece, see).unwrap();
        }
        reader.finish().unwrap();
        for (key, rows) in expected {
            assert_eq!(self.series[&key].rows.len() as u64, rows, "{key:?}");
        }
        polled
    }

    /// The rows held of the metrics that are wanted, in the order of the API.
    pub(crate) fn rows(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<ApiRow> {
        let rank = |source: &str| {
            let known = ["log", "wandb", "tensorflow"];
            known.iter().position(|known| *known == source).unwrap_or(3)
        };
        let mut series: Vec<_> = self.series.iter().collect();
        series.sort_by_key(|((metric, source), _)| (metric, rank(source), source));
        let series = series
            .into_iter()
            .filter(|((metric, _), _)| is_wanted(metric));
        let rows = series.flat_map(|((metric, source), held)| {
            held.rows.rows().enumerate().map(move |(at, row)| {
                let listed_ms = held.rows.times().slots_ms()[at];
                assert!(row.time_ms.is_none_or(|time_ms| time_ms == listed_ms));
                (
                    metric.clone(),
                    source.clone(),
                    at as u64,
                    u64::from(attempt_of(&held.attempts, at as u64)),
                    row.step,
                    listed_ms,
                    row.time_ms.is_some(),
                    row.value.to_bits(),
                )
            })
        });
        rows.collect()
    }
}

/// The rows that `metrics/data` gives.
pub(crate) fn data_rows(server: &Server, uid: &str, choice: &str) -> Vec<ApiRow> {
    let path = format!("/api/v1/workloads/{uid}/metrics/data?with=attempt&{choice}");
    let body = server.json(&path);
    let rows = body["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let number = |key: &str| row[key].as_u64().unwrap();
        (
            text("metric_name"),
            text("data_source"),
            number("row"),
            number("attempt"),
            row["iteration"].as_i64().unwrap(),
            row["timestamp"].as_i64().unwrap(),
            row.get("timed").is_none(),
            value(&row["value"]).to_bits(),
        )
    })
    .collect()
}

fn value(json: &Value) -> f64 {
    match json {
        Value::Null => parallax_model::value::MISSING,
        Value::String(text) => match text.as_str() {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            _ => f64::NEG_INFINITY,
        },
        number => number.as_f64().unwrap(),
    }
}
