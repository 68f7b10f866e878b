//! `/workloads/{uid}/metrics/sources`: who recorded, and how many rows.

use axum::extract::{Path, State};
use axum::response::Response;
use parallax_api::wire::{SourceCount, SourceList};

use super::answer::json;
use super::app::App;
use super::error::ApiError;

/// The sources of a workload: log, wandb, tensorflow, others.
pub async fn sources(
    State(app): State<App>,
    Path(uid): Path<String>,
) -> Result<Response, ApiError> {
    let workload = app.workload(&uid)?;
    let sources = workload.sources();
    let body = SourceList {
        workload_uid: uid,
        total_count: sources.iter().map(|(_, count)| count).sum(),
        data_sources: sources
            .into_iter()
            .map(|(name, count)| SourceCount { name, count })
            .collect(),
    };
    json(&body, None)
}
