//! Tries a change of B: how many points then match, and how many of them agree.

use parallax_model::sum::Sum;

use super::suggestion::{Evidence, Kind, Suggestion};
use crate::align::{Alignment, Method, Transform, ValueMap, align};
use crate::side::Side;
use crate::verdict::{Rounding, VerdictRules, detect_precision};

/// Rows looked at before a change is tried on all.
const PROBES: usize = 256;
/// Of these, rows that have to meet to prove anything.
const ENOUGH: usize = 16;

/// The two sides that changes are tried on.
pub(super) struct TrialPair<'a> {
    pub(super) a: Side<'a>,
    pub(super) b: Side<'a>,
    pub(super) rounding: Rounding,
}

/// What one trial showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trial {
    pub(super) matched: u64,
    pub(super) agreeing: u64,
    pub(super) rmse: Option<f64>,
}

impl Trial {
    /// Nine of ten pairs agree.
    pub(super) fn fits(&self) -> bool {
        self.matched >= 4 && self.agreeing * 10 >= self.matched * 9
    }

    /// The change that this trial was of, as an offer.
    pub(super) fn offer(
        self,
        kind: Kind,
        transform: Transform,
        method: Method,
        before: Self,
    ) -> Suggestion {
        Suggestion {
            kind,
            transform,
            method,
            evidence: Evidence {
                matched: (before.matched, self.matched),
                agreeing: (before.agreeing, self.agreeing),
                residual: (before.rmse, self.rmse),
            },
        }
    }
}

impl<'a> TrialPair<'a> {
    pub(super) fn new(a: Side<'a>, b: Side<'a>) -> Self {
        let rounding = Rounding {
            a: detect_precision(a.values()),
            b: detect_precision(b.values()),
            map: ValueMap::Same,
        };
        Self { a, b, rounding }
    }

    /// Points of the shorter side.
    pub(super) fn fewer(&self) -> u64 {
        self.a.len().min(self.b.len()) as u64
    }

    /// Changes B, aligns and counts.
    pub(super) fn trial(&self, transform: &Transform, method: Method) -> Trial {
        let changed = transform.apply(self.b);
        let alignment = align(self.a, changed.side(), method);
        self.count(&alignment, transform.value)
    }

    /// False where a few spread rows show already that a change can't fit: a trial of a million
    /// points is spared.
    pub(super) fn is_promising(&self, transform: &Transform) -> bool {
        let steps = self.a.steps();
        let every = self.b.len().div_ceil(PROBES).max(1);
        let mut rules = self.rules(transform.value);
        let (mut met, mut agreeing) = (0_usize, 0_usize);
        for row in (0..self.b.len()).step_by(every) {
            let Ok(place) = steps.binary_search(&transform.step(self.b.step(row))) else {
                continue;
            };
            let mapped = transform.value.apply(self.b.number(row));
            met += 1;
            agreeing += usize::from(rules.agree(self.a.number(place), mapped));
        }
        met < ENOUGH || agreeing * 2 >= met
    }

    fn rules(&self, map: ValueMap) -> VerdictRules {
        VerdictRules::lenient(&Rounding {
            map,
            ..self.rounding
        })
    }

    /// Counts agreement of pairs whose B is mapped.
    pub(super) fn count(&self, alignment: &Alignment, map: ValueMap) -> Trial {
        let mut rules = self.rules(map);
        let (mut squares, mut finite, mut agreeing) = (Sum::default(), 0_u64, 0_u64);
        for pair in alignment.pairs(self.a, self.b) {
            let mapped = map.apply(pair.b);
            agreeing += u64::from(rules.agree(pair.a, mapped));
            let delta = mapped - pair.a;
            if delta.is_finite() {
                squares.add(delta * delta);
                finite += 1;
            }
        }
        Trial {
            matched: alignment.matched() as u64,
            agreeing,
            rmse: (finite > 0).then(|| (squares.total() / finite as f64).sqrt()),
        }
    }
}
