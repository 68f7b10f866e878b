//! The product's own engine and painter for the benchmark's page: nothing is rebuilt here.
//!
//! What the engine's worker does (`Store::frame`, `Store::load`, `Store::append_json`) and what the
//! page does with the answer (`paint`) are separate calls, as they are in the product; the bytes
//! between them are what the two send each other.
#![forbid(unsafe_code)]
#![cfg(target_arch = "wasm32")]

use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_api::scan::Scanner;
use parallax_api::wire::MetricInfo;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::source::Source;
use parallax_series::Series;
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::api::Api;
use parallax_web::chart::canvas;
use parallax_web::chart::plot::area_of;
use parallax_web::chart::style::{COLOURS, SeriesStyle, Stroke};
use parallax_web::chart::theme::line_px;
use parallax_web::engine::requests::{Step, describe, stream_rows};
use parallax_web::engine::session::Session;
use parallax_web::engine::store::Answer;
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
    fn catalog(&self) -> Catalog {
        let metric = |key: &SeriesKey| MetricInfo {
            name: key.metric.clone(),
            data_source: vec![key.source.clone()],
            count: self.session.series(key).map_or(0, Series::len) as u64,
        };
        Catalog::new(self.keys.iter().map(metric).collect())
    }

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

    /// Sets the points of the series of that number; time goes with the steps.
    pub fn set(&mut self, series: usize, iterations: &[f64], values: &[f64]) {
        let mut rows = Columns::new();
        for (&iteration, &value) in iterations.iter().zip(values) {
            let iteration = iteration as i64;
            rows.push_timed(iteration, iteration * 1_000, value);
        }
        let key = SeriesKey {
            metric: format!("metric {series}"),
            source: Source::LOG.into(),
        };
        self.keys.push(key.clone());
        let names = self.keys.iter().map(|key| key.metric.clone()).collect();
        self.session.store.set_catalog(&self.catalog());
        self.session.store.want(names);
        for request in self.session.store.plan(false) {
            let mut answer = Answer::new(request);
            self.session.store.take_rows(&mut answer, &key, &rows);
            self.session.store.finish(answer, Ok(()), 0);
        }
    }

    /// Takes a `metrics/data` body that answers a poll: the last row that is held, and new ones.
    pub fn append_json(&mut self, body: &[u8]) -> f64 {
        let catalog = self.catalog();
        let store = &mut self.session.store;
        store.poll(&catalog, 0);
        let mut scanner = Scanner::new();
        for request in store.plan(false) {
            let mut answer = Answer::new(request);
            scanner.feed(body);
            scanner.hand_over(|key, rows| store.take_rows(&mut answer, key, rows));
            store.finish(answer, Ok(()), 0);
        }
        scanner.rows() as f64
    }

    /// Streams all rows of a workload from an API, as the engine's worker does; gives their number.
    pub async fn load(&mut self, base: String, uid: String) -> Result<f64, JsValue> {
        let fail = |error: ApiError| JsValue::from_str(&format!("{error:?}"));
        let api = Api::find(&base, Some(&base)).await.map_err(fail)?;
        let abort = AbortController::new()?;
        let opened = describe(&api, &uid, &abort).await.map_err(fail)?;
        let store = &mut self.session.store;
        store.set_catalog(&opened.catalog);
        let metrics = opened.catalog.metrics.iter();
        store.want(metrics.map(|metric| metric.name.clone()).collect());
        for request in store.plan(api.offers_chunks()) {
            let mut answer = Answer::new(request.clone());
            let take = |step: Step<'_>| match step {
                Step::Rows(key, rows) => {
                    store.take_rows(&mut answer, key, rows);
                    Ok(())
                }
                Step::Part(part) => store.take_part(&mut answer, part),
                Step::Progress(_) => Ok(()),
            };
            let streamed = stream_rows(&api, &uid, &request.target, &abort, take).await;
            streamed.map_err(fail)?;
            store.finish(answer, Ok(()), 0);
        }
        let series: Vec<(SeriesKey, usize)> = store
            .all_series()
            .map(|(key, series)| (key.clone(), series.len()))
            .collect();
        self.keys = series.iter().map(|(key, _)| key.clone()).collect();
        Ok(series.iter().map(|(_, rows)| rows).sum::<usize>() as f64)
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
