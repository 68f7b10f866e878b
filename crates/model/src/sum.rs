//! Compensated summation: the total is within a few ulp of the exact sum, in any order of terms.
//!
//! The rounding error of each addition is computed exactly (Knuth's TwoSum) and added up apart, as
//! in A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM
//! 54, 1974. Infinite and NaN terms give what plain addition gives.

/// A sum with compensation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// The sum of a slice.
    pub fn of(terms: &[f64]) -> Self {
        let mut sum = Self::default();
        terms.iter().for_each(|&term| sum.add(term));
        sum
    }

    /// Adds one term.
    #[inline]
    pub fn add(&mut self, term: f64) {
        let next = self.total + term;
        let added = next - self.total;
        self.lost += (self.total - (next - added)) + (term - added);
        self.total = next;
    }

    /// Adds the terms of another sum.
    pub fn join(&mut self, other: Self) {
        self.add(other.total);
        self.lost += other.lost;
    }

    /// The sum of all terms.
    pub fn total(&self) -> f64 {
        // The compensation of an infinite total is NaN.
        if self.total.is_finite() {
            self.total + self.lost
        } else {
            self.total
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = Sum::default();
        terms.for_each(|term| sum.add(term));
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
