//! The walks over matched pairs that give figures and verdict.
//!
//! One walk counts, sums and finds extremes; a second one, around the means, gives deviations and
//! correlation. Values so large or small that their squares leave float64's range are summed again
//! after scaling by a power of two, which is exact.

use super::agree::{Figures, Judge, Rounding, Status, Verdict, relative_delta};
use super::align::{Alignment, Pair};
use super::side::Side;
use super::sum::Sums;

/// Pairs needed before two series are called different metrics.
const ENOUGH: u64 = 8;

/// Sums, extremes and counts of one walk over the pairs.
pub(super) struct FirstPass {
    judge: Judge,
    pub(super) by_status: [u64; 5],
    pub(super) both_non_finite: u64,
    finite: u64,
    /// Of a, b, Δ, |Δ|, Δ² and |relative Δ|.
    sums: Sums<6>,
    max_abs: (f64, i64),
    max_relative: (f64, i64),
    /// Largest finite |a| or |b|.
    largest: f64,
    /// First and last differing step, and pairs seen from the first one on.
    differing: Option<(i64, i64)>,
    since: u64,
}

impl FirstPass {
    pub(super) fn new(judge: Judge) -> Self {
        Self {
            judge,
            by_status: [0; 5],
            both_non_finite: 0,
            finite: 0,
            sums: Sums::default(),
            max_abs: (-1.0, 0),
            max_relative: (-1.0, 0),
            largest: 0.0,
            differing: None,
            since: 0,
        }
    }

    #[inline]
    pub(super) fn take(&mut self, pair: &Pair, a: Side<'_>) {
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

    #[inline]
    fn add(&mut self, pair: &Pair, a: Side<'_>) {
        let terms = terms(pair.a, pair.b);
        let [_, _, _, size, _, relative] = terms;
        self.finite += 1;
        self.sums.add(terms);
        self.largest = self.largest.max(pair.a.abs()).max(pair.b.abs());
        if size > self.max_abs.0 {
            self.max_abs = (size, a.step(pair.row_a as usize));
        }
        if relative > self.max_relative.0 {
            self.max_relative = (relative, a.step(pair.row_a as usize));
        }
    }

    pub(super) fn figures(
        &self,
        a: Side<'_>,
        b: Side<'_>,
        alignment: &Alignment,
    ) -> Option<Figures> {
        if self.finite == 0 {
            return None;
        }
        let n = self.finite as f64;
        let scale = self.scale();
        let finite = || {
            let finite = |pair: &Pair| pair.a.is_finite() && pair.b.is_finite();
            alignment.pairs(a, b).filter(finite)
        };
        let totals = if scale == 1.0 {
            self.sums.totals()
        } else {
            let mut sums = Sums::default();
            finite().for_each(|pair| sums.add(terms(pair.a * scale, pair.b * scale)));
            sums.totals()
        };
        let [mean_a, mean_b, bias, mae, squared, mean_relative] = totals.map(|total| total / n);
        let first = finite().next()?;
        let (mut a_moves, mut b_moves, mut sums) = (false, false, Sums::default());
        for pair in finite() {
            a_moves |= pair.a != first.a;
            b_moves |= pair.b != first.b;
            let (x, y) = (pair.a * scale - mean_a, pair.b * scale - mean_b);
            sums.add([x * x, y * y, x * y]);
        }
        let [aa, bb, ab] = sums.totals();
        let deviation = ((aa / n).sqrt(), (bb / n).sqrt());
        let pearson = (ab / n) / (deviation.0 * deviation.1);
        // Of one number throughout the deviation is rounding, and no correlation exists.
        let is_told = pearson.is_finite() && a_moves && b_moves;
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
            pearson: is_told.then(|| pearson.clamp(-1.0, 1.0)),
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

    pub(super) fn verdict(
        &self,
        matched: u64,
        figures: Option<&Figures>,
        rounding: &Rounding,
    ) -> Verdict {
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

/// What is summed of a pair: a, b, Δ, |Δ|, Δ² and |relative Δ|.
#[inline]
fn terms(a: f64, b: f64) -> [f64; 6] {
    let delta = b - a;
    let relative = relative_delta(a, b).abs();
    [a, b, delta, delta.abs(), delta * delta, relative]
}
