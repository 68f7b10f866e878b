//! What the answers of the API have in common.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;

use super::error::ApiError;
use super::etag;
use crate::store::snapshot::WorkloadSnapshot;

/// Header by which a dashboard knows that this server has the bundled server's additions.
pub(super) const VERSION_HEADER: HeaderName = HeaderName::from_static("x-parallax");

/// Marks an answer that compression would only hold up.
#[derive(Clone, Copy)]
pub(super) struct AsItIs;

/// Headers of every answer of the API. The browser may keep it but has to ask again.
pub(super) fn headers(etag: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        VERSION_HEADER,
        HeaderValue::from_static(env!("CARGO_PKG_VERSION")),
    );
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(header::ETAG, etag);
    }
    headers
}

/// A small body, written at once.
pub(super) fn json(body: &impl Serialize, etag: Option<&str>) -> Result<Response, ApiError> {
    let bytes = serde_json::to_vec(body)
        .map_err(|error| ApiError::Internal(format!("the answer can't be written: {error}")))?;
    Ok((headers(etag), bytes).into_response())
}

/// 304 if the client has this state of the workload already.
pub(super) fn not_modified(request: &HeaderMap, workload: &WorkloadSnapshot) -> Option<Response> {
    etag::is_known(request, &workload.etag).then(|| {
        let mut headers = headers(Some(&workload.etag));
        headers.remove(header::CONTENT_TYPE);
        (StatusCode::NOT_MODIFIED, headers).into_response()
    })
}

/// Pieces of a body, sent while they are written.
pub(super) fn streamed(
    pieces: impl Iterator<Item = Bytes> + Send + 'static,
    headers: HeaderMap,
) -> Response {
    let pieces = stream::iter(pieces.map(Ok::<_, std::convert::Infallible>));
    (headers, Body::from_stream(pieces)).into_response()
}
