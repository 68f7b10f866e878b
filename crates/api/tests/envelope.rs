//! What a server wraps its answers in, beyond the forms of the contract.

use parallax_api::envelope::open;
use parallax_api::error::ApiError;
use parallax_api::wire::SourceList;

fn read(status: u16, body: &[u8]) -> Result<SourceList, ApiError> {
    open(status, body)
}

#[test]
fn an_error_under_http_200_is_an_error() {
    let server = |code: &str, message: &str| ApiError::Server {
        code: code.into(),
        message: message.into(),
    };
    let cases: [(u16, &str, ApiError); 5] = [
        (
            200,
            r#"{"error":"database is down"}"#,
            server("HTTP 500", "database is down"),
        ),
        (
            200,
            r#"{"meta":{"code":5000},"data":{"data_sources":[]}}"#,
            server("code 5000", ""),
        ),
        (
            200,
            r#"{"code":5000,"message":"db"}"#,
            server("code 5000", "db"),
        ),
        (503, "", server("HTTP 503", "")),
        (
            503,
            r#"{"unrelated":1}"#,
            server("HTTP 503", r#"{"unrelated":1}"#),
        ),
    ];
    for (status, body, error) in cases {
        assert_eq!(read(status, body.as_bytes()), Err(error), "{body}");
    }
}

#[test]
fn success_codes_are_no_errors() {
    for body in [
        r#"{"code":0,"workload_uid":"u","data_sources":[],"total_count":0}"#,
        r#"{"code":200,"workload_uid":"u","data_sources":[],"total_count":0}"#,
        r#"{"meta":{"code":2000},"data":{"workload_uid":"u","data_sources":[],"total_count":0}}"#,
        r#"{"meta":{},"data":{"workload_uid":"u","data_sources":[],"total_count":0}}"#,
        r#" {"workload_uid":"u","data_sources":[],"total_count":0,"new":{"a":[1]}} "#,
    ] {
        assert_eq!(
            read(200, body.as_bytes()).map(|list| list.workload_uid),
            Ok("u".into()),
            "{body}"
        );
    }
}

#[test]
fn a_body_of_another_shape_is_named() {
    for body in [
        "[]",
        "3",
        "\"text\"",
        r#"{"data_sources":3}"#,
        r#"{"meta":{"code":2000},"data":[1]}"#,
    ] {
        let error = read(200, body.as_bytes()).unwrap_err();
        assert!(
            matches!(error, ApiError::Malformed { .. }),
            "{body}: {error:?}"
        );
    }
}

#[test]
fn bodies_that_are_not_text_are_refused_and_a_long_page_is_cut() {
    assert!(matches!(
        read(200, b"\xff\xfe"),
        Err(ApiError::Malformed { byte: 0, .. })
    ));
    let page = "<p>é</p>\n".repeat(5_000);
    let Err(ApiError::Server { message, .. }) = read(500, page.as_bytes()) else {
        panic!()
    };
    assert!(
        message.chars().count() <= 60 && message.starts_with("<p>é</p> <p>"),
        "{message}"
    );
    // The place of what is wrong is in bytes, also on a later line and behind letters of two bytes.
    let error = read(200, "{\n\"é\": <html>".as_bytes()).unwrap_err();
    assert!(
        matches!(error, ApiError::Malformed { byte: 8, .. }),
        "{error:?}"
    );
}
