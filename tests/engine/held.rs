//! A session with series in it.

use std::collections::BTreeSet;

use parallax_api::catalog::Catalog;
use parallax_api::wire::MetricInfo;
use parallax_frame::FrameSpec;
use parallax_model::columns::Columns;
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::engine::session::Session;
use parallax_web::engine::store::{Answer, Store};
use parallax_web::protocol::data::TableSpec;
use parallax_web::protocol::{ChartSpec, SeriesKey};

/// Names a series.
pub(crate) fn key(metric: &str, source: &str) -> SeriesKey {
    SeriesKey {
        metric: metric.into(),
        source: source.into(),
    }
}

/// Rows of (iteration, timestamp, value).
pub(crate) fn rows(rows: &[(i64, i64, f64)]) -> Columns {
    let mut columns = Columns::new();
    rows.iter()
        .for_each(|&(step, ms, value)| columns.push_timed(step, ms, value));
    columns
}

/// A session that shows and holds these series.
pub(crate) fn session(series: Vec<(SeriesKey, Columns)>) -> Session {
    let mut session = Session::new("run".into());
    session.learn_pairs();
    load(&mut session.store, &series);
    session
}

/// Shows and loads these series.
pub(crate) fn load(store: &mut Store, series: &[(SeriesKey, Columns)]) {
    let names: BTreeSet<String> = series.iter().map(|(key, _)| key.metric.clone()).collect();
    store.set_catalog(&catalog(series));
    store.want(names.into_iter().collect());
    for request in store.plan(false) {
        let mut answer = Answer::new(request);
        for (key, rows) in series {
            store.take_rows(&mut answer, key, rows);
        }
        store.finish(answer, Ok(()), 0);
    }
}

fn catalog(series: &[(SeriesKey, Columns)]) -> Catalog {
    let info = series.iter().map(|(key, rows)| MetricInfo {
        name: key.metric.clone(),
        data_source: Vec::new(),
        count: rows.len() as u64,
    });
    Catalog::new(info.collect())
}

/// A chart of these series over steps.
pub(crate) fn chart(series: &[SeriesKey], span: Span) -> ChartSpec {
    let FrameSpec {
        width_px,
        height_px,
        line_width_px,
        ..
    } = FrameSpec::default();
    ChartSpec {
        series: series.to_vec(),
        pair: None,
        width_px,
        height_px,
        line_width_px,
        x: XChoice::Iteration,
        span,
        y: YChoice::Linear,
        smooth: 0.0,
    }
}

/// A table of these series over steps.
pub(crate) fn table(series: &[SeriesKey], span: Span, part: (u64, u64)) -> TableSpec {
    TableSpec {
        series: series.to_vec(),
        span,
        x: XChoice::Iteration,
        offset: part.0,
        limit: part.1,
    }
}
