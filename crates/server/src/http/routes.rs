//! The routes of the server, and what is done with every answer.
//!
//! Every answer under an API base is JSON: also an unknown path (404) and a wrong method (405).

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, Method, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::trace::TraceLayer;

use super::answer::{AsItIs, VERSION_HEADER};
use super::app::App;
use super::error::ApiError;
use super::security::guard;
use super::{available, chunks, data, iteration_times, sources, workloads};

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
