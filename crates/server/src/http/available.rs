//! `/workloads/{uid}/metrics/available`: what was recorded.

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use parallax_api::wire::{MetricInfo, MetricList};

use super::answer::{json, not_modified};
use super::app::App;
use super::error::ApiError;
use super::query::Query;

/// The metrics of a workload by name, each with its sources in the order log, wandb, tensorflow,
/// others; of one source alone if asked.
pub async fn available(
    State(app): State<App>,
    Path(uid): Path<String>,
    RawQuery(raw): RawQuery,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let workload = app.workload(&uid)?;
    let only = Query::parse(raw.as_deref()).data_source(&workload)?;
    if let Some(answer) = not_modified(&request, &workload) {
        return Ok(answer);
    }
    let mut metrics: Vec<MetricInfo> = Vec::new();
    for series in &workload.series {
        if only.as_ref().is_some_and(|only| *only != series.source) {
            continue;
        }
        match metrics.last_mut() {
            Some(last) if last.name == series.metric => {
                last.data_source.push(series.source.clone());
                last.count += series.rows.rows();
            }
            _ => metrics.push(MetricInfo {
                name: series.metric.clone(),
                data_source: vec![series.source.clone()],
                count: series.rows.rows(),
            }),
        }
    }
    let body = MetricList {
        workload_uid: uid,
        total_count: metrics.len() as u64,
        metrics,
    };
    json(&body, Some(&workload.etag))
}
