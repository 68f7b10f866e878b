//! What the routes work on.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::access::Access;
use super::dashboard::Dashboard;
use super::error::ApiError;
use crate::store::snapshot::{Shared, WorkloadSnapshot};

/// What the routes are built from.
#[derive(Clone, Debug)]
pub struct App {
    /// The published catalog.
    pub shared: Arc<Shared>,
    /// The page's files.
    pub dashboard: Arc<Dashboard>,
    /// Paths under which the API is served, such as `/api/v1`.
    pub api_bases: BTreeSet<String>,
    /// Origins that may read the API from their own pages; `*` for all, none by default.
    pub allow_origins: Vec<String>,
    /// The host names that are answered, and who may embed the page.
    pub access: Access,
}

impl App {
    /// True for the paths of the API, whether something is there or not.
    pub(crate) fn is_api(&self, path: &str) -> bool {
        self.api_bases.iter().any(|base| {
            path.strip_prefix(base.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The workload that a path names.
    pub(super) fn workload(&self, uid: &str) -> Result<Arc<WorkloadSnapshot>, ApiError> {
        let catalog = self.shared.read();
        let found = catalog.workloads.get(uid);
        found
            .cloned()
            .ok_or_else(|| ApiError::UnknownWorkload(uid.to_owned()))
    }
}
