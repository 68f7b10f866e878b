//! Looks at a few shared steps of many pairs of series, to find which could be one metric.
//!
//! Metrics of one source mostly share their steps, so the rows where two columns of steps meet are
//! found once and used for every pair of metrics on them: all pairs of hundreds of metrics cost
//! little more than reading each series. Rows are spread over the series; where spread rows meet
//! too rarely (another cadence), all steps are compared.

use std::collections::BTreeMap;

use crate::side::{Side, same};
use crate::verdict::{Rounding, VerdictRules};

/// Steps looked at for each pair.
const PROBES: usize = 256;
/// Spread rows that have to meet, or all are compared.
const SPREAD: usize = 16;

/// What the shared steps of a pair show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Probe {
    /// Shared steps looked at.
    pub(super) probed: u64,
    /// Of those, steps where the values agree.
    pub(super) agreeing: u64,
    /// Changes of A's value among them: a constant proves nothing.
    pub(super) different: u64,
}

impl Probe {
    /// Share of agreeing steps, 0 without any.
    pub(super) fn share(&self) -> f64 {
        self.agreeing as f64 / self.probed.max(1) as f64
    }
}

/// Rows of A and B at shared steps.
type Meetings = Vec<(u32, u32)>;

/// The sides of two sources.
pub(super) struct Probes<'a> {
    a: &'a [Side<'a>],
    b: &'a [Side<'a>],
    /// For each side the first one with the same steps.
    steps: (Vec<usize>, Vec<usize>),
    met: BTreeMap<(usize, usize), Meetings>,
}

impl<'a> Probes<'a> {
    pub(super) fn new(a: &'a [Side<'a>], b: &'a [Side<'a>]) -> Self {
        Self {
            a,
            b,
            steps: (first_alike(a), first_alike(b)),
            met: BTreeMap::new(),
        }
    }

    /// Probes one pair. Ends early once the share of agreement can't reach `least` any more.
    pub(super) fn probe(
        &mut self,
        (i, j): (usize, usize),
        rounding: &Rounding,
        least: f64,
    ) -> Option<Probe> {
        let (a, b) = (self.a.get(i)?, self.b.get(j)?);
        let key = (*self.steps.0.get(i)?, *self.steps.1.get(j)?);
        let rows = self.met.entry(key).or_insert_with(|| meet(*a, *b));
        let mut rules = VerdictRules::lenient(rounding);
        // A hair more, for the rounding of the product.
        let most_off = rows.len() as f64 * (1.0 - least) + 1e-6;
        let mut out = Probe::default();
        let mut before = None;
        for &(row_a, row_b) in rows.iter() {
            let (x, y) = (a.number(row_a as usize), b.number(row_b as usize));
            out.probed += 1;
            out.agreeing += u64::from(rules.agree(x, y));
            out.different += u64::from(before.is_none_or(|old| !same(old, x)));
            before = Some(x);
            if (out.probed - out.agreeing) as f64 > most_off {
                break;
            }
        }
        Some(out)
    }
}

fn first_alike(sides: &[Side<'_>]) -> Vec<usize> {
    let first = |side: &Side<'_>| sides.iter().position(|other| other.steps() == side.steps());
    sides.iter().filter_map(first).collect()
}

/// Up to [`PROBES`] rows where two sorted columns of steps meet, ascending.
fn meet(a: Side<'_>, b: Side<'_>) -> Meetings {
    let (x, y) = (a.steps(), b.steps());
    let every = x.len().div_ceil(PROBES).max(1);
    let found = |(row, step): (usize, &i64)| Some((row as u32, y.binary_search(step).ok()? as u32));
    let rows = x.iter().enumerate().step_by(every);
    let spread: Meetings = rows.filter_map(found).collect();
    if every == 1 || spread.len() >= SPREAD {
        return spread;
    }
    let all = all_meetings(x, y);
    let every = all.len().div_ceil(PROBES).max(1);
    all.into_iter().step_by(every).collect()
}

/// All rows where two sorted columns meet.
fn all_meetings(x: &[i64], y: &[i64]) -> Meetings {
    let (mut i, mut j) = (0, 0);
    let mut out = Meetings::new();
    while let (Some(p), Some(q)) = (x.get(i), y.get(j)) {
        if p == q {
            out.push((i as u32, j as u32));
        }
        (i, j) = (i + usize::from(p <= q), j + usize::from(q <= p));
    }
    out
}
