//! `/workloads` and `/workloads/{uid}`.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use parallax_api::wire::{Workload, WorkloadList};
use serde::Serialize;

use super::answer::json;
use super::app::App;
use super::error::ApiError;
use super::query::Query;
use crate::store::snapshot::{Catalog, WorkloadSnapshot};

/// The largest page that can be asked for.
const MOST_A_PAGE: u64 = 10_000;

/// Workloads that match, newest first, one page of them, without their files.
pub async fn list(State(app): State<App>, RawQuery(raw): RawQuery) -> Result<Response, ApiError> {
    let query = Query::parse(raw.as_deref());
    let page_num = query.count("page_num", 1, u64::from(u32::MAX))?;
    let page_size = query.count("page_size", 10, MOST_A_PAGE)?;
    let order = order(&query)?;
    let catalog = app.shared.read();
    let mut found: Vec<&Workload> = catalog
        .workloads
        .values()
        .map(|workload| &workload.info)
        .filter(|info| is_wanted(info, &query))
        .collect();
    found.sort_by_key(|info| (Reverse(order(info)), &info.uid));
    let skip = usize::try_from((page_num - 1).saturating_mul(page_size)).unwrap_or(usize::MAX);
    let take = usize::try_from(page_size).unwrap_or(usize::MAX);
    let page = found.iter().skip(skip).take(take);
    let body = WorkloadList {
        total: found.len() as u64,
        data: page.map(|info| without_files(info)).collect(),
    };
    answer(&body, &catalog)
}

/// One workload with the report of each of its files.
pub async fn one(State(app): State<App>, Path(uid): Path<String>) -> Result<Response, ApiError> {
    let workload: Arc<WorkloadSnapshot> = app.workload(&uid)?;
    answer(&workload.info, &app.shared.read())
}

/// A body; with `reload_error` where it is no longer kept up to date.
fn answer(body: &impl Serialize, catalog: &Catalog) -> Result<Response, ApiError> {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        #[serde(flatten)]
        body: &'a T,
        #[serde(skip_serializing_if = "Option::is_none")]
        reload_error: Option<&'a str>,
    }
    let reload_error = catalog.reload_error.as_deref();
    json(&Answer { body, reload_error }, None)
}

fn is_wanted(info: &Workload, query: &Query) -> bool {
    let is_exactly = |name: &str, value: &str| query.text(name).is_none_or(|text| text == value);
    query
        .text("name")
        .is_none_or(|part| info.name.contains(part))
        && is_exactly("kind", &info.kind)
        && is_exactly("namespace", &info.namespace)
        && is_exactly("status", info.status.as_deref().unwrap_or_default())
}

/// What the list is sorted by, the largest first. A run that has not ended ends last.
fn order(query: &Query) -> Result<fn(&Workload) -> i64, ApiError> {
    match query.text("order_by") {
        None | Some("start_at") => Ok(|info| info.start_at),
        Some("end_at") => Ok(|info| {
            if info.end_at == 0 {
                i64::MAX
            } else {
                info.end_at
            }
        }),
        Some(other) => Err(ApiError::BadParameter {
            name: "order_by",
            got: other.to_owned(),
            expected: "start_at or end_at".to_owned(),
        }),
    }
}

fn without_files(info: &Workload) -> Workload {
    Workload {
        uid: info.uid.clone(),
        name: info.name.clone(),
        kind: info.kind.clone(),
        namespace: info.namespace.clone(),
        status: info.status.clone(),
        gpu_allocated: info.gpu_allocated,
        start_at: info.start_at,
        end_at: info.end_at,
        source: info.source.clone(),
        files: Vec::new(),
    }
}
