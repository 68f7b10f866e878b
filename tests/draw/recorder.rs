//! A surface that writes down what is drawn on it, with texts of a known size.

use std::convert::Infallible;

use parallax_web::chart::draw::Surface;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// Width of a letter, as a part of the font's size.
const LETTER: f64 = 0.6;

/// One thing that was drawn, with its colour (red, green, blue, alpha).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// (left, top), (right, bottom), filled.
    Rect(BackendCoord, BackendCoord, bool),
    /// Its points and its pen's width.
    Path(Vec<BackendCoord>, u32),
    Line(BackendCoord, BackendCoord),
    Circle(BackendCoord, u32),
    Polygon(Vec<BackendCoord>),
    /// The text and the box (left, top, right, bottom) that it covers.
    Text(String, [i32; 4]),
}

/// A shape with what was set when it was drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) shape: Shape,
    pub(crate) colour: (u8, u8, u8, f64),
    pub(crate) dash: Vec<f64>,
    pub(crate) clip: Option<(i32, i32, i32, i32)>,
}

/// See the module.
pub(crate) struct Recorder {
    pub(crate) items: Vec<Item>,
    pub(crate) presented: usize,
    pub(crate) clip: Option<(i32, i32, i32, i32)>,
    size: (u32, u32),
    dash: Vec<f64>,
}

impl Recorder {
    pub(crate) fn new(size: (u32, u32)) -> Self {
        Self {
            items: Vec::new(),
            presented: 0,
            clip: None,
            size,
            dash: Vec::new(),
        }
    }

    /// Texts with the boxes that they cover.
    pub(crate) fn texts(&self) -> Vec<(String, [i32; 4])> {
        let text = |item: &Item| match &item.shape {
            Shape::Text(text, place) => Some((text.clone(), *place)),
            _ => None,
        };
        self.items.iter().filter_map(text).collect()
    }

    /// Strokes with their points.
    pub(crate) fn paths(&self) -> Vec<(&[BackendCoord], &Item)> {
        let mut paths = Vec::new();
        for item in &self.items {
            if let Shape::Path(points, _) = &item.shape {
                paths.push((points.as_slice(), item));
            }
        }
        paths
    }

    fn add(&mut self, shape: Shape, color: BackendColor) -> Drawn {
        let (red, green, blue) = color.rgb;
        self.items.push(Item {
            shape,
            colour: (red, green, blue, color.alpha),
            dash: self.dash.clone(),
            clip: self.clip,
        });
        Ok(())
    }
}

impl Surface for Recorder {
    fn set_dash(&mut self, pattern_px: &[f64]) {
        self.dash = pattern_px.to_vec();
    }

    fn clip(&mut self, area_px: Option<(i32, i32, i32, i32)>) {
        self.clip = area_px;
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.presented += 1;
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.add(Shape::Rect((x, y), (x + 1, y + 1), true), color)
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S) -> Drawn {
        self.add(Shape::Line(a, b), style.color())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.add(Shape::Rect(a, b, fill), style.color())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = path.into_iter().collect();
        self.add(Shape::Path(points, style.stroke_width()), style.color())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        self.add(Shape::Circle(center, radius), style.color())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.add(Shape::Polygon(vert.into_iter().collect()), style.color())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let (width, height) = self.estimate_text_size(text, style)?;
        let (width, height) = (width as i32, height as i32);
        let left = match style.anchor().h_pos {
            HPos::Left => x,
            HPos::Center => x - width / 2,
            HPos::Right => x - width,
        };
        let top = match style.anchor().v_pos {
            VPos::Top => y,
            VPos::Center => y - height / 2,
            VPos::Bottom => y - height,
        };
        let place = [left, top, left + width, top + height];
        self.add(Shape::Text(text.to_owned(), place), style.color())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = LETTER * style.size() * text.chars().count() as f64;
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}
