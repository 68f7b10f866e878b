//! The dashboard's static files: those in the binary, or a folder's.
//!
//! A file is sent in the smallest of the compressed forms that lie beside it (`app.js.br`,
//! `app.js.zst`, `app.js.gz`, made by `cargo xtask post-build`) and that the request accepts. Names
//! with a content hash may be kept forever, everything else has to be asked for again: its ETag is
//! a hash of what is sent. Without a built dashboard, `/` is a page that says how to build it.

use std::borrow::Cow;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use rust_embed::Embed;

use crate::http::etag;

/// Content codings and the extensions of files that have them, the smallest first.
const CODINGS: [(&str, &str); 3] = [("br", "br"), ("zstd", "zst"), ("gzip", "gz")];

#[derive(Embed)]
#[folder = "../../dist"]
#[allow_missing = true]
struct Embedded;

/// Where the files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dashboard {
    /// The binary itself.
    Embedded,
    /// A folder on disk, read at each request.
    Folder(PathBuf),
}

impl Dashboard {
    /// True if there is a page to show.
    pub fn is_built(&self) -> bool {
        self.file("index.html").is_some()
    }

    /// The answer to a GET of this path.
    pub fn respond(&self, path: &str, request: &HeaderMap) -> Response {
        let Some(name) = file_name(path) else {
            return not_found();
        };
        let accepted = CODINGS
            .iter()
            .filter(|(coding, _)| accepts(request, coding));
        let mut encoded = accepted.filter_map(|(coding, extension)| {
            Some((self.file(&format!("{name}.{extension}"))?, Some(*coding)))
        });
        let found = encoded.next().or_else(|| Some((self.file(&name)?, None)));
        match found {
            Some((content, coding)) => file_response(&name, content, coding, request),
            None if name == "index.html" => not_built(),
            None => not_found(),
        }
    }

    fn file(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => Embedded::get(name).map(|file| file.data),
            Self::Folder(folder) => fs::read(folder.join(name)).ok().map(Cow::Owned),
        }
    }
}

/// The file that a path names; `None` for one that could lead out of the folder.
fn file_name(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path.trim_start_matches('/'))
        .decode_utf8()
        .ok()?;
    if decoded.is_empty() {
        return Some("index.html".to_owned());
    }
    let is_plain = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0'])
    };
    decoded
        .split('/')
        .all(is_plain)
        .then(|| decoded.into_owned())
}

/// True if `Accept-Encoding` names this coding, or else `*`, with a weight above 0 (RFC 9110,
/// 12.5.3). Among accepted codings the server chooses.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let all = || {
        let values = request.get_all(header::ACCEPT_ENCODING).iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
    };
    let find = |wanted: &str| {
        all().find_map(|item| {
            let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse().ok());
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then_some(weight.unwrap_or(0.0) > 0.0)
        })
    };
    find(coding).or_else(|| find("*")).unwrap_or(false)
}

/// The ETag is weak, since a file without a compressed form is compressed on its way out.
fn file_response(
    name: &str,
    content: Cow<'static, [u8]>,
    coding: Option<&'static str>,
    request: &HeaderMap,
) -> Response {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let keep = if is_hashed(name) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
        (header::ETAG, &tag),
    ];
    if etag::is_known(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let charset = if kind.type_() == mime_guess::mime::TEXT {
        "; charset=utf-8"
    } else {
        ""
    };
    let content_headers = [
        (header::CONTENT_TYPE, format!("{kind}{charset}")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    let mut response = (headers, content_headers, content.into_owned()).into_response();
    if let Some(coding) = coding {
        let coding = HeaderValue::from_static(coding);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, coding);
    }
    response
}

/// True for `parallax-1a2b3c4d5e6f7a8b.js`, `…_bg.wasm`, `snippets/x-1a2b3c4d5e6f7a8b/y.js`.
fn is_hashed(name: &str) -> bool {
    name.split(['-', '_', '.', '/']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn not_found() -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::NOT_FOUND, plain, "Not found\n").into_response()
}

fn not_built() -> Response {
    let html = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (html, include_str!("not_built.html")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for (path, expected) in [
            ("/", Some("index.html")),
            ("/style/main.css", Some("style/main.css")),
            ("/a%20b.txt", Some("a b.txt")),
            ("/../secret", None),
            ("/%2e%2e/secret", None),
            ("/a/%2e%2e%2fsecret", None),
            ("/.env", None),
            ("//etc/passwd", Some("etc/passwd")),
            ("/a//b", None),
            ("/c:%5Csecret", None),
            ("/%ff", None),
        ] {
            assert_eq!(file_name(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn hashed_names_are_kept() {
        for (name, expected) in [
            ("parallax-web-1a2b3c4d5e6f7a8b.js", true),
            ("parallax-web-1a2b3c4d5e6f7a8b_bg.wasm", true),
            ("snippets/gloo-1a2b3c4d5e6f7a8b/inline0.js", true),
            ("index.html", false),
            ("config.json", false),
            ("favicon.svg", false),
            ("feedback.html", false),
        ] {
            assert_eq!(is_hashed(name), expected, "{name}");
        }
    }

    #[test]
    fn codings_are_accepted_by_name_or_star_with_a_weight() {
        for (sent, expected) in [
            ("gzip, deflate, br, zstd", ["br", "zstd", "gzip"].as_slice()),
            ("gzip;q=1.0, BR; q=0.5", &["br", "gzip"]),
            ("*", &["br", "zstd", "gzip"]),
            ("br;q=0, *;q=0.1", &["zstd", "gzip"]),
            ("zstd;q=0.000, gzip", &["gzip"]),
            ("gzip;q=much", &[]),
            ("identity", &[]),
            ("", &[]),
        ] {
            let mut request = HeaderMap::new();
            request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(sent));
            let names = CODINGS.iter().map(|(coding, _)| *coding);
            let accepted: Vec<_> = names.filter(|coding| accepts(&request, coding)).collect();
            assert_eq!(accepted, expected, "{sent}");
        }
        assert!(!accepts(&HeaderMap::new(), "br"));
    }
}
