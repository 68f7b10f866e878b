//! The general path: any valid JSON document, one word at a time, from slices of any size.
//!
//! Keeps a stack of the open containers and what each is to us (its [`Place`]), so that rows are
//! found in a bare answer (`data: […]`) and in an enveloped one (`data: {data: […]}`) wherever the
//! other keys stand. Stops before a word that the slice cuts off; the caller comes again with more.

use super::answer::Answer;
use super::lex::{Fault, literal, number, skip_space, string};
use super::names::{Names, RawRow};
use super::open_row::{OpenRow, Scalar};
use super::place::{Place, Role, role_of};
use super::shape::{Learner, Shape};
use super::text::decode;
use parallax_model::value;

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Next {
    /// A byte order mark or the document.
    Start,
    Document,
    Value,
    /// A value or the end of the array.
    FirstItem,
    /// A key or the end of the object.
    FirstKey,
    Key,
    Colon,
    /// A comma or the end of the container.
    Comma,
    /// Nothing but white space.
    End,
}

/// What was counted along the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) skipped_rows: u64,
    pub(super) without_iteration: u64,
    pub(super) without_timestamp: u64,
    pub(super) odd_values: u64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Machine {
    next: Next,
    role: Role,
    stack: Vec<(bool, Place)>,
    row: OpenRow,
    shape: Option<Shape>,
    /// Rows in a row that did not fit the shape.
    misses: u32,
    learner: Learner,
    pub(super) names: Names,
    pub(super) answer: Answer,
    pub(super) counts: Counts,
}

/// Rows that must miss the shape one after the other before another is learned.
const MISSES_BEFORE_RELEARNING: u32 = 16;

impl Machine {
    pub(super) fn new() -> Self {
        Self {
            next: Next::Start,
            role: Role::Document,
            stack: Vec::new(),
            row: OpenRow::default(),
            shape: None,
            misses: 0,
            learner: Learner::default(),
            names: Names::default(),
            answer: Answer::default(),
            counts: Counts::default(),
        }
    }

    /// True once the document is closed.
    pub(super) fn is_complete(&self) -> bool {
        self.next == Next::End
    }

    /// Reads `slice` up to its end, to the start of a word that it cuts off, or to the first word
    /// boundary at or behind `stop_after`: the bytes taken, or where it is not JSON.
    pub(super) fn run(
        &mut self,
        slice: &[u8],
        stop_after: usize,
    ) -> Result<usize, (usize, &'static str)> {
        self.learner.give_up();
        if self.next == Next::Start && slice.first().is_some_and(|&byte| byte != 0xef) {
            self.next = Next::Document;
        }
        let mut at = 0;
        while at < stop_after {
            at = skip_space(slice, at);
            let Some(&byte) = slice.get(at) else { break };
            let row_opens = byte == b'{' && matches!(self.next, Next::Value | Next::FirstItem);
            if row_opens && self.role == Role::Item && self.shape.is_some() {
                let end = self.fast_rows(slice, at);
                if end > at {
                    at = end;
                    continue;
                }
            }
            match self.word(slice, at, byte) {
                Ok(end) => at = end,
                Err(Fault::Incomplete) => break,
                Err(Fault::Bad {
                    at: offset,
                    expected,
                }) => return Err((at + offset, expected)),
            }
        }
        Ok(at)
    }

    /// Reads rows that fit the shape, from the opening brace at `at` on; where it stopped.
    fn fast_rows(&mut self, slice: &[u8], mut at: usize) -> usize {
        let Some(shape) = &self.shape else { return at };
        loop {
            let Some((row, length)) = slice.get(at..).and_then(|b| shape.read(b, &self.names))
            else {
                self.misses += 1;
                return at;
            };
            self.names.push(&row);
            self.counts.rows += 1;
            self.misses = 0;
            let comma = skip_space(slice, at + length);
            if slice.get(comma) != Some(&b',') {
                self.next = Next::Comma;
                return comma;
            }
            self.next = Next::Value;
            at = skip_space(slice, comma + 1);
            if slice.get(at) != Some(&b'{') {
                return at;
            }
        }
    }

    /// Reads the word at `at`; where it ends. Offsets of faults are relative to `at`.
    fn word(&mut self, slice: &[u8], at: usize, byte: u8) -> Result<usize, Fault> {
        let expected = match (self.next, byte) {
            (Next::Start, 0xef) => {
                let length = literal(slice.get(at..).unwrap_or(&[]), "\u{feff}")?;
                self.next = Next::Document;
                return Ok(at + length);
            }
            (Next::Document, b'{') => return Ok(self.open(at, true)),
            (Next::Value | Next::FirstItem, b'{' | b'[') => return Ok(self.open(at, byte == b'{')),
            (Next::FirstItem | Next::Comma, b']') => return self.close(slice, at, false),
            (Next::FirstKey | Next::Comma, b'}') => return self.close(slice, at, true),
            (Next::Value | Next::FirstItem, _) => return self.scalar(slice, at, byte),
            (Next::FirstKey | Next::Key, b'"') => return self.key(slice, at),
            (Next::Colon, b':') => {
                self.next = Next::Value;
                return Ok(at + 1);
            }
            (Next::Comma, b',') => {
                let in_object = self.stack.last().is_some_and(|(object, _)| *object);
                self.next = if in_object { Next::Key } else { Next::Value };
                return Ok(at + 1);
            }
            (Next::Start | Next::Document, _) => "a JSON object",
            (Next::FirstKey, _) => "a key in quotes or }",
            (Next::Key, _) => "a key in quotes",
            (Next::Colon, _) => "a colon",
            (Next::Comma, _) => "a comma or the end of the container",
            (Next::End, _) => "the end of the body",
        };
        Err(Fault::Bad { at: 0, expected })
    }

    fn open(&mut self, at: usize, object: bool) -> usize {
        let place = match (self.role, object) {
            (Role::Document, true) => Place::Root,
            (Role::Meta, true) => Place::Meta,
            (Role::Data, true) => Place::Payload,
            (Role::Data | Role::Rows, false) => Place::Rows,
            (Role::Error, true) => Place::ErrorBody,
            (Role::Item, true) => Place::Row,
            _ => Place::Unknown,
        };
        match self.role {
            Role::Item if !object => self.counts.skipped_rows += 1,
            Role::Row(field) => {
                self.learner.give_up();
                self.row.assign(field, None);
            }
            _ => {}
        }
        match place {
            Place::Rows => self.answer.has_rows = true,
            Place::Row => {
                self.row.clear();
                self.learner.begin(at);
            }
            _ => {}
        }
        self.role = if place == Place::Rows {
            Role::Item
        } else {
            Role::Unknown
        };
        self.next = if object {
            Next::FirstKey
        } else {
            Next::FirstItem
        };
        self.stack.push((object, place));
        at + 1
    }

    fn close(&mut self, slice: &[u8], at: usize, object: bool) -> Result<usize, Fault> {
        let Some((_, place)) = self.stack.pop_if(|(open, _)| *open == object) else {
            let expected = if object {
                "a comma or ]"
            } else {
                "a comma or }"
            };
            return Err(Fault::Bad { at: 0, expected });
        };
        if place == Place::Row {
            self.emit();
            let relearn = self.shape.is_none() || self.misses >= MISSES_BEFORE_RELEARNING;
            if relearn && let Some(shape) = self.learner.finish(slice, at + 1) {
                self.shape = Some(shape);
                self.misses = 0;
            }
        }
        let in_rows = self.stack.last().is_some_and(|(_, p)| *p == Place::Rows);
        self.role = if in_rows { Role::Item } else { Role::Unknown };
        self.next = if self.stack.is_empty() {
            Next::End
        } else {
            Next::Comma
        };
        Ok(at + 1)
    }

    fn key(&mut self, slice: &[u8], at: usize) -> Result<usize, Fault> {
        let rest = slice.get(at..).unwrap_or(&[]);
        let (escaped, length) = string(rest)?;
        let raw = rest.get(1..length - 1).unwrap_or(&[]);
        let place = self
            .stack
            .last()
            .map_or(Place::Unknown, |(_, place)| *place);
        self.role = if escaped {
            role_of(place, decode(raw).as_bytes())
        } else {
            role_of(place, raw)
        };
        self.next = Next::Colon;
        Ok(at + length)
    }

    fn scalar(&mut self, slice: &[u8], at: usize, byte: u8) -> Result<usize, Fault> {
        let rest = slice.get(at..).unwrap_or(&[]);
        let (scalar, length) = match byte {
            b'"' => {
                let (_, length) = string(rest)?;
                (Scalar::Text(rest.get(..length).unwrap_or(&[])), length)
            }
            b'n' => (Scalar::Null, literal(rest, "null")?),
            b't' => (Scalar::Bool, literal(rest, "true")?),
            b'f' => (Scalar::Bool, literal(rest, "false")?),
            b'-' | b'0'..=b'9' => {
                let (number, length) = number(rest)?;
                (
                    Scalar::Number(number, rest.get(..length).unwrap_or(&[])),
                    length,
                )
            }
            _ => {
                return Err(Fault::Bad {
                    at: 0,
                    expected: "a JSON value",
                });
            }
        };
        if let Role::Row(field) = self.role {
            self.learner.value(field, at, at + length);
            self.row.assign(field, Some(&scalar));
        } else {
            self.note(&scalar);
        }
        self.next = Next::Comma;
        Ok(at + length)
    }

    /// A scalar outside of a row.
    fn note(&mut self, scalar: &Scalar<'_>) {
        let answer = &mut self.answer;
        match self.role {
            Role::Item => self.counts.skipped_rows += 1,
            Role::Data | Role::Rows if matches!(scalar, Scalar::Null) => answer.has_data = true,
            Role::Error => answer.error = scalar.text(),
            Role::Code => answer.code = scalar.text(),
            Role::Message => answer.message = scalar.text(),
            Role::MetaCode => answer.meta_code = scalar.text(),
            Role::MetaMessage => answer.meta_message = scalar.text(),
            Role::TotalCount => {
                let count = scalar.integer();
                answer.total_count = count.and_then(|n| u64::try_from(n).ok());
            }
            Role::WorkloadUid => answer.workload_uid = scalar.text(),
            _ => {}
        }
    }

    fn emit(&mut self) {
        let row = &self.row;
        if row.metric.is_empty() {
            self.counts.skipped_rows += 1;
            return;
        }
        let counts = &mut self.counts;
        counts.rows += 1;
        counts.without_iteration += u64::from(row.iteration.is_none());
        counts.without_timestamp += u64::from(row.timestamp_ms.is_none());
        counts.odd_values += u64::from(row.value.is_none());
        let unnamed: &[u8] = b"\"\"";
        self.names.push(&RawRow {
            metric: &row.metric,
            source: if row.source.is_empty() {
                unnamed
            } else {
                &row.source
            },
            value: row.value.unwrap_or(value::MISSING),
            timestamp_ms: row.timestamp_ms.unwrap_or(0),
            iteration: row.iteration.unwrap_or(0),
        });
    }
}
