//! Answers to requests for rows, while they arrive.

use std::collections::BTreeMap;

use parallax_api::chunks::{Part, SeriesHeader};
use parallax_api::error::ApiError;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_series::Series;

use super::{Held, Request, Store, Target};
use crate::protocol::MetricState;

/// Memory is reserved for so many rows of a series at most before they are there, whatever a server
/// says.
const MAX_EXPECTED_ROWS: u64 = 10_000_000;

/// An answer, as far as it has arrived.
#[derive(Debug)]
pub struct Answer {
    request: Request,
    /// Rows that replace others once the answer is complete.
    rows: BTreeMap<SeriesKey, Columns>,
    /// The series whose chunks arrive.
    series: Option<SeriesHeader>,
}

impl Answer {
    /// Before its first byte.
    pub fn new(request: Request) -> Self {
        Self {
            request,
            rows: BTreeMap::new(),
            series: None,
        }
    }

    /// Whether a series was asked for.
    fn is_asked(&self, key: &SeriesKey) -> bool {
        let source = match &self.request.target {
            Target::Data(query) => query.source.as_deref(),
            Target::Chunks(_) => None,
        };
        self.request.metrics.contains(&key.metric)
            && source.is_none_or(|source| source == key.source.as_str())
    }
}

impl Store {
    /// Takes rows of a JSON answer; rows that nobody has asked for are ignored.
    pub fn take_rows(&mut self, answer: &mut Answer, key: &SeriesKey, rows: &Columns) {
        if !answer.is_asked(key) {
            return;
        }
        if answer.request.keep.contains_key(key) {
            return answer
                .rows
                .entry(key.clone())
                .or_default()
                .extend_from(rows);
        }
        let expected = self.listed(&key.metric).map_or(0, |metric| {
            metric.count / metric.sources.len().max(1) as u64
        });
        let held = self.held_mut(key, expected);
        let keep = held.series.len() as u64;
        held.replace(keep, rows);
        self.grown.insert(key.metric.clone());
    }

    /// Takes a part of an answer with chunks.
    ///
    /// # Errors
    /// If the part does not fit what is held: the series will be asked for in full.
    pub fn take_part(&mut self, answer: &mut Answer, part: Part) -> Result<(), ApiError> {
        match part {
            Part::Series(header) if answer.is_asked(&header.key) => {
                let held = self.held_mut(&header.key, header.rows);
                let rows = held.series.len() as u64;
                if header.keep > rows {
                    held.cursor = None;
                    return Err(unexpected(&header, header.keep, rows));
                }
                if header.keep < rows || header.attempts != held.series.attempt_starts() {
                    let none = Columns::new();
                    held.series.replace(header.keep, &none, &header.attempts);
                    self.grown.insert(header.key.metric.clone());
                }
                answer.series = Some(header);
            }
            Part::Series(_) => answer.series = None,
            Part::Rows(chunk) => {
                let Some(header) = &mut answer.series else {
                    return Ok(());
                };
                let held = self.held_mut(&header.key, 0);
                let mut rows = Columns::with_capacity(chunk.rows());
                chunk.decode_into(&mut rows);
                let keep = held.series.len() as u64;
                held.series.replace(keep, &rows, &header.attempts);
                header.chunks = header.chunks.saturating_sub(1);
                self.grown.insert(header.key.metric.clone());
            }
        }
        if let Some(header) = answer.series.take_if(|header| header.chunks == 0) {
            let held = self.held_mut(&header.key, 0);
            let rows = held.series.len() as u64;
            held.cursor = Some(header.cursor.clone()).filter(|_| rows == header.rows);
            if held.cursor.is_none() {
                return Err(unexpected(&header, header.rows, rows));
            }
        }
        Ok(())
    }

    /// The end of an answer, complete or not; gives the states that change.
    pub fn finish(
        &mut self,
        mut answer: Answer,
        outcome: Result<(), ApiError>,
        now_ms: i64,
    ) -> Vec<(String, MetricState)> {
        if outcome.is_ok() {
            for (key, keep) in std::mem::take(&mut answer.request.keep) {
                let rows = answer.rows.remove(&key).unwrap_or_default();
                if self.held_mut(&key, 0).replace(keep, &rows) {
                    self.grown.insert(key.metric.clone());
                }
            }
        }
        let mut changed = Vec::new();
        for name in answer.request.metrics {
            let difference = self.difference(&name);
            if let Some(sync) = self.metrics.get_mut(&name)
                && sync.end(outcome.clone().err())
                && let Some(state) = sync.settle(difference, now_ms)
            {
                changed.push((name, state));
            }
        }
        changed
    }

    fn held_mut(&mut self, key: &SeriesKey, expected_rows: u64) -> &mut Held {
        self.held.entry(key.clone()).or_insert_with(|| {
            let rows = expected_rows.min(MAX_EXPECTED_ROWS);
            Held {
                series: Series::expecting(usize::try_from(rows).unwrap_or(0)),
                ..Held::default()
            }
        })
    }
}

impl Held {
    /// Keeps the first `keep` rows and puts `rows` behind them; true if that changes anything.
    pub(super) fn replace(&mut self, keep: u64, rows: &Columns) -> bool {
        let equal = self.recent.equal_rows(keep, rows);
        let keep = keep + equal as u64;
        if keep == self.series.len() as u64 && equal == rows.len() {
            return false;
        }
        let mut new = Columns::new();
        let rows = match equal {
            0 => rows,
            _ => {
                new.extend_range(rows, equal, rows.len());
                &new
            }
        };
        self.cursor = None;
        self.series.extend(keep, rows);
        self.recent.replace(keep, rows);
        true
    }
}

fn unexpected(header: &SeriesHeader, expected: u64, found: u64) -> ApiError {
    let SeriesKey { metric, source } = &header.key;
    ApiError::Malformed {
        byte: 0,
        expected: format!("{expected} rows of {metric} from {}", source.as_str()),
        found: format!("{found}"),
        rows: 0,
    }
}
