//! What the engine asks of the API: the list, a workload with its catalog, and rows, which are
//! streamed, scanned and handed over in small parts.

use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_api::scan::{ScanError, Scanner};
use parallax_api::wire::{MetricList, Workload, WorkloadList};
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use web_sys::AbortSignal;

use crate::api::{Api, DataQuery, StreamEnd};
use crate::protocol::{ListQuery, Opened, Progress};

/// Workloads on one page of the list.
const PAGE_SIZE: &str = "50";
/// Progress is told this often.
const PROGRESS_EVERY_MS: f64 = 150.0;
/// Rows that the scanner holds at most, about, before they are handed over: until then they are
/// memory beside the series'.
const HELD_ROWS: u64 = 65_536;

/// What a load tells while it runs.
pub enum Step<'a> {
    /// Rows of a series, each told once.
    Rows(&'a SeriesKey, &'a Columns),
    /// So much was read so far, now and then. The rows before it were told.
    Progress(Progress),
}

/// Streams the rows that a query asks for; gives their number.
///
/// # Errors
/// If the API refused, or the answer was malformed, ended early or was cancelled. What came before
/// was told.
pub async fn load(
    api: &Api,
    uid: &str,
    query: &DataQuery,
    signal: &AbortSignal,
    mut see: impl FnMut(Step<'_>),
) -> Result<u64, ApiError> {
    let mut scanner = Scanner::new();
    let (mut told_ms, mut told_rows) = (js_sys::Date::now(), 0);
    let take = |chunk: &[u8]| {
        scanner.feed(chunk);
        let now_ms = js_sys::Date::now();
        let is_due = now_ms - told_ms > PROGRESS_EVERY_MS;
        if is_due || scanner.rows() - told_rows > HELD_ROWS {
            scanner.hand_over(|key, rows| see(Step::Rows(key, rows)));
            told_rows = scanner.rows();
        }
        if is_due {
            told_ms = now_ms;
            see(Step::Progress(Progress {
                rows: scanner.rows(),
                bytes: scanner.bytes(),
            }));
        }
    };
    let end = api.data(uid, query, signal, take).await?;
    scanner.hand_over(|key, rows| see(Step::Rows(key, rows)));
    let (rows, bytes) = (scanner.rows(), scanner.bytes());
    match (scanner.finish(), end) {
        (_, StreamEnd::Cancelled) => Err(ApiError::Cancelled { rows }),
        (_, StreamEnd::Broken) => Err(ApiError::Truncated { bytes, rows }),
        (Ok(_), StreamEnd::Closed) => Ok(rows),
        (Err(error), StreamEnd::Closed) => Err(scan_error(error, rows, bytes)),
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
pub(super) async fn list(api: &Api, query: &ListQuery) -> Result<WorkloadList, ApiError> {
    let page = query.page.max(1).to_string();
    let mut parameters = vec![("page_num", page.as_str()), ("page_size", PAGE_SIZE)];
    if !query.name.is_empty() {
        parameters.push(("name", &query.name));
    }
    if !query.status.is_empty() {
        parameters.push(("status", &query.status));
    }
    api.get(&["workloads"], &parameters).await
}

/// A workload and what exists in it. Generation A answers an unknown uid with empty lists; where
/// the record itself is refused, its metrics are still shown.
pub async fn describe(api: &Api, uid: &str) -> Result<Opened, ApiError> {
    let record = api.get::<Workload>(&["workloads", uid], &[]).await;
    let available = api
        .get::<MetricList>(&["workloads", uid, "metrics", "available"], &[])
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
