//! `/workloads/{uid}/metrics/chunks`: the rows as frozen chunks, from where the client has them.
//!
//! The form is that of [`parallax_api::chunks`]. `after` names what the client holds; a series of
//! which it holds everything is left out. A series that is gone can't be named: clients drop what
//! `available` does not list.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use parallax_api::chunks::CONTENT_TYPE;

use super::answer::{AsItIs, headers, not_modified, streamed};
use super::app::App;
use super::error::ApiError;
use super::query::Query;
use crate::store::chunk_answer::ChunkAnswer;

/// Short series, mostly names and headers, shrink to a third in no time. Long ones of measured
/// values shrink by a tenth, which takes six times as long as sending them on one machine.
const MOST_COMPRESSED_BYTES: usize = 1 << 20;

/// The rows of the metrics and sources asked for that the client does not have, by (metric,
/// source), with the attempts of each series.
pub async fn chunks(
    State(app): State<App>,
    Path(uid): Path<String>,
    RawQuery(raw): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let workload = app.workload(&uid)?;
    let query = Query::parse(raw.as_deref());
    let source = query.data_source(&workload)?;
    let wanted = query.metrics();
    if let Some(answer) = not_modified(&request, &workload) {
        return Ok(answer);
    }
    let answer = ChunkAnswer::new(&workload, &query.after(), |series| {
        wanted.has(&series.metric) && source.as_ref().is_none_or(|only| *only == series.source)
    });
    let mut headers = headers(Some(&workload.etag));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    let is_large = answer.chunk_bytes() > MOST_COMPRESSED_BYTES;
    let mut response = streamed(answer, headers);
    if is_large {
        response.extensions_mut().insert(AsItIs);
    }
    Ok(response)
}
