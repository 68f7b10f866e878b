//! `/workloads/{uid}/metrics/data`: the rows as JSON.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::{headers, not_modified, streamed};
use super::app::App;
use super::error::ApiError;
use super::query::Query;
use crate::store::rows::Rows;

/// The rows of the metrics and sources asked for, within the range of times, by (metric, source,
/// order of recording); `with` adds fields to each row.
pub async fn data(
    State(app): State<App>,
    Path(uid): Path<String>,
    RawQuery(raw): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let workload = app.workload(&uid)?;
    let query = Query::parse(raw.as_deref());
    let source = query.data_source(&workload)?;
    let range = query.time_range()?;
    let fields = query.row_fields()?;
    let wanted = query.metrics();
    if let Some(answer) = not_modified(&request, &workload) {
        return Ok(answer);
    }
    let series = workload.series.iter().filter(|series| {
        wanted.has(&series.metric) && source.as_ref().is_none_or(|only| *only == series.source)
    });
    let rows = Rows::new(&uid, series, range, fields);
    Ok(streamed(rows, headers(Some(&workload.etag))))
}
