//! The dashboard's static files: those in the binary, or a folder's.
//!
//! Names with a content hash may be kept forever, everything else has to be asked for again (its
//! ETag is a hash of its content). Without a built dashboard, `/` is a page that says how to get
//! one.

use std::borrow::Cow;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use rust_embed::Embed;

use crate::etag;

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
        match self.file(&name) {
            Some(content) => file_response(&name, content, request),
            None if name == "index.html" => not_built(),
            None => not_found(),
        }
    }

    fn file(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => Embedded::get(name).map(|file| file.data),
            Self::Folder(folder) => fs::read(folder.join(Path::new(name))).ok().map(Cow::Owned),
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

fn file_response(name: &str, content: Cow<'static, [u8]>, request: &HeaderMap) -> Response {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let keep = if is_hashed(name) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(name).to_owned()),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if etag::is_known(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, content.into_owned()).into_response()
}

/// True for `parallax-1a2b3c4d5e6f7a8b.js`, `…_bg.wasm`, `snippets/x-1a2b3c4d5e6f7a8b/y.js`.
fn is_hashed(name: &str) -> bool {
    name.split(['-', '_', '.', '/']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
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
    fn a_folder_is_served_with_types_and_caching() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("app-0011223344556677.wasm"), b"\0asm").unwrap();
        let dashboard = Dashboard::Folder(dir.path().to_owned());
        assert!(!dashboard.is_built());
        let answer = dashboard.respond("/app-0011223344556677.wasm", &HeaderMap::new());
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/wasm");
        assert!(
            answer.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let tag = answer.headers()[header::ETAG].clone();
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, tag);
        let answer = dashboard.respond("/app-0011223344556677.wasm", &again);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(dashboard.respond("/", &again).status(), StatusCode::OK);
        assert_eq!(
            dashboard.respond("/x", &again).status(),
            StatusCode::NOT_FOUND
        );
    }
}
