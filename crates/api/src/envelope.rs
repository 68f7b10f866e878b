//! The small answers of the API: the payload without what a server wraps it in, or the error that
//! the answer is.
//!
//! Generation A sends the payload bare, generation B as `{"meta":{"code":2000},"data":…}` with its
//! errors under HTTP 200. Both, and the other documented error bodies, are understood here. Reading
//! is lenient where servers in the field are loose: unknown fields are ignored, what is missing or
//! `null` gets its default (empty lists and unknown times are written that way), and a fraction of
//! a whole number is cut off.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use crate::error::ApiError;

/// Generation B's code for success.
const SUCCESS: i64 = 2000;

/// Reads the body of an answer.
///
/// # Errors
/// The error that the answer is, or how the body differs from the contract.
pub fn open<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, ApiError> {
    let mut payload = payload(status, body)?;
    let differs = |found: String| ApiError::Malformed {
        byte: 0,
        expected: "the fields of the API's contract".into(),
        found,
        rows: 0,
    };
    // A list would be read as the fields in their order.
    if !payload.is_object() {
        return Err(differs("no object".into()));
    }
    make_lenient(&mut payload);
    serde_path_to_error::deserialize(payload).map_err(|error| differs(error.to_string()))
}

/// The error that an answer other than 2xx is.
pub fn error(status: u16, body: &[u8]) -> ApiError {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    json.and_then(|json| refusal(status, &json))
        .unwrap_or_else(|| ApiError::from_status(status, &excerpt(body)))
}

fn payload(status: u16, body: &[u8]) -> Result<Value, ApiError> {
    if !(200..300).contains(&status) {
        return Err(error(status, body));
    }
    let mut json: Value = serde_json::from_slice(body).map_err(|error| unreadable(&error, body))?;
    if let Some(error) = refusal(status, &json) {
        return Err(error);
    }
    match json.get("meta") {
        None | Some(Value::Null) => Ok(json),
        Some(_) => Ok(json.get_mut("data").map(Value::take).unwrap_or_default()),
    }
}

/// Removes members that are `null` and cuts off fractions; the wire has whole numbers only.
fn make_lenient(json: &mut Value) {
    match json {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(make_lenient);
        }
        Value::Array(items) => items.iter_mut().for_each(make_lenient),
        Value::Number(number) if number.is_f64() => {
            *json = Value::from(number.as_f64().unwrap_or_default() as i64);
        }
        _ => {}
    }
}

/// The error that a body is, if it is one.
fn refusal(status: u16, json: &Value) -> Option<ApiError> {
    let text = |json: &Value, key: &str| json[key].as_str().unwrap_or_default().to_owned();
    if let Some(meta) = json.get("meta").filter(|meta| !meta.is_null()) {
        let code = meta["code"].as_i64().unwrap_or(SUCCESS);
        return (code != SUCCESS).then(|| ApiError::from_code(code, &text(meta, "message")));
    }
    if json.get("error").is_some_and(|error| !error.is_null()) {
        let is_success = (200..300).contains(&status);
        let status = if is_success { 500 } else { status };
        return Some(ApiError::from_status(status, &text(json, "error")));
    }
    match json.get("code")? {
        Value::String(code) => Some(ApiError::Refused {
            code: code.clone(),
            message: text(json, "message"),
        }),
        code => match code.as_i64()? {
            0 | 200 | SUCCESS => None,
            code => Some(ApiError::from_code(code, &text(json, "message"))),
        },
    }
}

fn unreadable(error: &serde_json::Error, body: &[u8]) -> ApiError {
    if error.classify() == Category::Eof {
        return ApiError::Truncated {
            bytes: body.len() as u64,
            rows: 0,
        };
    }
    let lines_before = body.split_inclusive(|&byte| byte == b'\n');
    let line_start: usize = lines_before
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let byte = line_start + error.column().saturating_sub(1);
    let found = excerpt(body.get(byte..).unwrap_or_default());
    ApiError::Malformed {
        byte: byte as u64,
        expected: "valid JSON".into(),
        found: format!("«{found}» ({error})"),
        rows: 0,
    }
}

/// The beginning of a body as text, for a message.
fn excerpt(body: &[u8]) -> String {
    const MAX_CHARS: usize = 60;
    let text = String::from_utf8_lossy(body.get(..4 * MAX_CHARS).unwrap_or(body));
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{
        FileNote, FileReport, MetricInfo, MetricList, SourceList, Workload, WorkloadList,
    };

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

    #[test]
    fn reads_what_the_field_sends() {
        let body = br#"{"workload_uid":"u","metrics":null,"total_count":-1}"#;
        let list: MetricList = open(200, body).unwrap();
        assert_eq!((list.metrics.len(), list.total_count), (0, 0));
        let body = br#"{"uid":"u","end_at":null,"start_at":1.5e3,"id":7,"labels":{"a":[1]},"status":null}"#;
        let expected = Workload {
            uid: "u".into(),
            start_at: 1_500,
            ..Workload::default()
        };
        assert_eq!(open(200, body), Ok(expected));
    }

    #[test]
    fn reads_what_is_written() {
        let note = FileNote {
            message: "half a record".into(),
            byte: 7,
            count: 2,
        };
        let file = FileReport {
            path: "a/é.log".into(),
            points: 3,
            notes: vec![note],
            ..FileReport::default()
        };
        let workload = Workload {
            uid: "u".into(),
            status: Some("Done".into()),
            start_at: -5,
            files: vec![file],
            ..Workload::default()
        };
        let list = WorkloadList {
            data: vec![workload],
            total: 1,
        };
        assert_eq!(open(200, &serde_json::to_vec(&list).unwrap()), Ok(list));
        let metrics = MetricList {
            metrics: vec![MetricInfo {
                name: "loss".into(),
                data_source: vec!["log".into(), "wandb".into()],
                count: 9,
            }],
            ..MetricList::default()
        };
        assert_eq!(
            open(200, &serde_json::to_vec(&metrics).unwrap()),
            Ok(metrics)
        );
    }

    #[test]
    fn a_field_of_the_wrong_kind_is_named() {
        let found = |body: &str| match open::<MetricList>(200, body.as_bytes()) {
            Err(ApiError::Malformed { found, .. }) => found,
            other => panic!("{other:?}"),
        };
        assert!(found(r#"{"metrics":3}"#).starts_with("metrics: "));
        assert!(found(r#"{"metrics":[{"name":7}]}"#).starts_with("metrics[0].name: "));
        assert_eq!(found("[]"), "no object");
    }
}
