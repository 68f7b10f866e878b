//! Where in the run the values of a line belong, and which they are, by the line's plan.

use super::collect::Collector;
use super::plan::{Output, Step};
use super::scan::{Fields, Kind};

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

/// Works out the step of a line.
pub(super) struct Place<'a> {
    /// The line's fields.
    pub(super) fields: &'a Fields,
    /// The epochs so far.
    pub(super) epochs: &'a mut Epochs,
    /// Is told the run's last step.
    pub(super) out: &'a mut Collector,
    /// The last step seen.
    pub(super) last: i64,
}

impl Place<'_> {
    fn number(&self, field: usize, index: usize) -> Option<i64> {
        let field = self.fields.fields.get(field)?;
        self.fields.numbers(field).get(index)?.as_step()
    }

    /// The step that a line states; `None` where it is no whole number.
    pub(super) fn iteration(self, step: Step) -> Option<i64> {
        match step {
            Step::Field { field, epoch } => {
                let step = self.number(field, 0)?;
                let total = self.number(field, 1);
                let epoch = epoch.and_then(|epoch| self.number(epoch, 0));
                if let (Some(epoch), Some(total)) = (epoch, total) {
                    return Some(self.epochs.step(epoch, step, total));
                }
                if let Some(total) = total {
                    self.out.target(total);
                }
                Some(step)
            }
            Step::EpochBatch(epoch, batch, first) => {
                let epoch = self.number(epoch, 0)?.saturating_sub(first).max(0);
                let (batch, total) = (self.number(batch, 0)?, self.number(batch, 1)?);
                Some(epoch.saturating_mul(total).saturating_add(batch))
            }
            Step::Epoch(field) => self.number(field, 0),
            Step::LastSeen => Some(self.last),
        }
    }
}

/// The value of an output; `None` for the second half of a progress (`3/10`).
pub(super) fn value(fields: &Fields, output: &Output) -> Option<f64> {
    let field = fields.fields.get(output.field)?;
    let numbers = fields.numbers(field);
    let progress = output.part > 0
        && field.kind == Kind::Ratio
        && numbers.len() == 2
        && numbers.iter().all(|number| number.integer);
    numbers
        .get(output.part)
        .filter(|_| !progress)
        .map(|number| number.value)
}
