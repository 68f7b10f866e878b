//! The small answers of the API: out of whatever a server wraps them in, or the error that they are.
//!
//! Generation A sends the payload bare, generation B as `{"meta":{"code":2000},"data":…}` with its
//! errors under HTTP 200. Both, and the other documented error bodies, are understood here.

use parallax_core::error::ApiError;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Generation B's code for success.
const SUCCESS: i64 = 2000;

/// Reads the body of an answer.
pub fn open<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, ApiError> {
    let parsed: Result<Value, _> = serde_json::from_slice(body);
    if !(200..300).contains(&status) {
        let said = parsed.ok().and_then(|value| refusal(status, &value));
        return Err(said.unwrap_or_else(|| ApiError::from_status(status, &excerpt(body))));
    }
    let value = parsed.map_err(|error| unreadable(&error, body))?;
    if let Some(error) = refusal(status, &value) {
        return Err(error);
    }
    let payload = match value {
        Value::Object(mut object) if object.contains_key("meta") => {
            object.remove("data").unwrap_or(Value::Null)
        }
        other => other,
    };
    let other = |found: String| ApiError::Malformed {
        byte: 0,
        expected: "the fields of the API's contract".into(),
        found,
        rows: 0,
    };
    // Every answer is an object; a list would be taken for its fields in order.
    if payload.is_array() {
        return Err(other(format!("«{}»", excerpt(body))));
    }
    T::deserialize(payload).map_err(|error| other(error.to_string()))
}

/// The error that a body is, if it is one.
pub fn refusal(status: u16, value: &Value) -> Option<ApiError> {
    let object = value.as_object()?;
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    if let Some(meta) = object.get("meta") {
        let code = meta.get("code").and_then(Value::as_i64).unwrap_or(SUCCESS);
        let message = meta
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        return (code != SUCCESS).then(|| ApiError::from_code(code, message));
    }
    if object.contains_key("error") {
        let status = if (200..300).contains(&status) {
            500
        } else {
            status
        };
        return Some(ApiError::from_status(status, text("error")));
    }
    match object.get("code")? {
        Value::String(code) => Some(ApiError::Refused {
            code: code.clone(),
            message: text("message").into(),
        }),
        code => match code.as_i64()? {
            0 | 200 | SUCCESS => None,
            code => Some(ApiError::from_code(code, text("message"))),
        },
    }
}

fn unreadable(error: &serde_json::Error, body: &[u8]) -> ApiError {
    let lines = body
        .split_inclusive(|&b| b == b'\n')
        .take(error.line().saturating_sub(1));
    let before: usize = lines.map(<[u8]>::len).sum();
    let byte = before + error.column().saturating_sub(1);
    if error.is_eof() {
        return ApiError::Truncated {
            bytes: body.len() as u64,
            rows: 0,
        };
    }
    let found = excerpt(body.get(byte..).unwrap_or_default());
    ApiError::Malformed {
        byte: byte as u64,
        expected: "JSON".into(),
        found: format!("«{found}»"),
        rows: 0,
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
    use parallax_core::wire::SourceList;

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
