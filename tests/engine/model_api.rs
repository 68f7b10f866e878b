//! An API in memory whose series grow as those of real runs do, behind two faces: chunks with
//! cursors as the bundled server gives them, and JSON rows that are filtered by time alone.

use std::collections::BTreeMap;

use parallax_api::catalog::Catalog;
use parallax_api::chunks::{SeriesHeader, write_header, write_series};
use parallax_api::query::{ChunksQuery, DataQuery};
use parallax_api::wire::MetricInfo;
use parallax_fixtures::random::Random;
use parallax_model::attempts::find_attempts;
use parallax_model::chunk_list::ChunkList;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::value::{MISSING, is_missing};
use parallax_web::protocol::SeriesKey;

/// Which API it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// The bundled server.
    Chunks,
    /// Generation A: bare JSON.
    A,
    /// Generation B: JSON in an envelope.
    B,
}

#[derive(Clone, Debug, Default)]
struct ModelSeries {
    rows: Vec<Row>,
    /// The number of rows that were left when rows were taken back, each time.
    cuts: Vec<u64>,
}

/// The API.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelApi {
    series: BTreeMap<SeriesKey, ModelSeries>,
}

impl ModelApi {
    /// Adds rows behind those of a series.
    pub(crate) fn push(&mut self, key: &SeriesKey, rows: impl IntoIterator<Item = Row>) {
        self.series
            .entry(key.clone())
            .or_default()
            .rows
            .extend(rows);
    }

    /// Takes the rows from number `keep` on back.
    pub(crate) fn cut(&mut self, key: &SeriesKey, keep: usize) {
        let series = self.series.entry(key.clone()).or_default();
        series.rows.truncate(keep);
        series.cuts.push(series.rows.len() as u64);
    }

    /// The rows of a series.
    pub(crate) fn rows(&self, key: &SeriesKey) -> Columns {
        let series = self.series.get(key);
        series
            .into_iter()
            .flat_map(|s| s.rows.iter().copied())
            .collect()
    }

    /// The series that have rows.
    pub(crate) fn keys(&self) -> Vec<SeriesKey> {
        let with_rows = self.series.iter().filter(|(_, s)| !s.rows.is_empty());
        with_rows.map(|(key, _)| key.clone()).collect()
    }

    /// What `available` lists.
    pub(crate) fn catalog(&self) -> Catalog {
        let mut metrics: BTreeMap<String, MetricInfo> = BTreeMap::new();
        for key in self.keys() {
            let info = metrics.entry(key.metric.clone()).or_default();
            info.name.clone_from(&key.metric);
            info.data_source.push(key.source.clone());
            info.count += self.series[&key].rows.len() as u64;
        }
        Catalog::new(metrics.into_values().collect())
    }

    /// The body of `metrics/data`: series in random order with each other, each in its own order.
    pub(crate) fn data(&self, query: &DataQuery, face: Face, random: &mut Random) -> Vec<u8> {
        let is_asked = |key: &SeriesKey| {
            query
                .source
                .as_ref()
                .is_none_or(|source| *source == key.source.0)
                && query
                    .metrics
                    .as_ref()
                    .is_none_or(|names| names.contains(&key.metric))
        };
        let start_ms = query.start_ms.unwrap_or(i64::MIN);
        let keys = self.keys().into_iter().filter(is_asked);
        let mut queues: Vec<(SeriesKey, Vec<Row>)> = keys
            .map(|key| {
                let rows = self.series[&key].rows.iter().copied();
                let rows = rows.filter(|row| row.time_ms.unwrap_or(0) >= start_ms);
                (key, rows.rev().collect())
            })
            .collect();
        let mut rows = Vec::new();
        while !queues.is_empty() {
            let at = random.below(queues.len());
            match queues[at].1.pop() {
                Some(row) => rows.push(json(&queues[at].0, row, random)),
                None => _ = queues.remove(at),
            }
        }
        let body = format!(
            r#"{{"workload_uid":"u","data":[{}],"total_count":{}}}"#,
            rows.join(","),
            rows.len()
        );
        match face {
            Face::B => format!(r#"{{"meta":{{"code":2000}},"data":{body}}}"#).into_bytes(),
            Face::A | Face::Chunks => body.into_bytes(),
        }
    }

    /// The body of `metrics/chunks`. A cursor is `metric@source:cuts:rows`, without commas.
    pub(crate) fn chunks(&self, query: &ChunksQuery) -> Vec<u8> {
        let held: BTreeMap<&str, (usize, u64)> = query
            .after
            .iter()
            .map(|cursor| {
                let mut parts = cursor.rsplitn(3, ':');
                let rows = parts.next().unwrap().parse().unwrap();
                let cuts = parts.next().unwrap().parse().unwrap();
                (parts.next().unwrap(), (cuts, rows))
            })
            .collect();
        let (mut count, mut body) = (0, Vec::new());
        for key in self.keys() {
            if query
                .metrics
                .as_ref()
                .is_some_and(|names| !names.contains(&key.metric))
            {
                continue;
            }
            let series = &self.series[&key];
            let name = format!("{}@{}", key.metric, key.source.0);
            let keep = held.get(name.as_str()).map_or(0, |&(cuts, rows)| {
                series.cuts[cuts..].iter().copied().fold(rows, u64::min)
            });
            let is_same = held.get(name.as_str()).is_some_and(|held| held.1 == keep);
            if is_same && keep == series.rows.len() as u64 {
                continue;
            }
            let rows = self.rows(&key);
            let chunks = ChunkList::from(&rows).chunks_from(keep);
            let header = SeriesHeader {
                key: key.clone(),
                cursor: format!("{name}:{}:{}", series.cuts.len(), rows.len()),
                keep,
                rows: rows.len() as u64,
                attempts: find_attempts(rows.steps(), rows.values()),
                chunks: chunks.len() as u32,
            };
            write_series(&header, &mut body);
            chunks
                .iter()
                .for_each(|chunk| body.extend_from_slice(chunk.as_bytes()));
            count += 1;
        }
        [write_header(count), body].concat()
    }

    /// Lets a series go on as a run does: steps that rise, now and then a restart, a pause, a late
    /// row, the same row again, a row without a time, a value that is none.
    pub(crate) fn grow(&mut self, key: &SeriesKey, rows: usize, random: &mut Random) {
        let last = self
            .series
            .get(key)
            .and_then(|series| series.rows.last().copied());
        let (mut step, mut time_ms) = match last {
            Some(row) => (row.step, row.time_ms.unwrap_or(1_700_000_000_000)),
            None => (0, 1_700_000_000_000 + random.below(5_000) as i64),
        };
        for _ in 0..rows {
            match random.below(40) {
                0 => step = (step - random.below(50) as i64).max(0),
                1 => time_ms += 3_600_000,
                _ => step += 1 + random.below(2) as i64,
            }
            // Several rows a second, with times of whole seconds.
            time_ms += 1_000 * (random.below(3) / 2) as i64;
            let late_ms = match random.below(60) {
                0 => random.below(100_000) as i64,
                1 => random.below(100) as i64,
                _ => 0,
            };
            let value = match random.below(30) {
                0 => f64::NAN,
                1 => MISSING,
                2 => f64::INFINITY,
                _ => random.unit(),
            };
            let row = Row {
                step,
                time_ms: (random.below(200) > 0).then_some(time_ms - late_ms),
                value,
            };
            let copies = 1 + usize::from(random.below(25) == 0);
            self.push(key, std::iter::repeat_n(row, copies));
        }
    }
}

fn json(key: &SeriesKey, row: Row, random: &mut Random) -> String {
    let value = match row.value {
        value if is_missing(value) => "null".to_owned(),
        value if value.is_nan() => r#""NaN""#.to_owned(),
        value if value.is_infinite() => r#""Infinity""#.to_owned(),
        value => format!("{value:?}"),
    };
    let time = match row.time_ms {
        Some(ms) => format!(r#","timestamp":{ms}"#),
        None if random.below(2) == 0 => r#","timestamp":0"#.to_owned(),
        None => String::new(),
    };
    let SeriesKey { metric, source } = key;
    format!(
        r#"{{"metric_name":"{metric}","value":{value},"iteration":{}{time},"data_source":"{}"}}"#,
        row.step, source.0
    )
}
