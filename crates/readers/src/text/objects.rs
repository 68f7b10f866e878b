//! Objects printed into a log: JSON lines and Python dicts.
//!
//! An object that states its step stands for itself. HF Trainer's does not: `{'loss': '4.289',
//! 'epoch': '0.01333'}`. There the step is on the progress bar: printing clears the bar, prints,
//! and draws the bar again, so the frame *behind* the object shows the step (the one before it may
//! lag), and of several bars the outermost is drawn first. An evaluation's own bar (`3/8`) has
//! another total than the training's. Where no bar moves between the objects (a copied console, a
//! buffered one), the rows are numbered in order, and a note says so.

use std::sync::Arc;

use crate::row::JsonRow;

/// A bar's count and total.
pub(crate) type Count = (i64, i64);

/// Names and values of a row. Rows of the same names share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metrics {
    names: Arc<Vec<String>>,
    values: Vec<f64>,
}

impl Metrics {
    /// The metrics of a row that is like the one before it, or is not.
    fn new(row: &JsonRow, previous: &Self) -> Self {
        let names = || row.metrics().map(|(name, _)| name);
        let same = names().eq(previous.names.iter().map(String::as_str));
        Self {
            names: match same {
                true => Arc::clone(&previous.names),
                false => Arc::new(names().map(str::to_owned).collect()),
            },
            values: row.metrics().map(|(_, value)| value).collect(),
        }
    }

    /// The same names and values to the last bit.
    fn repeats(&self, other: &Self) -> bool {
        let values = self.values.iter().map(|value| value.to_bits());
        let others = other.values.iter().map(|value| value.to_bits());
        self.names == other.names && values.eq(others)
    }

    /// Names and values in the order of the row.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        let values = self.values.iter().copied();
        self.names.iter().map(String::as_str).zip(values)
    }
}

/// What a row without a step tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Training,
    Evaluation,
    Whole,
}

/// A row that waits for its step.
#[derive(Debug)]
struct Waiting {
    metrics: Metrics,
    about: About,
    before: Option<Count>,
    /// Another line was printed behind it.
    passed: bool,
    time_ms: Option<i64>,
    byte: u64,
    length: u64,
}

/// A row with its step.
#[derive(Debug, PartialEq)]
pub(crate) struct Placed {
    /// Names and values.
    pub(crate) metrics: Metrics,
    /// The step.
    pub(crate) step: i64,
    /// The time, if the row or its line has one.
    pub(crate) time_ms: Option<i64>,
    /// Byte offset of its line.
    pub(crate) byte: u64,
    /// The step is only the row's number.
    pub(crate) numbered: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Unknown,
    /// Steps come from the bar.
    Bar,
    /// Rows are numbered.
    Order,
}

/// Finds the steps of rows that state none.
#[derive(Default)]
pub(crate) struct Rows {
    mode: Mode,
    waiting: Option<Waiting>,
    last_frame: Option<Count>,
    /// A frame was drawn since the last row.
    drawn: bool,
    total: Option<i64>,
    count: i64,
    numbered: i64,
    /// The last two steps of training rows.
    steps: (Option<i64>, Option<i64>),
    /// What the bar showed for the last of them.
    shown: Option<i64>,
    previous: Metrics,
}

impl Rows {
    /// The training's total, once known.
    pub(crate) fn total(&self) -> Option<i64> {
        self.total
    }

    /// Bytes of the row that waits.
    pub(crate) fn pending_bytes(&self) -> u64 {
        self.waiting.as_ref().map_or(0, |waiting| waiting.length)
    }

    /// A frame of an untitled bar was drawn.
    pub(crate) fn frame(&mut self, frame: Count) -> Option<Placed> {
        let placed = self
            .waiting
            .take()
            .map(|waiting| self.place(waiting, Some(frame)));
        self.last_frame = Some(frame);
        self.drawn = true;
        if self.total == Some(frame.1) {
            self.count = frame.0;
        }
        placed
    }

    /// Another line was printed.
    pub(crate) fn passed(&mut self) {
        if let Some(waiting) = &mut self.waiting {
            waiting.passed = true;
        }
    }

    /// The file has come to rest.
    pub(crate) fn finish_idle(&mut self) -> Option<Placed> {
        self.waiting.take().map(|waiting| self.place(waiting, None))
    }

    /// A row was printed: gives the rows that have their step by now, or an error if it only
    /// repeats the row before it (printed by another rank).
    pub(crate) fn row(
        &mut self,
        row: &JsonRow,
        time_ms: Option<i64>,
        byte: u64,
        length: u64,
    ) -> Result<Vec<Placed>, Repeated> {
        let metrics = Metrics::new(row, &self.previous);
        if !self.drawn && metrics.repeats(&self.previous) {
            return Err(Repeated);
        }
        let about = about(&metrics);
        let mut placed = Vec::new();
        if let Some(waiting) = self.waiting.take() {
            if self.mode == Mode::Unknown
                && waiting.about == About::Training
                && about == About::Training
            {
                self.mode = Mode::Order;
            }
            placed.push(self.place(waiting, None));
        }
        self.previous.names = Arc::clone(&metrics.names);
        self.previous.values.clone_from(&metrics.values);
        self.drawn = false;
        let before = self.last_frame;
        let waiting = Waiting {
            metrics,
            about,
            before,
            passed: false,
            time_ms,
            byte,
            length,
        };
        if self.last_frame.is_none() || self.mode == Mode::Order {
            self.mode = Mode::Order;
            placed.push(self.place(waiting, None));
        } else {
            self.waiting = Some(waiting);
        }
        Ok(placed)
    }

    fn place(&mut self, waiting: Waiting, after: Option<Count>) -> Placed {
        let step = if self.mode == Mode::Order {
            self.numbered += i64::from(waiting.about == About::Training);
            self.numbered
        } else {
            self.by_bar(&waiting, after.filter(|_| !waiting.passed))
        };
        Placed {
            metrics: waiting.metrics,
            step,
            time_ms: waiting.time_ms,
            byte: waiting.byte,
            numbered: self.mode == Mode::Order,
        }
    }

    fn by_bar(&mut self, waiting: &Waiting, after: Option<Count>) -> i64 {
        let before = waiting.before;
        let total = self.total_of(waiting.about, before, after);
        let step = match (before, after) {
            (Some(before), Some(after))
                if after.1 == total && !(before.1 == total && after.0 < before.0) =>
            {
                after.0
            }
            (None, Some(after)) if after.1 == total => after.0,
            (Some(before), _) if before.1 == total => before.0,
            _ => self.count,
        };
        if waiting.about != About::Training {
            return step;
        }
        self.mode = Mode::Bar;
        self.total = Some(total);
        self.count = step;
        // No bar moved since the last row: it is one logging interval on.
        let shown = self.shown.replace(step);
        let step = match (self.steps, after) {
            ((Some(first), Some(last)), None) if shown == Some(step) => {
                last + (last - first).max(0)
            }
            _ => step,
        };
        self.steps = (self.steps.1, Some(step));
        step
    }

    /// The total of the training's bar.
    fn total_of(&self, about: About, before: Option<Count>, after: Option<Count>) -> i64 {
        let known = self.total;
        match (before, after) {
            (Some(before), Some(after)) if before.1 == after.1 && about == About::Training => {
                after.1
            }
            (Some(before), Some(after)) => {
                known.unwrap_or(if after.0 > 0 || about != About::Training {
                    after.1
                } else {
                    before.1
                })
            }
            (Some(one), None) | (None, Some(one)) => known.unwrap_or(one.1),
            (None, None) => known.unwrap_or(0),
        }
    }
}

/// The row repeats the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeated;

fn about(metrics: &Metrics) -> About {
    let any = |test: fn(&str) -> bool| metrics.names.iter().any(|name| test(name));
    if any(|name| name.starts_with("eval_") || name.starts_with("test_")) {
        About::Evaluation
    } else if any(|name| name.starts_with("train_runtime") || name.starts_with("train_samples_per"))
    {
        About::Whole
    } else {
        About::Training
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pairs: &[(&str, f64)]) -> JsonRow {
        let mut row = JsonRow::default();
        for (name, value) in pairs {
            row.number(name, *value);
        }
        row
    }

    fn steps(events: &[(&str, i64, i64)]) -> Vec<i64> {
        let mut rows = Rows::default();
        let mut placed = Vec::new();
        for (at, (what, count, total)) in events.iter().enumerate() {
            match *what {
                "bar" => placed.extend(rows.frame((*count, *total))),
                "text" => rows.passed(),
                name => {
                    let row = row(&[(name, at as f64)]);
                    placed.extend(rows.row(&row, None, 0, 0).unwrap());
                }
            }
        }
        placed.extend(rows.finish_idle());
        placed.iter().map(|row| row.step).collect()
    }

    #[test]
    fn the_frame_behind_the_row_counts() {
        assert_eq!(
            steps(&[("bar", 9, 100), ("loss", 0, 0), ("bar", 10, 100)]),
            [10]
        );
        assert_eq!(
            steps(&[
                ("bar", 10, 100),
                ("loss", 0, 0),
                ("text", 0, 0),
                ("bar", 12, 100)
            ]),
            [10]
        );
        assert_eq!(steps(&[("bar", 10, 100), ("loss", 0, 0)]), [10]);
    }

    #[test]
    fn an_evaluation_has_a_bar_of_its_own() {
        let events = [
            ("bar", 3, 3),
            ("bar", 0, 100),
            ("bar", 10, 100),
            ("loss", 0, 0),
            ("bar", 10, 100),
            ("bar", 0, 8),
            ("bar", 8, 8),
            ("eval_loss", 0, 0),
            ("bar", 10, 100),
            ("bar", 8, 8),
            ("bar", 20, 100),
            ("loss", 0, 0),
            ("bar", 20, 100),
            ("bar", 8, 8),
            ("train_runtime", 0, 0),
        ];
        assert_eq!(steps(&events), [10, 10, 20, 20]);
    }

    #[test]
    fn rows_without_a_moving_bar_are_numbered() {
        let events = [
            ("bar", 0, 100),
            ("loss", 0, 0),
            ("loss", 0, 0),
            ("eval_loss", 0, 0),
            ("loss", 0, 0),
            ("bar", 0, 100),
        ];
        assert_eq!(steps(&events), [1, 2, 2, 3]);
        assert_eq!(steps(&[("loss", 0, 0), ("loss", 0, 0)]), [1, 2]);
    }

    #[test]
    fn rows_between_two_frames_are_one_interval_apart() {
        let events = [
            ("bar", 10, 100),
            ("loss", 0, 0),
            ("bar", 10, 100),
            ("bar", 20, 100),
            ("loss", 0, 0),
            ("bar", 20, 100),
            ("bar", 30, 100),
            ("loss", 0, 0),
            ("loss", 0, 0),
            ("loss", 0, 0),
        ];
        assert_eq!(steps(&events), [10, 20, 30, 40, 50]);
    }

    #[test]
    fn a_row_of_another_rank_is_a_repeat() {
        let mut rows = Rows::default();
        rows.frame((10, 100));
        assert!(rows.row(&row(&[("loss", 1.0)]), None, 0, 0).is_ok());
        assert_eq!(rows.row(&row(&[("loss", 1.0)]), None, 0, 0), Err(Repeated));
    }
}
