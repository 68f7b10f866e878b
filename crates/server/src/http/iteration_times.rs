//! `/workloads/{uid}/metrics/iteration-times`: when each iteration was reached.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::task;

use crate::http::error::ApiError;
use crate::http::query::Query;
use crate::http::routes::{App, data_source, headers, not_modified, streamed, workload};
use crate::store::rows::{RowFields, Rows};

/// Rows named `iteration` (value: the iteration) and, where a source has the last step that it
/// is going to reach, `target_iteration` (value: that step), by time.
pub async fn iteration_times(
    State(app): State<App>,
    Path(uid): Path<String>,
    RawQuery(raw): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let workload = workload(&app, &uid)?;
    let query = Query::parse(raw.as_deref());
    let source = data_source(&query, &workload)?;
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
