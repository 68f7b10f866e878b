//! Which requests are answered, and what browsers are told to refuse.
//!
//! A web site can point its own name at 127.0.0.1 (DNS rebinding); its scripts then read a server
//! there as if it were the site. Such requests carry the site's name in `Host`, which no script can
//! change: only the server's own names are answered. Ports are not compared, since a port may be
//! forwarded (`ssh -L`), and `X-Forwarded-Host` is not read, since any client may send it.
//!
//! The headers follow OWASP's list; the policy is that of Content Security Policy Level 3. Inline
//! scripts and style sheets of the page are allowed by their hashes, taken from the page that is
//! served. As files of their own they would add more than 100 ms to the first paint (measured in
//! Chromium at round trips of 0 and 40 ms); the hashes take some 0.1 ms of the server.

use std::net::IpAddr;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parallax_api::config::Config;
use sha2::{Digest, Sha256};

use crate::http::dashboard::Dashboard;
use crate::http::error::ApiError;
use crate::http::routes::App;

/// Longest page that hashes are taken from, in bytes; the dashboard's has some 20 KB.
const LONGEST_PAGE_BYTES: usize = 1 << 20;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The host names that are answered, and who may show the page in a frame.
#[derive(Clone, Debug)]
pub struct Access {
    bound: IpAddr,
    /// Names beside `localhost`, in lower case, without a port.
    hosts: Vec<String>,
    frame_ancestors: Option<String>,
}

impl Access {
    /// For a server that listens on `bound`. `allow_hosts` are names to answer for beside its own;
    /// `frame_ancestors` are sources of the policy's directive, or empty for the default: any for a
    /// page with `embed=1`, which can only show data, the page's own origin otherwise.
    pub fn new(bound: IpAddr, allow_hosts: Vec<String>, frame_ancestors: Vec<String>) -> Self {
        let own_name = bound.is_unspecified().then(gethostname::gethostname);
        let own_name = own_name.and_then(|name| name.into_string().ok());
        let hosts = allow_hosts.into_iter().chain(own_name);
        Self {
            bound,
            hosts: hosts.map(|host| host.to_ascii_lowercase()).collect(),
            frame_ancestors: (!frame_ancestors.is_empty()).then(|| frame_ancestors.join(" ")),
        }
    }

    /// Passes a request whose every word for the host is a name of this server.
    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
        let sent = headers.get_all(header::HOST).iter();
        let sent = sent.map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
        let target = uri.authority().map(Authority::to_string);
        let names: Vec<String> = sent.chain(target).map(|text| host_name(&text)).collect();
        match names.iter().find(|name| !self.answers_for(name)) {
            None if !names.is_empty() => Ok(()),
            refused => Err(ApiError::Host(refused.cloned().unwrap_or_default())),
        }
    }

    fn answers_for(&self, name: &str) -> bool {
        let name = name.trim_matches(['[', ']']);
        let is_own = match name.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(ip) => ip.is_loopback() || ip == self.bound || self.bound.is_unspecified(),
            Err(_) => name == "localhost",
        };
        is_own || self.hosts.iter().any(|host| host == name)
    }

    fn frame_ancestors(&self, is_embedded: bool) -> &str {
        let default = if is_embedded { "*" } else { "'self'" };
        self.frame_ancestors.as_deref().unwrap_or(default)
    }
}

/// The name in `NAME:PORT`, in lower case; the whole text where it is something else.
fn host_name(text: &str) -> String {
    match text.parse::<Authority>() {
        Ok(authority) if !text.contains('@') => {
            let name = authority.host().to_ascii_lowercase();
            name.strip_suffix('.').map(str::to_owned).unwrap_or(name)
        }
        _ => text.to_owned(),
    }
}

/// True for `http://HOST` or `https://HOST`, with or without a port: nothing that would end a
/// source in a policy.
pub(crate) fn is_origin(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    ["http://", "https://"].iter().any(|scheme| {
        text.strip_prefix(scheme)
            .is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
    })
}

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
