//! The small answers of the API: out of whatever a server wraps them in, or the error that they are.
//!
//! Generation A sends the payload bare, generation B as `{"meta":{"code":2000},"data":…}` with its
//! errors under HTTP 200. Both, and the other documented error bodies, are understood here.

use parallax_api::error::ApiError;
use parallax_api::json::{Json, JsonError};
use parallax_api::wire::FromJson;

/// Generation B's code for success.
const SUCCESS: i64 = 2000;

/// Reads the body of an answer.
pub fn open<T: FromJson>(status: u16, body: &[u8]) -> Result<T, ApiError> {
    let json = payload(status, body)?;
    T::from_json(&json).map_err(|found| ApiError::Malformed {
        byte: 0,
        expected: "the fields of the API's contract".into(),
        found,
        rows: 0,
    })
}

/// The error that an answer other than 2xx is.
pub fn error(status: u16, body: &[u8]) -> ApiError {
    let said = Json::parse(body).ok();
    said.and_then(|json| refusal(status, &json))
        .unwrap_or_else(|| ApiError::from_status(status, &excerpt(body)))
}

fn payload(status: u16, body: &[u8]) -> Result<Json, ApiError> {
    if !(200..300).contains(&status) {
        return Err(error(status, body));
    }
    let json = Json::parse(body).map_err(|error| unreadable(error, body))?;
    if let Some(error) = refusal(status, &json) {
        return Err(error);
    }
    match (json.get("meta"), json.get("data")) {
        (None, _) => Ok(json),
        (Some(_), data) => Ok(data.cloned().unwrap_or(Json::Null)),
    }
}

/// The error that a body is, if it is one.
fn refusal(status: u16, json: &Json) -> Option<ApiError> {
    let text = |json: &Json, key: &str| {
        let text = json.get(key).and_then(Json::as_text);
        text.unwrap_or_default().to_owned()
    };
    if let Some(meta) = json.get("meta") {
        let code = meta.get("code").and_then(Json::as_i64).unwrap_or(SUCCESS);
        return (code != SUCCESS).then(|| ApiError::from_code(code, &text(meta, "message")));
    }
    if json.get("error").is_some() {
        let is_success = (200..300).contains(&status);
        let status = if is_success { 500 } else { status };
        return Some(ApiError::from_status(status, &text(json, "error")));
    }
    match json.get("code")? {
        Json::Text(code) => Some(ApiError::Refused {
            code: code.clone(),
            message: text(json, "message"),
        }),
        code => match code.as_i64()? {
            0 | 200 | SUCCESS => None,
            code => Some(ApiError::from_code(code, &text(json, "message"))),
        },
    }
}

fn unreadable(error: JsonError, body: &[u8]) -> ApiError {
    match error {
        JsonError::Truncated => ApiError::Truncated {
            bytes: body.len() as u64,
            rows: 0,
        },
        JsonError::Malformed { byte, expected } => ApiError::Malformed {
            byte: byte as u64,
            expected: expected.into(),
            found: format!("«{}»", excerpt(body.get(byte..).unwrap_or_default())),
            rows: 0,
        },
    }
}

/// The beginning of a body as text, for a message.
fn excerpt(body: &[u8]) -> String {
    const LONGEST: usize = 60;
    let text = String::from_utf8_lossy(body.get(..4 * LONGEST).unwrap_or(body));
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_api::wire::SourceList;

    fn read(status: u16, body: &str) -> Result<SourceList, ApiError> {
        open(status, body.as_bytes())
    }

    #[test]
    fn both_generations_give_the_same() {
        let bare =
            r#"{"workload_uid":"u","data_sources":[{"name":"log","count":3}],"total_count":3}"#;
        let enveloped =
            format!(r#"{{"data":{bare},"tracing":null,"meta":{{"code":2000,"message":"OK"}}}}"#);
        let list = read(200, bare).unwrap();
        assert_eq!(list.total_count, 3);
        assert_eq!(read(200, &enveloped).unwrap(), list);
    }

    #[test]
    fn every_error_form_of_the_contract() {
        let not_found = ApiError::NotFound {
            message: "no such workload".into(),
        };
        let cases = [
            (404, r#"{"error":"no such workload"}"#, not_found.clone()),
            (
                200,
                r#"{"meta":{"code":4004,"message":"no such workload"},"data":null}"#,
                not_found,
            ),
            (
                200,
                r#"{"meta":{"code":5000,"message":"db"},"data":null}"#,
                ApiError::Server {
                    code: "code 5000".into(),
                    message: "db".into(),
                },
            ),
            (
                401,
                r#"{"code":401,"message":"authentication required"}"#,
                ApiError::Unauthorized {
                    message: "authentication required".into(),
                },
            ),
            (
                400,
                r#"{"code":"RequestParameterInvalid","message":"start"}"#,
                ApiError::Refused {
                    code: "RequestParameterInvalid".into(),
                    message: "start".into(),
                },
            ),
            (
                500,
                r#"{"error":"boom"}"#,
                ApiError::Server {
                    code: "HTTP 500".into(),
                    message: "boom".into(),
                },
            ),
            (
                502,
                "<html>bad gateway",
                ApiError::Server {
                    code: "HTTP 502".into(),
                    message: "<html>bad gateway".into(),
                },
            ),
        ];
        for (status, body, error) in cases {
            assert_eq!(read(status, body), Err(error), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_named_with_its_place() {
        let error = read(200, "{\n\"a\": <html>").unwrap_err();
        assert!(
            matches!(error, ApiError::Malformed { byte: 7, .. }),
            "{error:?}"
        );
        assert_eq!(
            read(200, "{\"a\": "),
            Err(ApiError::Truncated { bytes: 6, rows: 0 })
        );
        assert_eq!(
            read(200, ""),
            Err(ApiError::Truncated { bytes: 0, rows: 0 })
        );
    }
}
