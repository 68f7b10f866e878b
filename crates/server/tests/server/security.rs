//! What a browser is kept from: other sites' scripts, other sites' frames, rebound names.

use std::fs;
use std::net::IpAddr;

use crate::support::{Answer, Runs, Server, T0};
use parallax_server::http::access::Access;
use parallax_server::http::app::App;
use parallax_server::http::dashboard::Dashboard;

fn sample() -> Runs {
    let runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\n")]);
    runs.write("dist/index.html", "<p>page</p>", T0);
    runs
}

fn serve(runs: &Runs, access: Access) -> Server {
    Server::start(App {
        dashboard: Dashboard::Folder(runs.path("dist")).into(),
        access,
        allow_origins: vec!["*".to_owned()],
        ..runs.app()
    })
}

fn access(bound: &str, allow_hosts: &[&str], frame_ancestors: &[&str]) -> Access {
    let own = |list: &[&str]| {
        list.iter()
            .map(|&text| text.into())
            .collect::<Vec<String>>()
    };
    let bound: IpAddr = bound.parse().unwrap();
    Access::new(bound, own(allow_hosts), own(frame_ancestors))
}

#[test]
fn only_the_servers_own_names_are_answered() {
    let runs = sample();
    let loopback = serve(
        &runs,
        access("127.0.0.1", &["portal.example", "2001:db8::5"], &[]),
    );
    let lan = serve(&runs, access("192.168.1.5", &[], &[]));
    let everywhere = serve(&runs, access("::", &[], &[]));
    let own_name = gethostname::gethostname().into_string().unwrap();
    for (host, answered) in [
        // host, whether answered when bound to: loopback, one address, all addresses
        ("localhost:8080", [true, true, true]),
        ("localhost", [true, true, true]),
        // a forwarded port: `ssh -L 9000:localhost:8080`
        ("localhost:9000", [true, true, true]),
        ("LocalHost.:8080", [true, true, true]),
        ("127.0.0.1:8080", [true, true, true]),
        ("[::1]:8080", [true, true, true]),
        ("[::ffff:127.0.0.1]", [true, true, true]),
        ("192.168.1.5:8080", [false, true, true]),
        ("10.0.0.1", [false, false, true]),
        ("[2001:db8::1]:8080", [false, false, true]),
        ("portal.example", [true, false, false]),
        ("Portal.Example:443", [true, false, false]),
        ("[2001:db8::5]:443", [true, false, true]),
        (own_name.as_str(), [false, false, true]),
        ("rebound.example:8080", [false, false, false]),
        ("a.portal.example", [false, false, false]),
        ("localhost.rebound.example", [false, false, false]),
        ("127.0.0.1.rebound.example", [false, false, false]),
        ("rebound.example@localhost", [false, false, false]),
        ("localhost, rebound.example", [false, false, false]),
        ("", [false, false, false]),
    ] {
        for (server, is_answered) in [&loopback, &lan, &everywhere].iter().zip(answered) {
            for path in ["/", "/api/v1/workloads"] {
                let headers = [("host", host), ("x-forwarded-host", "localhost")];
                let answer = server.request("GET", path, &headers);
                let status = if is_answered { 200 } else { 421 };
                assert_eq!(answer.status, status, "{host:?} {path}");
            }
        }
    }
}

#[test]
fn a_refusal_names_the_option_and_is_not_shared() {
    let server = serve(&sample(), access("127.0.0.1", &[], &[]));
    for path in ["/", "/nothing", "/api/v1/workloads", "/api/v1/nothing"] {
        let headers = [
            ("host", "Rebound.example:80"),
            ("origin", "http://a.example"),
        ];
        let answer = server.request("GET", path, &headers);
        assert_eq!(answer.status, 421, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        for words in [
            "`rebound.example`",
            "localhost",
            "--allow-host rebound.example",
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
    let answer = server.request("GET", "/", &[("x-forwarded-host", "rebound.example")]);
    assert_eq!(
        answer.status, 200,
        "a proxy's word for the host is not read"
    );
}

#[test]
fn a_request_has_one_host() {
    let server = serve(&sample(), access("127.0.0.1", &[], &[]));
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n", "200"),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example\r\n",
            "421",
        ),
        (
            "GET http://rebound.example/ HTTP/1.1\r\nHost: localhost\r\n",
            "421",
        ),
        (
            "GET http://localhost/ HTTP/1.1\r\nHost: rebound.example\r\n",
            "421",
        ),
        (
            "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n",
            "200",
        ),
        ("GET / HTTP/1.1\r\n", "421"),
    ] {
        let answer = server.raw(&format!("{request}Connection: close\r\n\r\n"));
        assert_eq!(
            answer.split(' ').nth(1),
            Some(status),
            "{request}: {answer}"
        );
    }
}

fn directive<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let policy = answer.header("content-security-policy");
    let mut directives = policy.split("; ").filter_map(|one| one.split_once(' '));
    directives
        .find(|(found, _)| *found == name)
        .map_or("", |(_, value)| value)
}

#[test]
fn every_answer_has_the_headers() {
    let runs = sample();
    let server = serve(&runs, access("127.0.0.1", &[], &[]));
    let data = "/api/v1/workloads/a/metrics/data";
    let etag = server.get(data).header("etag").to_owned();
    let known = ("if-none-match", etag.as_str());
    let rebound = ("host", "rebound.example");
    for (path, request, status, default, ancestors, resource) in [
        ("/", None, 200, "'none'", "'self'", "same-origin"),
        (
            "/?workload=a&embed=1",
            None,
            200,
            "'none'",
            "*",
            "cross-origin",
        ),
        ("/?embed=0", None, 200, "'none'", "'self'", "same-origin"),
        ("/nothing", None, 404, "'none'", "'self'", "same-origin"),
        (data, None, 200, "'none'", "'none'", "same-origin"),
        (
            "/api/v1/workloads?embed=1",
            None,
            200,
            "'none'",
            "'none'",
            "same-origin",
        ),
        (data, Some(known), 304, "'none'", "'none'", "same-origin"),
        (
            "/api/v1/nothing",
            None,
            404,
            "'none'",
            "'none'",
            "same-origin",
        ),
        (data, Some(rebound), 421, "'none'", "'none'", "same-origin"),
    ] {
        let request: Vec<_> = request.into_iter().collect();
        let answer = server.request("GET", path, &request);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            resource,
            "{path}"
        );
        assert_eq!(directive(&answer, "default-src"), default, "{path}");
        assert_eq!(directive(&answer, "frame-ancestors"), ancestors, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}

#[test]
fn framing_is_the_operators_choice() {
    let runs = sample();
    let portals = ["https://a.example", "https://b.example:8443"];
    let server = serve(&runs, access("127.0.0.1", &[], &portals));
    for path in ["/", "/?embed=1"] {
        let answer = server.get(path);
        let expected = "https://a.example https://b.example:8443";
        assert_eq!(directive(&answer, "frame-ancestors"), expected, "{path}");
    }
    let answer = server.get("/api/v1/workloads");
    assert_eq!(directive(&answer, "frame-ancestors"), "'none'");
}

#[test]
fn a_page_runs_its_own_code_alone() {
    let runs = sample();
    let page = "<script>alert('Hello, world.');</script><style\n media=\"all\">p { }</style>\
                <script src=\"x.js\"></script><script type=\"module\">import './y.js';\n</script>";
    runs.write("dist/index.html", page, T0);
    runs.write("dist/engine.js", "onmessage = null;", T0);
    let server = serve(&runs, access("127.0.0.1", &[], &[]));
    // The first hash is an example of W3C's CSP 3; the others are of `openssl dgst -sha256`.
    let script = "'self' 'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=' \
                  'sha256-A3jexk43bZVydF0a4IaQCiG0PcmDBn0v8jA924jOEBo='";
    runs.write("dist/index.html.br", "compressed", T0);
    for path in ["/", "/index.html", "/?workload=a", "/engine.js"] {
        let answer = server.request("GET", path, &[("accept-encoding", "br")]);
        let coding = if path == "/engine.js" { "" } else { "br" };
        assert_eq!(answer.header("content-encoding"), coding, "{path}");
        assert_eq!(directive(&answer, "script-src"), script, "{path}");
        assert_eq!(
            directive(&answer, "style-src"),
            "'self' 'sha256-2H5CUCvyo5cSkj1YhUngR72ks13QrmBjgN+zz/lp2DY='",
            "{path}"
        );
        assert_eq!(directive(&answer, "connect-src"), "'self'", "{path}");
    }
    // The worker's own policy counts for what it fetches, so both name the API's origin.
    for (config, expected) in [
        (
            r#"{"api": "https://api.example:8443/v1"}"#,
            "'self' https://api.example:8443",
        ),
        (r#"{"api": "/lens/v1"}"#, "'self'"),
        (r#"{"api": "lens/v1"}"#, "'self'"),
        (r#"{"api": "https://a.example;script-src *"}"#, "'self'"),
        (r#"{"api": "javascript://a.example/"}"#, "'self'"),
        (r#"{"apis": "https://api.example/v1"}"#, "'self'"),
        ("<html>", "'self'"),
    ] {
        fs::write(runs.path("dist/config.json"), config).unwrap();
        for path in ["/", "/engine.js"] {
            let answer = server.get(path);
            assert_eq!(directive(&answer, "connect-src"), expected, "{config}");
        }
    }
}
