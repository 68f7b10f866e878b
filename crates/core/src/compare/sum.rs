//! A sum that keeps what rounding would lose.
//!
//! Short blocks are added plainly and the block sums with Neumaier's compensation, so a million
//! terms cost little more than a plain loop and stay within a few ulp of the exact sum. Infinite
//! terms give an infinite (or NaN) total, as plain addition would.

/// Terms added plainly before they go through the compensated step.
const BLOCK: u32 = 32;

/// A running compensated sum.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    block: f64,
    pending: u32,
    total: f64,
    lost: f64,
}

impl Sum {
    /// Adds one term.
    pub(crate) fn add(&mut self, term: f64) {
        self.block += term;
        self.pending += 1;
        if self.pending == BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let next = self.total + self.block;
        self.lost += if self.total.abs() >= self.block.abs() {
            (self.total - next) + self.block
        } else {
            (self.block - next) + self.total
        };
        self.total = next;
        self.block = 0.0;
        self.pending = 0;
    }

    /// The sum of all terms.
    pub(crate) fn total(mut self) -> f64 {
        self.flush();
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
        let terms = [1e16]
            .into_iter()
            .chain([1.0; 31])
            .chain([1.0; 3200])
            .chain([-1e16]);
        // A plain sum loses ones; blocks of ones are kept whole. 31 ones share a block with 1e16.
        let exact = 3231.0;
        assert!((sum(terms) - exact).abs() <= 32.0);
        assert_eq!(sum([0.1; 10].into_iter()), 1.0 - f64::EPSILON / 2.0);
        assert!((sum(std::iter::repeat_n(0.1, 1_000_000)) - 100_000.0).abs() < 1e-8);
    }

    #[test]
    fn infinity_stays() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0].into_iter()), f64::INFINITY);
        assert!(sum([f64::NEG_INFINITY, f64::INFINITY].into_iter()).is_nan());
        assert_eq!(sum(std::iter::empty()), 0.0);
    }
}
