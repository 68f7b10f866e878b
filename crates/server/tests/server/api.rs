//! The API over a real connection: bodies, parameters, error forms, conditions, encodings.

use std::fmt::Write as _;
use std::io::Read;

use crate::support::{Runs, Server, T0};
use parallax_server::http::dashboard::Dashboard;
use serde_json::{Value, json};

fn sample() -> Runs {
    Runs::new(&[
        (
            "alpha/x.log",
            "step=1 time=1700000000000 loss=0.5 lr=nan target=3\n\
             step=2 time=1700000001000 loss=inf lr=null\n\
             step=3 time=1700000002000 loss=-inf lr=1e-7\n",
        ),
        (
            "alpha/wandb/run-20231114_221320-r1/run-r1.wandb",
            "exit=1 start=1699999999000\nstep=1 time=1700000000500 loss=0.25\n",
        ),
        (
            "alpha/tb/a.tfevents.1",
            "step=1 time=1700000000600 train/loss=0.125\n",
        ),
        ("team/beta/x.log", "step=1 time=1600000000000 loss=1\n"),
        ("gamma/x.log", "step=1 time=1650000000000 loss=1\n"),
    ])
}

fn uids(body: &Value) -> Vec<&str> {
    let rows = body["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["uid"].as_str().unwrap())
        .collect()
}

#[test]
fn workloads_are_listed_filtered_and_paged() {
    let mut runs = sample();
    runs.touch("gamma/x.log", T0 + 99_000);
    runs.pass(T0 + 100_000);
    let server = runs.serve();
    let first = server.json("/api/v1/workloads")["data"][0].clone();
    assert_eq!(
        first,
        json!({
            "uid": "alpha", "name": "alpha", "kind": "Run", "status": "Failed",
            "namespace": runs.dir.path().file_name().unwrap().to_str().unwrap(),
            "gpu_allocated": 0, "start_at": 1699999999, "end_at": 1700000002, "source": "files",
            "files": [],
        })
    );
    let table: &[(&str, &[&str], u64)] = &[
        ("", &["alpha", "gamma", "team.beta"], 3),
        ("?name=m", &["gamma"], 1),
        ("?name=&status=", &["alpha", "gamma", "team.beta"], 3),
        ("?kind=Run", &["alpha", "gamma", "team.beta"], 3),
        ("?kind=PyTorchJob", &[], 0),
        ("?namespace=team", &["team.beta"], 1),
        ("?status=Running", &["gamma"], 1),
        ("?status=Done", &["team.beta"], 1),
        ("?status=Failed", &["alpha"], 1),
        ("?page_size=2", &["alpha", "gamma"], 3),
        ("?page_size=2&page_num=2", &["team.beta"], 3),
        ("?page_num=9", &[], 3),
        // The one that runs has no end yet.
        ("?order_by=end_at", &["gamma", "alpha", "team.beta"], 3),
    ];
    for (query, expected, total) in table {
        let body = server.json(&format!("/api/v1/workloads{query}"));
        assert_eq!(
            (uids(&body).as_slice(), &body["total"]),
            (*expected, &json!(total)),
            "{query}"
        );
    }
}

#[test]
fn one_workload_tells_its_files() {
    let server = sample().serve();
    let body = server.json("/api/v1/workloads/alpha");
    let files = body["files"].as_array().unwrap();
    let found: Vec<(&str, &str, u64, &str)> = files
        .iter()
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap();
            (
                text("path"),
                text("data_source"),
                file["points"].as_u64().unwrap(),
                text("state"),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("alpha/tb/a.tfevents.1", "tensorflow", 1, "complete"),
            (
                "alpha/wandb/run-20231114_221320-r1/run-r1.wandb",
                "wandb",
                1,
                "complete"
            ),
            ("alpha/x.log", "log", 6, "complete"),
        ]
    );
    assert_eq!(files[2]["bytes"], 138);
}

#[test]
fn sources_and_metrics() {
    let server = sample().serve();
    assert_eq!(
        server.json("/api/v1/workloads/alpha/metrics/sources"),
        json!({
            "workload_uid": "alpha",
            "data_sources": [
                {"name": "log", "count": 6},
                {"name": "wandb", "count": 1},
                {"name": "tensorflow", "count": 1},
            ],
            "total_count": 8,
        })
    );
    assert_eq!(
        server.json("/api/v1/workloads/alpha/metrics/available"),
        json!({
            "workload_uid": "alpha",
            "metrics": [
                {"name": "loss", "data_source": ["log", "wandb"], "count": 4},
                {"name": "lr", "data_source": ["log"], "count": 3},
                {"name": "train/loss", "data_source": ["tensorflow"], "count": 1},
            ],
            "total_count": 3,
        })
    );
    let body = server.json("/api/v1/workloads/alpha/metrics/available?data_source=wandb");
    assert_eq!(
        body["metrics"],
        json!([{"name": "loss", "data_source": ["wandb"], "count": 1}])
    );
    let body = server.json("/api/v1/workloads/gamma/metrics/available?data_source=tensorflow");
    assert_eq!(body["metrics"], json!([]));
}

#[test]
fn data_in_order_with_every_kind_of_value() {
    let server = sample().serve();
    let answer = server.get("/api/v1/workloads/alpha/metrics/data");
    let row = |metric: &str, value: &str, time: i64, step: i64, source: &str| {
        format!(
            r#"{{"metric_name":"{metric}","value":{value},"timestamp":{time},"iteration":{step},"data_source":"{source}"}}"#
        )
    };
    let rows = [
        row("loss", "0.5", 1700000000000, 1, "log"),
        row("loss", r#""Infinity""#, 1700000001000, 2, "log"),
        row("loss", r#""-Infinity""#, 1700000002000, 3, "log"),
        row("loss", "0.25", 1700000000500, 1, "wandb"),
        row("lr", r#""NaN""#, 1700000000000, 1, "log"),
        row("lr", "null", 1700000001000, 2, "log"),
        row("lr", "1e-7", 1700000002000, 3, "log"),
        row("train/loss", "0.125", 1700000000600, 1, "tensorflow"),
    ];
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        format!(
            r#"{{"workload_uid":"alpha","total_count":8,"data":[{}]}}"#,
            rows.join(",")
        )
    );
}

#[test]
fn data_is_chosen_by_metric_source_and_time() {
    let server = sample().serve();
    for (query, expected) in [
        ("", 8),
        ("metrics=all", 8),
        ("metrics=", 0),
        ("metrics=%2C", 0),
        ("metrics=loss", 4),
        ("metrics=loss,absent", 4),
        ("metrics=absent", 0),
        ("metrics=loss,train%2Floss", 5),
        ("data_source=log", 6),
        ("data_source=log&metrics=loss", 3),
        ("data_source=tensorflow&metrics=loss", 0),
        ("start=1700000001000", 4),
        ("end=1700000000000", 2),
        ("start=1700000000500&end=1700000000600", 2),
        ("start=1700000002000&end=1700000000000", 0),
        ("start=&end=", 8),
        ("unknown=1", 8),
    ] {
        let body = server.json(&format!("/api/v1/workloads/alpha/metrics/data?{query}"));
        assert_eq!(body["total_count"], expected, "{query}");
        assert_eq!(body["data"].as_array().unwrap().len(), expected, "{query}");
    }
}

#[test]
fn iteration_times() {
    let server = sample().serve();
    let body = server.json("/api/v1/workloads/alpha/metrics/iteration-times?data_source=log");
    let rows: Vec<(&str, f64, i64)> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let name = row["metric_name"].as_str().unwrap();
            (
                name,
                row["value"].as_f64().unwrap(),
                row["timestamp"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("iteration", 1.0, 1700000000000),
            ("iteration", 2.0, 1700000001000),
            ("iteration", 3.0, 1700000002000),
            ("target_iteration", 3.0, 1700000000000),
            ("target_iteration", 3.0, 1700000001000),
            ("target_iteration", 3.0, 1700000002000),
        ]
    );
    let path = "/api/v1/workloads/alpha/metrics/iteration-times?end=1700000000500";
    assert_eq!(server.json(path)["total_count"], 3);
}

#[test]
fn errors_name_the_parameter_and_what_was_expected() {
    let server = sample().serve();
    let data = "/workloads/alpha/metrics/data";
    for (path, status, words) in [
        (
            format!("{data}?start=abc"),
            400,
            &["`start`", "`abc`", "milliseconds"][..],
        ),
        (format!("{data}?end=1.5"), 400, &["`end`", "milliseconds"]),
        (
            format!("{data}?data_source=nobody"),
            400,
            &["`data_source`", "log, wandb, tensorflow"],
        ),
        (
            "/workloads/alpha/metrics/available?data_source=x".to_owned(),
            400,
            &["`data_source`"],
        ),
        (
            "/workloads/alpha/metrics/iteration-times?start=x".to_owned(),
            400,
            &["`start`"],
        ),
        (
            "/workloads?page_size=0".to_owned(),
            400,
            &["`page_size`", "1 to 10000"],
        ),
        ("/workloads?page_num=x".to_owned(), 400, &["`page_num`"]),
        (
            "/workloads?order_by=name".to_owned(),
            400,
            &["`order_by`", "start_at or end_at"],
        ),
        ("/workloads/nobody".to_owned(), 404, &["nobody"]),
        (
            "/workloads/nobody/metrics/data".to_owned(),
            404,
            &["nobody"],
        ),
        (
            "/workloads/nobody/metrics/sources".to_owned(),
            404,
            &["nobody"],
        ),
        (
            "/workloads/alpha/metrics".to_owned(),
            404,
            &["/api/v1/workloads/alpha/metrics"],
        ),
        ("/nothing".to_owned(), 404, &["/api/v1/nothing"]),
        (String::new(), 404, &["/workloads"]),
    ] {
        let answer = server.get(&format!("/api/v1{path}"));
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(
            words.iter().all(|word| error.contains(word)),
            "{path}: {error}"
        );
    }
    for path in ["/api/v1/workloads", "/api/v1/nothing", "/"] {
        let answer = server.request("POST", path, &[]);
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "GET, HEAD"),
            "{path}"
        );
        assert!(answer.json()["error"].as_str().unwrap().contains("POST"));
    }
    assert_eq!(server.request("HEAD", "/api/v1/workloads", &[]).status, 200);
}

#[test]
fn a_source_of_ones_own_is_known() {
    let server = Runs::new(&[("a/x.other", "step=1 time=1 loss=1\n")]).serve();
    let path = "/api/v1/workloads/a/metrics/data";
    assert_eq!(
        server.json(&format!("{path}?data_source=mlflow"))["total_count"],
        1
    );
    let error = server.get(&format!("{path}?data_source=x")).json()["error"].to_string();
    assert!(error.contains("mlflow"), "{error}");
}

#[test]
fn what_the_client_has_is_not_sent_again() {
    let mut runs = sample();
    let server = runs.serve();
    for path in ["available", "data", "data?metrics=loss"] {
        let path = format!("/api/v1/workloads/alpha/metrics/{path}");
        let etag = server.get(&path).header("etag").to_owned();
        let answer = server.request("GET", &path, &[("if-none-match", &etag)]);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{path}");
        assert_eq!(answer.header("etag"), etag);
        let answer = server.request("GET", &path, &[("if-none-match", "W/\"0-0\"")]);
        assert_eq!(answer.status, 200);
    }
    let path = "/api/v1/workloads/alpha/metrics/data?metrics=loss&data_source=log";
    let etag = server.get(path).header("etag").to_owned();
    runs.append(
        "alpha/x.log",
        "step=4 time=1700000003000 loss=0.4\n",
        T0 + 5,
    );
    runs.pass(T0 + 100_000);
    let answer = server.request("GET", path, &[("if-none-match", &etag)]);
    assert_eq!(
        (answer.status, &answer.json()["total_count"]),
        (200, &json!(4))
    );
    // A bad parameter is an error even for one who has the data.
    let answer = server.request("GET", &format!("{path}&start=x"), &[("if-none-match", "*")]);
    assert_eq!(answer.status, 400);
}

/// 80,000 points in 2 series.
fn large() -> (Runs, u64) {
    let mut text = String::new();
    for step in 0..40_000 {
        let loss = 1.0 / (1.0 + f64::from(step));
        writeln!(
            text,
            "step={step} time={} loss={loss} lr={step}",
            T0 + i64::from(step)
        )
        .unwrap();
    }
    (Runs::new(&[("big/x.log", &text)]), 80_000)
}

#[test]
fn a_large_workload_arrives_whole() {
    let (runs, total) = large();
    let server = runs.serve();
    let answer = server.get("/api/v1/workloads/big/metrics/data");
    // Its length is not known beforehand: it is written while it is sent.
    assert_eq!(answer.header("content-length"), "");
    let body = answer.json();
    let rows = body["data"].as_array().unwrap();
    assert_eq!(
        (rows.len() as u64, &body["total_count"]),
        (total, &json!(total))
    );
    for (step, row) in rows[..40_000].iter().enumerate() {
        assert_eq!(row["iteration"], step);
        assert_eq!(row["value"].as_f64().unwrap(), 1.0 / (1.0 + step as f64));
    }
}

#[test]
fn bodies_are_compressed_as_the_client_likes() {
    let (runs, _) = large();
    let server = runs.serve();
    let path = "/api/v1/workloads/big/metrics/data?metrics=loss";
    let plain = server.request("GET", path, &[("accept-encoding", "identity")]);
    assert_eq!(plain.header("content-encoding"), "");
    for (accept, expected) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
    ] {
        let answer = server.request("GET", path, &[("accept-encoding", accept)]);
        assert_eq!(answer.header("content-encoding"), expected, "{accept}");
        assert!(answer.header("vary").contains("accept-encoding"));
        assert!(answer.body.len() * 3 < plain.body.len(), "{accept}");
        let mut decoded = Vec::new();
        let body = answer.body.as_slice();
        match expected {
            "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut decoded),
            "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut decoded),
            _ => zstd::Decoder::new(body).unwrap().read_to_end(&mut decoded),
        }
        .unwrap();
        assert!(decoded == plain.body, "{accept}");
    }
}

#[test]
fn several_bases_and_origins() {
    let runs = sample();
    let none = Dashboard::Folder(runs.path("none"));
    let server = runs.serve_as(
        &["/v1", "/lens/v1"],
        &["https://portal.example"],
        none.clone(),
    );
    assert_eq!(server.json("/v1/workloads")["total"], 3);
    assert_eq!(server.json("/lens/v1/workloads")["total"], 3);
    assert_eq!(
        server.get("/v1x/workloads").header("content-type"),
        "text/plain; charset=utf-8"
    );
    let from = |origin: &str| server.request("GET", "/v1/workloads", &[("origin", origin)]);
    let allowed = from("https://portal.example");
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://portal.example"
    );
    assert_eq!(allowed.header("x-parallax"), env!("CARGO_PKG_VERSION"));
    assert_eq!(
        from("https://other.example").header("access-control-allow-origin"),
        ""
    );
    let closed = runs.serve_as(&["/api/v1"], &[], none);
    let answer = closed.request(
        "GET",
        "/api/v1/workloads",
        &[("origin", "https://a.example")],
    );
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[test]
fn a_failed_look_at_the_folder_is_said_beside_what_was_read_before() {
    let runs = sample();
    let server = runs.serve();
    let shared = runs.reloader.shared();
    let paths = ["/api/v1/workloads", "/api/v1/workloads/alpha"];
    let before = paths.map(|path| server.json(path));
    shared.set_reload_error(Some("the folder is gone".to_owned()));
    for (path, before) in paths.iter().zip(&before) {
        let mut answer = server.json(path);
        let error = answer.as_object_mut().unwrap().remove("reload_error");
        assert_eq!(error, Some(json!("the folder is gone")), "{path}");
        assert_eq!(&answer, before);
    }
    shared.set_reload_error(None);
    assert_eq!(paths.map(|path| server.json(path)), before);
}

#[test]
fn bases_may_be_equal_or_lie_in_each_other() {
    let runs = sample();
    let none = Dashboard::Folder(runs.path("none"));
    let bases = [
        "/v1",
        "/v1",
        "/v1/workloads",
        "/v1/workloads/alpha",
        "/v1/workloads/alpha/metrics/data",
        "/v1/v1",
    ];
    let server = runs.serve_as(&bases, &[], none);
    for base in bases {
        let list = server.json(&format!("{base}/workloads"));
        assert_eq!(list["total"], 3, "{base}");
    }
    assert_eq!(server.json("/v1/workloads/alpha")["uid"], "alpha");
}

#[test]
fn the_dashboard_stands_beside_the_api() {
    let runs = sample();
    let server = runs.serve();
    let page = server.get("/");
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.body).contains("trunk build"));
    runs.write("dist/index.html", "<p>built</p>", T0);
    let server = runs.serve_as(&["/api/v1"], &[], Dashboard::Folder(runs.path("dist")));
    for path in ["/", "/index.html", "/?workload=alpha"] {
        let page = server.get(path);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
        assert_eq!(page.body, b"<p>built</p>");
    }
    assert_eq!(server.get("/../alpha/x.log").status, 404);
    assert_eq!(server.get("/%2e%2e/alpha/x.log").status, 404);
}

#[test]
fn names_that_need_escaping() {
    let server = Runs::new(&[("ü \"%\"/x.log", "step=1 time=1 a/b=1\n")]).serve();
    let list = server.json("/api/v1/workloads");
    let uid = list["data"][0]["uid"].as_str().unwrap();
    assert!(
        uid.is_ascii() && !uid.contains(['/', '%', ' ', '"']),
        "{uid}"
    );
    assert_eq!(list["data"][0]["name"], "ü \"%\"");
    let body = server.json(&format!("/api/v1/workloads/{uid}/metrics/data"));
    assert_eq!(body["data"][0]["metric_name"], "a/b");
}

#[test]
fn a_server_stops_when_told() {
    let runs = sample();
    let server: Server = runs.serve();
    let address = server.address;
    server.json("/api/v1/workloads");
    drop(server);
    assert!(std::net::TcpStream::connect(address).is_err());
}
