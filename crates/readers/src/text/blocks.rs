//! Metrics that stand one to a line behind the line that states the step (OLMo, Composer), and
//! DeepSpeed-Chat's evaluations.

use super::alias::{self, Part};
use super::formats::{self, Meaning};
use super::lines::Lines;
use super::scan::{Field, Kind};
use crate::stamp;

const LAST_STEP: &str =
    "An evaluation without a step of its own is shown at the last step before it.";

/// A line that stated a step, to which the indented lines behind it belong.
pub(super) struct Block {
    pub(super) iteration: i64,
    pub(super) time_ms: Option<i64>,
    pub(super) open: bool,
}

impl Lines {
    /// A line behind one that stated the step: `    train/loss=2.5`. True if it belongs to it.
    pub(super) fn block_line(&mut self, line: &[u8], text: &[u8], byte: u64) -> bool {
        let Some(block) = &mut self.block else {
            return false;
        };
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            block.open = false;
            block.time_ms = stamp::find(text).or(block.time_ms);
            return false;
        }
        let (iteration, time_ms, open) = (block.iteration, block.time_ms, block.open);
        self.fields.scan(text);
        let [field] = self.fields.fields.as_slice() else {
            return false;
        };
        // Behind the block only names that a tracker made: `eval/…/CrossEntropyLoss=2.5`.
        let tracked = open || self.fields.key(field, text).contains(&b'/');
        if !field.strong || field.key.0 != 0 || !tracked {
            return false;
        }
        if let Some((name, value)) = self.metric(field, text) {
            let at = self.out.at(iteration, time_ms, 0, byte);
            self.out.named(&name, &at, value);
        }
        true
    }

    /// DeepSpeed-Chat: `ppl: 4.5` behind `***** Evaluating …`.
    pub(super) fn evaluation(&mut self, text: &[u8], byte: u64) {
        self.fields.scan(text);
        let first = self.fields.fields.first();
        if first.is_some_and(|field| field.strong && field.key.0 == 0) {
            self.out.note(LAST_STEP, byte);
            self.push_fields(text, self.last_step, byte);
        }
    }

    /// Pushes every metric of the scanned fields that have a separator.
    pub(super) fn push_fields(&mut self, text: &[u8], iteration: i64, byte: u64) {
        let at = self.out.at(iteration, None, 0, byte);
        for index in 0..self.fields.fields.len() {
            let field = self.fields.fields.get(index).filter(|field| field.strong);
            if let Some((name, value)) = field.and_then(|field| self.metric(field, text)) {
                self.out.named(&name, &at, value);
            }
        }
    }

    /// A field's name and first value, if it is a metric.
    fn metric(&self, field: &Field, text: &[u8]) -> Option<(String, f64)> {
        let key = self.fields.text(field, text);
        let number = self.fields.numbers(field).first()?;
        let metric = matches!(formats::meaning(&key, field.kind), Meaning::Metric);
        let part = Part {
            kind: Kind::One,
            count: 1,
            index: 0,
            unit: number.unit,
        };
        metric.then(|| (alias::name(&key, part), number.value))
    }
}
