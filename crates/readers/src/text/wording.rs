//! What a field's wording says by itself, remembered: bars and blocks repeat few wordings often.

use super::alias::{self, Part};
use super::formats::{self, Meaning};
use super::scan::Kind;
use crate::number::Unit;

/// How many wordings are remembered.
const MAX_WORDINGS: usize = 256;

/// What a wording says.
pub(super) struct Wording {
    key: Vec<u8>,
    kind: Kind,
    unit: Unit,
    /// It names a training metric.
    pub(super) known: bool,
    /// It names the run's own step.
    pub(super) global_step: bool,
    /// The metric's name, if it is a metric.
    pub(super) metric: Option<String>,
}

impl Wording {
    fn new(key: &[u8], kind: Kind, unit: Unit) -> Self {
        let text = String::from_utf8_lossy(key);
        let meaning = formats::meaning(&text, kind);
        let part = Part {
            kind: Kind::One,
            count: 1,
            index: 0,
            unit,
        };
        Self {
            key: key.to_vec(),
            kind,
            unit,
            known: alias::is_known(&text),
            global_step: matches!(meaning, Meaning::Step(format) if format.rank >= 8),
            metric: matches!(meaning, Meaning::Metric).then(|| alias::name(&text, part)),
        }
    }

    fn is(&self, key: &[u8], kind: Kind, unit: Unit) -> bool {
        self.key == key && self.kind == kind && self.unit == unit
    }
}

/// The wordings of a log.
#[derive(Default)]
pub(super) struct Wordings {
    wordings: Vec<Wording>,
}

impl Wordings {
    /// What the key of a field says, whose first number has that unit.
    pub(super) fn get(&mut self, key: &[u8], kind: Kind, unit: Unit) -> Option<&Wording> {
        let fits = |wording: &Wording| wording.is(key, kind, unit);
        let found = self.wordings.iter().position(fits);
        let at = found.unwrap_or_else(|| {
            if self.wordings.len() >= MAX_WORDINGS {
                self.wordings.clear();
            }
            self.wordings.push(Wording::new(key, kind, unit));
            self.wordings.len() - 1
        });
        self.wordings.get(at)
    }
}
