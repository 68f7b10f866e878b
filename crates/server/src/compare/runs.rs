//! Reads the folder once, as `serve` does, and gives the series of the workloads that were chosen.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use parallax_api::catalog::is_bookkeeping;
use parallax_compare::Side;
use parallax_compare::matrix::MetricPair;
use parallax_model::attempts::AttemptStart;
use parallax_model::columns::Columns;

use super::error::CompareError;
use crate::discovery::known;
use crate::reload::Reloader;
use crate::store::series::Series;
use crate::store::snapshot::{Catalog, WorkloadSnapshot};

/// One metric of one source in columns.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The metric's name.
    pub metric: String,
    /// The source's name.
    pub source: String,
    rows: Columns,
    attempts: Vec<AttemptStart>,
}

impl Recorded {
    fn of(series: &Series) -> Self {
        Self {
            metric: series.metric.clone(),
            source: series.source.as_str().to_owned(),
            rows: series.rows.decode(),
            attempts: series.attempts.clone(),
        }
    }

    /// The rows in file order.
    pub fn side(&self) -> Side<'_> {
        Side::of(&self.rows, &self.attempts)
    }
}

/// Reads all files below the folder. They are taken as finished: an unfinished end is read too.
pub fn read(runs_dir: &Path) -> Result<Arc<Catalog>, CompareError> {
    const AT_REST_MS: i64 = i64::MAX;
    let unreadable = |error| CompareError::RunsDir(runs_dir.to_owned(), error);
    std::fs::read_dir(runs_dir).map_err(unreadable)?;
    let mut reloader = Reloader::new(runs_dir, known::formats(), 0);
    reloader.pass(AT_REST_MS).map_err(unreadable)?;
    let catalog = reloader.shared().read();
    if catalog.workloads.is_empty() {
        return Err(CompareError::NoRuns(runs_dir.to_owned()));
    }
    Ok(catalog)
}

/// The workload of this name or UID.
pub fn find<'a>(
    catalog: &'a Catalog,
    name: &str,
) -> Result<&'a Arc<WorkloadSnapshot>, CompareError> {
    let mut all = catalog.workloads.values();
    let found = catalog.workloads.get(name);
    let found = found.or_else(|| all.find(|workload| workload.info.name == name));
    found.ok_or_else(|| CompareError::Unknown {
        kind: "workload",
        name: name.to_owned(),
        known: catalog.workloads.keys().cloned().collect(),
    })
}

/// The workloads of these names, each once, in the order given; all without any.
pub fn choose(
    catalog: &Catalog,
    names: &[String],
) -> Result<Vec<Arc<WorkloadSnapshot>>, CompareError> {
    if names.is_empty() {
        return Ok(catalog.workloads.values().cloned().collect());
    }
    let mut chosen: Vec<Arc<WorkloadSnapshot>> = Vec::new();
    for name in names {
        let workload = find(catalog, name)?;
        if !chosen
            .iter()
            .any(|other| other.info.uid == workload.info.uid)
        {
            chosen.push(Arc::clone(workload));
        }
    }
    Ok(chosen)
}

/// The part of a catalog that is about these workloads.
pub fn part(catalog: &Catalog, chosen: &[Arc<WorkloadSnapshot>]) -> Catalog {
    let chosen = chosen.iter();
    let workloads: BTreeMap<_, _> = chosen
        .map(|workload| (workload.info.uid.clone(), Arc::clone(workload)))
        .collect();
    Catalog {
        workloads,
        ..catalog.clone()
    }
}

/// Complains of sources and metrics that none of the workloads has.
pub fn check_names(
    workloads: &[Arc<WorkloadSnapshot>],
    sources: &[String],
    metrics: &[MetricPair],
) -> Result<(), CompareError> {
    let series = || workloads.iter().flat_map(|workload| &workload.series);
    let check = |kind, name: &String, mut known: Vec<String>| {
        if known.contains(name) {
            return Ok(());
        }
        known.sort();
        known.dedup();
        let name = name.clone();
        Err(CompareError::Unknown { kind, name, known })
    };
    for source in sources {
        let known = series().map(|series| series.source.as_str().to_owned());
        check("source", source, known.collect())?;
    }
    for name in metrics
        .iter()
        .flat_map(|pair| [Some(&pair.a), pair.b.as_ref()])
        .flatten()
    {
        check(
            "metric",
            name,
            series().map(|series| series.metric.clone()).collect(),
        )?;
    }
    Ok(())
}

/// The series of a workload, sources in the order wanted (all in listing order if none is).
/// Counters of the run itself are left out unless a metric is asked for by name.
pub fn recorded(
    workload: &WorkloadSnapshot,
    sources: &[String],
    metrics: &[MetricPair],
) -> Vec<Recorded> {
    let of_workload;
    let sources: &[String] = if sources.is_empty() {
        let listed = workload.sources().into_iter();
        of_workload = listed.map(|(source, _)| source.0).collect::<Vec<_>>();
        &of_workload
    } else {
        sources
    };
    let is_named = |name: &str| {
        let mut metrics = metrics.iter();
        metrics.any(|pair| pair.a == name || pair.b.as_deref() == Some(name))
    };
    let is_wanted =
        |series: &&Arc<Series>| is_named(&series.metric) || !is_bookkeeping(&series.metric);
    let mut out = Vec::new();
    for source in sources {
        let of_source = workload
            .series
            .iter()
            .filter(|s| s.source.as_str() == source);
        out.extend(
            of_source
                .filter(is_wanted)
                .map(|series| Recorded::of(series)),
        );
    }
    out
}
