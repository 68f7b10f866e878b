//! The shape that the rows of one body share, learned from one row and tried on the next.
//!
//! A server writes every row with the same keys, order and white space; only the values differ. A
//! [`Shape`] is those constant bytes with holes for the values. A row that fits is read in one
//! pass without looking at its structure; one that does not fit is left to the general path, so a
//! shape can make scanning faster but never different.

use super::lex::{number, starts_with, string};
use super::names::{Names, RawRow};
use parallax_model::value::MISSING;

/// What a key of a row means to us.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field {
    Metric,
    Value,
    Timestamp,
    Iteration,
    Source,
    /// A key that we do not know: its value is skipped.
    Other,
}

/// Constant bytes, then the value of a field.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    before: Box<[u8]>,
    field: Field,
}

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    segments: Vec<Segment>,
    /// The constant bytes behind the last value, with the closing brace.
    end: Box<[u8]>,
}

impl Shape {
    /// Reads the row at the start of `bytes`; it and its length, or `None` if it does not fit.
    #[inline]
    pub(super) fn read<'a>(&self, bytes: &'a [u8], names: &Names) -> Option<(RawRow<'a>, usize)> {
        let mut row = RawRow {
            metric: &[],
            source: b"\"\"",
            value: MISSING,
            timestamp_ms: 0,
            iteration: 0,
        };
        let mut at = 0;
        for segment in &self.segments {
            let rest = bytes.get(at..)?;
            if !starts_with(rest, &segment.before) {
                return None;
            }
            let rest = rest.get(segment.before.len()..)?;
            let length = match segment.field {
                Field::Metric => text(rest, names.likely_metric(), &mut row.metric)?,
                Field::Source => text(rest, names.likely_source(), &mut row.source)?,
                Field::Value => value(rest, &mut row.value)?,
                Field::Timestamp => integer(rest, &mut row.timestamp_ms)?,
                Field::Iteration => integer(rest, &mut row.iteration)?,
                Field::Other => scalar(rest)?,
            };
            at += segment.before.len() + length;
        }
        starts_with(bytes.get(at..)?, &self.end).then_some((row, at + self.end.len()))
    }
}

#[inline]
fn text<'a>(rest: &'a [u8], likely: &[u8], out: &mut &'a [u8]) -> Option<usize> {
    let length = if !likely.is_empty() && starts_with(rest, likely) {
        likely.len()
    } else if rest.first() == Some(&b'"') {
        string(rest).ok()?.1
    } else {
        return None;
    };
    *out = rest.get(..length)?;
    Some(length)
}

#[inline]
fn integer(rest: &[u8], out: &mut i64) -> Option<usize> {
    let (number, length) = number(rest).ok()?;
    *out = number.to_i64(rest.get(..length)?);
    Some(length)
}

#[inline]
fn value(rest: &[u8], out: &mut f64) -> Option<usize> {
    if rest
        .first()
        .is_some_and(|b| b.is_ascii_digit() || *b == b'-')
    {
        let (number, length) = number(rest).ok()?;
        *out = number.to_f64(rest.get(..length)?);
        return Some(length);
    }
    // `null` is what the row starts from; texts are rare enough for the general path.
    rest.starts_with(b"null").then_some(4)
}

fn scalar(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' => Some(string(rest).ok()?.1),
        b'n' => rest.starts_with(b"null").then_some(4),
        b't' => rest.starts_with(b"true").then_some(4),
        b'f' => rest.starts_with(b"false").then_some(5),
        _ => Some(number(rest).ok()?.1),
    }
}

/// Watches the general path read a row and makes a [`Shape`] of it.
#[derive(Debug, Default)]
pub(super) struct Learner {
    start: usize,
    watching: bool,
    values: Vec<(Field, usize, usize)>,
}

impl Learner {
    /// A row opens at byte `start` of the slice.
    pub(super) fn begin(&mut self, start: usize) {
        self.start = start;
        self.watching = true;
        self.values.clear();
    }

    /// The row cannot be learned: it has nested values or goes on in another slice.
    pub(super) fn give_up(&mut self) {
        self.watching = false;
    }

    /// The row has the value of `field` at these bytes.
    pub(super) fn value(&mut self, field: Field, start: usize, end: usize) {
        let repeated = self.values.iter().any(|(seen, ..)| *seen == field);
        if repeated && field != Field::Other {
            self.watching = false;
        }
        self.values.push((field, start, end));
    }

    /// The row closes before byte `end`: its shape, if it has the fields that make a row.
    pub(super) fn finish(&mut self, slice: &[u8], end: usize) -> Option<Shape> {
        let has = |field| self.values.iter().any(|(seen, ..)| *seen == field);
        let needed = [
            Field::Metric,
            Field::Value,
            Field::Timestamp,
            Field::Iteration,
        ];
        if !std::mem::take(&mut self.watching) || !needed.into_iter().all(has) {
            return None;
        }
        let mut from = self.start;
        let mut segments = Vec::with_capacity(self.values.len());
        for &(field, start, value_end) in &self.values {
            let before = slice.get(from..start)?.into();
            segments.push(Segment { before, field });
            from = value_end;
        }
        let end = slice.get(from..end)?.into();
        Some(Shape { segments, end })
    }
}
