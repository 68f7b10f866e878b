//! How well two aligned series agree: figures, and a verdict with its reason.
//!
//! Δ is `b − a`; relative Δ is `Δ / max(|a|, |b|)` (0 where both are 0), so it is symmetric and at
//! most 2. Figures are over pairs where both values are finite; two NaN, or two equal infinities,
//! agree, one alone differs. Each pair is equal, or within rounding (|Δ| no more than both sources'
//! half-units together, see [`super::digits`]), or within the tolerance, or differs; the verdict is
//! the worst of them. Sums are compensated: they equal exact sums to about 1e-15.

use serde::{Deserialize, Serialize};

use super::align::{Alignment, Pair};
use super::digits::{HalfUnits, Precision};
use super::side::{Side, same};
use super::sum::Sums;
use super::transform::ValueMap;

pub use super::tolerance::Tolerance;
pub use super::verdict::Verdict;

/// How the sources round, and what was done to B's values before the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rounding {
    /// How A rounds.
    pub a: Precision,
    /// How B rounds, in the numbers that it logged.
    pub b: Precision,
    /// The map from B's logged numbers to the compared ones.
    pub map: ValueMap,
}

/// Decides about single pairs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge {
    a: HalfUnits,
    b: HalfUnits,
    map: ValueMap,
    tolerance: Tolerance,
}

/// How one pair agrees; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// The same number, or both NaN.
    Equal,
    /// Explained by how the sources round.
    WithinRounding,
    /// Within the tolerance.
    WithinTolerance,
    /// Beyond the tolerance.
    Differs,
    /// One is NaN or infinite and the other isn't the same.
    NonFinite,
}

impl Judge {
    pub(crate) fn new(rounding: &Rounding, tolerance: Tolerance) -> Self {
        let (a, b) = (HalfUnits::new(rounding.a), HalfUnits::new(rounding.b));
        Self {
            a,
            b,
            map: rounding.map,
            tolerance,
        }
    }

    pub(crate) fn status(&mut self, a: f64, b: f64) -> Status {
        if same(a, b) {
            return Status::Equal;
        }
        if !a.is_finite() || !b.is_finite() {
            return Status::NonFinite;
        }
        let (delta, size) = ((b - a).abs(), a.abs().max(b.abs()));
        // The half-units are exact only to float64's own rounding.
        if delta <= (self.a.at(a) + self.half_b(b)) * (1.0 + 1e-9) + 2.0 * f64::EPSILON * size {
            return Status::WithinRounding;
        }
        if delta <= self.tolerance.absolute + self.tolerance.relative * size {
            Status::WithinTolerance
        } else {
            Status::Differs
        }
    }

    fn half_b(&mut self, mapped: f64) -> f64 {
        if self.map == ValueMap::Same {
            return self.b.at(mapped);
        }
        let logged = self.map.undo(mapped);
        self.map.spread(logged, self.b.at(logged))
    }
}

/// `Δ / max(|a|, |b|)`, 0 where both are 0.
pub fn relative_delta(a: f64, b: f64) -> f64 {
    let size = a.abs().max(b.abs());
    if size == 0.0 { 0.0 } else { (b - a) / size }
}

/// Figures over the pairs where both values are finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Pairs counted.
    pub points: u64,
    /// Mean Δ.
    pub bias: f64,
    /// Mean |Δ|.
    pub mae: f64,
    /// Root of the mean Δ².
    pub rmse: f64,
    /// Largest |Δ|.
    pub max_abs: f64,
    /// Its step (in A), the first of equals.
    pub max_abs_at: i64,
    /// Mean |relative Δ|.
    pub mean_relative: f64,
    /// Largest |relative Δ|.
    pub max_relative: f64,
    /// Its step (in A), the first of equals.
    pub max_relative_at: i64,
    /// Pearson's correlation; `None` where a side is constant.
    pub pearson: Option<f64>,
    /// Standard deviation of A and B over these pairs (divided by n).
    pub deviation: (f64, f64),
}

/// Everything said about one pair of series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Points of A and B.
    pub points: (u64, u64),
    /// Matched pairs.
    pub matched: u64,
    /// Points of A and B without partner.
    pub only: (u64, u64),
    /// Share of A's and B's points that are matched, 0 to 1.
    pub coverage: (f64, f64),
    /// Pairs by status, in the order of [`Status`].
    pub by_status: [u64; 5],
    /// Pairs where both are NaN or the same infinity (they count as equal).
    pub both_non_finite: u64,
    /// Figures; `None` without a pair of finite values.
    pub figures: Option<Figures>,
    /// How the sources round.
    pub rounding: Rounding,
    /// What was tolerated.
    pub tolerance: Tolerance,
    /// The answer.
    pub verdict: Verdict,
    /// The answer in plain words.
    pub sentence: String,
}

/// Pairs needed before two series are called different metrics.
const ENOUGH: u64 = 8;

/// Compares aligned points. `names` are the sides' names for the sentence.
pub fn agree(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    rounding: Rounding,
    tolerance: Tolerance,
    names: (&str, &str),
) -> Agreement {
    let mut pass = FirstPass::new(Judge::new(&rounding, tolerance));
    for pair in alignment.pairs(a, b) {
        pass.take(&pair, a);
    }
    let figures = pass.figures(a, b, alignment);
    let matched = alignment.matched() as u64;
    let used_b = (b.len() - alignment.only_b.len().min(b.len())) as u64;
    let share = |part: u64, whole: usize| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    let mut out = Agreement {
        points: (a.len() as u64, b.len() as u64),
        matched,
        only: (alignment.only_a.len() as u64, alignment.only_b.len() as u64),
        coverage: (share(matched, a.len()), share(used_b, b.len())),
        by_status: pass.by_status,
        both_non_finite: pass.both_non_finite,
        figures,
        rounding,
        tolerance,
        verdict: pass.verdict(matched, figures.as_ref(), &rounding),
        sentence: String::new(),
    };
    out.sentence = super::sentence::explain(&out, names);
    out
}

/// Sums, extremes and counts of one walk over the pairs.
struct FirstPass {
    judge: Judge,
    by_status: [u64; 5],
    both_non_finite: u64,
    finite: u64,
    /// Of a, b, Δ, |Δ|, Δ² and |relative Δ|.
    sums: Sums<6>,
    max_abs: (f64, i64),
    max_relative: (f64, i64),
    /// First and last differing step, and pairs seen from the first one on.
    differing: Option<(i64, i64)>,
    since: u64,
}

impl FirstPass {
    fn new(judge: Judge) -> Self {
        Self {
            judge,
            by_status: [0; 5],
            both_non_finite: 0,
            finite: 0,
            sums: Sums::default(),
            max_abs: (-1.0, 0),
            max_relative: (-1.0, 0),
            differing: None,
            since: 0,
        }
    }

    fn take(&mut self, pair: &Pair, a: Side<'_>) {
        let status = self.judge.status(pair.a, pair.b);
        if let Some(count) = self.by_status.get_mut(status as usize) {
            *count += 1;
        }
        if status >= Status::Differs {
            let step = a.step(pair.row_a as usize);
            self.differing = Some((self.differing.map_or(step, |(first, _)| first), step));
        }
        self.since += u64::from(self.differing.is_some());
        if pair.a.is_finite() && pair.b.is_finite() {
            self.add(pair, a);
        } else {
            self.both_non_finite += u64::from(status == Status::Equal);
        }
    }

    fn add(&mut self, pair: &Pair, a: Side<'_>) {
        let delta = pair.b - pair.a;
        let (size, relative) = (delta.abs(), relative_delta(pair.a, pair.b).abs());
        self.finite += 1;
        self.sums
            .add([pair.a, pair.b, delta, size, delta * delta, relative]);
        if size > self.max_abs.0 {
            self.max_abs = (size, a.step(pair.row_a as usize));
        }
        if relative > self.max_relative.0 {
            self.max_relative = (relative, a.step(pair.row_a as usize));
        }
    }

    fn figures(&self, a: Side<'_>, b: Side<'_>, alignment: &Alignment) -> Option<Figures> {
        if self.finite == 0 {
            return None;
        }
        let n = self.finite as f64;
        let [mean_a, mean_b, bias, mae, squared, mean_relative] =
            self.sums.totals().map(|total| total / n);
        let mut sums = Sums::default();
        for pair in alignment
            .pairs(a, b)
            .filter(|p| p.a.is_finite() && p.b.is_finite())
        {
            let (x, y) = (pair.a - mean_a, pair.b - mean_b);
            sums.add([x * x, y * y, x * y]);
        }
        let [aa, bb, ab] = sums.totals().map(|total| total / n);
        let deviation = (aa.sqrt(), bb.sqrt());
        let pearson = ab / (deviation.0 * deviation.1);
        Some(Figures {
            points: self.finite,
            bias,
            mae,
            rmse: squared.sqrt(),
            max_abs: self.max_abs.0,
            max_abs_at: self.max_abs.1,
            mean_relative,
            max_relative: self.max_relative.0,
            max_relative_at: self.max_relative.1,
            pearson: pearson.is_finite().then(|| pearson.clamp(-1.0, 1.0)),
            deviation,
        })
    }

    fn verdict(&self, matched: u64, figures: Option<&Figures>, rounding: &Rounding) -> Verdict {
        let [_, rounded, tolerated, differing, non_finite] = self.by_status;
        let points = differing + non_finite;
        match self.differing {
            _ if matched == 0 => Verdict::NothingShared,
            Some(_) if figures.is_some_and(|f| is_other_metric(f, differing)) => {
                Verdict::DifferentMetric
            }
            Some((step, last)) => Verdict::DiffersFrom {
                step,
                last,
                points,
                throughout: points == self.since,
            },
            None if tolerated > 0 => Verdict::WithinTolerance,
            None if rounded > 0 => Verdict::EqualWithinRounding {
                a: rounding.a,
                b: rounding.b,
            },
            None => Verdict::Identical,
        }
    }
}

/// Nine of ten points differ, and neither shape nor size match.
fn is_other_metric(figures: &Figures, differing: u64) -> bool {
    let most = figures.points >= ENOUGH && differing * 10 >= figures.points * 9;
    let (a, b) = figures.deviation;
    let far = figures.rmse > ((a * a + b * b) / 2.0).sqrt();
    let r = figures.pearson.unwrap_or(0.0);
    most && ((r < 0.5 && figures.max_relative > 0.05) || (far && r < 0.98))
}

#[cfg(test)]
#[path = "agree_tests.rs"]
mod tests;
