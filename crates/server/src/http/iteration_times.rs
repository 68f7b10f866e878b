//! `/workloads/{uid}/metrics/iteration-times`: when each iteration was reached.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::task;

use super::answer::{headers, not_modified, streamed};
use super::app::App;
use super::error::ApiError;
use super::query::Query;
use crate::store::rows::{RowFields, Rows};

/// Rows named `iteration` (value: the iteration) and, where a source has the last step that it
/// is going to reach, `target_iteration` (value: that step), by time.
pub async fn iteration_times(
    State(app): State<App>,
    Path(uid): Path<String>,
    RawQuery(raw): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let workload = app.workload(&uid)?;
    let query = Query::parse(raw.as_deref());
    let source = query.data_source(&workload)?;
    let range = query.time_range()?;
    if let Some(answer) = not_modified(&request, &workload) {
        return Ok(answer);
    }
    // The first request sorts every row of the workload.
    let rows = task::spawn_blocking(move || {
        let series = workload.iterations().iter();
        let wanted = series.filter(|s| source.as_ref().is_none_or(|only| *only == s.source));
        let rows = Rows::new(&uid, wanted, range, RowFields::default());
        (rows, workload.etag.clone())
    });
    let (rows, etag) = rows
        .await
        .map_err(|error| ApiError::Internal(format!("iteration times failed: {error}")))?;
    Ok(streamed(rows, headers(Some(&etag))))
}
