//! The sum of any range of a column, kept in blocks: a mean of millions of values costs a thousandth
//! of adding them up, and no more rounding than that.
//!
//! Only full blocks are kept, so an append touches nothing that is there. Sums are compensated.

use parallax_model::columns::reserve_tight;
use parallax_model::sum::Sum;

/// Values in a block: 1/64 of a byte a value.
const BLOCK: usize = 1_024;

/// See the module. Its methods take the column that it was built over.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockSums {
    blocks: Vec<Sum>,
}

impl BlockSums {
    /// Takes in the values that were added to the end of the column since the last time.
    pub(crate) fn extend(&mut self, values: &[f64]) {
        let (blocks, _) = values.as_chunks::<BLOCK>();
        let new = blocks.get(self.blocks.len()..).unwrap_or(&[]);
        reserve_tight(&mut self.blocks, new.len());
        self.blocks.extend(new.iter().map(|block| Sum::of(block)));
    }

    /// Forgets the values from index `from` on, before the column changes there.
    pub(crate) fn truncate(&mut self, from: usize) {
        self.blocks.truncate(from / BLOCK);
    }

    /// The sum of `values[from..to]`.
    pub(crate) fn sum(&self, values: &[f64], from: usize, to: usize) -> Sum {
        let to = to.min(values.len());
        let part = |from: usize, to: usize| Sum::of(values.get(from..to).unwrap_or(&[]));
        let (first, last) = (from.div_ceil(BLOCK), (to / BLOCK).min(self.blocks.len()));
        if first >= last {
            return part(from, to);
        }
        let mut sum = part(from, first * BLOCK);
        let blocks = self.blocks.get(first..last).unwrap_or(&[]);
        blocks.iter().for_each(|block| sum.join(*block));
        sum.join(part(last * BLOCK, to));
        sum
    }

    /// Bytes held, spare room included.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.blocks.capacity() * size_of::<Sum>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers add up without rounding: 0 + 1 + … + (n − 1) = n · (n − 1) / 2.
    fn triangle(n: usize) -> f64 {
        (n * n.saturating_sub(1) / 2) as f64
    }

    #[test]
    fn sums_of_ranges_are_those_of_their_values() {
        let values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let mut sums = BlockSums::default();
        for grown in [0, 1, 1_023, 1_024, 1_025, 5_000, 10_000] {
            sums.extend(&values[..grown]);
        }
        let ends = [0, 1, 1_023, 1_024, 1_025, 2_048, 6_000, 9_999, 10_000];
        for from in ends {
            for to in ends.into_iter().filter(|&to| to >= from) {
                let expected = triangle(to) - triangle(from);
                assert_eq!(
                    sums.sum(&values, from, to).total(),
                    expected,
                    "{from}..{to}"
                );
            }
        }
    }

    #[test]
    fn what_rounding_loses_is_carried_across_blocks() {
        // 1 + 1e100 + 1 − 1e100 is 2 (Neumaier's own example); its terms in four blocks.
        let mut values = vec![0.0; 4 * BLOCK];
        for (block, term) in [1.0, 1e100, 1.0, -1e100].into_iter().enumerate() {
            values[block * BLOCK] = term;
        }
        let mut sums = BlockSums::default();
        sums.extend(&values);
        assert_eq!(sums.sum(&values, 0, values.len()).total(), 2.0);
    }

    #[test]
    fn a_change_in_the_middle() {
        let mut values = vec![1.0; 5_000];
        let mut sums = BlockSums::default();
        sums.extend(&values);
        sums.truncate(2_500);
        values[2_500] = 11.0;
        sums.extend(&values);
        assert_eq!(sums.sum(&values, 0, 5_000).total(), 5_010.0);
    }
}
