//! The dashboard's files over a real connection: compressed forms, caching, types.

use std::fs;
use std::path::Path;

use parallax_server::http::dashboard::Dashboard;
use tempfile::TempDir;

use super::support::{Answer, Runs, Server};

const WASM: &str = "/app-0011223344556677/app_bg.wasm";

/// What browsers send.
const BROWSER: &str = "gzip, deflate, br, zstd";

/// A folder as `cargo xtask post-build` leaves it, and a server that serves it. The compressed
/// forms are not real, so that a second compression would be seen.
fn server() -> (TempDir, Server) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = dir.path().join(name.trim_start_matches('/'));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("index.html", &"<p>page</p>".repeat(10));
    write("index.html.br", "page in brotli");
    write("index.html.gz", "page in gzip");
    write(WASM, &"program ".repeat(10));
    write(&format!("{WASM}.br"), &"program in brotli ".repeat(5));
    write(&format!("{WASM}.zst"), &"program in zstd ".repeat(5));
    write(&format!("{WASM}.gz"), &"program in gzip ".repeat(5));
    write("app-0011223344556677/lazy.js", &"lazy() ".repeat(100));
    write("config.json", "{}");
    let runs = Runs::new(&[]);
    let server = runs.serve_as(&["/api/v1"], &[], Dashboard::Folder(dir.path().to_owned()));
    (dir, server)
}

fn get(server: &Server, path: &str, encoding: &str) -> Answer {
    server.request("GET", path, &[("accept-encoding", encoding)])
}

#[test]
fn the_smallest_accepted_form_is_sent_as_it_is() {
    let (_dir, server) = server();
    for (sent, coding, body) in [
        (BROWSER, "br", "program in brotli "),
        ("gzip, zstd", "zstd", "program in zstd "),
        ("gzip", "gzip", "program in gzip "),
        ("br;q=0, gzip", "gzip", "program in gzip "),
    ] {
        let answer = get(&server, WASM, sent);
        assert_eq!(answer.status, 200, "{sent}");
        assert_eq!(answer.header("content-encoding"), coding, "{sent}");
        assert_eq!(answer.body, body.repeat(5).as_bytes(), "{sent}");
        assert_eq!(answer.header("content-type"), "application/wasm");
        assert_eq!(answer.header("vary"), "accept-encoding");
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), length);
    }
    let plain = get(&server, WASM, "identity");
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept-encoding");
    assert_eq!(plain.body, "program ".repeat(10).as_bytes());

    // there is no zstd of the page: gzip comes next
    let page = get(&server, "/", "zstd, gzip");
    assert_eq!(page.header("content-encoding"), "gzip");
    assert_eq!(page.body, b"page in gzip");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

#[test]
fn a_file_without_compressed_forms_is_compressed_when_it_is_sent() {
    let (dir, server) = server();
    let answer = get(&server, "/app-0011223344556677/lazy.js", "gzip");
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("vary"), "accept-encoding");
    assert_eq!(
        answer.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*answer.body), &mut text)
        .unwrap();
    assert_eq!(text, "lazy() ".repeat(100));

    fs::write(dir.path().join("config.json"), r#"{"api":"/v1"}"#).unwrap();
    let config = get(&server, "/config.json", BROWSER);
    assert_eq!(config.body, br#"{"api":"/v1"}"#, "edited after the start");
    assert_eq!(config.header("cache-control"), "no-cache");
}

#[test]
fn each_form_has_its_own_tag() {
    let (_dir, server) = server();
    let mut tags = Vec::new();
    for encoding in [BROWSER, "zstd", "gzip", "identity"] {
        let first = get(&server, WASM, encoding);
        let tag = first.header("etag").to_owned();
        let headers = [("accept-encoding", encoding), ("if-none-match", &tag)];
        let again = server.request("GET", WASM, &headers);
        assert_eq!((again.status, again.body.len()), (304, 0), "{encoding}");
        for name in ["etag", "vary", "cache-control"] {
            assert_eq!(again.header(name), first.header(name), "{encoding}");
        }
        assert_eq!(again.header("content-encoding"), "");
        assert!(first.header("cache-control").contains("immutable"));
        let headers = [("accept-encoding", "deflate"), ("if-none-match", &tag)];
        let other = server.request("GET", WASM, &headers);
        let expected = if encoding == "identity" { 304 } else { 200 };
        assert_eq!(other.status, expected, "{encoding}");
        assert!(!tags.contains(&tag), "{encoding}");
        tags.push(tag);
    }
    let head = server.request("HEAD", WASM, &[("accept-encoding", BROWSER)]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-encoding"), "br");
}

#[test]
fn only_files_of_the_folder_are_found() {
    let (dir, server) = server();
    fs::write(dir.path().join(".secret"), "no").unwrap();
    for path in ["/.secret", "/missing.js", "/app-0011223344556677"] {
        assert_eq!(get(&server, path, BROWSER).status, 404, "{path}");
    }
    let empty = tempfile::tempdir().unwrap();
    let runs = Runs::new(&[]);
    let folder = Dashboard::Folder(Path::new(empty.path()).to_owned());
    assert!(!folder.is_built());
    let server = runs.serve_as(&["/api/v1"], &[], folder);
    let page = server.get("/");
    assert_eq!(page.status, 200);
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("The dashboard is not built"), "{text}");
}
