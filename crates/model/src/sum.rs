//! Compensated summation: the total is within a few ulp of the exact sum, in any order of terms.
//!
//! The rounding error of each addition is computed exactly (Knuth's TwoSum) and added up apart, as
//! in A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM
//! 54, 1974. Infinite and NaN terms give what plain addition gives.

/// `N` sums that are fed together, which costs little more than feeding one.
#[derive(Clone, Copy, Debug)]
pub struct Sums<const N: usize> {
    total: [f64; N],
    lost: [f64; N],
}

/// One sum.
pub type Sum = Sums<1>;

impl<const N: usize> Default for Sums<N> {
    fn default() -> Self {
        Self {
            total: [0.0; N],
            lost: [0.0; N],
        }
    }
}

impl<const N: usize> Sums<N> {
    /// Adds one term to each sum.
    #[inline]
    pub fn add(&mut self, terms: [f64; N]) {
        let sums = self.total.iter_mut().zip(&mut self.lost);
        for ((total, lost), term) in sums.zip(terms) {
            let next = *total + term;
            let added = next - *total;
            *lost += (*total - (next - added)) + (term - added);
            *total = next;
        }
    }

    /// Adds the terms of other sums.
    pub fn join(&mut self, other: Self) {
        self.add(other.total);
        for (lost, other) in self.lost.iter_mut().zip(other.lost) {
            *lost += other;
        }
    }

    /// The sums of all terms.
    pub fn totals(&self) -> [f64; N] {
        let mut out = self.total;
        for (total, lost) in out.iter_mut().zip(self.lost) {
            // The compensation of an infinite total is NaN.
            *total += if total.is_finite() { lost } else { 0.0 };
        }
        out
    }
}

impl Sum {
    /// The sum of a slice.
    pub fn of(terms: &[f64]) -> Self {
        let mut sum = Self::default();
        terms.iter().for_each(|&term| sum.add([term]));
        sum
    }

    /// The sum of all terms.
    pub fn total(&self) -> f64 {
        let [total] = self.totals();
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        terms.for_each(|term| sum.add([term]));
        sum.total()
    }

    #[test]
    fn keeps_small_terms_beside_a_large_one() {
        let ones = std::iter::repeat_n(1.0, 3231);
        assert_eq!(sum([1e16].into_iter().chain(ones).chain([-1e16])), 3231.0);
        assert!((sum(std::iter::repeat_n(0.1, 1_000_000)) - 100_000.0).abs() < 1e-8);
        // Neumaier's own example, in two parts.
        let mut parts = Sum::of(&[1.0, 1e100]);
        parts.join(Sum::of(&[1.0, -1e100]));
        assert_eq!(parts.total(), 2.0);
    }

    #[test]
    fn infinity_stays() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0].into_iter()), f64::INFINITY);
        assert!(sum([f64::NEG_INFINITY, f64::INFINITY].into_iter()).is_nan());
        assert_eq!(sum(std::iter::empty()), 0.0);
    }
}
