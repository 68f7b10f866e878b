//! A session with series in it.

use parallax_api::catalog::Catalog;
use parallax_api::wire::MetricInfo;
use parallax_frame::FrameSpec;
use parallax_model::columns::Columns;
use parallax_model::source::Source;
use parallax_view::{Span, XChoice, YChoice};
use parallax_web::engine::session::{Answer, Session};
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

/// A session that wants and holds these series.
pub(crate) fn session(series: Vec<(SeriesKey, Columns)>) -> Session {
    let mut session = Session::new("run".into());
    session.learn_pairs();
    let mut names: Vec<String> = series.iter().map(|(key, _)| key.metric.clone()).collect();
    names.dedup();
    session.want(names.clone());
    session.append(&mut Answer::default(), series);
    session.fetched(&names, None);
    session
}

/// A catalog of metrics and who recorded them.
pub(crate) fn catalog(metrics: &[(&str, &[&str])]) -> Catalog {
    let info = |(name, sources): &(&str, &[&str])| MetricInfo {
        name: (*name).into(),
        data_source: sources.iter().map(|source| Source::from(*source)).collect(),
        count: 1,
    };
    Catalog::new(metrics.iter().map(info).collect())
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
