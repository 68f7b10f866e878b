//! What routes read: workloads that never change, published by swapping one pointer.
//!
//! A route clones the `Arc` and lets go of the lock before it looks at anything, so that no lock
//! is held while something is serialized or sent. There is no second lock.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::column::Point;
use parallax_api::wire::Workload;
use parallax_model::source::Source;

use crate::column::Column;

/// One metric from one source, over all files of a workload.
#[derive(Clone, Debug)]
pub struct Series {
    /// The metric's name as the API lists it.
    pub metric: String,
    /// Who recorded it.
    pub source: Source,
    /// Its points in file order.
    pub points: Column,
}

/// One workload.
#[derive(Clone, Debug, Default)]
pub struct WorkloadSnapshot {
    /// As `/workloads/{uid}` gives it, with the files.
    pub info: Workload,
    /// Its series by (metric, source): sources in the order log, wandb, tensorflow, others.
    pub series: Vec<Arc<Series>>,
    /// The last step that the run is going to reach, by source.
    pub targets: BTreeMap<Source, i64>,
    /// Changes whenever the series do.
    pub etag: String,
    /// The `iteration-times` series, made when first asked for.
    pub iterations: Arc<OnceLock<Vec<Arc<Series>>>>,
}

impl WorkloadSnapshot {
    /// Its sources in listing order, with their points.
    pub fn sources(&self) -> Vec<(Source, u64)> {
        let mut counts: BTreeMap<(u8, Source), u64> = BTreeMap::new();
        for series in &self.series {
            let key = (series.source.rank(), series.source.clone());
            *counts.entry(key).or_default() += series.points.count();
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
                .flat_map(|(source, _)| self.iterations_of(source))
                .collect();
            // Stable: within a name, the sources stay in listing order.
            series.sort_by(|a, b| a.metric.cmp(&b.metric));
            series
        })
    }

    /// When a source reached which iteration: over all its metrics, by time; of points that follow
    /// each other with the same iteration the first.
    fn iterations_of(&self, source: Source) -> Vec<Arc<Series>> {
        let mut reached: Vec<(i64, i64)> = self
            .series
            .iter()
            .filter(|series| series.source == source)
            .flat_map(|series| series.points.chunks())
            .flat_map(|chunk| chunk.points())
            .map(|point| (point.timestamp_ms, point.iteration))
            .collect();
        reached.sort_unstable();
        reached.dedup_by_key(|(_, iteration)| *iteration);
        let target = self.targets.get(&source).copied();
        let series = |metric: &str, target: Option<i64>| {
            let points = reached.iter().map(|&(timestamp_ms, iteration)| Point {
                iteration,
                timestamp_ms,
                // Exact: steps are far below 2^53.
                value: target.unwrap_or(iteration) as f64,
            });
            let mut column = Column::default();
            column.append(points.collect());
            Arc::new(Series {
                metric: metric.to_owned(),
                source: source.clone(),
                points: column,
            })
        };
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
}

/// The published catalog.
#[derive(Debug, Default)]
pub struct Shared(RwLock<Arc<Catalog>>);

impl Shared {
    /// The catalog as it is now.
    pub fn read(&self) -> Arc<Catalog> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in its place.
    pub fn publish(&self, catalog: Catalog) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalog);
    }
}
