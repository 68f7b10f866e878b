//! What each piece of a log gives, with the little that has to be remembered between them: the
//! last step, the epoch, an open block, a bar's last frame, a row that waits for its step.

use memchr::memmem::Finder;
use memchr::{memchr, memmem};

use super::bars;
use super::blocks::Block;
use super::clean::End;
use super::collect::Collector;
use super::objects::Rows;
use super::place::{Epochs, Figures, Place, value};
use super::plan::{Context, Mode, Plan, Plans};
use super::printed::Judged;
use super::progress::{FrameLine, HeldBar, Keras};
use super::repeat::{Decision, MetricLine, of_fields};
use super::scan::Fields;
use super::wording::Wordings;
use crate::parsed_file::ParsedFile;
use crate::row_lines::RowLines;
use crate::stamp;
use crate::template::Repeats;

const SENTINEL: &str = "A value that stands for \"not known yet\" (mfu -100 %) was skipped.";

const TOO_MANY_FIELDS: &str = "A line has more than 1,024 fields: the others are skipped.";

/// Reads the pieces of one log.
#[derive(Default)]
pub(crate) struct Lines {
    pub(super) fields: Fields,
    pub(super) out: Collector,
    pub(super) rows: Rows,
    pub(super) objects: RowLines,
    pub(super) judged: Judged,
    pub(super) keras: Keras,
    pub(super) bar: HeldBar,
    pub(super) frames: Repeats<FrameLine>,
    pub(super) block: Option<Block>,
    pub(super) last_step: i64,
    pub(super) wordings: Wordings,
    plans: Plans,
    repeats: Repeats<MetricLine>,
    /// The values of the line's numbers.
    values: Vec<f64>,
    hints: Hints,
    epochs: Epochs,
    steps_seen: bool,
    /// The next line is DeepSpeed-Chat's evaluation.
    evaluated: bool,
}

impl Lines {
    /// Counts something worth telling.
    pub(crate) fn note(&mut self, message: &'static str, byte: u64) {
        self.out.note(message, byte);
    }

    /// Hands over what was found.
    pub(crate) fn flush(&mut self, source: &str, parsed: &mut ParsedFile) {
        self.out.flush(source, parsed);
    }

    /// The file has come to rest.
    pub(crate) fn finish_idle(&mut self) {
        self.bar_end();
        self.keras_end(0);
        if let Some(placed) = self.rows.finish_idle() {
            self.placed(placed);
        }
    }

    /// Bytes of what waits for something behind it.
    pub(crate) fn pending_bytes(&self) -> u64 {
        self.rows.pending_bytes() + self.held_frames()
    }

    /// Reads a piece.
    pub(crate) fn piece(&mut self, piece: &[u8], end: End, byte: u64) {
        let text = piece.trim_ascii();
        if !text.is_empty() && !self.repeated(text, byte) {
            self.new_piece(piece, text, byte);
        }
        if end == End::Line {
            self.keras_end(byte);
        }
    }

    /// Reads a piece that is no repeated line; `text` is what is left of it without the spaces
    /// around.
    #[inline(never)]
    fn new_piece(&mut self, piece: &[u8], mut text: &[u8], byte: u64) {
        while let Some(frame) = bars::frame(text) {
            self.frame(&frame, byte);
            text = text.get(frame.end..).unwrap_or_default().trim_ascii();
        }
        if !text.is_empty() {
            self.text(text, piece, byte);
        }
    }

    /// A step was seen.
    pub(super) fn seen(&mut self, step: i64) {
        self.steps_seen = true;
        self.last_step = step;
    }

    fn text(&mut self, text: &[u8], piece: &[u8], byte: u64) {
        if self.keras_text(text) {
            return;
        }
        self.bar_end();
        if text.last() == Some(&b'}') && self.object(text, byte) {
            return;
        }
        self.rows.passed();
        if self.block.is_some() && self.block_line(piece, text, byte) {
            return;
        }
        if text.first() == Some(&b'*') {
            self.evaluated = text.starts_with(b"***** Evaluating ");
            return;
        }
        if std::mem::take(&mut self.evaluated) {
            self.evaluation(text, byte);
        }
        if !is_code(text) && self.hints.any(text) {
            self.fields.scan(text);
            if !self.fields.fields.is_empty() {
                self.line(text, byte);
            }
        }
    }

    /// A line that differs from an earlier one in its numbers alone; true if it is one.
    fn repeated(&mut self, text: &[u8], byte: u64) -> bool {
        let keras = self.keras.is_open() && text.first().is_some_and(u8::is_ascii_digit);
        if self.evaluated || self.block.is_some() || keras {
            return false;
        }
        let Some(line) = self.repeats.find(text) else {
            return false;
        };
        let decision = line.decision;
        let Some(plan) = self.plans.at(decision.plan) else {
            return false;
        };
        let steps_seen = decision.steps_seen.unwrap_or(self.steps_seen);
        if steps_seen != self.steps_seen || plan.layout != decision.layout {
            return false;
        }
        // What waited for the line behind it comes first.
        self.bar_end();
        self.rows.passed();
        let (Some(plan), Some(line)) = (self.plans.at(decision.plan), self.repeats.last()) else {
            return false;
        };
        let given = Given {
            plan,
            figures: Figures {
                numbers: &line.numbers,
                values: &line.values,
            },
            head: text.get(..line.head).unwrap_or_default(),
            byte,
        };
        let step = given.to(&mut self.out, &mut self.epochs, self.last_step);
        if let Some(step) = step {
            self.gave(plan.states_step(), step);
        }
        true
    }

    /// A line of fields.
    fn line(&mut self, text: &[u8], byte: u64) {
        let first = self.fields.fields.first().map_or((0, 0), |field| field.key);
        let epoch = states_epoch(text, first);
        let mut context = Context {
            mode: Mode::Unsaid,
            steps_seen: self.steps_seen && epoch,
            bracket_first: text.first() == Some(&b'[') && first == (0, 0),
            bars: memchr(b'|', text).is_some(),
        };
        let (fields, out) = (&self.fields, &mut self.out);
        let Some((mut place, plan)) = self.plans.get(text, fields, context, out, byte) else {
            return;
        };
        if plan.modes {
            context.mode = mode(text);
            match self.plans.get(text, fields, context, out, byte) {
                Some((found, _)) => place = found,
                None => return,
            }
        } else if plan.step.is_some() && !plan.opens_block {
            let decision = Decision {
                plan: place,
                layout: plan.layout,
                steps_seen: epoch.then_some(self.steps_seen),
            };
            if self.repeats.are_worth_it()
                && let Some(template) = of_fields(text, fields)
            {
                let line = MetricLine {
                    decision,
                    numbers: fields.all_numbers().to_vec(),
                    values: vec![0.0; fields.all_numbers().len()],
                    head: first.0,
                };
                let like = |old: &MetricLine| old.decision == decision;
                self.repeats.keep(template, line, like);
            }
        }
        let Some(plan) = self.plans.at(place) else {
            return;
        };
        let head = text.get(..first.0).unwrap_or_default();
        self.values.clear();
        let values = fields.all_numbers().iter().map(|number| number.value);
        self.values.extend(values);
        let given = Given {
            plan,
            figures: Figures {
                numbers: fields.all_numbers(),
                values: &self.values,
            },
            head,
            byte,
        };
        let step = given.to(&mut self.out, &mut self.epochs, self.last_step);
        if let Some(step) = step {
            if plan.opens_block {
                self.block = Some(Block {
                    step,
                    time_ms: stamp::find(head),
                    open: true,
                });
            }
            self.gave(plan.states_step(), step);
        }
        if self.fields.is_cut {
            self.out.note(TOO_MANY_FIELDS, byte);
        }
    }

    /// A metric line gave its values.
    fn gave(&mut self, states_step: bool, step: i64) {
        self.steps_seen |= states_step;
        self.last_step = step;
    }
}

/// A line that has its plan.
struct Given<'a> {
    plan: &'a Plan,
    figures: Figures<'a>,
    /// The text in front of its fields.
    head: &'a [u8],
    byte: u64,
}

impl Given<'_> {
    /// Hands over what the numbers give by the plan, and tells the step.
    #[inline]
    fn to(&self, out: &mut Collector, epochs: &mut Epochs, last: i64) -> Option<i64> {
        let place = Place {
            figures: self.figures,
            epochs,
            out,
            last,
        };
        let step = place.step(self.plan.step.as_ref()?)?;
        let time_ms = stamp::find(self.head);
        let at = out.at(step, time_ms, self.plan.layout, self.byte);
        for output in &self.plan.outputs {
            match value(self.figures, output) {
                Some(value) if output.sentinel == Some(value) => out.note(SENTINEL, self.byte),
                Some(value) => out.push(output.metric, &at, value),
                None => {}
            }
        }
        Some(step)
    }
}

/// Whether the line's first field could be an epoch.
fn states_epoch(text: &[u8], (start, end): (usize, usize)) -> bool {
    let key = text.get(start..end).unwrap_or_default();
    key.first()
        .is_some_and(|first| matches!(first, b'e' | b'E' | b't' | b'T' | b'f' | b'F'))
        && memmem::find(key, b"poch").is_some()
}

/// Lines that no logger writes: comments, quoted text, options, traces, open code.
fn is_code(text: &[u8]) -> bool {
    let first = matches!(
        text.first(),
        Some(b'#' | b'/' | b'"' | b'\'' | b'>' | b'+' | b'@' | b'-' | b'\\')
    );
    first || matches!(text.last(), Some(b'(' | b'{' | b'[' | b'\\'))
}

/// Text that a metric line can't do without, searched for before anything else.
struct Hints {
    step: [Finder<'static>; 4],
}

impl Default for Hints {
    fn default() -> Self {
        // step, iter, iteration, updates; epoch; Train:; STEP
        let step = ["te", "poch", "rain: ", "TE"].map(Finder::new);
        Self { step }
    }
}

impl Hints {
    fn any(&self, text: &[u8]) -> bool {
        match text {
            [b's', b':', ..] => true,
            [b'[', second, ..] if second.is_ascii_digit() || *second == b'b' => true,
            _ => self.step.iter().any(|hint| hint.find(text).is_some()),
        }
    }
}

/// The part of the data that a line names between bars.
fn mode(text: &[u8]) -> Mode {
    [
        ("| valid", Mode::Valid),
        ("| train |", Mode::Train),
        ("| test", Mode::Test),
        (" on test set", Mode::Test),
    ]
    .iter()
    .find(|(mark, _)| memmem::find(text, mark.as_bytes()).is_some())
    .map_or(Mode::Unsaid, |(_, mode)| *mode)
}
