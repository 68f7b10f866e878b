//! What a line with these fields means, decided once for each layout.
//!
//! A log has few layouts and many lines. The first line of a layout is judged: is it a metric line
//! at all, which field is the step, which fields are metrics and what are they called. The
//! following lines of the same wordings in the same order reuse the decision.
//!
//! A line is a metric line if it has a step and, besides it, at least one field that names a
//! training metric, or `key: value` fields around a step that opens the line. Prose, argument
//! dumps, tables and source code have no such thing.

use super::alias::{self, Part};
use super::collect::{Collector, Layout, Metric};
use super::formats::{self, Format, Meaning, StepRule};
use super::scan::{Field, Fields, Kind};
use crate::number::Unit;

/// Where a line's step comes from, by its fields.
#[derive(Clone, Copy)]
enum Step {
    /// A field's first number; the second is the run's last step.
    Field {
        /// The field.
        field: usize,
        /// The field that states the epoch, where the step may start again with each.
        epoch: Option<usize>,
    },
    /// An epoch's field, the batch's field behind it, and the number of the first epoch.
    EpochBatch(usize, usize, i64),
    /// The epoch's field.
    Epoch(usize),
    /// The last step seen.
    LastSeen,
}

/// The same, by the line's numbers.
#[derive(Clone, Copy)]
pub(crate) enum StepNumbers {
    /// The step, the run's last step, and the epoch, where the step may start again with each.
    Step {
        /// The step.
        step: usize,
        /// The run's last step.
        total: Option<usize>,
        /// The epoch.
        epoch: Option<usize>,
    },
    /// The epoch, the batch within it, how many batches there are.
    EpochBatch {
        /// The epoch.
        epoch: usize,
        /// The batch.
        batch: usize,
        /// The last batch.
        total: usize,
        /// The number of the first epoch.
        first: i64,
    },
    /// The epoch.
    Epoch(usize),
    /// The last step seen.
    LastSeen,
    /// The field has too few numbers: no step.
    Unstated,
}

impl StepNumbers {
    fn new(step: Step, fields: &Fields) -> Self {
        let number = |field: usize, index: usize| {
            let field = fields.fields.get(field)?;
            let at = field.numbers.0 + index;
            (at < field.numbers.1).then_some(at)
        };
        let found = match step {
            Step::Field { field, epoch } => number(field, 0).map(|step| Self::Step {
                step,
                total: number(field, 1),
                epoch: epoch.and_then(|epoch| number(epoch, 0)),
            }),
            Step::EpochBatch(epoch, batch, first) => {
                let (epoch, total) = (number(epoch, 0), number(batch, 1));
                epoch
                    .zip(number(batch, 0))
                    .zip(total)
                    .map(|((epoch, batch), total)| Self::EpochBatch {
                        epoch,
                        batch,
                        total,
                        first,
                    })
            }
            Step::Epoch(field) => number(field, 0).map(Self::Epoch),
            Step::LastSeen => Some(Self::LastSeen),
        };
        found.unwrap_or(Self::Unstated)
    }
}

/// One value that the line gives.
#[derive(Clone, Copy)]
pub(crate) struct Output {
    /// Which of the line's numbers.
    pub(crate) number: usize,
    /// The second half of what may be a progress (`3/10`), which is no value.
    pub(crate) second_half: bool,
    /// The metric.
    pub(crate) metric: Metric,
    /// The value that says "not known yet".
    pub(crate) sentinel: Option<f64>,
}

/// The decision for a layout.
pub(crate) struct Plan {
    wordings: Vec<u8>,
    shapes: Vec<Shape>,
    context: Context,
    /// Tells this layout from the others of the file.
    pub(crate) layout: Layout,
    /// `None`: not a metric line.
    pub(crate) step: Option<StepNumbers>,
    /// The line only states a step; what follows, indented, belongs to it.
    pub(crate) opens_block: bool,
    /// The line names its part of the data between bars ([`Context::mode`]).
    pub(crate) modes: bool,
    /// In the order of the line.
    pub(crate) outputs: Vec<Output>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Shape {
    length: usize,
    kind: Kind,
    count: usize,
    unit: Unit,
    strong: bool,
    opened: bool,
    closed: bool,
    integer: bool,
    /// It states a step or an epoch: only a whole number can.
    place: bool,
}

/// What of a line, beside its fields, decides over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// What the line says of its part of the data.
    pub(crate) mode: Mode,
    /// The line begins with an epoch, and steps have been seen: the epoch is not one.
    pub(crate) steps_seen: bool,
    /// The first number stands at the very start of the line.
    pub(crate) bracket_first: bool,
    /// The line has `|` between its fields.
    pub(crate) bars: bool,
}

/// The part of the data that a line is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It does not say.
    #[default]
    Unsaid,
    /// Training.
    Train,
    /// Validation.
    Valid,
    /// Test.
    Test,
}

impl Mode {
    /// Goes in front of the line's names.
    fn prefix(self) -> &'static str {
        match self {
            Self::Unsaid => "",
            Self::Train => "train/",
            Self::Valid => "valid/",
            Self::Test => "test/",
        }
    }
}

/// How many layouts are remembered.
const MAX_PLANS: usize = 64;

/// The layouts seen.
#[derive(Default)]
pub(crate) struct Plans {
    plans: Vec<Plan>,
    last: usize,
    seen: Layout,
}

impl Plans {
    /// The plan for a line's fields, and its place among the plans.
    pub(crate) fn get(
        &mut self,
        line: &[u8],
        fields: &Fields,
        context: Context,
        out: &mut Collector,
        byte: u64,
    ) -> Option<(usize, &Plan)> {
        let count = self.plans.len();
        // Logs repeat one layout, or go round a few of them.
        let found = (0..count)
            .map(|ahead| (self.last + ahead) % count)
            .find(|at| {
                self.plans
                    .get(*at)
                    .is_some_and(|plan| plan.fits(line, fields, context))
            });
        self.last = match found {
            Some(at) => at,
            None => {
                if count >= MAX_PLANS {
                    self.plans.clear();
                }
                self.seen += 1;
                let plan = Plan::new(line, fields, context, out, byte);
                self.plans.push(Plan {
                    layout: self.seen,
                    ..plan
                });
                self.plans.len() - 1
            }
        };
        self.at(self.last).map(|plan| (self.last, plan))
    }

    /// A plan by its place.
    pub(crate) fn at(&self, place: usize) -> Option<&Plan> {
        self.plans.get(place)
    }
}

impl Plan {
    /// Whether a line states a step, not the epoch alone.
    pub(crate) fn states_step(&self) -> bool {
        !matches!(self.step, Some(StepNumbers::Epoch(_)))
    }

    fn fits(&self, line: &[u8], fields: &Fields, context: Context) -> bool {
        if self.shapes.len() != fields.fields.len() || self.context != context {
            return false;
        }
        let mut wordings = self.wordings.as_slice();
        for (shape, field) in self.shapes.iter().zip(&fields.fields) {
            let key = fields.key(field, line);
            if shape.length != key.len() || !shape.fits(field, fields) {
                return false;
            }
            let Some((wording, rest)) = wordings.split_at_checked(shape.length) else {
                return false;
            };
            if !key.is_empty() && wording != key {
                return false;
            }
            wordings = rest;
        }
        true
    }

    fn new(line: &[u8], fields: &Fields, context: Context, out: &mut Collector, byte: u64) -> Self {
        let mut plan = Self {
            wordings: Vec::new(),
            shapes: Vec::new(),
            context,
            layout: 0,
            step: None,
            opens_block: false,
            modes: false,
            outputs: Vec::new(),
        };
        let judge = Judge::new(line, fields, context);
        for (field, meaning) in fields.fields.iter().zip(&judge.meanings) {
            plan.wordings.extend_from_slice(fields.key(field, line));
            let place = !matches!(meaning, Meaning::Metric);
            plan.shapes.push(Shape {
                place,
                ..Shape::new(field, fields)
            });
        }
        judge.decide(&mut plan, out, byte);
        plan
    }
}

impl Shape {
    fn new(field: &Field, fields: &Fields) -> Self {
        let numbers = fields.numbers(field);
        Self {
            length: field.key.1 - field.key.0,
            kind: field.kind,
            count: numbers.len(),
            unit: numbers.first().map_or(Unit::Plain, |number| number.unit),
            strong: field.strong,
            opened: field.opened,
            closed: field.closed,
            integer: numbers.first().is_some_and(|number| number.integer),
            place: false,
        }
    }

    /// The same layout; whether a value happens to be a whole number only matters for a place.
    fn fits(&self, field: &Field, fields: &Fields) -> bool {
        let other = Self {
            place: self.place,
            ..Self::new(field, fields)
        };
        *self
            == if self.place {
                other
            } else {
                Self {
                    integer: self.integer,
                    ..other
                }
            }
    }
}

/// Judges a layout that is new.
struct Judge<'a> {
    line: &'a [u8],
    fields: &'a Fields,
    context: Context,
    meanings: Vec<Meaning>,
}

impl<'a> Judge<'a> {
    fn new(line: &'a [u8], fields: &'a Fields, context: Context) -> Self {
        let meanings = fields
            .fields
            .iter()
            .map(|field| match field.key.0 == field.key.1 {
                true => Meaning::Place,
                false => formats::meaning(
                    &String::from_utf8_lossy(fields.key(field, line)),
                    field.kind,
                ),
            })
            .collect();
        Self {
            line,
            fields,
            context,
            meanings,
        }
    }

    fn key(&self, field: usize) -> String {
        let key = self
            .fields
            .fields
            .get(field)
            .map(|field| self.fields.key(field, self.line));
        String::from_utf8_lossy(key.unwrap_or_default()).into_owned()
    }

    fn integer(&self, field: usize) -> bool {
        let field = self.fields.fields.get(field);
        field
            .and_then(|field| self.fields.numbers(field).first())
            .is_some_and(|number| number.as_step().is_some())
    }

    /// The bracket directly behind a field: `Epoch [1][50/7330]`.
    fn bracket_behind(&self, field: usize) -> Option<usize> {
        let next = self.fields.fields.get(field + 1)?;
        (next.key.0 == next.key.1 && next.kind == Kind::Bracket).then_some(field + 1)
    }

    fn decide(&self, plan: &mut Plan, out: &mut Collector, byte: u64) {
        let Some((step, at, format)) = self.step() else {
            return;
        };
        let accepted = self.accepted(step, at);
        if accepted.is_empty() {
            let only = self
                .fields
                .fields
                .iter()
                .all(|field| field.strong && field.kind != Kind::List);
            let label = self
                .line
                .trim_ascii_end()
                .strip_suffix(b":")
                .unwrap_or(self.line)
                .trim_ascii_end();
            plan.opens_block = matches!(step, Step::Field { .. }) && only && label.ends_with(b"]");
            plan.step = plan
                .opens_block
                .then(|| StepNumbers::new(step, self.fields));
            return;
        }
        let epochs = matches!(step, Step::Epoch(_)) && self.context.steps_seen;
        let prefix = match (format, self.context.mode.prefix()) {
            (_, mode) if !mode.is_empty() => mode,
            (Some(format), _) if !format.prefix.is_empty() => format.prefix,
            _ if epochs => "epoch/",
            _ => "",
        };
        plan.step = Some(StepNumbers::new(step, self.fields));
        plan.modes = format.is_some_and(|format| format.modes);
        for field in accepted {
            self.name(field, prefix, format, plan, out, byte);
        }
    }

    /// The step, the field that states it, and the format that it shows.
    fn step(&self) -> Option<(Step, usize, Option<&'static Format>)> {
        let mut best: Option<(u8, usize, &'static Format)> = None;
        for (at, meaning) in self.meanings.iter().enumerate() {
            if let Meaning::Step(format) = meaning
                && best.is_none_or(|(rank, ..)| format.rank > rank)
                && self.can_be(at, format)
            {
                best = Some((format.rank, at, format));
            }
        }
        let epoch = self
            .meanings
            .iter()
            .position(|meaning| matches!(meaning, Meaning::Epoch));
        let epoch = epoch
            .or_else(|| self.bare_epoch())
            .filter(|epoch| self.integer(*epoch));
        match best {
            Some((_, at, format)) => match format.step {
                StepRule::EpochBatch(first) => {
                    let batch = self.bracket_behind(at)?;
                    Some((Step::EpochBatch(at, batch, first), at, Some(format)))
                }
                StepRule::LastSeen => Some((Step::LastSeen, at, Some(format))),
                StepRule::Ignore | StepRule::Elsewhere => None,
                StepRule::Number => {
                    let epoch = epoch.filter(|_| format.rank < 8);
                    Some((Step::Field { field: at, epoch }, at, Some(format)))
                }
            },
            None if self.context.bracket_first && self.integer(0) && self.all_strong_behind(0) => {
                Some((
                    Step::Field {
                        field: 0,
                        epoch: None,
                    },
                    0,
                    None,
                ))
            }
            None => epoch
                .filter(|at| *at == 0)
                .map(|at| (Step::Epoch(at), at, None)),
        }
    }

    /// An epoch that a format could have read as more: `Epoch [2/5], Step [100/600]`.
    fn bare_epoch(&self) -> Option<usize> {
        let found = self.meanings.iter().position(
            |meaning| matches!(meaning, Meaning::Step(format) if format.wording == "epoch"),
        )?;
        self.bracket_behind(found).is_none().then_some(found)
    }

    fn can_be(&self, at: usize, format: &Format) -> bool {
        match format.step {
            StepRule::EpochBatch(_) => self.bracket_behind(at).is_some() && self.integer(at),
            StepRule::Number => self.integer(at),
            _ => true,
        }
    }

    fn all_strong_behind(&self, at: usize) -> bool {
        let mut rest = self.fields.fields.iter().skip(at + 1).peekable();
        rest.peek().is_some() && rest.all(|field| field.strong && field.kind == Kind::One)
    }

    /// The fields that are metrics.
    fn accepted(&self, step: Step, at: usize) -> Vec<usize> {
        let metric = |field: usize| {
            matches!(self.meanings.get(field), Some(Meaning::Metric))
                || self.unused_place(field, step)
        };
        let known: Vec<bool> = (0..self.fields.fields.len())
            .map(|field| metric(field) && self.is_known(field))
            .collect();
        let any_known = known.contains(&true);
        let heads = (at == 0 || self.context.bars) && !matches!(step, Step::Epoch(_));
        let opens = self
            .fields
            .fields
            .get(at)
            .is_some_and(|field| field.strong || field.kind != Kind::One);
        let strict =
            !any_known && !(heads && (opens || self.context.bars || self.tracker_names(at)));
        if strict {
            return Vec::new();
        }
        (0..self.fields.fields.len())
            .filter(|field| metric(*field))
            .filter(|field| {
                let Some(shape) = self.fields.fields.get(*field) else {
                    return false;
                };
                let known = known.get(*field) == Some(&true);
                match (shape.strong, known) {
                    (true, true) => true,
                    (true, false) => *field > at || self.context.bars,
                    (false, true) => self.is_worded(*field),
                    (false, false) => {
                        shape.opened
                            && shape.closed
                            && *field > at
                            && self.is_worded(*field)
                            && any_known
                    }
                }
            })
            .collect()
    }

    /// `step 7: reward/x=…`: names that only a tracker makes.
    fn tracker_names(&self, at: usize) -> bool {
        self.fields
            .fields
            .iter()
            .enumerate()
            .any(|(field, shape)| field > at && shape.strong && self.key(field).contains('/'))
    }

    /// A wording that a format reads as a place, but not in this line: `train: 0.5`.
    fn unused_place(&self, field: usize, step: Step) -> bool {
        let used = match step {
            Step::Field { field, epoch } => [Some(field), epoch],
            Step::EpochBatch(epoch, batch, _) => [Some(epoch), Some(batch)],
            Step::Epoch(epoch) => [Some(epoch), None],
            Step::LastSeen => [None, None],
        };
        let train = matches!(self.meanings.get(field), Some(Meaning::Step(format)) if matches!(format.wording, "train" | "test"));
        train && !used.contains(&Some(field))
    }

    fn is_known(&self, field: usize) -> bool {
        alias::is_known(&self.key(field))
            || matches!(self.meanings.get(field), Some(Meaning::Step(_)))
    }

    /// A key of few words that is no piece of a sentence.
    fn is_worded(&self, field: usize) -> bool {
        const SENTENCE: &[&str] = &[
            "in", "at", "to", "from", "after", "of", "for", "is", "has", "on", "with", "took",
            "than", "and", "or", "every", "last", "first", "was", "the", "by", "a", "be", "are",
            "least", "most", "only", "over",
        ];
        let key = alias::normal(&self.key(field));
        let words: Vec<&str> = key.split(' ').collect();
        let edge = |word: Option<&&str>| word.is_some_and(|word| SENTENCE.contains(word));
        words.len() <= 4
            && !edge(words.first())
            && !edge(words.last())
            && key.starts_with(char::is_alphabetic)
    }

    fn name(
        &self,
        field: usize,
        prefix: &str,
        format: Option<&Format>,
        plan: &mut Plan,
        out: &mut Collector,
        byte: u64,
    ) {
        let Some(shape) = self.fields.fields.get(field) else {
            return;
        };
        let key = self.key(field);
        let wording = alias::normal(&key);
        let renamed =
            format.and_then(|format| format.names.iter().find(|(from, _)| *from == wording));
        let sentinel = format
            .and_then(|format| format.sentinel)
            .filter(|(from, _)| *from == wording);
        let numbers = self.fields.numbers(shape);
        for (index, number) in numbers.iter().enumerate() {
            let part = Part {
                kind: shape.kind,
                count: numbers.len(),
                index,
                unit: number.unit,
            };
            let name = alias::name(renamed.map_or(key.as_str(), |(_, to)| to), part);
            if let Some(metric) = out.metric(&format!("{prefix}{name}"), byte) {
                plan.outputs.push(Output {
                    number: shape.numbers.0 + index,
                    second_half: index > 0 && shape.kind == Kind::Ratio && numbers.len() == 2,
                    metric,
                    sentinel: sentinel.map(|(_, value)| value),
                });
            }
        }
    }
}
