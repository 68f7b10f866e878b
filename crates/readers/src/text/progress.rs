//! What progress bars give: tqdm's values by count, Keras's by epoch.

use super::bars::{self, Frame};
use super::lines::Lines;
use crate::number::{Unit, step_of};

/// Keras: one point an epoch, from the last frame of its bar.
#[derive(Default)]
pub(super) struct Keras {
    epoch: Option<i64>,
    frame: Vec<u8>,
}

impl Keras {
    /// An epoch began, so that its bar may follow.
    pub(super) fn is_open(&self) -> bool {
        self.epoch.is_some()
    }
}

/// The last frame of a bar with values: its count's values stand once the bar moves on.
pub(super) struct HeldBar {
    title: Vec<u8>,
    values: Vec<u8>,
    count: i64,
    total: i64,
    byte: u64,
}

impl Lines {
    /// Bytes of the frames that wait for what comes behind them.
    pub(super) fn held_frames(&self) -> u64 {
        let bar = self.bar.as_ref().map_or(0, |bar| bar.values.len());
        (bar + self.keras.frame.len()) as u64
    }

    /// A frame of a tqdm bar.
    pub(super) fn frame(&mut self, frame: &Frame<'_>, byte: u64) {
        let bar = self.bar.as_ref();
        if !bar.is_some_and(|bar| bar.count == frame.count && bar.title == frame.title) {
            self.bar_end();
        }
        if frame.title.is_empty()
            && let Some(placed) = self.rows.frame((frame.count, frame.total))
        {
            self.placed(placed);
        }
        if !frame.values.is_empty() && bars::is_of_training(frame.title) {
            self.bar = Some(HeldBar {
                title: frame.title.to_vec(),
                values: frame.values.to_vec(),
                count: frame.count,
                total: frame.total,
                byte,
            });
        }
    }

    /// The bar's last frame stands.
    pub(super) fn bar_end(&mut self) {
        let Some(bar) = self.bar.take() else { return };
        self.fields.scan(&bar.values);
        let (mut known, mut step) = (false, None);
        for field in &self.fields.fields {
            let number = self.fields.numbers(field).first();
            let (key, unit) = (
                self.fields.key(field, &bar.values),
                number.map_or(Unit::Plain, |number| number.unit),
            );
            if let Some(wording) = self.wordings.get(key, field.kind, unit) {
                known |= wording.known;
                // A bar's own word for the step: `global_step=99.0`.
                let stated = number.filter(|_| wording.global_step && step.is_none());
                step = step.or(stated.and_then(|number| step_of(number.value)));
            }
        }
        if !known {
            return;
        }
        let iteration = step.unwrap_or_else(|| match bars::epoch_of_title(&bar.title) {
            // `Epoch 3` counts from 0, `Epoch 3/10` from 1.
            Some((epoch, of)) => (epoch - i64::from(of))
                .saturating_mul(bar.total)
                .saturating_add(bar.count),
            None => {
                self.out.target(bar.total);
                bar.count
            }
        });
        self.push_fields(&bar.values, iteration, bar.byte);
        self.seen(iteration);
    }

    /// Keras's lines; true if the text was one.
    pub(super) fn keras_text(&mut self, text: &[u8]) -> bool {
        if let Some((epoch, total)) = bars::keras_epoch(text) {
            self.keras = Keras {
                epoch: Some(epoch),
                frame: Vec::new(),
            };
            self.out.target(total);
            return true;
        }
        if self.keras.epoch.is_none() {
            return false;
        }
        let Some((count, total, rest)) = bars::keras_frame(text) else {
            return false;
        };
        if count == total {
            self.keras.frame.clear();
            self.keras.frame.extend_from_slice(rest);
        }
        true
    }

    /// The line of a Keras bar is complete: its last frame is the epoch's point.
    pub(super) fn keras_end(&mut self, byte: u64) {
        if self.keras.frame.is_empty() {
            return;
        }
        let frame = std::mem::take(&mut self.keras.frame);
        if let Some(epoch) = self.keras.epoch.take() {
            self.fields.scan(&frame);
            self.push_fields(&frame, epoch, byte);
            self.last_step = epoch;
        }
    }
}
