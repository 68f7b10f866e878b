//! The routes of the server and what their handlers share.
//!
//! Every answer under an API base is JSON: also an unknown path (404) and a wrong method (405).

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::trace::TraceLayer;

use parallax_model::source::Source;

use super::{available, chunks, data, iteration_times, sources, workloads};
use crate::http::dashboard::Dashboard;
use crate::http::error::ApiError;
use crate::http::etag;
use crate::http::query::Query;
use crate::http::security::{Access, guard};
use crate::store::snapshot::{Shared, WorkloadSnapshot};

/// What the routes are built from.
#[derive(Clone, Debug)]
pub struct App {
    /// The published catalog.
    pub shared: Arc<Shared>,
    /// The page's files.
    pub dashboard: Arc<Dashboard>,
    /// Paths under which the API is served, such as `/api/v1`.
    pub api_bases: BTreeSet<String>,
    /// Origins that may read the API from their own pages; `*` for all, none by default.
    pub allow_origins: Vec<String>,
    /// The host names that are answered, and who may embed the page.
    pub access: Access,
}

impl App {
    /// True for the paths of the API, whether something is there or not.
    pub(crate) fn is_api(&self, path: &str) -> bool {
        self.api_bases.iter().any(|base| {
            path.strip_prefix(base.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Rows are sent while they are written, so compression must not hold them up. Of rows, the fastest
/// levels make a seventh (gzip, br) to a ninth (zstd, which browsers get); the usual ones take four
/// to six times as long for at most a seventh less, and zstd's usual one makes more of them.
const COMPRESSION: CompressionLevel = CompressionLevel::Fastest;

/// The whole server.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for base in &app.api_bases {
        let at = |path: &str| format!("{base}/workloads{path}");
        router = router
            .route(&at(""), get(workloads::list))
            .route(&at("/{uid}"), get(workloads::one))
            .route(&at("/{uid}/metrics/sources"), get(sources::sources))
            .route(&at("/{uid}/metrics/available"), get(available::available))
            .route(&at("/{uid}/metrics/data"), get(data::data))
            .route(&at("/{uid}/metrics/chunks"), get(chunks::chunks))
            .route(
                &at("/{uid}/metrics/iteration-times"),
                get(iteration_times::iteration_times),
            );
    }
    let cors = cors(&app.allow_origins);
    let guard = from_fn_with_state(app.clone(), guard);
    let mut router = router
        .fallback(elsewhere)
        .method_not_allowed_fallback(|method: Method| async move {
            ApiError::Method(method.to_string())
        })
        .with_state(app)
        .layer(compression());
    if let Some(cors) = cors {
        router = router.layer(cors);
    }
    router.layer(guard).layer(TraceLayer::new_for_http())
}

/// Compresses answers as the client likes, but for those marked [`AsItIs`].
fn compression() -> CompressionLayer<impl Predicate> {
    let is_wanted = |_, _, _: &HeaderMap, marks: &Extensions| marks.get::<AsItIs>().is_none();
    let wanted = DefaultPredicate::new().and(is_wanted);
    CompressionLayer::new()
        .quality(COMPRESSION)
        .compress_when(wanted)
}

/// Marks an answer that compression would only hold up.
#[derive(Clone, Copy)]
pub(super) struct AsItIs;

/// What is at no route: an unknown path of the API, or a file of the dashboard.
async fn elsewhere(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::Method(request.method().to_string()).into_response();
    }
    if app.is_api(path) {
        return ApiError::UnknownPath(path.to_owned()).into_response();
    }
    app.dashboard.respond(path, request.headers())
}

fn cors(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
    };
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::HEAD])
            .allow_headers([header::IF_NONE_MATCH])
            .expose_headers([header::ETAG, VERSION_HEADER]),
    )
}

/// Header by which a dashboard knows that this server has the bundled server's additions.
const VERSION_HEADER: header::HeaderName = header::HeaderName::from_static("x-parallax");

/// The workload that a path names.
pub(super) fn workload(app: &App, uid: &str) -> Result<Arc<WorkloadSnapshot>, ApiError> {
    let catalog = app.shared.read();
    let found = catalog.workloads.get(uid);
    found
        .cloned()
        .ok_or_else(|| ApiError::UnknownWorkload(uid.to_owned()))
}

/// `data_source`: one that the workload has, or one that every server can have.
pub(super) fn data_source(
    query: &Query,
    workload: &WorkloadSnapshot,
) -> Result<Option<Source>, ApiError> {
    let Some(name) = query.text("data_source") else {
        return Ok(None);
    };
    let usual = [Source::LOG, Source::WANDB, Source::TENSORFLOW];
    if usual.contains(&name) || workload.series.iter().any(|s| s.source.as_str() == name) {
        return Ok(Some(Source::from(name)));
    }
    let mut others: Vec<String> = usual.iter().map(|name| (*name).to_owned()).collect();
    for (source, _) in workload.sources() {
        if !usual.contains(&source.as_str()) {
            others.push(source.0);
        }
    }
    Err(ApiError::BadParameter {
        name: "data_source",
        got: name.to_owned(),
        expected: format!("one of {}", others.join(", ")),
    })
}

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
