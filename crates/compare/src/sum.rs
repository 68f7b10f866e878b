//! Sums that keep what rounding would lose.
//!
//! Short blocks are added plainly and the block sums with Neumaier's compensation, so a million
//! terms cost little more than a plain loop and stay within a few ulp of the exact sum. Infinite
//! terms give an infinite (or NaN) total, as plain addition would.

/// Terms added plainly before they go through the compensated step.
const BLOCK: u32 = 32;

/// `N` running compensated sums, fed together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums<const N: usize> {
    block: [f64; N],
    pending: u32,
    total: [f64; N],
    lost: [f64; N],
}

impl<const N: usize> Default for Sums<N> {
    fn default() -> Self {
        Self {
            block: [0.0; N],
            pending: 0,
            total: [0.0; N],
            lost: [0.0; N],
        }
    }
}

impl<const N: usize> Sums<N> {
    /// Adds one term to each sum.
    #[inline]
    pub(crate) fn add(&mut self, terms: [f64; N]) {
        for (block, term) in self.block.iter_mut().zip(terms) {
            *block += term;
        }
        self.pending += 1;
        if self.pending == BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let sums = self.total.iter_mut().zip(&mut self.lost).zip(&self.block);
        for ((total, lost), &block) in sums {
            let next = *total + block;
            *lost += if total.abs() >= block.abs() {
                (*total - next) + block
            } else {
                (block - next) + *total
            };
            *total = next;
        }
        self.block = [0.0; N];
        self.pending = 0;
    }

    /// The sums of all terms.
    pub(crate) fn totals(mut self) -> [f64; N] {
        self.flush();
        let mut out = self.total;
        for (total, lost) in out.iter_mut().zip(self.lost) {
            // Of an infinite total the compensation is NaN.
            *total += if total.is_finite() { lost } else { 0.0 };
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(terms: impl Iterator<Item = f64>) -> f64 {
        let mut sums = Sums::default();
        terms.for_each(|term| sums.add([term]));
        sums.totals()[0]
    }

    #[test]
    fn keeps_small_terms_beside_a_large_one() {
        // Only the 31 ones that share a block with 1e16 can be lost.
        let terms = [1e16]
            .into_iter()
            .chain([1.0; 31])
            .chain([1.0; 3200])
            .chain([-1e16]);
        assert!((sum(terms) - 3231.0).abs() <= 32.0);
        assert!((sum(std::iter::repeat_n(0.1, 1_000_000)) - 100_000.0).abs() < 1e-8);
    }

    #[test]
    fn infinity_stays() {
        assert_eq!(sum([1.0, f64::INFINITY, 2.0].into_iter()), f64::INFINITY);
        assert!(sum([f64::NEG_INFINITY, f64::INFINITY].into_iter()).is_nan());
        assert_eq!(sum(std::iter::empty()), 0.0);
    }
}
