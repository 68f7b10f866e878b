//! Pixel columns to what a painter draws: bars where points are dense, paths where they are not.
//!
//! Bars and paths are centre lines on the integer grid. A dense column becomes a bar over its
//! extent; the jump to the next column is added to both bars, half to each, so that neighbouring
//! dense columns need no stroke. Everything else is a path through the points themselves.

use crate::m4::{PixelColumn, Track};
use crate::scale::Mapping;
use serde::{Deserialize, Serialize};

/// Points in a pixel column from which on it is drawn as a bar.
const DENSE: usize = 4;

/// One pixel column of a line: the pixels from `y0` to `y1`, both inclusive, at `x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Pixels from the left edge of the plot.
    pub x: i32,
    /// The upper end, pixels from the top edge.
    pub y0: i32,
    /// The lower end.
    pub y1: i32,
}

impl Bar {
    /// The rectangle (x, y, width, height) that a square pen of this width paints.
    pub fn rect(&self, line_width_px: u32) -> (i32, i32, i32, i32) {
        let pen = i32::try_from(line_width_px.max(1)).unwrap_or(1);
        let half = (pen - 1) / 2;
        (self.x - half, self.y0 - half, pen, self.y1 - self.y0 + pen)
    }
}

/// What is drawn of one run of points.
#[derive(Debug, Default)]
pub(crate) struct Strokes {
    pub(crate) bars: Vec<Bar>,
    pub(crate) paths: Vec<Vec<(i32, i32)>>,
    pub(crate) dots: Vec<(i32, i32)>,
    pub(crate) drawn: u64,
    path: Vec<(i32, i32)>,
    /// The dense column before this one, if the pen stands at its end.
    dense: Option<PixelColumn>,
}

impl Strokes {
    /// Draws a pixel column and the way to it. `width_px` is the plot's.
    pub(crate) fn column(
        &mut self,
        column: &PixelColumn,
        track: &Track<'_>,
        y: &Mapping,
        width_px: i32,
    ) {
        let inside = (0..width_px).contains(&column.x);
        let dense = inside && column.to - column.from >= DENSE;
        if let Some(before) = self.dense.take() {
            if dense && before.x + 1 == column.x {
                self.bridge(&before, column);
            } else {
                self.point(before.x, before.last);
            }
        }
        if !dense {
            let values = track.values.get(column.from..column.to).unwrap_or(&[]);
            for &value in values {
                self.point(column.x, y.to_grid(value));
            }
            self.drawn += values.len() as u64;
            return;
        }
        if !self.path.is_empty() {
            self.point(column.x, column.first);
            self.end_path();
        }
        self.drawn += 4;
        self.bars.push(Bar {
            x: column.x,
            y0: column.top,
            y1: column.bottom,
        });
        if let Some([before, bar]) = self.bars.last_chunk_mut::<2>()
            && before.x == bar.x
            && touches(before, bar)
        {
            before.y0 = before.y0.min(bar.y0);
            before.y1 = before.y1.max(bar.y1);
            self.bars.pop();
        }
        self.dense = Some(*column);
    }

    /// Lengthens the last bar and prepares the next so that together they cover the jump.
    fn bridge(&mut self, before: &PixelColumn, column: &PixelColumn) {
        let (from, to) = (before.last, column.first);
        let middle = from + (to - from) / 2;
        if let Some(bar) = self.bars.last_mut() {
            bar.y0 = bar.y0.min(middle);
            bar.y1 = bar.y1.max(middle);
        }
        let next = match to.cmp(&middle) {
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Less => middle - 1,
            std::cmp::Ordering::Greater => middle + 1,
        };
        self.bars.push(Bar {
            x: column.x,
            y0: next.min(to),
            y1: next.max(to),
        });
    }

    fn point(&mut self, x: i32, y: i32) {
        if self.path.last() != Some(&(x, y)) {
            self.path.push((x, y));
        }
    }

    fn end_path(&mut self) {
        match self.path.as_slice() {
            [] => {}
            [dot] => self.dots.push(*dot),
            _ => self.paths.push(self.path.clone()),
        }
        self.path.clear();
    }

    /// Lifts the pen.
    pub(crate) fn lift(&mut self) {
        self.dense = None;
        self.end_path();
    }

    /// Cuts the bars to the plot; those outside of it go.
    pub(crate) fn clip(&mut self, height_px: i32) {
        self.bars.retain_mut(|bar| {
            let inside = bar.y1 >= 0 && bar.y0 < height_px;
            bar.y0 = bar.y0.max(0);
            bar.y1 = bar.y1.min(height_px - 1);
            inside
        });
        self.dots
            .retain(|&(x, y)| x >= 0 && y >= 0 && y < height_px);
    }
}

/// True if two bars of one column leave no pixel between them.
fn touches(a: &Bar, b: &Bar) -> bool {
    a.y0 <= b.y1 + 1 && b.y0 <= a.y1 + 1
}
