//! What can be wrong with a request, and the API's answer to it: status and `{"error": …}`, naming
//! the parameter and what was expected.

use std::fmt;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use parallax_api::wire::ErrorBody;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// A parameter has a value that can't be used.
    BadParameter {
        /// Its name.
        name: &'static str,
        /// What it was.
        got: String,
        /// What it should have been.
        expected: String,
    },
    /// No workload has this uid.
    UnknownWorkload(String),
    /// Nothing is at this path of the API.
    UnknownPath(String),
    /// Only GET and HEAD are served.
    Method(String),
    /// The request is for this host name, which is not the server's.
    Host(String),
    /// The server's own fault.
    Internal(String),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::BadParameter { .. } => StatusCode::BAD_REQUEST,
            Self::UnknownWorkload(_) | Self::UnknownPath(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Host(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadParameter {
                name,
                got,
                expected,
            } => write!(out, "parameter `{name}` is `{got}`; expected {expected}"),
            Self::UnknownWorkload(uid) => write!(
                out,
                "no workload has the uid `{uid}`; `/workloads` lists those that there are"
            ),
            Self::UnknownPath(path) => write!(
                out,
                "nothing is at `{path}`; expected /workloads, /workloads/{{uid}} or \
                 /workloads/{{uid}}/metrics/{{sources|available|data|chunks|iteration-times}}"
            ),
            Self::Method(method) => {
                write!(out, "method {method} is not served; expected GET or HEAD")
            }
            Self::Host(name) if name.is_empty() => {
                write!(out, "the request has no `Host`; expected the server's name")
            }
            Self::Host(name) => write!(
                out,
                "this server is not known as `{name}`; open it as localhost or by the address that \
                 it listens on, or start it with --allow-host {name}"
            ),
            Self::Internal(what) => write!(out, "{what}"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: self.to_string(),
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let json = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        let mut response = (self.status(), json, body).into_response();
        if self.status() == StatusCode::METHOD_NOT_ALLOWED {
            let allow = header::HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}
