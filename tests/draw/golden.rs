//! One small frame as SVG, compared with a picture that was looked at.

use std::fs;
use std::path::Path;

use parallax_frame::{FrameSpec, frame};
use parallax_model::columns::Columns;
use parallax_series::Series;
use parallax_view::{XChoice, YChoice};
use parallax_web::chart::axes::ticks;
use parallax_web::chart::draw::Surface;
use parallax_web::chart::style::Stroke;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_svg::SVGBackend;

use crate::scene::{AREA, BLUE, CANVAS, RED, draw_on, look, reply};

/// An SVG. Dashes, which its backend lacks, are kept for each of its strokes.
struct Picture<'a> {
    svg: SVGBackend<'a>,
    dash: String,
    dashes: Vec<String>,
}

impl Surface for Picture<'_> {
    fn set_dash(&mut self, pattern_px: &[f64]) {
        let parts: Vec<String> = pattern_px.iter().map(f64::to_string).collect();
        self.dash = parts.join(" ");
    }

    fn clip(&mut self, _area_px: Option<(i32, i32, i32, i32)>) {}
}

type Error<'a> = <SVGBackend<'a> as DrawingBackend>::ErrorType;
type Drawn<'a> = Result<(), DrawingErrorKind<Error<'a>>>;

impl<'a> DrawingBackend for Picture<'a> {
    type ErrorType = Error<'a>;

    fn get_size(&self) -> (u32, u32) {
        self.svg.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn<'a> {
        self.svg.ensure_prepared()
    }

    fn present(&mut self) -> Drawn<'a> {
        self.svg.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn<'a> {
        self.svg.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
    ) -> Drawn<'a> {
        self.svg.draw_line(a, b, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn<'a> {
        self.svg.draw_rect(a, b, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn<'a> {
        self.dashes.push(self.dash.clone());
        self.svg.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn<'a> {
        self.svg.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn<'a> {
        self.svg.fill_polygon(vert, style)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        pos: BackendCoord,
    ) -> Drawn<'a> {
        self.svg.draw_text(text, style, pos)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Error<'a>>> {
        let width = 0.6 * style.size() * text.chars().count() as f64;
        Ok((width.ceil() as u32, style.size().ceil() as u32))
    }
}

/// Sixty points of two sources: a curve that falls, a NaN and +∞ in the first, and a run of 2000
/// points in a few columns at the end of it.
fn series() -> [Series; 2] {
    let (mut log, mut wandb) = (Columns::new(), Columns::new());
    for i in 0..60 {
        let loss = 4.0 / (1.0 + 0.1 * i as f64) + f64::from(i as i32 % 5) * 0.05;
        let seen = match i {
            20 => f64::NAN,
            40 => f64::INFINITY,
            _ => loss,
        };
        log.push_timed(100 * i, 1_000 * i, seen);
        wandb.push_timed(100 * i, 1_000 * i, loss + 0.4);
    }
    for i in 0..2_000 {
        log.push_timed(
            6_000 + i / 4,
            60_000 + i,
            0.5 + 0.0001 * ((i * 7_919) % 2_003) as f64,
        );
    }
    [log, wandb].map(|columns| {
        let mut series = Series::new();
        series.extend(0, &columns);
        series
    })
}

fn picture() -> String {
    let series = series();
    let spec = FrameSpec {
        width_px: AREA.width_px.unsigned_abs(),
        height_px: AREA.height_px.unsigned_abs(),
        ..FrameSpec::default()
    };
    let drawn = frame(&[&series[0], &series[1]], &spec);
    let axes = reply(
        XChoice::Iteration,
        YChoice::Linear,
        (drawn.x_domain, drawn.y_domain),
    );
    let (x, y) = ticks(AREA, 1.0, &axes);
    let mut text = String::new();
    let mut picture = Picture {
        svg: SVGBackend::with_string(&mut text, CANVAS),
        dash: String::new(),
        dashes: Vec::new(),
    };
    let looks = [look(BLUE, Stroke::Solid), look(RED, Stroke::Dashed)];
    draw_on(&mut picture, (&x, &y), &drawn, 1, &looks);
    let dashes = std::mem::take(&mut picture.dashes);
    drop(picture);
    let mut parts = text.split("<polyline ");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for (part, dash) in parts.zip(dashes) {
        whole += &format!("<polyline stroke-dasharray=\"{dash}\" {part}");
    }
    whole.replace("stroke-dasharray=\"\" ", "")
}

#[test]
fn a_frame_looks_as_it_did() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draw/frame.svg");
    let found = picture();
    if fs::read_to_string(&kept).is_ok_and(|text| text == found) {
        return;
    }
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frame.svg");
    fs::write(&new, found).unwrap();
    panic!(
        "the picture is another than {}: look at {}, and copy it there if it is right",
        kept.display(),
        new.display()
    );
}
