//! What printed objects give (see `objects`).

use memchr::memchr;

use super::alias;
use super::formats::{self, Meaning};
use super::lines::Lines;
use super::objects::Placed;
use crate::literal;
use crate::number::step_of;
use crate::row::{IntoRow, Row};
use crate::sheet::NO_TIME;
use crate::stamp;

const NUMBERED: &str = "The log states no step for these rows and no progress bar tells it: they are numbered in order.";

/// The longest text in front of an object that states no step, in bytes.
const MAX_HEAD: usize = 120;

/// What was decided for the names of the last object.
#[derive(Default)]
pub(super) struct Judged {
    names: Vec<String>,
    with_epoch: bool,
    is_row: bool,
}

impl Judged {
    fn is_of(&self, row: &Row, with_epoch: bool) -> bool {
        let names = row.metrics().map(|(name, _)| name);
        self.with_epoch == with_epoch && names.eq(self.names.iter().map(String::as_str))
    }
}

impl Lines {
    /// A line that ends as an object; true if it gave points.
    pub(super) fn object(&mut self, text: &[u8], byte: u64) -> bool {
        let Some(start) = memchr(b'{', text) else {
            return false;
        };
        let (head, object) = text.split_at(start);
        let inside = object.get(1..).unwrap_or_default().trim_ascii_start();
        if !matches!(inside.first(), Some(b'"' | b'\'')) {
            return false;
        }
        self.row.clear();
        let mut into = IntoRow {
            row: &mut self.row,
            texts: 0,
        };
        let whole = literal::walk_with(&mut self.path, object, &mut into) == Ok(object.len());
        let texts = into.texts;
        if !whole || self.row.count() == 0 {
            return false;
        }
        let time_ms = self.row.time_ms.or_else(|| stamp::find(head));
        if let Some(iteration) = self.row.step().or_else(|| self.step_of(head)) {
            self.row_at(iteration, time_ms, byte);
            return true;
        }
        if texts > 0 || head.len() > MAX_HEAD || !self.is_row() {
            return false;
        }
        match self.rows.row(
            &self.row,
            time_ms.unwrap_or(NO_TIME),
            byte,
            text.len() as u64,
        ) {
            Ok(placed) => placed.into_iter().for_each(|placed| self.placed(placed)),
            Err(_) => self.out.repeat(byte),
        }
        true
    }

    /// A row of metrics, not a configuration.
    fn is_row(&mut self) -> bool {
        let with_epoch = self.row.epoch.is_some();
        if !self.judged.is_of(&self.row, with_epoch) {
            self.judged = Judged {
                names: self.row.metrics().map(|(name, _)| name.into()).collect(),
                with_epoch,
                is_row: self.judge(),
            };
        }
        self.judged.is_row
    }

    fn judge(&self) -> bool {
        let any = |test: fn(&str) -> bool| self.row.metrics().any(|(name, _)| test(name));
        let evaluation = any(|name| name.starts_with("eval_"));
        let loss = any(|name| name == "loss" || name.ends_with("_loss") || name.ends_with("/loss"));
        evaluation || (any(alias::is_known) && (self.row.epoch.is_some() || loss))
    }

    /// The step in front of an object: `step 7: {…}`.
    fn step_of(&mut self, head: &[u8]) -> Option<i64> {
        self.fields.scan(head);
        let field = self.fields.fields.last()?;
        match formats::meaning(&self.fields.text(field, head), field.kind) {
            Meaning::Step(_) => self.fields.numbers(field).first()?.as_step(),
            _ => None,
        }
    }

    fn row_at(&mut self, iteration: i64, time_ms: Option<i64>, byte: u64) {
        let at = self.out.at(iteration, time_ms, 0, byte);
        for (name, value) in self.row.metrics() {
            self.out.named(name, &at, value);
        }
        if let Some(total) = self.row.total.and_then(step_of) {
            self.out.target(total);
        }
        self.seen(iteration);
    }

    /// A row that has its step now.
    pub(super) fn placed(&mut self, placed: Placed) {
        if placed.numbered {
            self.out.note(NUMBERED, placed.byte);
        }
        if let Some(total) = self.rows.total() {
            self.out.target(total);
        }
        let at = self
            .out
            .at(placed.iteration, Some(placed.timestamp_ms), 0, placed.byte);
        for (name, value) in placed.metrics.iter() {
            self.out.named(name, &at, value);
        }
        self.seen(placed.iteration);
    }
}
