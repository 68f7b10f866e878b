//! Megatron-LM's golden values: `{metric: {start_step, end_step, step_interval, values}}`.
//!
//! `values` is `{step: value}`, or in older files a list that starts at `start_step` and goes on
//! by `step_interval`. A missing value is the string `"nan"`: skipped and counted, never a NaN.
//! Names stay as they are written; source `json`; there are no times.

use std::collections::BTreeMap;

use parallax_model::row::Row;

use crate::document::Document;
use crate::limits::{NAME_TOO_LONG, Names, TOO_MANY};
use crate::literal::{Path, Scalar, Visit};
use crate::number::step_of;
use crate::row::note_times;
use crate::{ParsedFile, Reader};

/// The source that the points are listed under.
pub(crate) const SOURCE: &str = "json";

const MISSING: &str = "A value is missing (\"nan\"): skipped.";
const NO_STEP: &str = "A key of \"values\" is no step: skipped.";

/// Reads a file of golden values.
#[derive(Default)]
pub struct MegatronGolden {
    document: Document,
}

impl MegatronGolden {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self::default()
    }
}

#[derive(Default)]
struct Metric {
    start: f64,
    interval: f64,
    listed: bool,
    /// Step, or position in the list, and value.
    values: Vec<(i64, f64)>,
}

#[derive(Default)]
struct Golden {
    metrics: BTreeMap<String, Metric>,
    names: Names,
    missing: u64,
    no_step: u64,
    unnamed: u64,
    surplus: u64,
}

impl Golden {
    fn value(&mut self, path: &Path, value: &Scalar<'_>) {
        let index = path.index(2).and_then(|index| i64::try_from(index).ok());
        let Some(place) = index.or_else(|| path.key(2).parse().ok()) else {
            self.no_step += 1;
            return;
        };
        match value {
            Scalar::Number(number) => {
                if let Some(metric) = self.metrics.get_mut(path.key(0)) {
                    metric.listed = index.is_some();
                    metric.values.push((place, *number));
                }
            }
            _ => self.missing += 1,
        }
    }
}

impl Visit for Golden {
    fn scalar(&mut self, path: &Path, value: &Scalar<'_>) {
        if path.depth() < 2 {
            return;
        }
        if !self.metrics.contains_key(path.key(0)) {
            if self.names.add(path.key(0).len()).is_err() {
                self.surplus += 1;
                return;
            }
            self.metrics
                .insert(path.key(0).to_owned(), Metric::default());
        }
        let metric = self.metrics.get_mut(path.key(0));
        match (path.depth(), path.key(1), value, metric) {
            (2, "start_step", Scalar::Number(start), Some(metric)) => metric.start = *start,
            (2, "step_interval", Scalar::Number(interval), Some(metric)) => {
                metric.interval = *interval;
            }
            (3, "values", value, _) => self.value(path, value),
            _ => {}
        }
    }

    fn unnamed_scalar(&mut self) {
        self.unnamed += 1;
    }
}

impl Reader for MegatronGolden {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        self.document.feed(bytes, parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        self.document
            .finish_idle(Golden::default(), parsed, |golden, parsed| {
                for (name, metric) in &golden.metrics {
                    for (place, value) in &metric.values {
                        let step = match metric.listed {
                            true => step_of(metric.start + *place as f64 * metric.interval),
                            false => Some(*place),
                        };
                        if let Some(step) = step {
                            let point = Row {
                                step,
                                time_ms: None,
                                value: *value,
                            };
                            parsed.push(SOURCE, name, point);
                        }
                    }
                }
                note_times(parsed, MISSING, 0, golden.missing);
                note_times(parsed, NO_STEP, 0, golden.no_step);
                note_times(parsed, NAME_TOO_LONG, 0, golden.unnamed);
                note_times(parsed, TOO_MANY, 0, golden.surplus);
            });
    }

    fn pending_bytes(&self) -> u64 {
        self.document.pending_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let text = br#"{"lm loss": {"start_step": 1, "end_step": 10, "step_interval": 5,
            "values": {"1": 10.5, "5": "nan", "10": 9.5}},
            "old": {"start_step": 0, "end_step": 10, "step_interval": 5, "values": [3.5, 2.5, 1.5]}}"#;
        let mut parsed = ParsedFile::default();
        let mut reader = MegatronGolden::new();
        reader.feed(text, &mut parsed);
        reader.finish_idle(&mut parsed);
        let steps = |parsed: &mut ParsedFile, name: &str| -> Vec<(i64, f64)> {
            let rows = parsed.metrics(SOURCE)[name].rows();
            rows.map(|row| (row.step, row.value)).collect()
        };
        assert_eq!(steps(&mut parsed, "lm loss"), [(1, 10.5), (10, 9.5)]);
        assert_eq!(steps(&mut parsed, "old"), [(0, 3.5), (5, 2.5), (10, 1.5)]);
        assert_eq!((parsed.notes.len(), parsed.notes[0].count), (1, 1));
    }
}
