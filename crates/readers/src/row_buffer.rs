//! Rows by metric while a part of a file is read: finds a metric without allocating.
//!
//! Rows gather here during a feed and move into the parse result at its end, in file order.

use std::collections::BTreeMap;
use std::ops::Bound;

use parallax_model::columns::Columns;
use parallax_model::row::Row;

use crate::limits::Names;
use crate::parsed_file::ParsedFile;

struct Metric {
    name: Box<[u8]>,
    rows: Columns,
}

/// Rows by metric; metrics are numbered in the order in which they are first asked for.
#[derive(Default)]
pub(crate) struct RowBuffer {
    metrics: Vec<Metric>,
    by_name: BTreeMap<Box<[u8]>, usize>,
    names: Names,
    /// Metrics that got rows since they were moved last.
    filled: Vec<usize>,
}

impl RowBuffer {
    /// The number of the metric of that name, made when it is first asked for; an error says why
    /// there is none.
    pub(crate) fn find(&mut self, name: &[u8]) -> Result<usize, &'static str> {
        if let Some(&metric) = self.by_name.get(name) {
            return Ok(metric);
        }
        self.names.add(name.len())?;
        let metric = self.metrics.len();
        self.by_name.insert(name.into(), metric);
        self.metrics.push(Metric {
            name: name.into(),
            rows: Columns::new(),
        });
        Ok(metric)
    }

    /// The number of the metric of that name, if there is one.
    pub(crate) fn get(&self, name: &[u8]) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The metrics whose names begin with `prefix`, in the order of their names.
    pub(crate) fn with_prefix(&self, prefix: &[u8]) -> Vec<usize> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let metrics = self.by_name.range::<[u8], _>(from);
        let metrics = metrics.take_while(|(name, _)| name.starts_with(prefix));
        metrics.map(|(_, index)| *index).collect()
    }

    /// The name of a metric; empty if there is no such metric.
    pub(crate) fn name(&self, metric: usize) -> &[u8] {
        self.metrics.get(metric).map_or(&[], |metric| &metric.name)
    }

    /// Appends a row to a metric.
    #[inline]
    pub(crate) fn push(&mut self, metric: usize, row: Row) {
        if let Some(found) = self.metrics.get_mut(metric) {
            if found.rows.is_empty() {
                self.filled.push(metric);
            }
            found.rows.push(row);
        }
    }

    /// Moves all rows to the ends of a source's metrics.
    pub(crate) fn move_into(&mut self, source: &str, parsed: &mut ParsedFile) {
        if self.filled.is_empty() {
            return;
        }
        let metrics = parsed.metrics(source);
        for index in self.filled.drain(..) {
            let Some(metric) = self.metrics.get_mut(index) else {
                continue;
            };
            let rows = std::mem::take(&mut metric.rows);
            let name = String::from_utf8_lossy(&metric.name);
            match metrics.get_mut(name.as_ref()) {
                Some(there) if !there.is_empty() => there.extend_from(&rows),
                Some(there) => *there = rows,
                None => drop(metrics.insert(name.into_owned(), rows)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_keep_their_numbers_in_any_order() {
        let mut buffer = RowBuffer::default();
        let names: [&[u8]; 7] = [b"a", b"b", b"a", b"c", b"b", b"a", b"c"];
        let found = names.map(|name| buffer.find(name).unwrap());
        assert_eq!(found, [0, 1, 0, 2, 1, 0, 2]);
        assert_eq!((buffer.name(2), buffer.name(3)), (&b"c"[..], &b""[..]));
    }

    #[test]
    fn metrics_by_the_start_of_their_names() {
        let mut buffer = RowBuffer::default();
        for name in [&b"b"[..], b"a.x", b"ab", b"a", b"a.y"] {
            buffer.find(name).unwrap();
        }
        assert_eq!(buffer.with_prefix(b"a."), [1, 4]);
        assert_eq!(buffer.with_prefix(b""), [3, 1, 4, 2, 0]);
        assert!(buffer.with_prefix(b"c").is_empty());
    }

    #[test]
    fn rows_are_moved_in_order() {
        let (mut buffer, mut parsed) = (RowBuffer::default(), ParsedFile::default());
        for step in 0..5 {
            let metric = buffer.find(b"loss").unwrap();
            let row = Row {
                step,
                time_ms: None,
                value: 0.0,
            };
            buffer.push(metric, row);
            if step % 2 == 0 {
                buffer.move_into("log", &mut parsed);
            }
        }
        assert_eq!(parsed.metrics("log")["loss"].steps(), [0, 1, 2, 3, 4]);
    }
}
