//! Points by metric while a file is being read: finds a metric's column without allocating.
//!
//! Loggers write the same metrics in the same order row after row, so the column that followed the
//! last one is tried first: one comparison instead of a search. Points gather here during a feed
//! and move into the sheet at its end, in file order.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::limits::Names;
use crate::sheet::{Point, Table};

struct Column {
    name: Box<[u8]>,
    /// The column that was asked for after this one the last time.
    follower: usize,
    points: Vec<Point>,
}

/// Columns by name, numbered in the order in which they are first asked for.
#[derive(Default)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    by_name: BTreeMap<Box<[u8]>, usize>,
    names: Names,
    last: usize,
    /// Columns that got points since the last flush.
    filled: Vec<usize>,
}

impl Columns {
    /// The number of the column of that name, made when it is first asked for; an error says why
    /// there is none.
    #[inline]
    pub(crate) fn find(&mut self, name: &[u8]) -> Result<usize, &'static str> {
        let guess = self.columns.get(self.last).map_or(0, |c| c.follower);
        match self.columns.get(guess) {
            Some(column) if *column.name == *name => self.last = guess,
            _ => self.search(name)?,
        }
        Ok(self.last)
    }

    fn search(&mut self, name: &[u8]) -> Result<(), &'static str> {
        let index = match self.by_name.get(name) {
            Some(&index) => index,
            None => {
                self.names.add(name.len())?;
                let index = self.columns.len();
                self.by_name.insert(name.into(), index);
                self.columns.push(Column {
                    name: name.into(),
                    follower: 0,
                    points: Vec::new(),
                });
                index
            }
        };
        if let Some(column) = self.columns.get_mut(self.last) {
            column.follower = index;
        }
        self.last = index;
        Ok(())
    }

    /// The number of the column of that name, if there is one.
    pub(crate) fn get(&self, name: &[u8]) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The columns whose names begin with `prefix`, in the order of their names.
    pub(crate) fn with_prefix(&self, prefix: &[u8]) -> Vec<usize> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let columns = self.by_name.range::<[u8], _>(from);
        let columns = columns.take_while(|(name, _)| name.starts_with(prefix));
        columns.map(|(_, index)| *index).collect()
    }

    /// The name of a column; empty if there is no such column.
    pub(crate) fn name(&self, index: usize) -> &[u8] {
        self.columns.get(index).map_or(&[], |column| &column.name)
    }

    /// Appends a point to a column.
    #[inline]
    pub(crate) fn push(&mut self, index: usize, point: Point) {
        if let Some(column) = self.columns.get_mut(index) {
            if column.points.is_empty() {
                self.filled.push(index);
            }
            column.points.push(point);
        }
    }

    /// True if there are points to be moved into a table.
    pub(crate) fn has_points(&self) -> bool {
        !self.filled.is_empty()
    }

    /// Moves all points to the ends of the table's metrics.
    pub(crate) fn flush(&mut self, table: &mut Table) {
        for index in self.filled.drain(..) {
            let Some(column) = self.columns.get_mut(index) else {
                continue;
            };
            let name = String::from_utf8_lossy(&column.name);
            match table.metrics.get_mut(name.as_ref()) {
                Some(points) => points.append(&mut column.points),
                None => {
                    let points = std::mem::take(&mut column.points);
                    table.metrics.insert(name.into_owned(), points);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_numbers_in_any_order() {
        let mut columns = Columns::default();
        let names: [&[u8]; 7] = [b"a", b"b", b"a", b"c", b"b", b"a", b"c"];
        let found = names.map(|name| columns.find(name).unwrap());
        assert_eq!(found, [0, 1, 0, 2, 1, 0, 2]);
        assert_eq!((columns.name(2), columns.name(3)), (&b"c"[..], &b""[..]));
    }

    #[test]
    fn columns_by_the_start_of_their_names() {
        let mut columns = Columns::default();
        for name in [&b"b"[..], b"a.x", b"ab", b"a", b"a.y"] {
            columns.find(name).unwrap();
        }
        assert_eq!(columns.with_prefix(b"a."), [1, 4]);
        assert_eq!(columns.with_prefix(b""), [3, 1, 4, 2, 0]);
        assert!(columns.with_prefix(b"c").is_empty());
    }

    #[test]
    fn flushes_append_in_order() {
        let (mut columns, mut table) = (Columns::default(), Table::default());
        for iteration in 0..5 {
            let column = columns.find(b"loss").unwrap();
            columns.push(
                column,
                Point {
                    iteration,
                    timestamp_ms: 0,
                    value: 0.0,
                },
            );
            if iteration % 2 == 0 {
                assert!(columns.has_points());
                columns.flush(&mut table);
                assert!(!columns.has_points());
            }
        }
        let steps: Vec<i64> = table.metrics["loss"].iter().map(|p| p.iteration).collect();
        assert_eq!(steps, [0, 1, 2, 3, 4]);
    }
}
