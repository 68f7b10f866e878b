//! What routes read: workloads that never change, published by swapping one pointer.
//!
//! A route clones the `Arc` and lets go of the lock before it looks at anything, so that no lock
//! is held while something is serialized or sent. There is no second lock.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use parallax_api::wire::Workload;
use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::source::Source;

use crate::following::file_series::FileSeries;
use crate::store::series::{Piece, Series};

/// One workload.
#[derive(Clone, Debug, Default)]
pub struct WorkloadSnapshot {
    /// As `/workloads/{uid}` gives it, with the files.
    pub info: Workload,
    /// Its series by (metric, source): sources in the order log, wandb, tensorflow, others. Each
    /// has rows.
    pub series: Vec<Arc<Series>>,
    /// The last step that the run is going to reach, by source.
    pub targets: BTreeMap<Source, i64>,
    /// Changes whenever the series do.
    pub etag: String,
    /// The `iteration-times` series, made when first asked for.
    pub iterations: Arc<OnceLock<Vec<Arc<Series>>>>,
}

impl WorkloadSnapshot {
    /// Its sources in listing order, with their numbers of rows.
    pub fn sources(&self) -> Vec<(Source, u64)> {
        let mut counts: BTreeMap<(u8, Source), u64> = BTreeMap::new();
        for series in &self.series {
            let key = (series.source.rank(), series.source.clone());
            *counts.entry(key).or_default() += series.rows.rows();
        }
        counts
            .into_iter()
            .map(|((_, source), count)| (source, count))
            .collect()
    }

    /// The series of `iteration-times`.
    pub fn iterations(&self) -> &[Arc<Series>] {
        self.iterations.get_or_init(|| {
            let sources = self.sources().into_iter();
            let mut series: Vec<_> = sources
                .flat_map(|(source, _)| self.iterations_of(&source))
                .collect();
            // Stable: within a name, the sources stay in listing order.
            series.sort_by(|a, b| a.metric.cmp(&b.metric));
            series
        })
    }

    /// When a source reached which step: over all its metrics, by time; of rows that follow each
    /// other with the same step the first.
    fn iterations_of(&self, source: &Source) -> Vec<Arc<Series>> {
        let mut reached: Vec<(i64, i64)> = Vec::new();
        let mut limit = 1 << 20;
        let of_source = self.series.iter().filter(|series| series.source == *source);
        for chunk in of_source.flat_map(|series| series.rows.chunks()) {
            let rows = chunk.decode().unwrap_or_default();
            let times = rows.times().slots_ms().iter().copied();
            reached.extend(times.zip(rows.steps().iter().copied()));
            if reached.len() > limit {
                // The metrics of a row have one time and step.
                reached.sort_unstable();
                reached.dedup();
                limit = limit.max(2 * reached.len());
            }
        }
        reached.sort_unstable();
        reached.dedup_by_key(|(_, step)| *step);
        let series = |metric: &str, target: Option<i64>| {
            let rows = reached.iter().map(|&(time_ms, step)| Row {
                step,
                time_ms: Some(time_ms),
                // Exact: steps are far below 2^53.
                value: target.unwrap_or(step) as f64,
            });
            let mut file = FileSeries::default();
            file.append(rows.collect::<Columns>(), 0);
            let rows = Piece {
                rows: &file,
                file: None,
            };
            Arc::new(Series::new(metric, source, &[rows], 0))
        };
        let target = self.targets.get(source).copied();
        let targets = target.map(|target| series("target_iteration", Some(target)));
        std::iter::once(series("iteration", None))
            .chain(targets)
            .collect()
    }
}

/// Everything that is served.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Workloads by uid.
    pub workloads: BTreeMap<String, Arc<WorkloadSnapshot>>,
    /// Files and folders that belong to no workload and could not be read: path and reason.
    pub unreadable: Vec<(String, String)>,
    /// How many files are of no known format.
    pub unrecognised: u64,
    /// Why the last look at the folder failed, if it did: the rest is what was read before it.
    pub reload_error: Option<String>,
}

/// The published catalog.
#[derive(Debug, Default)]
pub struct Shared(RwLock<Arc<Catalog>>);

impl Shared {
    /// The catalog as it is now.
    pub fn read(&self) -> Arc<Catalog> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the workloads and says why they are no newer, or that they are up to date again.
    pub fn set_reload_error(&self, reload_error: Option<String>) {
        self.publish(Catalog {
            reload_error,
            ..Catalog::clone(&self.read())
        });
    }

    /// Puts another one in its place.
    pub fn publish(&self, catalog: Catalog) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
    }
}
