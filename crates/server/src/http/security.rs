//! Which requests are answered, and what browsers are told to refuse.
//!
//! The headers follow OWASP's list; the policy is that of Content Security Policy Level 3. Inline
//! scripts and style sheets of the page are allowed by their hashes, taken from the page that is
//! served. As files of their own they would add more than 100 ms to the first paint (measured in
//! Chromium at round trips of 0 and 40 ms); the hashes take some 0.1 ms of the server.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parallax_api::config::Config;
use sha2::{Digest, Sha256};

use super::access::is_origin;
use super::app::App;
use super::dashboard::Dashboard;

/// Longest page that hashes are taken from, in bytes; the dashboard's has some 20 KB.
const LONGEST_PAGE_BYTES: usize = 1 << 20;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Refuses requests for other hosts and sets the headers of every answer.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = app.is_api(request.uri().path());
    let ancestors = match is_api {
        true => "'none'",
        false => app.access.frame_ancestors(is_embedded(request.uri())),
    };
    let mut policy = format!("default-src 'none'; frame-ancestors {ancestors}");
    if !is_api {
        policy += &page_policy(&app.dashboard).await;
    }
    let resource = match ancestors {
        "'none'" | "'self'" => "same-origin",
        _ => "cross-origin",
    };
    let mut response = match app.access.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (RESOURCE_POLICY, resource),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// True for a page that shows its charts alone.
fn is_embedded(uri: &Uri) -> bool {
    let mut query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.any(|(key, value)| key == "embed" && value == "1")
}

/// What the page may load and run, after its `default-src`. The worker's script has it too: what
/// the worker fetches is governed by its own policy.
async fn page_policy(dashboard: &Dashboard) -> String {
    let page = content(dashboard, "/").await;
    let page = String::from_utf8_lossy(&page);
    let (scripts, styles) = (hashes(&page, "script"), hashes(&page, "style"));
    // Another origin only if config.json names it: with everything else from here, nothing is left
    // that a page could send data to.
    let config = Config::parse(&content(dashboard, "/config.json").await);
    let api = config.ok().and_then(|config| origin(&config.api));
    let api = api.map(|origin| format!(" {origin}")).unwrap_or_default();
    format!(
        "; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; \
         img-src 'self'; worker-src 'self'; connect-src 'self'{api}; base-uri 'none'; \
         form-action 'none'"
    )
}

/// A file of the dashboard.
async fn content(dashboard: &Dashboard, path: &str) -> Vec<u8> {
    let body = dashboard.respond(path, &HeaderMap::new()).into_body();
    let bytes = to_bytes(body, LONGEST_PAGE_BYTES).await;
    bytes.map(Into::into).unwrap_or_default()
}

/// The hashes of the page's inline elements of this name, each after a blank.
fn hashes(page: &str, element: &str) -> String {
    let (start, end) = (format!("<{element}"), format!("</{element}>"));
    let inline = page.split(&start).skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once(&end)?;
        (!text.is_empty()).then(|| BASE64_STANDARD.encode(Sha256::digest(text)))
    });
    inline.map(|hash| format!(" 'sha256-{hash}'")).collect()
}

/// The origin of a full address.
fn origin(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let origin = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
    is_origin(&origin).then_some(origin)
}
