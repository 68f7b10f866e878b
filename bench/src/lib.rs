//! The product's own engine and painter for the benchmark's page: nothing is rebuilt here.
//!
//! What the engine's worker does (`Store::frame`, `Store::load`, `Store::append_json`) and what the page does with the answer (`paint`) are separate calls, as they
//! are in the product; the bytes between them are what the two send each other.
#![forbid(unsafe_code)]
#![cfg(target_arch = "wasm32")]

use parallax_api::error::ApiError;
use parallax_api::scan::Scanner;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::source::Source;
use parallax_series::Series;
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::api::{Api, DataQuery};
use parallax_web::chart::canvas;
use parallax_web::chart::plot::area_of;
use parallax_web::chart::style::{COLOURS, SeriesStyle, Stroke};
use parallax_web::chart::theme::line_px;
use parallax_web::engine::requests::{Step, describe, load};
use parallax_web::engine::session::{Answer, Session};
use parallax_web::hooks::size::Size;
use parallax_web::protocol::{ChartSpec, FromEngine, decode, encode};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, HtmlCanvasElement};

/// The series that the engine holds.
#[wasm_bindgen]
#[derive(Default)]
pub struct Store {
    session: Session,
    keys: Vec<SeriesKey>,
}

impl Store {
    /// A chart of all series over steps, without a size.
    fn spec(&self) -> ChartSpec {
        ChartSpec {
            series: self.keys.clone(),
            pair: None,
            width_px: 0,
            height_px: 0,
            line_width_px: line_px(1.0),
            x: XChoice::Iteration,
            span: Span::All,
            y: YChoice::Linear,
            smooth: 0.0,
        }
    }
}

#[wasm_bindgen]
impl Store {
    /// Holds nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds points at the end of the series of that number; time goes with the steps.
    pub fn append(&mut self, series: usize, iterations: &[f64], values: &[f64]) {
        let mut rows = Columns::new();
        for (&iteration, &value) in iterations.iter().zip(values) {
            let iteration = iteration as i64;
            rows.push_timed(iteration, iteration * 1_000, value);
        }
        let key = SeriesKey {
            metric: format!("metric {series}"),
            source: Source::LOG.into(),
        };
        let held = self.session.series(&key).map_or(0, Series::len);
        let mut answer = Answer::from(Some(i64::MAX).filter(|_| held > 0));
        self.take(&mut answer, &key, &rows);
    }

    /// Adds the rows of a whole `metrics/data` body.
    pub fn append_json(&mut self, body: &[u8]) -> f64 {
        let mut scanner = Scanner::new();
        scanner.feed(body);
        let mut answer = Answer::from(Some(i64::MAX).filter(|_| !self.keys.is_empty()));
        scanner.hand_over(|key, rows| self.take(&mut answer, key, rows));
        scanner.rows() as f64
    }

    /// Streams all rows of a workload from an API, as the engine's worker does; gives their number.
    pub async fn load(&mut self, base: String, uid: String) -> Result<f64, JsValue> {
        let fail = |error: ApiError| JsValue::from_str(&format!("{error:?}"));
        let api = Api::find(&base, Some(&base)).await;
        let abort = AbortController::new()?;
        let opened = describe(&api, &uid).await.map_err(fail)?;
        self.session.set_catalog(opened.catalog);
        let mut answer = Answer::default();
        let take = |step: Step<'_>| {
            if let Step::Rows(key, rows) = step {
                self.take(&mut answer, key, rows);
            }
        };
        let rows = load(&api, &uid, &DataQuery::default(), &abort.signal(), take).await;
        Ok(rows.map_err(fail)? as f64)
    }

    /// What the engine answers to a chart of all series on a canvas of that size, as it is sent to
    /// the page. `from` and `to` are steps; NaN for all of them.
    pub fn frame(&self, width_px: f64, height_px: f64, from: f64, to: f64) -> Option<Vec<u8>> {
        let area = area_of(size(width_px, height_px))?;
        let span = if from.is_nan() || to.is_nan() {
            Span::All
        } else {
            Span::Range {
                from: Some(from),
                to: Some(to),
            }
        };
        let reply = self.session.chart(ChartSpec {
            width_px: area.width_px.unsigned_abs(),
            height_px: area.height_px.unsigned_abs(),
            span,
            ..self.spec()
        });
        Some(encode(&FromEngine::Chart {
            chart: 0,
            reply: Box::new(reply),
        }))
    }

    /// Points held, and bytes that their columns and pyramids take.
    pub fn held(&self) -> Vec<f64> {
        let series = || self.keys.iter().filter_map(|key| self.session.series(key));
        let points: usize = series().map(Series::len).sum();
        let bytes: usize = series().map(Series::memory_bytes).sum();
        vec![points as f64, bytes as f64]
    }
}

impl Store {
    fn take(&mut self, answer: &mut Answer, key: &SeriesKey, rows: &Columns) {
        if !self.keys.contains(key) {
            self.keys.push(key.clone());
            self.session.want(vec![key.metric.clone()]);
        }
        self.session.take(answer, key, rows);
    }
}

/// Draws what `Store::frame` gave. False where the bytes are not that.
#[wasm_bindgen]
pub fn paint(canvas: HtmlCanvasElement, width_px: f64, height_px: f64, frame: &[u8]) -> bool {
    let Some(FromEngine::Chart { reply, .. }) = decode(frame) else {
        return false;
    };
    let size = size(width_px, height_px);
    let Some(area) = area_of(size) else {
        return false;
    };
    let styles: Vec<SeriesStyle> = (0..reply.spec.series.len())
        .map(|series| SeriesStyle {
            colour: series % COLOURS,
            stroke: Stroke::Solid,
        })
        .collect();
    canvas::paint(canvas, size, area, &reply, &styles);
    true
}

fn size(width_px: f64, height_px: f64) -> Size {
    Size {
        width_px,
        height_px,
        ratio: 1.0,
    }
}
