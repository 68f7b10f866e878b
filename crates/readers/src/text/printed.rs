//! What printed objects give (see `objects`).

use memchr::memchr;

use super::alias;
use super::formats::{self, Meaning};
use super::lines::Lines;
use super::objects::Placed;
use crate::limits::NAME_TOO_LONG;
use crate::number::step_of;
use crate::row::JsonRow;
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
    fn is_of(&self, row: &JsonRow, with_epoch: bool) -> bool {
        let names = row.metrics().map(|(name, _)| name);
        self.with_epoch == with_epoch && names.eq(self.names.iter().map(String::as_str))
    }
}

/// Whether a row is of metrics.
fn judge(row: &JsonRow) -> bool {
    let any = |test: fn(&str) -> bool| row.metrics().any(|(name, _)| test(name));
    let evaluation = any(|name| name.starts_with("eval_"));
    let loss = any(|name| name == "loss" || name.ends_with("_loss") || name.ends_with("/loss"));
    evaluation || (any(alias::is_known) && (row.epoch.is_some() || loss))
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
        let whole = self.objects.read(object) == Ok(object.len());
        let row = self.objects.row();
        if !whole || row.count() == 0 {
            return false;
        }
        if row.unnamed > 0 {
            self.out.note(NAME_TOO_LONG, byte);
        }
        let time_ms = row.time_ms.or_else(|| stamp::find(head));
        if let Some(step) = row.step().or_else(|| self.step_of(head)) {
            self.row_at(step, time_ms, byte);
            return true;
        }
        if self.objects.texts() > 0 || head.len() > MAX_HEAD || !self.is_row() {
            return false;
        }
        let length = text.len() as u64;
        match self.rows.row(self.objects.row(), time_ms, byte, length) {
            Ok(placed) => placed.into_iter().for_each(|placed| self.placed(placed)),
            Err(_) => self.out.repeat(byte),
        }
        true
    }

    /// A row of metrics, not a configuration.
    fn is_row(&mut self) -> bool {
        let row = self.objects.row();
        let with_epoch = row.epoch.is_some();
        if !self.judged.is_of(row, with_epoch) {
            self.judged = Judged {
                names: row.metrics().map(|(name, _)| name.into()).collect(),
                with_epoch,
                is_row: judge(row),
            };
        }
        self.judged.is_row
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

    fn row_at(&mut self, step: i64, time_ms: Option<i64>, byte: u64) {
        let at = self.out.at(step, time_ms, 0, byte);
        let row = self.objects.row();
        for (name, value) in row.metrics() {
            self.out.named(name, &at, value);
        }
        if let Some(total) = row.total.and_then(step_of) {
            self.out.target(total);
        }
        self.seen(step);
    }

    /// A row that has its step now.
    pub(super) fn placed(&mut self, placed: Placed) {
        if placed.numbered {
            self.out.note(NUMBERED, placed.byte);
        }
        if let Some(total) = self.rows.total() {
            self.out.target(total);
        }
        let at = self.out.at(placed.step, placed.time_ms, 0, placed.byte);
        for (name, value) in placed.metrics.iter() {
            self.out.named(name, &at, value);
        }
        self.seen(placed.step);
    }
}
