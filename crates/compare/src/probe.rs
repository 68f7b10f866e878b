//! Looks at a few shared steps of many pairs of series, to tell which could be one metric.
//!
//! Metrics of one source mostly share their steps, so the rows where two columns of steps meet are
//! found once and used for every pair of metrics on them: all pairs of hundreds of metrics cost
//! little more than reading each series. Rows are spread over the series; where spread rows meet
//! too rarely (another cadence), all steps are walked through.

use std::collections::BTreeMap;

use super::agree::{Judge, Rounding, Status, Tolerance};
use super::side::{Side, same};

/// Steps looked at for each pair.
const PROBES: usize = 256;
/// Spread rows that have to meet, or all are walked through.
const SPREAD: usize = 16;

/// What the shared steps of a pair say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Probe {
    /// Shared steps looked at.
    pub(crate) probed: u64,
    /// Of those, steps where the values agree.
    pub(crate) agreeing: u64,
    /// Changes of A's value among them: a constant proves nothing.
    pub(crate) different: u64,
}

impl Probe {
    /// Share of agreeing steps, 0 without any.
    pub(crate) fn share(&self) -> f64 {
        self.agreeing as f64 / self.probed.max(1) as f64
    }
}

/// Rows of A and B at shared steps.
type Meetings = Vec<(u32, u32)>;

/// The sides of two sources.
pub(crate) struct Probes<'a> {
    a: &'a [Side<'a>],
    b: &'a [Side<'a>],
    /// For each side the first one with the same steps.
    steps: (Vec<usize>, Vec<usize>),
    met: BTreeMap<(usize, usize), Meetings>,
}

impl<'a> Probes<'a> {
    pub(crate) fn new(a: &'a [Side<'a>], b: &'a [Side<'a>]) -> Self {
        Self {
            a,
            b,
            steps: (first_alike(a), first_alike(b)),
            met: BTreeMap::new(),
        }
    }

    /// Probes one pair. Ends early once the share of agreement can't reach `least` any more.
    pub(crate) fn probe(
        &mut self,
        (i, j): (usize, usize),
        rounding: &Rounding,
        least: f64,
    ) -> Option<Probe> {
        let (a, b) = (self.a.get(i)?, self.b.get(j)?);
        let key = (*self.steps.0.get(i)?, *self.steps.1.get(j)?);
        let rows = self.met.entry(key).or_insert_with(|| meet(*a, *b));
        let tolerance = Tolerance {
            absolute: 0.0,
            relative: 1e-6,
        };
        let mut judge = Judge::new(rounding, tolerance);
        // A hair more, for the rounding of the product.
        let most_off = rows.len() as f64 * (1.0 - least) + 1e-6;
        let mut out = Probe::default();
        let mut before = None;
        for &(row_a, row_b) in rows.iter() {
            let (x, y) = (a.number(row_a as usize), b.number(row_b as usize));
            out.probed += 1;
            out.agreeing += u64::from(judge.status(x, y) <= Status::WithinTolerance);
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
    let mut firsts: Vec<(usize, &[i64])> = Vec::new();
    let first = |(index, side)| {
        let steps = steps_of(side);
        if let Some(&(first, _)) = firsts.iter().find(|(_, known)| *known == steps) {
            return first;
        }
        firsts.push((index, steps));
        index
    };
    sides.iter().enumerate().map(first).collect()
}

fn steps_of<'s>(side: &'s Side<'_>) -> &'s [i64] {
    side.iteration.get(..side.len()).unwrap_or_default()
}

/// Up to [`PROBES`] rows where two sorted columns of steps meet, ascending.
fn meet(a: Side<'_>, b: Side<'_>) -> Meetings {
    let (x, y) = (steps_of(&a), steps_of(&b));
    let every = x.len().div_ceil(PROBES).max(1);
    let found = |(row, step): (usize, &i64)| Some((row as u32, y.binary_search(step).ok()? as u32));
    let spread: Meetings = x
        .iter()
        .enumerate()
        .step_by(every)
        .filter_map(found)
        .collect();
    if every == 1 || spread.len() >= SPREAD {
        return spread;
    }
    let all = walk(x, y);
    let every = all.len().div_ceil(PROBES).max(1);
    all.into_iter().step_by(every).collect()
}

/// All rows where two sorted columns meet.
fn walk(x: &[i64], y: &[i64]) -> Meetings {
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
