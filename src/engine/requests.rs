//! What the engine asks of the API: the list, a workload with its catalog, and rows, which are
//! streamed and handed on in parts.

use futures::future::join;
use parallax_api::catalog::Catalog;
use parallax_api::chunks::{AnswerReader, Part};
use parallax_api::error::ApiError;
use parallax_api::scan::{ScanError, Scanner};
use parallax_api::wire::{MetricList, Workload, WorkloadList};
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use web_sys::AbortController;

use super::store::Target;
use crate::api::Api;
use crate::protocol::{ListQuery, Opened, Progress};

/// Workloads on one page of the list.
const PAGE_SIZE: &str = "50";
/// Progress is reported this often.
const PROGRESS_EVERY_MS: f64 = 150.0;
/// Rows that the scanner holds at most, about, before they are handed on: until then they take
/// memory beside the series.
const HELD_ROWS: u64 = 65_536;

/// What arrives of an answer with rows.
pub enum Step<'a> {
    /// The next rows of a series.
    Rows(&'a SeriesKey, &'a Columns),
    /// The next part of an answer with chunks.
    Part(Part),
    /// So much was read so far; reported now and then, after the rows.
    Progress(Progress),
}

/// Streams rows to `take`.
///
/// # Errors
/// If the API refused, if the answer was malformed, ended early, or was aborted, or if `take`
/// failed. What came before has been handed on.
pub async fn stream_rows(
    api: &Api,
    uid: &str,
    target: &Target,
    abort: &AbortController,
    take: impl FnMut(Step<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    match target {
        Target::Data(query) => {
            let path = ["workloads", uid, "metrics", "data"];
            stream_json(api, &path, &query.to_query(), abort, take).await
        }
        Target::Chunks(query) => {
            let path = ["workloads", uid, "metrics", "chunks"];
            stream_chunks(api, &path, &query.to_query(), abort, take).await
        }
    }
}

async fn stream_json(
    api: &Api,
    path: &[&str],
    query: &str,
    abort: &AbortController,
    mut take: impl FnMut(Step<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let mut scanner = Scanner::new();
    let (mut reported_ms, mut handed_rows) = (js_sys::Date::now(), 0);
    let mut outcome = Ok(());
    let end = api
        .stream(path, query, abort, |bytes| {
            scanner.feed(bytes);
            let now_ms = js_sys::Date::now();
            let is_due = now_ms - reported_ms > PROGRESS_EVERY_MS;
            if !is_due && scanner.rows() - handed_rows <= HELD_ROWS {
                return;
            }
            let mut step = |step: Step<'_>| {
                if outcome.is_ok() {
                    outcome = take(step);
                }
            };
            scanner.hand_over(|key, rows| step(Step::Rows(key, rows)));
            handed_rows = scanner.rows();
            if is_due {
                reported_ms = now_ms;
                step(Step::Progress(Progress {
                    rows: scanner.rows(),
                    bytes: scanner.bytes(),
                }));
            }
        })
        .await?;
    scanner.hand_over(|key, rows| {
        if outcome.is_ok() {
            outcome = take(Step::Rows(key, rows));
        }
    });
    outcome?;
    let (rows, bytes) = (scanner.rows(), scanner.bytes());
    match end.error(bytes, rows) {
        Some(error) => Err(error),
        None => scanner
            .finish()
            .map(|_| ())
            .map_err(|error| scan_error(error, rows, bytes)),
    }
}

async fn stream_chunks(
    api: &Api,
    path: &[&str],
    query: &str,
    abort: &AbortController,
    mut take: impl FnMut(Step<'_>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let mut reader = AnswerReader::default();
    let mut progress = Progress::default();
    let mut reported_ms = js_sys::Date::now();
    let mut outcome = Ok(());
    let malformed = |error: parallax_api::chunks::AnswerError, rows: u64| ApiError::Malformed {
        byte: error.byte,
        expected: error.expected,
        found: "something else".to_owned(),
        rows,
    };
    let end = api
        .stream(path, query, abort, |bytes| {
            progress.bytes += bytes.len() as u64;
            let read = reader.feed(bytes, |part| {
                if let Part::Rows(chunk) = &part {
                    progress.rows += chunk.rows() as u64;
                }
                if outcome.is_ok() {
                    outcome = take(Step::Part(part));
                }
            });
            if outcome.is_ok() {
                outcome = read.map_err(|error| malformed(error, progress.rows));
            }
            if outcome.is_err() {
                abort.abort();
            }
            let now_ms = js_sys::Date::now();
            if outcome.is_ok() && now_ms - reported_ms > PROGRESS_EVERY_MS {
                reported_ms = now_ms;
                outcome = take(Step::Progress(progress));
            }
        })
        .await?;
    outcome?;
    match end.error(progress.bytes, progress.rows) {
        Some(error) => Err(error),
        None => reader.finish().map_err(|_| ApiError::Truncated {
            bytes: progress.bytes,
            rows: progress.rows,
        }),
    }
}

fn scan_error(error: ScanError, rows: u64, bytes: u64) -> ApiError {
    match error {
        ScanError::Malformed {
            byte,
            expected,
            found,
        } => ApiError::Malformed {
            byte,
            expected: expected.to_owned(),
            found,
            rows,
        },
        ScanError::Truncated { .. } => ApiError::Truncated { bytes, rows },
        ScanError::Api { code, message } => ApiError::from_code(code, &message),
    }
}

/// A page of the list of workloads.
pub(super) async fn list(
    api: &Api,
    query: &ListQuery,
    abort: &AbortController,
) -> Result<WorkloadList, ApiError> {
    let page = query.page.max(1).to_string();
    let mut parameters = vec![("page_num", page.as_str()), ("page_size", PAGE_SIZE)];
    if !query.name.is_empty() {
        parameters.push(("name", &query.name));
    }
    if !query.status.is_empty() {
        parameters.push(("status", &query.status));
    }
    api.get(&["workloads"], &parameters, abort).await
}

/// A workload and what exists in it. Generation A answers an unknown uid with empty lists; where
/// the record itself is refused, its metrics are still shown.
///
/// # Errors
/// If the workload does not exist or the API can't tell.
pub async fn describe(api: &Api, uid: &str, abort: &AbortController) -> Result<Opened, ApiError> {
    let available = ["workloads", uid, "metrics", "available"];
    let (record, available) = join(
        api.get::<Workload>(&["workloads", uid], &[], abort),
        api.get::<MetricList>(&available, &[], abort),
    )
    .await;
    let (workload, metrics) = match (record, available) {
        (Ok(workload), Ok(list)) => (workload, list.metrics),
        (Err(_), Ok(list)) if !list.metrics.is_empty() => (Workload::default(), list.metrics),
        (Err(error), _) | (_, Err(error)) => return Err(error),
    };
    let name = if workload.name.is_empty() {
        uid.to_owned()
    } else {
        workload.name.clone()
    };
    let workload = Workload {
        uid: uid.to_owned(),
        name,
        ..workload
    };
    let catalog = Catalog::new(metrics);
    Ok(Opened { workload, catalog })
}
