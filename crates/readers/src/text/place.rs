//! Where in the run the values of a line belong, and which they are, by the line's plan.

use super::collect::Collector;
use super::plan::{Output, StepNumbers};
use crate::number::Number;

/// Turns a step within an epoch into a step of the run.
#[derive(Default)]
pub(super) struct Epochs {
    first: i64,
    last: Option<(i64, i64)>,
    /// Whether steps start again with each epoch; known once the second epoch begins.
    starts_again: Option<bool>,
}

impl Epochs {
    fn step(&mut self, epoch: i64, step: i64, total: i64) -> i64 {
        match self.last {
            None => self.first = epoch,
            Some((before, last)) if epoch > before && self.starts_again.is_none() => {
                self.starts_again = Some(step < last);
            }
            Some(_) => {}
        }
        self.last = Some((epoch, step));
        match self.starts_again {
            Some(true) => epoch
                .saturating_sub(self.first)
                .saturating_mul(total)
                .saturating_add(step),
            _ => step,
        }
    }
}

/// The numbers of a line, or those of another line like it with the line's own values.
#[derive(Clone, Copy)]
pub(super) struct Figures<'a> {
    /// What they are.
    pub(super) numbers: &'a [Number],
    /// Their values.
    pub(super) values: &'a [f64],
}

/// Works out the step of a line.
pub(super) struct Place<'a> {
    /// The line's numbers.
    pub(super) figures: Figures<'a>,
    /// The epochs so far.
    pub(super) epochs: &'a mut Epochs,
    /// Is told the run's last step.
    pub(super) out: &'a mut Collector,
    /// The last step seen.
    pub(super) last: i64,
}

impl Place<'_> {
    fn number(&self, at: usize) -> Option<i64> {
        let number = self.figures.numbers.get(at)?;
        number.step_if(*self.figures.values.get(at)?)
    }

    /// The step that a line states; `None` where it is no whole number.
    #[inline]
    pub(super) fn step(self, step: &StepNumbers) -> Option<i64> {
        match *step {
            StepNumbers::Step { step, total, epoch } => {
                let step = self.number(step)?;
                let total = total.and_then(|total| self.number(total));
                let epoch = epoch.and_then(|epoch| self.number(epoch));
                if let (Some(epoch), Some(total)) = (epoch, total) {
                    return Some(self.epochs.step(epoch, step, total));
                }
                if let Some(total) = total {
                    self.out.target(total);
                }
                Some(step)
            }
            StepNumbers::EpochBatch {
                epoch,
                batch,
                total,
                first,
            } => {
                let epoch = self.number(epoch)?.saturating_sub(first).max(0);
                let (batch, total) = (self.number(batch)?, self.number(total)?);
                Some(epoch.saturating_mul(total).saturating_add(batch))
            }
            StepNumbers::Epoch(epoch) => self.number(epoch),
            StepNumbers::LastSeen => Some(self.last),
            StepNumbers::Unstated => None,
        }
    }
}

/// The value of an output; `None` for the second half of a progress (`3/10`).
#[inline]
pub(super) fn value(figures: Figures<'_>, output: &Output) -> Option<f64> {
    let value = figures.values.get(output.number)?;
    let integer = |at: usize| figures.numbers.get(at).is_some_and(|number| number.integer);
    let progress =
        output.second_half && integer(output.number) && integer(output.number.wrapping_sub(1));
    (!progress).then_some(*value)
}
