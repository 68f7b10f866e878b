//! Bars to pixels: the dense parts of a frame as a picture in the browser's format.
//!
//! Thousands of bars are written into memory faster than by one call of the canvas for each. While
//! bars are added the picture lies column by column, where a bar is one run; rows are made at the
//! end, in squares that stay in the processor's cache.

/// A pixel: red, green, blue and alpha, not multiplied.
pub type Rgba = [u8; 4];

/// Pixels of the squares that are turned at a time, along a side.
const SQUARE: usize = 16;

/// Pixels, transparent at first.
#[derive(Clone, Debug)]
pub struct Picture {
    width_px: usize,
    height_px: usize,
    /// Column by column, from the left; each from the top.
    columns: Vec<Rgba>,
}

impl Picture {
    /// An empty picture of this size.
    pub fn new(width_px: u32, height_px: u32) -> Self {
        let (width_px, height_px) = (width_px as usize, height_px as usize);
        Self {
            width_px,
            height_px,
            columns: vec![[0; 4]; width_px * height_px],
        }
    }

    /// Replaces the pixels of a rectangle (x, y, width, height); what lies outside is cut off.
    pub fn fill(&mut self, (x, y, width, height): (i32, i32, i32, i32), colour: Rgba) {
        let cut = |at: i32, length: usize| usize::try_from(at).unwrap_or(0).min(length);
        let (top, bottom) = (cut(y, self.height_px), cut(y + height, self.height_px));
        for column in cut(x, self.width_px)..cut(x + width, self.width_px) {
            let start = column * self.height_px;
            if let Some(pixels) = self.columns.get_mut(start + top..start + bottom) {
                pixels.fill(colour);
            }
        }
    }

    /// The pixels row by row from the top, four bytes each: what `ImageData` holds.
    pub fn rows(&self) -> Vec<u8> {
        let (width, height) = (self.width_px, self.height_px);
        let mut rows = vec![[0; 4]; width * height];
        for left in (0..width).step_by(SQUARE) {
            for top in (0..height).step_by(SQUARE) {
                for x in left..(left + SQUARE).min(width) {
                    let column = self.columns.get(x * height..(x + 1) * height);
                    let column = column.unwrap_or(&[]).iter().enumerate();
                    for (y, pixel) in column.skip(top).take(SQUARE) {
                        if let Some(place) = rows.get_mut(y * width + x) {
                            *place = *pixel;
                        }
                    }
                }
            }
        }
        rows.into_flattened()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;

    type Fill = ((i32, i32, i32, i32), Rgba);

    /// The same, one pixel at a time.
    fn plain(size: (u32, u32), fills: &[Fill]) -> Vec<u8> {
        let mut rows = Vec::new();
        for y in 0..size.1 as i32 {
            for x in 0..size.0 as i32 {
                let covers = |r: (i32, i32, i32, i32)| {
                    (r.0..r.0 + r.2).contains(&x) && (r.1..r.1 + r.3).contains(&y)
                };
                let last = fills.iter().rev().find(|(rect, _)| covers(*rect));
                rows.extend(last.map_or([0; 4], |(_, colour)| *colour));
            }
        }
        rows
    }

    #[test]
    fn later_rectangles_cover_earlier_ones_and_the_edges_cut() {
        let mut random = Random::new(7);
        for size in [(1, 1), (16, 16), (33, 17), (5, 70)] {
            let mut at = |length: u32| random.below(2 * length as usize) as i32 - length as i32 / 2;
            let fills: Vec<_> = (0..40)
                .map(|i| {
                    let rect = (at(size.0), at(size.1), at(size.0), at(size.1));
                    (rect, [i, 255 - i, 7, 255])
                })
                .collect();
            let mut picture = Picture::new(size.0, size.1);
            for (rect, colour) in &fills {
                picture.fill(*rect, *colour);
            }
            assert_eq!(picture.rows(), plain(size, &fills), "{size:?}");
        }
    }

    #[test]
    fn nothing_is_nothing() {
        let mut picture = Picture::new(0, 3);
        picture.fill((0, 0, 9, 9), [1; 4]);
        assert!(picture.rows().is_empty());
    }
}
