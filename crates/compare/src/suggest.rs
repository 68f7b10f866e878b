//! Offers a change of B that would make it meet A, with the evidence; never applies one.
//!
//! Steps first (offset, row order, another unit, every k-th), then values (percent, sums, signs,
//! logarithms), then clocks. A step offer must bring values together that are equal within
//! rounding, at nine of ten pairs, more than before: smooth curves that only come closer by
//! moving do not count. Input is sorted points; nothing is offered where the sides already agree.

use serde::{Deserialize, Serialize};

use super::agree::{Judge, Rounding, Status, Tolerance};
use super::align::{Alignment, Method, align};
use super::digits::{Precision, detect};
use super::side::Side;
use super::sum::Sums;
use super::transform::{Transform, ValueMap};
use super::{suggest_clock, suggest_steps, suggest_values};

/// Rows looked at before a change is tried on all.
const PROBES: usize = 256;
/// Of these, rows that have to meet to say anything.
const TELLING: usize = 16;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// All steps are a constant apart: counted from 0 or 1, or from a checkpoint.
    StepOffset,
    /// Same steps, but each value stands at the step before or after.
    ShiftedRow,
    /// B counts its own rows or epochs: one of them is several steps.
    Stride,
    /// B counts samples or tokens: several of them are one step.
    StepUnit,
    /// Only the order of rows says which belongs to which.
    RowOrder,
    /// One source logs every k-th step of the other (nothing to change).
    EveryKth,
    /// A fraction against a percentage.
    Percent,
    /// A mean against a sum over k parts.
    MeanOrSum,
    /// Opposite signs.
    Negated,
    /// Another constant factor.
    Scale,
    /// One is the logarithm of the other.
    Logarithm,
    /// One is 1 minus the other.
    OneMinus,
    /// The clocks differ by a constant.
    ClockOffset,
}

/// What an offer improves.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// Matched pairs, before and after.
    pub matched: (u64, u64),
    /// Pairs that are equal within rounding, before and after.
    pub agreeing: (u64, u64),
    /// Root mean square Δ, before and after (of clocks: median difference in ms). `None` without
    /// a pair of finite values.
    pub residual: (Option<f64>, Option<f64>),
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What kind.
    pub kind: Kind,
    /// What to do to B.
    pub transform: Transform,
    /// How to align afterwards.
    pub method: Method,
    /// What it improves.
    pub evidence: Evidence,
    /// Why, in plain words.
    pub reason: String,
}

/// Both sides with what every trial needs.
pub(crate) struct Bench<'a> {
    pub(crate) a: Side<'a>,
    pub(crate) b: Side<'a>,
    pub(crate) names: (&'a str, &'a str),
    pub(crate) rounding: Rounding,
}

/// What one trial showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Trial {
    pub(crate) matched: u64,
    pub(crate) agreeing: u64,
    pub(crate) rmse: Option<f64>,
}

impl Trial {
    /// Nine of ten pairs agree.
    pub(crate) fn fits(&self) -> bool {
        self.matched >= 4 && self.agreeing * 10 >= self.matched * 9
    }
}

impl Bench<'_> {
    /// Changes B, aligns and counts.
    pub(crate) fn trial(&self, transform: &Transform, method: Method) -> Trial {
        let changed = transform.apply(self.b);
        let alignment = align(self.a, changed.side(), method);
        self.count(&alignment, transform.value)
    }

    /// False where a few spread rows show already that a change can't fit: a trial of a million
    /// points is spared.
    pub(crate) fn is_promising(&self, transform: &Transform) -> bool {
        let steps = self.a.iteration.get(..self.a.len()).unwrap_or_default();
        let every = self.b.len().div_ceil(PROBES).max(1);
        let mut judge = self.judge(transform.value);
        let (mut met, mut agreeing) = (0_usize, 0_usize);
        for row in (0..self.b.len()).step_by(every) {
            let Ok(place) = steps.binary_search(&transform.step(self.b.step(row))) else {
                continue;
            };
            let mapped = transform.value.apply(self.b.number(row));
            let status = judge.status(self.a.number(place), mapped);
            met += 1;
            agreeing += usize::from(status <= Status::WithinTolerance);
        }
        met < TELLING || agreeing * 2 >= met
    }

    /// Printed constants and factors are rarely exact: a millionth is no difference here.
    fn judge(&self, map: ValueMap) -> Judge {
        let rounding = Rounding {
            map,
            ..self.rounding
        };
        let tolerance = Tolerance {
            absolute: 0.0,
            relative: 1e-6,
        };
        Judge::new(&rounding, tolerance)
    }

    /// Counts agreement of pairs whose B is mapped.
    pub(crate) fn count(&self, alignment: &Alignment, map: ValueMap) -> Trial {
        let mut judge = self.judge(map);
        let (mut squares, mut finite, mut agreeing) = (Sums::default(), 0_u64, 0_u64);
        for pair in alignment.pairs(self.a, self.b) {
            let mapped = map.apply(pair.b);
            agreeing += u64::from(judge.status(pair.a, mapped) <= Status::WithinTolerance);
            let delta = mapped - pair.a;
            if delta.is_finite() {
                squares.add([delta * delta]);
                finite += 1;
            }
        }
        let [squares] = squares.totals();
        let rmse = (finite > 0).then(|| (squares / finite as f64).sqrt());
        Trial {
            matched: alignment.matched() as u64,
            agreeing,
            rmse,
        }
    }

    pub(crate) fn offer(
        &self,
        kind: Kind,
        transform: Transform,
        method: Method,
        (before, after): (Trial, Trial),
        reason: String,
    ) -> Suggestion {
        let evidence = Evidence {
            matched: (before.matched, after.matched),
            agreeing: (before.agreeing, after.agreeing),
            residual: (before.rmse, after.rmse),
        };
        Suggestion {
            kind,
            transform,
            method,
            evidence,
            reason,
        }
    }
}

/// Offers for sorted points: at most one about steps, one about values, one about clocks, one
/// about cadence.
pub fn suggest(a: Side<'_>, b: Side<'_>, names: (&str, &str)) -> Vec<Suggestion> {
    let values =
        |side: Side<'_>| -> Precision { detect(side.value.get(..side.len()).unwrap_or_default()) };
    let rounding = Rounding {
        a: values(a),
        b: values(b),
        map: ValueMap::Same,
    };
    let bench = Bench {
        a,
        b,
        names,
        rounding,
    };
    let exact = align(a, b, Method::Exact);
    let before = bench.count(&exact, ValueMap::Same);
    let steps = suggest_steps::offer(&bench, &before);
    let mut out = Vec::new();
    if steps.is_none() {
        let (moved, alignment) = suggest_values::standing(&bench, exact);
        let basis = bench.count(&alignment, ValueMap::Same);
        out.extend(suggest_values::offer(&bench, &alignment, moved, basis));
        out.extend(suggest_clock::offer(&bench, &alignment, moved, basis));
        out.extend(suggest_steps::every_kth(&bench, &before));
    } else if let Some(found) = &steps {
        let changed = found.transform.apply(b);
        let alignment = align(a, changed.side(), found.method);
        let after = bench.count(&alignment, ValueMap::Same);
        out.extend(suggest_clock::offer(
            &bench,
            &alignment,
            found.transform,
            after,
        ));
    }
    steps.into_iter().chain(out).collect()
}

#[cfg(test)]
#[path = "suggest_tests.rs"]
mod tests;
