//! A plotters backend for `<canvas>`: `CanvasBackend` with dashes, a clip, and text measured by
//! `measureText`. (The backend's own text measurement adds an element to the page for each label.)

use parallax_frame::raster::Picture;
use plotters::style::RGBAColor;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::axes;
use super::draw::{Area, ColouredBars, Surface, draw};
use super::style::SeriesStyle;
use super::theme::Theme;
use crate::hooks::size::Size;
use crate::protocol::ChartReply;

/// Resizes a canvas where needed and draws a chart on it, in the theme's colours.
pub fn paint(
    canvas: HtmlCanvasElement,
    size: Size,
    area: Area,
    reply: &ChartReply,
    styles: &[SeriesStyle],
) {
    let device = |css_px: f64| (css_px * size.ratio).round() as u32;
    if (canvas.width(), canvas.height()) != (device(size.width_px), device(size.height_px)) {
        canvas.set_width(device(size.width_px));
        canvas.set_height(device(size.height_px));
    }
    let (Some(theme), Some(mut surface)) = (Theme::read(), Canvas::new(canvas)) else {
        return;
    };
    let lines: Vec<_> = styles.iter().map(|style| theme.line(*style)).collect();
    let (x, y) = axes::ticks(area, size.ratio, reply);
    let drawn = draw(
        &mut surface,
        area,
        (&x, &y),
        &reply.frame,
        &theme.paint(size.ratio),
        &lines,
    );
    if let Err(error) = drawn {
        leptos::logging::warn!("drawing a chart: {error}");
    }
}

/// About this many pixels of a bitmap take as long as one filled rectangle.
const PIXELS_PER_RECTANGLE: usize = 150;

/// The backend.
pub struct Canvas {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    fill: Option<BackendColor>,
}

impl Canvas {
    /// Clears a canvas and wraps it. `None` where the browser provides no 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.clear_rect(0.0, 0.0, canvas.width().into(), canvas.height().into());
        Some(Self {
            inner: CanvasBackend::with_canvas_object(canvas)?,
            context,
            fill: None,
        })
    }

    /// Draws a stroke on the frame's integer grid, moved so that a grid line is the centre of a bar
    /// (see `Bar::rect`): strokes then meet the bars that they join, and are as sharp.
    fn on_grid(&mut self, pen_px: u32, shape: impl FnOnce(&mut CanvasBackend) -> Drawn) -> Drawn {
        let pen_px = pen_px.max(1);
        let middle_px = f64::from(pen_px) / 2.0 - f64::from((pen_px - 1) / 2);
        self.context.save();
        // Fails only for a non-finite offset, which never occurs here.
        let _ = self.context.translate(middle_px, middle_px);
        let drawn = shape(&mut self.inner);
        self.context.restore();
        drawn
    }
}

impl Surface for Canvas {
    fn set_dash(&mut self, pattern_px: &[f64]) {
        let segments: js_sys::Array = pattern_px
            .iter()
            .map(|part| JsValue::from_f64(*part))
            .collect();
        // Fails only for non-finite lengths, which never occur here.
        let _ = self.context.set_line_dash(&segments);
        self.context.set_line_join("bevel");
    }

    fn clip(&mut self, area_px: Option<(i32, i32, i32, i32)>) {
        match area_px {
            Some((left, top, width, height)) => {
                self.context.save();
                self.context.begin_path();
                self.context
                    .rect(left.into(), top.into(), width.into(), height.into());
                self.context.clip();
            }
            None => self.context.restore(),
        }
        self.fill = None;
    }

    /// Replaces the pixels of the plot area by a bitmap of all bars.
    fn paint_bars(&mut self, area: Area, pen_px: u32, bars: &[ColouredBars<'_>]) -> bool {
        let all = || bars.iter().flat_map(|(_, bars)| bars.iter());
        let top_px = all().map(|bar| bar.rect(pen_px).1).min();
        let (Some(top_px), Some(bottom_px)) = (top_px, all().map(|bar| bar.y1).max()) else {
            return false;
        };
        let top_px = top_px.max(0);
        let bottom_px = bottom_px
            .saturating_add_unsigned(pen_px)
            .min(area.height_px);
        let (width_px, height_px) = (
            area.width_px.unsigned_abs(),
            (bottom_px - top_px).max(0).unsigned_abs(),
        );
        if all().count() * PIXELS_PER_RECTANGLE < width_px as usize * height_px as usize {
            return false;
        }
        let mut bitmap = Picture::new(width_px, height_px);
        for (RGBAColor(red, green, blue, _), bars) in bars {
            for bar in *bars {
                let (x, y, width, height) = bar.rect(pen_px);
                bitmap.fill(
                    (x, y - top_px, width, height),
                    [*red, *green, *blue, u8::MAX],
                );
            }
        }
        let rows = bitmap.rows();
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rows), width_px, height_px);
        let place = (area.left_px.into(), (area.top_px + top_px).into());
        image.is_ok_and(|image| {
            self.context
                .put_image_data(&image, place.0, place.1)
                .is_ok()
        })
    }

    fn draw_under(&mut self, under: bool) {
        let mode = if under {
            "destination-over"
        } else {
            "source-over"
        };
        // Fails only for an unknown mode, and both are known.
        let _ = self.context.set_global_composite_operation(mode);
    }
}

type Drawn = Result<(), DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl DrawingBackend for Canvas {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Drawn {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.fill = None;
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.inner.draw_line(from, to, style)
    }

    /// Draws a rectangle. Dense parts of a chart are many filled rectangles of one colour, for which
    /// the fill style is set once.
    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if !fill {
            return self.inner.draw_rect(a, b, style, fill);
        }
        let color = style.color();
        if self
            .fill
            .is_none_or(|set| set.rgb != color.rgb || set.alpha != color.alpha)
        {
            let (red, green, blue) = color.rgb;
            self.context
                .set_fill_style_str(&format!("rgba({red},{green},{blue},{})", color.alpha));
            self.fill = Some(color);
        }
        self.context.fill_rect(
            a.0.into(),
            a.1.into(),
            (b.0 - a.0).into(),
            (b.1 - a.1).into(),
        );
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.on_grid(style.stroke_width(), |inner| inner.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        self.on_grid(style.stroke_width(), |inner| {
            inner.draw_circle(center, radius, style, fill)
        })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.on_grid(style.stroke_width(), |inner| {
            inner.fill_polygon(path, style)
        })
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        pos: BackendCoord,
    ) -> Drawn {
        self.fill = None;
        self.inner.draw_text(text, style, pos)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        self.context.set_font(&format!(
            "{} {}px {}",
            style.style().as_str(),
            style.size(),
            style.family().as_str()
        ));
        let width = self
            .context
            .measure_text(text)
            .map(|m| m.width())
            .unwrap_or_default();
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}
