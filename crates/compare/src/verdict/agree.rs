//! Makes the figures and the verdict of aligned points.
//!
//! Figures are over pairs where both values are finite; sums are compensated, so that they equal
//! exact sums to about 1e-15. The verdict is the worst of the pairs'. One loop over the pairs
//! counts, sums and finds extremes; a second one, around the means, gives deviations and
//! correlation. Values so large or small that their squares leave float64's range are summed again
//! after scaling by a power of two, which is exact.

use parallax_model::sum::Sum;

use super::agreement::{Agreement, Figures, Verdict};
use super::rules::{Rounding, Status, VerdictRules, relative_delta};
use super::tolerance::Tolerance;
use crate::align::{Alignment, Pair};
use crate::side::Side;

/// Pairs needed before two series are called different metrics.
const ENOUGH: u64 = 8;

/// Compares aligned points.
pub fn agree(
    a: Side<'_>,
    b: Side<'_>,
    alignment: &Alignment,
    rounding: Rounding,
    tolerance: Tolerance,
) -> Agreement {
    let mut totals = Totals::new(VerdictRules::new(&rounding, tolerance));
    for pair in alignment.pairs(a, b) {
        totals.add(&pair, a);
    }
    let figures = totals.figures(a, b, alignment);
    let matched = alignment.matched() as u64;
    let used_b = (b.len() - alignment.only_b.len().min(b.len())) as u64;
    let share = |part: u64, whole: usize| part as f64 / whole.max(1) as f64;
    Agreement {
        points: (a.len() as u64, b.len() as u64),
        matched,
        only: (alignment.only_a.len() as u64, alignment.only_b.len() as u64),
        coverage: (share(matched, a.len()), share(used_b, b.len())),
        by_status: totals.by_status,
        both_non_finite: totals.both_non_finite,
        figures,
        rounding,
        tolerance,
        verdict: totals.verdict(matched, figures.as_ref(), &rounding),
    }
}

/// Sums, extremes and counts over the pairs.
struct Totals {
    rules: VerdictRules,
    by_status: [u64; 5],
    both_non_finite: u64,
    finite: u64,
    /// Of [`terms`].
    sums: [Sum; 6],
    max_abs: (f64, i64),
    max_relative: (f64, i64),
    /// Largest finite |a| or |b|.
    largest: f64,
    /// First and last differing step.
    differing: Option<(i64, i64)>,
    /// Pairs from the first differing one on.
    since_first: u64,
}

impl Totals {
    fn new(rules: VerdictRules) -> Self {
        Self {
            rules,
            by_status: [0; 5],
            both_non_finite: 0,
            finite: 0,
            sums: Default::default(),
            max_abs: (-1.0, 0),
            max_relative: (-1.0, 0),
            largest: 0.0,
            differing: None,
            since_first: 0,
        }
    }

    #[inline]
    fn add(&mut self, pair: &Pair, a: Side<'_>) {
        let status = self.rules.status(pair.a, pair.b);
        if let Some(count) = self.by_status.get_mut(status as usize) {
            *count += 1;
        }
        if status >= Status::Differs {
            let step = a.step(pair.row_a as usize);
            self.differing = Some((self.differing.map_or(step, |(first, _)| first), step));
        }
        self.since_first += u64::from(self.differing.is_some());
        if is_finite(pair) {
            self.add_finite(pair, a);
        } else {
            self.both_non_finite += u64::from(status == Status::Equal);
        }
    }

    #[inline]
    fn add_finite(&mut self, pair: &Pair, a: Side<'_>) {
        let terms = terms(pair.a, pair.b);
        let [_, _, _, size, _, relative] = terms;
        self.finite += 1;
        add(&mut self.sums, terms);
        self.largest = self.largest.max(pair.a.abs()).max(pair.b.abs());
        if size > self.max_abs.0 {
            self.max_abs = (size, a.step(pair.row_a as usize));
        }
        if relative > self.max_relative.0 {
            self.max_relative = (relative, a.step(pair.row_a as usize));
        }
    }

    fn figures(&self, a: Side<'_>, b: Side<'_>, alignment: &Alignment) -> Option<Figures> {
        let n = self.finite as f64;
        let scale = self.scale();
        let finite = || alignment.pairs(a, b).filter(is_finite);
        let mut sums = self.sums;
        if scale != 1.0 {
            sums = Default::default();
            finite().for_each(|pair| add(&mut sums, terms(pair.a * scale, pair.b * scale)));
        }
        let means = sums.map(|sum| sum.total() / n);
        let [mean_a, mean_b, bias, mae, squared, mean_relative] = means;
        let first = finite().next()?;
        let (mut a_varies, mut b_varies, mut sums) = (false, false, [Sum::default(); 3]);
        for pair in finite() {
            a_varies |= pair.a != first.a;
            b_varies |= pair.b != first.b;
            let (x, y) = (pair.a * scale - mean_a, pair.b * scale - mean_b);
            add(&mut sums, [x * x, y * y, x * y]);
        }
        let [aa, bb, ab] = sums.map(|sum| sum.total() / n);
        let deviation = (aa.sqrt(), bb.sqrt());
        let pearson = ab / (deviation.0 * deviation.1);
        // Of one number throughout the deviation is rounding, and no correlation exists.
        let has_pearson = pearson.is_finite() && a_varies && b_varies;
        Some(Figures {
            points: self.finite,
            bias: bias / scale,
            mae: mae / scale,
            rmse: squared.sqrt() / scale,
            max_abs: self.max_abs.0,
            max_abs_at: self.max_abs.1,
            mean_relative,
            max_relative: self.max_relative.0,
            max_relative_at: self.max_relative.1,
            pearson: has_pearson.then(|| pearson.clamp(-1.0, 1.0)),
            deviation: (deviation.0 / scale, deviation.1 / scale),
        })
    }

    /// 1, or the power of two that brings the largest value near 1 where squares would overflow or
    /// vanish.
    fn scale(&self) -> f64 {
        const SAFE: std::ops::Range<f64> = 1e-140..1e140;
        if self.largest == 0.0 || SAFE.contains(&self.largest) {
            return 1.0;
        }
        // Both this power and its inverse are in float64's range.
        2f64.powi(-(self.largest.log2() as i32).clamp(-1000, 1000))
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
                throughout: points == self.since_first,
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

#[inline]
fn is_finite(pair: &Pair) -> bool {
    pair.a.is_finite() && pair.b.is_finite()
}

#[inline]
fn add<const N: usize>(sums: &mut [Sum; N], terms: [f64; N]) {
    sums.iter_mut()
        .zip(terms)
        .for_each(|(sum, term)| sum.add(term));
}

/// What is summed of a pair: a, b, Δ, |Δ|, Δ² and |relative Δ|.
#[inline]
fn terms(a: f64, b: f64) -> [f64; 6] {
    let delta = b - a;
    let relative = relative_delta(a, b).abs();
    [a, b, delta, delta.abs(), delta * delta, relative]
}

#[cfg(test)]
#[path = "agree_tests.rs"]
mod tests;
