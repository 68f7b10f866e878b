//! What progress bars give: tqdm's values by count, Keras's by epoch.

use super::bars::{self, Frame};
use super::collect::{Collector, Metric};
use super::lines::Lines;
use super::repeat::of_fields;
use crate::number::{Unit, step_of};
use crate::template::Numbers;

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
#[derive(Default)]
pub(super) struct HeldBar {
    /// There is one.
    waits: bool,
    title: Vec<u8>,
    of_training: bool,
    /// The epoch that the title states.
    epoch: Option<(i64, bool)>,
    values: Vec<u8>,
    count: i64,
    total: i64,
    byte: u64,
}

impl HeldBar {
    /// Takes the title of the next frame.
    fn entitle(&mut self, title: &[u8]) {
        if self.title != title || title.is_empty() {
            self.title.clear();
            self.title.extend_from_slice(title);
            self.of_training = bars::is_of_training(title);
            self.epoch = bars::epoch_of_title(title);
        }
    }
}

/// The values of a frame that are expected again.
pub(super) struct FrameLine {
    numbers: Vec<f64>,
    /// One of them is a training metric.
    known: bool,
    /// Those that may be the step.
    steps: Vec<usize>,
    /// Metrics and their numbers.
    outputs: Vec<(Metric, usize)>,
}

impl Numbers for FrameLine {
    fn values(&mut self) -> &mut [f64] {
        &mut self.numbers
    }
}

impl FrameLine {
    fn step(&self) -> Option<i64> {
        let mut numbers = self.steps.iter().filter_map(|at| self.numbers.get(*at));
        numbers.find_map(|number| step_of(*number))
    }

    fn give(&self, out: &mut Collector, step: i64, byte: u64) {
        let at = out.at(step, None, 0, byte);
        for (metric, number) in &self.outputs {
            if let Some(value) = self.numbers.get(*number) {
                out.push(*metric, &at, *value);
            }
        }
    }
}

impl Lines {
    /// Bytes of the frames that wait for what comes behind them.
    pub(super) fn held_frames(&self) -> u64 {
        let bar = if self.bar.waits {
            self.bar.values.len()
        } else {
            0
        };
        (bar + self.keras.frame.len()) as u64
    }

    /// A frame of a tqdm bar.
    pub(super) fn frame(&mut self, frame: &Frame<'_>, byte: u64) {
        let bar = &self.bar;
        if !(bar.waits && bar.count == frame.count && bar.title == frame.title) {
            self.bar_end();
        }
        if frame.title.is_empty()
            && let Some(placed) = self.rows.frame((frame.count, frame.total))
        {
            self.placed(placed);
        }
        if frame.values.is_empty() {
            return;
        }
        self.bar.entitle(frame.title);
        if self.bar.of_training {
            let bar = &mut self.bar;
            bar.waits = true;
            bar.values.clear();
            bar.values.extend_from_slice(frame.values);
            (bar.count, bar.total, bar.byte) = (frame.count, frame.total, byte);
        }
    }

    /// The bar's last frame stands.
    #[inline]
    pub(super) fn bar_end(&mut self) {
        if self.bar.waits {
            self.bar.waits = false;
            self.bar_stands();
        }
    }

    #[inline(never)]
    fn bar_stands(&mut self) {
        let values = std::mem::take(&mut self.bar.values);
        let repeated = self.frames.find(&values).is_some();
        let (step, known) = match self.frames.last() {
            Some(line) if repeated => (line.step(), line.known),
            _ => {
                self.fields.scan(&values);
                self.judge_frame(&values)
            }
        };
        if known {
            let bar = &self.bar;
            let step = step.unwrap_or_else(|| match bar.epoch {
                // `Epoch 3` counts from 0, `Epoch 3/10` from 1.
                Some((epoch, of)) => (epoch - i64::from(of))
                    .saturating_mul(bar.total)
                    .saturating_add(bar.count),
                None => {
                    self.out.target(bar.total);
                    bar.count
                }
            });
            match self.frames.last() {
                Some(line) if repeated => line.give(&mut self.out, step, bar.byte),
                _ => {
                    self.push_fields(&values, step, bar.byte);
                    self.keep_frame(&values);
                }
            }
            self.seen(step);
        }
        self.bar.values = values;
    }

    /// The step that the scanned fields of a frame state by a bar's own word for it
    /// (`global_step=99.0`), and whether one of them is a training metric.
    fn judge_frame(&mut self, values: &[u8]) -> (Option<i64>, bool) {
        let (mut known, mut step) = (false, None);
        for field in &self.fields.fields {
            let number = self.fields.numbers(field).first();
            let (key, unit) = (
                self.fields.key(field, values),
                number.map_or(Unit::Plain, |number| number.unit),
            );
            if let Some(wording) = self.wordings.get(key, field.kind, unit) {
                known |= wording.known;
                let stated = number.filter(|_| wording.global_step && step.is_none());
                step = step.or(stated.and_then(|number| step_of(number.value)));
            }
        }
        (step, known)
    }

    /// Keeps the scanned fields of a frame, whose metrics have been given, as a template.
    fn keep_frame(&mut self, text: &[u8]) {
        let fields = &self.fields;
        if !self.frames.are_worth_it()
            || fields
                .fields
                .iter()
                .any(|field| fields.numbers(field).is_empty())
        {
            return;
        }
        let Some(template) = of_fields(text, fields) else {
            return;
        };
        let mut line = FrameLine {
            numbers: vec![0.0; fields.all_numbers().len()],
            known: false,
            steps: Vec::new(),
            outputs: Vec::new(),
        };
        for field in &fields.fields {
            let unit = fields
                .numbers(field)
                .first()
                .map_or(Unit::Plain, |number| number.unit);
            let key = fields.key(field, text);
            let Some(wording) = self.wordings.get(key, field.kind, unit) else {
                return;
            };
            line.known |= wording.known;
            if wording.global_step {
                line.steps.push(field.numbers.0);
            }
            if let Some(name) = wording.metric.as_ref().filter(|_| field.strong) {
                let Some(metric) = self.out.known_metric(name) else {
                    return;
                };
                line.outputs.push((metric, field.numbers.0));
            }
        }
        let outputs = line.outputs.clone();
        self.frames
            .keep(template, line, |old| old.outputs == outputs);
    }

    /// Keras's lines; true if the text was one.
    pub(super) fn keras_text(&mut self, text: &[u8]) -> bool {
        if let Some((epoch, total)) = bars::keras_epoch(text) {
            self.keras.epoch = Some(epoch);
            self.keras.frame.clear();
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
    #[inline]
    pub(super) fn keras_end(&mut self, byte: u64) {
        if !self.keras.frame.is_empty() {
            self.keras_stands(byte);
        }
    }

    #[inline(never)]
    fn keras_stands(&mut self, byte: u64) {
        let frame = std::mem::take(&mut self.keras.frame);
        if let Some(epoch) = self.keras.epoch.take() {
            match self.frames.find(&frame) {
                Some(line) => line.give(&mut self.out, epoch, byte),
                None => {
                    self.fields.scan(&frame);
                    self.push_fields(&frame, epoch, byte);
                    self.keep_frame(&frame);
                }
            }
            self.last_step = epoch;
        }
        self.keras.frame = frame;
        self.keras.frame.clear();
    }
}
