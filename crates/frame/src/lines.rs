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

/// Bars as they are sent: six bytes each (x, y0 and y1 as 16-bit numbers, little endian), which is
/// read and written in one go. A plot has at most 65,536 pixels along a side, see [`crate::frame`].
pub(crate) mod packed {
    use super::Bar;
    use serde::de::Visitor;
    use serde::ser::Error as _;
    use serde::{Deserializer, Serializer};
    use std::fmt;

    const BAR_BYTES: usize = 6;

    /// Writes the bars; refuses one that does not lie on a plot.
    pub(crate) fn serialize<S: Serializer>(bars: &[Bar], serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(bars.len() * BAR_BYTES);
        for bar in bars {
            for number in [bar.x, bar.y0, bar.y1] {
                let number = u16::try_from(number)
                    .map_err(|_| S::Error::custom("a bar outside of the plot"))?;
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        serializer.serialize_bytes(&bytes)
    }

    /// Reads the bars.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Bar>, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<Bar>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("bars of six bytes each")
        }

        fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
            let (bars, rest) = bytes.as_chunks::<BAR_BYTES>();
            if !rest.is_empty() {
                return Err(E::invalid_length(bytes.len(), &self));
            }
            let number = |low: u8, high: u8| i32::from(u16::from_le_bytes([low, high]));
            let bar = |&[a, b, c, d, e, f]: &[u8; BAR_BYTES]| Bar {
                x: number(a, b),
                y0: number(c, d),
                y1: number(e, f),
            };
            Ok(bars.iter().map(bar).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sent(#[serde(with = "packed")] Vec<Bar>);

    fn bar(x: i32, y0: i32, y1: i32) -> Bar {
        Bar { x, y0, y1 }
    }

    #[test]
    fn bars_are_sent_in_six_bytes_each() {
        let sent = Sent(vec![bar(0, 0, 0), bar(258, 3, 65_535)]);
        let json = serde_json::to_string(&sent).unwrap();
        assert_eq!(json, "[0,0,0,0,0,0,2,1,3,0,255,255]");
    }

    #[test]
    fn a_bar_outside_of_a_plot_is_refused() {
        for outside in [bar(-1, 0, 0), bar(0, -1, 0), bar(0, 0, 65_536)] {
            assert!(serde_json::to_string(&Sent(vec![outside])).is_err());
        }
    }
}
