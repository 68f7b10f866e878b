//! The series that a body has named so far, and the rows of each that nobody has taken yet.
//!
//! A name is looked up by its bytes as they stand in the body, quotes included, so that a known
//! name costs one comparison: the series that followed the previous one last time is tried first.
//! Two spellings of one name (with and without escapes) end in one series.

use super::text::decode;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_model::source::Source;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

/// A row whose names are still bytes of the body.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawRow<'a> {
    pub(super) metric: &'a [u8],
    pub(super) source: &'a [u8],
    pub(super) value: f64,
    pub(super) timestamp_ms: i64,
    pub(super) iteration: i64,
}

#[derive(Debug, Default)]
struct Slot {
    /// Index into `Names::series`.
    series: usize,
    raw_metric: Vec<u8>,
    raw_source: Vec<u8>,
    /// The slot of the row that followed a row of this one.
    next: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Names {
    series: Vec<(SeriesKey, Columns)>,
    by_key: BTreeMap<SeriesKey, usize>,
    /// One per spelling.
    slots: Vec<Slot>,
    by_spelling: HashMap<Vec<u8>, usize, BuildHasherDefault<WordHasher>>,
    scratch: Vec<u8>,
    last: usize,
    next: usize,
}

impl Names {
    /// The spelling of the metric that the next row most likely has; empty before the first row.
    #[inline]
    pub(super) fn likely_metric(&self) -> &[u8] {
        self.slots.get(self.next).map_or(&[], |s| &s.raw_metric)
    }

    /// The spelling of the source that the next row most likely has.
    #[inline]
    pub(super) fn likely_source(&self) -> &[u8] {
        self.slots.get(self.next).map_or(&[], |s| &s.raw_source)
    }

    /// Adds a row to its series.
    #[inline]
    pub(super) fn push(&mut self, row: &RawRow<'_>) {
        let likely = self.slots.get(self.next).is_some_and(|slot| {
            same(&slot.raw_metric, row.metric) && same(&slot.raw_source, row.source)
        });
        let found = if likely { self.next } else { self.find(row) };
        if let Some(slot) = self.slots.get(found) {
            if let Some((_, columns)) = self.series.get_mut(slot.series) {
                columns.push(Row {
                    step: row.iteration,
                    time_ms: (row.timestamp_ms != 0).then_some(row.timestamp_ms),
                    value: row.value,
                });
            }
            self.next = slot.next;
        }
        if !likely && let Some(last) = self.slots.get_mut(self.last) {
            last.next = found;
        }
        self.last = found;
    }

    /// Tells all rows since the last time, by series in order of first appearance, and keeps their
    /// room for the next ones.
    pub(super) fn hand_over(&mut self, mut take: impl FnMut(&SeriesKey, &Columns)) {
        for (key, rows) in self.series.iter_mut().filter(|(_, rows)| !rows.is_empty()) {
            take(key, rows);
            rows.clear();
        }
    }

    fn find(&mut self, row: &RawRow<'_>) -> usize {
        self.scratch.clear();
        self.scratch.extend_from_slice(row.metric);
        self.scratch.extend_from_slice(row.source);
        if let Some(&slot) = self.by_spelling.get(&self.scratch) {
            return slot;
        }
        let key = SeriesKey {
            metric: unquote(row.metric),
            source: Source(unquote(row.source)),
        };
        let fresh = self.series.len();
        let series = *self.by_key.entry(key.clone()).or_insert(fresh);
        if series == fresh {
            self.series.push((key, Columns::new()));
        }
        let slot = self.slots.len();
        self.slots.push(Slot {
            series,
            raw_metric: row.metric.to_vec(),
            raw_source: row.source.to_vec(),
            next: slot,
        });
        self.by_spelling.insert(self.scratch.clone(), slot);
        slot
    }
}

#[inline]
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && super::lex::starts_with(a, b)
}

fn unquote(raw: &[u8]) -> String {
    decode(raw.get(1..raw.len().saturating_sub(1)).unwrap_or(&[]))
}

/// Hashes eight bytes at a time by multiply and fold; names come from the user's own server, so a
/// hash that resists chosen collisions is not needed.
#[derive(Default)]
struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, tail) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let last = tail
            .iter()
            .fold(tail.len() as u64, |word, &b| (word << 8) | u64::from(b));
        self.write_u64(last);
    }

    fn write_u64(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one_series() {
        let mut names = Names::default();
        for (i, metric) in [r#""a/b""#, r#""c""#, r#""a\/b""#, r#""c""#, r#""a/b""#]
            .iter()
            .enumerate()
        {
            names.push(&RawRow {
                metric: metric.as_bytes(),
                source: br#""log""#,
                value: 0.0,
                timestamp_ms: 0,
                iteration: i as i64,
            });
        }
        let mut seen = Vec::new();
        let mut see = |key: &SeriesKey, rows: &Columns| {
            seen.push((key.metric.clone(), rows.steps().to_vec()));
        };
        names.hand_over(&mut see);
        names.hand_over(&mut see);
        let expected = [("a/b", vec![0, 2, 4]), ("c", vec![1, 3])];
        assert_eq!(seen, expected.map(|(name, steps)| (name.to_owned(), steps)));
    }
}
