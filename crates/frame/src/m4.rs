//! A run of points to pixel columns: first, min, max and last of each (M4: Jugel, Jerzak,
//! Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
//!
//! On an integer grid a line through all points of a pixel column covers what lies between its
//! smallest and largest value, and it is left and entered at its last and first: so these four give
//! the picture of all points. Finding a column's points costs O(log) of them, its extremes come
//! from the pyramid. Rows are in order of x; values are finite and, on a logarithmic axis, positive.

use crate::scale::{Mapping, grid};
use parallax_series::pyramid::Pyramid;

/// A column of plain data to be drawn: raw values or smoothed ones.
#[derive(Clone, Copy, Debug)]
pub struct Track<'a> {
    /// What they are drawn over, in order.
    pub xs: &'a [i64],
    /// As many values.
    pub values: &'a [f64],
    /// The pyramid over the values.
    pub pyramid: &'a Pyramid,
}

/// X to pixels: `(x − start) · pixels_per_unit`.
#[derive(Clone, Copy, Debug)]
pub struct XGrid {
    start: f64,
    pixels_per_unit: f64,
    pub(crate) width_px: i32,
}

impl XGrid {
    /// `domain` relative to `origin`, onto the pixels 0..width.
    pub fn new(domain: (f64, f64), origin: f64, width_px: i32) -> Self {
        let stretch = f64::from(width_px - 1) / (domain.1 - domain.0);
        Self {
            start: domain.0 + origin,
            pixels_per_unit: if stretch.is_finite() { stretch } else { 0.0 },
            width_px,
        }
    }

    #[inline]
    pub(crate) fn px(&self, x: i64) -> i32 {
        grid((x as f64 - self.start) * self.pixels_per_unit)
    }
}

/// The points of one pixel column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelColumn {
    /// Pixels from the left edge.
    pub x: i32,
    /// Its first row.
    pub from: usize,
    /// The row behind its last one.
    pub to: usize,
    /// The first row's y, in pixels from the top.
    pub first: i32,
    /// The last row's y.
    pub last: i32,
    /// The smallest y.
    pub top: i32,
    /// The largest y.
    pub bottom: i32,
}

/// Shows `see` the pixel columns of rows `from..to`, from left to right.
pub fn columns(
    track: &Track<'_>,
    from: usize,
    to: usize,
    x: &XGrid,
    y: &Mapping,
    mut see: impl FnMut(&PixelColumn),
) {
    let mut at = from;
    // Columns of evenly spaced points have the same size but for one.
    let mut size = 1;
    while at < to {
        let Some(&first_x) = track.xs.get(at) else {
            return;
        };
        let px = x.px(first_x);
        let end = partition_near(at + 1, to, at + size, |i| {
            track.xs.get(i).is_some_and(|&x_i| x.px(x_i) <= px)
        });
        size = end - at;
        let Some((low, high)) = track.pyramid.extent(track.values, at, end) else {
            return;
        };
        let ends = (track.values.get(at), track.values.get(end - 1));
        let (Some(&first), Some(&last)) = ends else {
            return;
        };
        see(&PixelColumn {
            x: px,
            from: at,
            to: end,
            first: y.to_grid(first),
            last: y.to_grid(last),
            top: y.to_grid(high),
            bottom: y.to_grid(low),
        });
        at = end;
    }
}

/// The first index in `low..high` where `holds` is false (it is true up to there), searched from
/// `guess` outwards with growing steps.
#[inline]
pub(crate) fn partition_near(
    mut low: usize,
    mut high: usize,
    guess: usize,
    holds: impl Fn(usize) -> bool,
) -> usize {
    if low >= high {
        return low;
    }
    let mut probe = guess.clamp(low, high - 1);
    let mut step = 1;
    if holds(probe) {
        low = probe + 1;
        while low < high {
            probe = (low + step - 1).min(high - 1);
            if !holds(probe) {
                high = probe;
                break;
            }
            low = probe + 1;
            step *= 2;
        }
    } else {
        high = probe;
        while low < high {
            probe = high.saturating_sub(step).max(low);
            if holds(probe) {
                low = probe + 1;
                break;
            }
            high = probe;
            step *= 2;
        }
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_from_any_guess() {
        for size in 0..40 {
            for answer in 0..=size {
                for guess in 0..size + 3 {
                    let found = partition_near(0, size, guess, |i| i < answer);
                    assert_eq!(found, answer, "{size} {guess}");
                }
            }
        }
    }
}
