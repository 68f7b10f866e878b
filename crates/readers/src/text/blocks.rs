//! Metrics that stand one to a line behind the line that states the step (OLMo, Composer), and
//! DeepSpeed-Chat's evaluations.

use super::lines::Lines;
use crate::stamp;

const LAST_STEP: &str =
    "An evaluation without a step of its own is shown at the last step before it.";

/// A line that stated a step, to which the indented lines behind it belong.
pub(super) struct Block {
    pub(super) step: i64,
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
        let (step, time_ms, open) = (block.step, block.time_ms, block.open);
        self.fields.scan(text);
        let [field] = self.fields.fields.as_slice() else {
            return false;
        };
        // Behind the block only names that a tracker made: `eval/…/CrossEntropyLoss=2.5`.
        let tracked = open || self.fields.key(field, text).contains(&b'/');
        if !field.strong || field.key.0 != 0 || !tracked {
            return false;
        }
        let (key, kind) = (self.fields.key(field, text), field.kind);
        if let Some(number) = self.fields.numbers(field).first()
            && let Some(wording) = self.wordings.get(key, kind, number.unit)
            && let Some(name) = &wording.metric
        {
            let at = self.out.at(step, time_ms, 0, byte);
            self.out.named(name, &at, number.value);
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
    pub(super) fn push_fields(&mut self, text: &[u8], step: i64, byte: u64) {
        let at = self.out.at(step, None, 0, byte);
        for field in self.fields.fields.iter().filter(|field| field.strong) {
            let key = self.fields.key(field, text);
            if let Some(number) = self.fields.numbers(field).first()
                && let Some(wording) = self.wordings.get(key, field.kind, number.unit)
                && let Some(name) = &wording.metric
            {
                self.out.named(name, &at, number.value);
            }
        }
    }
}
