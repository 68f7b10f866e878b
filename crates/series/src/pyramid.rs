//! Smallest and largest value of any range of a column in O(log n), for O(width) drawing.
//!
//! Level 0 keeps (min, max) of each block of 16 values, every further level of 8 blocks of the one
//! below: 1.14 bytes a value. Only full blocks are kept, so an append touches nothing that is
//! there, and costs O(new values) and O(log n) new blocks. The first and last value of a block
//! need no copy: the column holds finite values only (the others are kept beside it, see
//! [`crate::attempt`]), so they are the block's own ends. Values are finite; what a NaN would do
//! is not defined, but harmless.

use parallax_model::columns::reserve_tight;

/// Values in a block of level 0.
const BLOCK: usize = 16;
/// Blocks in a block of the level above.
const FAN: usize = 8;

/// See the module. Its methods take the column that it was built over.
#[derive(Clone, Debug, Default)]
pub struct Pyramid {
    levels: Vec<Vec<(f64, f64)>>,
}

/// The (min, max) of nothing.
const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

#[inline]
fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let low = if b.0 < a.0 { b.0 } else { a.0 };
    let high = if b.1 > a.1 { b.1 } else { a.1 };
    (low, high)
}

/// The extent of plain values, four lanes at a time (which compilers turn into SIMD).
#[inline]
fn extent_of(values: &[f64]) -> (f64, f64) {
    let mut low = [f64::INFINITY; 4];
    let mut high = [f64::NEG_INFINITY; 4];
    let (fours, rest) = values.as_chunks::<4>();
    for four in fours {
        for lane in 0..4 {
            low[lane] = if four[lane] < low[lane] {
                four[lane]
            } else {
                low[lane]
            };
            high[lane] = if four[lane] > high[lane] {
                four[lane]
            } else {
                high[lane]
            };
        }
    }
    let lanes = low.into_iter().zip(high).fold(NOTHING, join);
    rest.iter().fold(lanes, |all, &v| join(all, (v, v)))
}

fn extent_of_blocks(blocks: &[(f64, f64)]) -> (f64, f64) {
    blocks.iter().copied().fold(NOTHING, join)
}

impl Pyramid {
    /// Takes in the values that were added to the end of the column since the last time.
    pub fn extend(&mut self, values: &[f64]) {
        let done = self.levels.first().map_or(0, Vec::len);
        let (blocks, _) = values.as_chunks::<BLOCK>();
        let Some(new) = blocks.get(done..).filter(|new| !new.is_empty()) else {
            return;
        };
        let mut base = self
            .levels
            .first_mut()
            .map(std::mem::take)
            .unwrap_or_default();
        reserve_tight(&mut base, new.len());
        base.extend(new.iter().map(|block| extent_of(block)));
        match self.levels.first_mut() {
            Some(first) => *first = base,
            None => self.levels.push(base),
        }
        self.extend_upper();
    }

    fn extend_upper(&mut self) {
        let mut level = 0;
        while let Some(below) = self.levels.get(level) {
            let (groups, _) = below.as_chunks::<FAN>();
            let done = self.levels.get(level + 1).map_or(0, Vec::len);
            let new: Vec<_> = groups
                .iter()
                .skip(done)
                .map(|g| extent_of_blocks(g))
                .collect();
            if new.is_empty() {
                return;
            }
            match self.levels.get_mut(level + 1) {
                Some(above) => {
                    reserve_tight(above, new.len());
                    above.extend(new);
                }
                None => self.levels.push(new),
            }
            level += 1;
        }
    }

    /// Forgets the values from index `from` on, before the column changes there.
    pub fn truncate(&mut self, from: usize) {
        let mut size = BLOCK;
        for level in &mut self.levels {
            level.truncate(from / size);
            size *= FAN;
        }
    }

    /// The smallest and largest of `values[from..to]`; `None` if that is empty.
    #[inline]
    pub fn extent(&self, values: &[f64], from: usize, to: usize) -> Option<(f64, f64)> {
        let to = to.min(values.len());
        if from >= to {
            return None;
        }
        let base_len = self.levels.first().map_or(0, Vec::len);
        let (first, last) = (from.div_ceil(BLOCK), (to / BLOCK).min(base_len));
        if first >= last {
            return values.get(from..to).map(extent_of);
        }
        let head = values.get(from..first * BLOCK).map_or(NOTHING, extent_of);
        let tail = values.get(last * BLOCK..to).map_or(NOTHING, extent_of);
        Some(join(join(head, tail), self.extent_above(0, first, last)))
    }

    /// The extent of blocks `from..to` of a level.
    fn extent_above(&self, mut level: usize, mut from: usize, mut to: usize) -> (f64, f64) {
        let mut extent = NOTHING;
        while from < to {
            let Some(blocks) = self.levels.get(level) else {
                break;
            };
            let above_len = self.levels.get(level + 1).map_or(0, Vec::len);
            let (first, last) = (from.div_ceil(FAN), (to / FAN).min(above_len));
            if first >= last {
                return join(
                    extent,
                    blocks.get(from..to).map_or(NOTHING, extent_of_blocks),
                );
            }
            let head = blocks
                .get(from..first * FAN)
                .map_or(NOTHING, extent_of_blocks);
            let tail = blocks.get(last * FAN..to).map_or(NOTHING, extent_of_blocks);
            extent = join(extent, join(head, tail));
            (level, from, to) = (level + 1, first, last);
        }
        extent
    }

    /// The smallest of `values[from..to]` that is above `floor`; what a logarithmic axis starts
    /// from. Blocks that lie on one side of the floor are not entered.
    pub fn min_above(&self, values: &[f64], from: usize, to: usize, floor: f64) -> Option<f64> {
        let mut found = f64::INFINITY;
        self.visit(values, from, to, &mut |extent, part| {
            if extent.1 <= floor || extent.0 >= found {
                return Visit::Skip;
            }
            if extent.0 > floor {
                found = extent.0;
                return Visit::Skip;
            }
            for &value in part {
                if value > floor && value < found {
                    found = value;
                }
            }
            Visit::Enter
        });
        found.is_finite().then_some(found)
    }

    /// The first index in `from..to` whose value is above `floor` (`above`) or is not.
    pub fn first(
        &self,
        values: &[f64],
        from: usize,
        to: usize,
        floor: f64,
        above: bool,
    ) -> Option<usize> {
        let mut found = None;
        self.visit(values, from, to, &mut |extent, part| {
            let possible = if above {
                extent.1 > floor
            } else {
                extent.0 <= floor
            };
            if !possible {
                return Visit::Skip;
            }
            if let Some(at) = part.iter().position(|&value| (value > floor) == above) {
                found = Some(at);
                return Visit::Stop;
            }
            Visit::Enter
        })
        .and_then(|start| found.map(|at| start + at))
    }

    /// Shows `see` the blocks of `from..to` in order, the largest first; a block that it enters is
    /// shown in smaller ones, in the end as values. Where the values begin that it stopped at.
    fn visit(&self, values: &[f64], from: usize, to: usize, see: &mut See<'_>) -> Option<usize> {
        let to = to.min(values.len());
        let mut at = from;
        let mut ceiling = self.levels.len();
        while at < to {
            let level = (0..ceiling).rev().find(|&level| {
                let size = BLOCK * FAN.pow(level as u32);
                at.is_multiple_of(size) && at + size <= to
            });
            let block = level.and_then(|level| {
                let size = BLOCK * FAN.pow(level as u32);
                let extent = self.levels.get(level)?.get(at / size)?;
                Some((level, size, *extent))
            });
            if let Some((level, size, extent)) = block {
                match see(extent, &[]) {
                    Visit::Enter => ceiling = level,
                    _ => (at, ceiling) = (at + size, self.levels.len()),
                }
                continue;
            }
            let end = ((at / BLOCK + 1) * BLOCK).min(to);
            let part = values.get(at..end).unwrap_or(&[]);
            if see(extent_of(part), part) == Visit::Stop {
                return Some(at);
            }
            (at, ceiling) = (end, self.levels.len());
        }
        None
    }

    /// Bytes held, spare room included.
    pub fn memory_bytes(&self) -> usize {
        self.levels.iter().map(|level| level.capacity() * 16).sum()
    }
}

/// Is shown the extent of a block, and its values if it is one of the smallest.
type See<'a> = dyn FnMut((f64, f64), &[f64]) -> Visit + 'a;

/// What to do with a block that was shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Visit {
    Skip,
    Enter,
    Stop,
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;

    fn plain(values: &[f64]) -> Option<(f64, f64)> {
        let low = values.iter().copied().reduce(f64::min)?;
        Some((low, values.iter().copied().reduce(f64::max)?))
    }

    #[test]
    fn extents_equal_a_plain_scan() {
        let mut random = Random::new(1);
        for size in [0, 1, 63, 64, 65, 511, 512, 513, 4_095, 4_096, 40_000] {
            let values: Vec<f64> = (0..size).map(|_| random.unit() - 0.5).collect();
            let mut pyramid = Pyramid::default();
            let mut grown = 0;
            while grown < size {
                grown = (grown + 1 + random.below(900)).min(size);
                pyramid.extend(&values[..grown]);
            }
            for _ in 0..300 {
                let from = random.below(size + 1);
                let to = from + random.below(size + 2 - from);
                let expected = plain(values.get(from..to.min(size)).unwrap_or(&[]));
                assert_eq!(pyramid.extent(&values, from, to), expected, "{from}..{to}");
            }
        }
    }

    #[test]
    fn searches_equal_a_plain_scan() {
        let mut random = Random::new(2);
        for share in [0.0, 0.001, 0.5, 0.999, 1.0] {
            let values: Vec<f64> = (0..20_000)
                .map(|i| {
                    let bulk = if i % 5_000 < 2_500 { share } else { 0.5 };
                    random.unit() - if random.unit() < bulk { 1.0 } else { 0.0 }
                })
                .collect();
            let mut pyramid = Pyramid::default();
            pyramid.extend(&values);
            for _ in 0..200 {
                let from = random.below(20_000);
                let to = from + random.below(20_001 - from);
                let part = &values[from..to];
                for above in [true, false] {
                    let expected = part.iter().position(|&v| (v > 0.0) == above);
                    let found = pyramid.first(&values, from, to, 0.0, above);
                    assert_eq!(found, expected.map(|at| from + at));
                }
                let expected = part.iter().copied().filter(|&v| v > 0.0).reduce(f64::min);
                assert_eq!(pyramid.min_above(&values, from, to, 0.0), expected);
            }
        }
    }

    #[test]
    fn a_change_in_the_middle() {
        let mut values: Vec<f64> = (0..10_000).map(f64::from).collect();
        let mut pyramid = Pyramid::default();
        pyramid.extend(&values);
        pyramid.truncate(5_000);
        values[5_000] = -7.0;
        pyramid.extend(&values);
        assert_eq!(pyramid.extent(&values, 0, 10_000), Some((-7.0, 9_999.0)));
        assert_eq!(pyramid.extent(&values, 0, 5_000), Some((0.0, 4_999.0)));
    }
}
