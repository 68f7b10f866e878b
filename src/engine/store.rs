//! The rows of one workload, kept equal to what its API lists: plans requests and takes answers,
//! without I/O and without a clock.
//!
//! - The bundled server gives chunks: each series has a cursor, which names the rows that are held,
//!   and an answer says how many of them to keep.
//! - Any other API gives rows as JSON and knows only times. What is new is asked for from a time on
//!   from which all rows held are the last ones; the answer replaces them. The number of rows that
//!   the API lists tells whether that was all: where another number is held, the metric is asked
//!   for in full, at most once a minute.
//!
//! Rows of a series of which none are held are added while they arrive. A JSON answer that replaces
//! rows takes effect when it is complete, so that one that breaks off changes nothing.

mod answer;
mod metric;
mod plan;
mod recent;

use std::collections::{BTreeMap, BTreeSet};

use parallax_api::catalog::{Catalog, Metric};
use parallax_api::error::ApiError;
use parallax_api::query::{ChunksQuery, DataQuery, encode, portions};
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use parallax_model::source::Source;
use parallax_series::Series;

pub use answer::Answer;

use crate::protocol::MetricState;
use metric::MetricSync;
use plan::{Candidate, groups, queries};
use recent::RecentRows;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Rows as JSON.
    Data(DataQuery),
    /// Rows as chunks.
    Chunks(ChunksQuery),
}

/// A request for rows.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it asks for.
    pub target: Target,
    /// Whether the user waits for it; otherwise it asks for what is new.
    pub is_load: bool,
    metrics: BTreeSet<String>,
    /// How many rows of each series that is held a JSON answer leaves as they are.
    keep: BTreeMap<SeriesKey, u64>,
}

/// The rows of one series, and what is needed to ask for more.
#[derive(Debug, Default)]
struct Held {
    series: Series,
    /// Names the rows to the bundled server.
    cursor: Option<String>,
    /// Names the rows to any other API.
    recent: RecentRows,
}

/// The rows of a workload. See the module's description.
#[derive(Debug, Default)]
pub struct Store {
    /// What exists; `None` before the API has told.
    catalog: Option<BTreeMap<String, Metric>>,
    held: BTreeMap<SeriesKey, Held>,
    metrics: BTreeMap<String, MetricSync>,
    grown: BTreeSet<String>,
}

impl Store {
    /// A series of which rows are held.
    pub fn series(&self, key: &SeriesKey) -> Option<&Series> {
        self.held(key).map(|held| &held.series)
    }

    /// All series of which rows are held.
    pub fn all_series(&self) -> impl Iterator<Item = (&SeriesKey, &Series)> {
        let series = self.held.iter().map(|(key, held)| (key, &held.series));
        series.filter(|(_, series)| !series.is_empty())
    }

    /// The series of a metric, those that the API lists and those that are held.
    pub fn keys_of(&self, metric: &str) -> BTreeSet<SeriesKey> {
        let listed = self.listed(metric).map(|listed| listed.sources.iter());
        let listed = listed.into_iter().flatten().map(|source| SeriesKey {
            metric: metric.to_owned(),
            source: source.clone(),
        });
        let held = self.held_of(metric).map(|(key, _)| key.clone());
        listed.chain(held).collect()
    }

    /// How the loading of a metric is; `None` if nobody has asked for it.
    pub fn state(&self, metric: &str) -> Option<&MetricState> {
        self.metrics.get(metric).map(|sync| &sync.state)
    }

    /// Why rows of a metric that has been asked for are missing, if that is so.
    pub fn load_error(&self, metric: &str) -> Option<&ApiError> {
        match self.state(metric) {
            Some(MetricState::Partial(error)) => Some(error),
            _ => None,
        }
    }

    /// The metrics that have changed since the last call.
    pub fn take_grown(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.grown)
    }

    /// Sets what exists, and forgets what does not exist any more.
    pub fn set_catalog(&mut self, catalog: &Catalog) {
        let metrics = catalog.metrics.iter();
        let by_name: BTreeMap<String, Metric> = metrics
            .map(|metric| (metric.name.clone(), metric.clone()))
            .collect();
        for (key, held) in &mut self.held {
            let metric = by_name.get(&key.metric);
            let is_listed =
                metric.is_some_and(|m| m.sources.is_empty() || m.sources.contains(&key.source));
            if !is_listed && held.replace(0, &Columns::new()) {
                self.grown.insert(key.metric.clone());
            }
        }
        self.catalog = Some(by_name);
    }

    /// Sets the metrics that are shown; gives the states that change.
    pub fn want(&mut self, metrics: Vec<String>) -> Vec<(String, MetricState)> {
        for sync in self.metrics.values_mut() {
            sync.is_wanted = false;
        }
        let mut changed = Vec::new();
        for name in metrics {
            let sync = self.metrics.entry(name.clone()).or_insert_with(|| {
                changed.push((name, MetricState::Loading));
                MetricSync::default()
            });
            sync.is_wanted = true;
            let is_partial = matches!(sync.state, MetricState::Partial(_));
            sync.is_due |= !sync.is_fresh && !is_partial && sync.requests == 0;
        }
        changed
    }

    /// Has what failed or was cancelled loaded again; gives the states that change.
    pub fn retry(&mut self) -> Vec<(String, MetricState)> {
        let mut changed = Vec::new();
        for (name, sync) in &mut self.metrics {
            if sync.is_wanted && matches!(sync.state, MetricState::Partial(_)) {
                sync.state = MetricState::Loading;
                sync.is_due = sync.requests == 0;
                changed.push((name.clone(), MetricState::Loading));
            }
        }
        changed
    }

    /// Has everything that is shown brought up to date with a catalog that was asked for at
    /// `asked_ms`, ms since the epoch.
    pub fn poll(&mut self, catalog: &Catalog, asked_ms: i64) {
        self.set_catalog(catalog);
        let differences: Vec<i64> = self
            .metrics
            .keys()
            .map(|name| self.difference(name))
            .collect();
        for (sync, difference) in self.metrics.values_mut().zip(differences) {
            sync.is_fresh &= sync.is_wanted;
            if sync.is_wanted && sync.requests == 0 {
                sync.poll(difference, asked_ms);
            }
        }
    }

    /// Gives a request up before it was answered: what it asked for is due again.
    pub fn withdraw(&mut self, request: &Request) {
        for name in &request.metrics {
            if let Some(sync) = self.metrics.get_mut(name) {
                sync.requests = sync.requests.saturating_sub(1);
                sync.is_due = true;
            }
        }
    }

    /// The requests that bring all that is due up to date, for [`Answer`]s in any order. None
    /// before the catalog is known.
    pub fn plan(&mut self, offers_chunks: bool) -> Vec<Request> {
        let mut requests = Vec::new();
        if self.catalog.is_none() {
            return requests;
        }
        for is_load in [true, false] {
            let due = self
                .metrics
                .iter()
                .filter(|(_, sync)| sync.is_due && sync.requests == 0 && sync.is_load() == is_load);
            let due: BTreeSet<String> = due.map(|(name, _)| name.clone()).collect();
            let planned = match offers_chunks {
                true => self.chunk_requests(&due),
                false => self.data_requests(&due, is_load),
            };
            let planned = planned.into_iter();
            requests.extend(planned.map(|request| Request { is_load, ..request }));
            for name in due {
                let count = requests
                    .iter()
                    .filter(|r| r.metrics.contains(&name))
                    .count();
                if let Some(sync) = self.metrics.get_mut(&name) {
                    sync.begin(count);
                }
            }
        }
        requests
    }

    fn chunk_requests(&self, due: &BTreeSet<String>) -> Vec<Request> {
        let items = due.iter().map(|name| {
            let cursors = self
                .held_of(name)
                .filter_map(|(_, held)| held.cursor.clone());
            (name.clone(), cursors.collect::<Vec<_>>())
        });
        let bytes = |(name, cursors): &(String, Vec<String>)| {
            let cursors = cursors.iter().map(|cursor| encode(cursor).len() + 1);
            "&metric=".len() + encode(name).len() + cursors.sum::<usize>()
        };
        let mut runs = portions(items.collect(), bytes);
        let is_all = self.catalog.as_ref().map(BTreeMap::len) == Some(due.len()) && runs.len() > 1;
        let is_new = runs.iter().flatten().all(|(_, cursors)| cursors.is_empty());
        if is_all && is_new {
            runs = vec![runs.concat()];
        }
        let request = |run: Vec<(String, Vec<String>)>| {
            let (names, cursors): (Vec<String>, Vec<Vec<String>>) = run.into_iter().unzip();
            let query = ChunksQuery {
                metrics: (!(is_all && is_new)).then(|| names.clone()),
                after: cursors.concat(),
            };
            Request {
                target: Target::Chunks(query),
                is_load: false,
                metrics: names.into_iter().collect(),
                keep: BTreeMap::new(),
            }
        };
        runs.into_iter().map(request).collect()
    }

    fn data_requests(&self, due: &BTreeSet<String>, is_load: bool) -> Vec<Request> {
        let (mut whole, mut by_source) = (BTreeSet::new(), BTreeMap::new());
        for name in due {
            let in_full = self
                .metrics
                .get(name)
                .is_some_and(|sync| sync.is_due_in_full);
            if in_full || self.held_of(name).next().is_none() {
                whole.insert(name.clone());
                continue;
            }
            let has_changed = is_load || self.difference(name) != 0;
            for key in self.keys_of(name) {
                let (candidates, new): &mut (Vec<_>, BTreeSet<String>) =
                    by_source.entry(key.source.clone()).or_default();
                match self.held(&key) {
                    Some(held) => candidates.push(Candidate::new(key, held, has_changed)),
                    None => _ = new.insert(key.metric),
                }
            }
        }
        let mut requests = self.requests_for(None, None, &whole, |name| {
            let keys = self.held_of(name).map(|(key, _)| key.clone());
            keys.map(|key| (key, 0)).collect()
        });
        for (source, (candidates, new)) in &by_source {
            requests.extend(self.requests_for(Some(source), None, new, |_| Vec::new()));
            for group in groups(candidates) {
                let names = group.keep.keys().map(|key| key.metric.clone()).collect();
                requests.extend(
                    self.requests_for(Some(source), group.start_ms, &names, |name| {
                        let key = SeriesKey {
                            metric: name.to_owned(),
                            source: source.clone(),
                        };
                        group
                            .keep
                            .get(&key)
                            .map(|keep| (key, *keep))
                            .into_iter()
                            .collect()
                    }),
                );
            }
        }
        requests
    }

    fn requests_for(
        &self,
        source: Option<&Source>,
        start_ms: Option<i64>,
        metrics: &BTreeSet<String>,
        keep_of: impl Fn(&str) -> Vec<(SeriesKey, u64)>,
    ) -> Vec<Request> {
        let source = source.map(Source::as_str);
        let nothing = BTreeMap::new();
        let listed = self.catalog.as_ref().unwrap_or(&nothing);
        let queries = queries(source, start_ms, metrics, listed);
        let requests = queries.into_iter().map(|(query, metrics)| Request {
            target: Target::Data(query),
            is_load: false,
            keep: metrics.iter().flat_map(|name| keep_of(name)).collect(),
            metrics,
        });
        requests.collect()
    }

    /// Rows listed less rows held.
    fn difference(&self, metric: &str) -> i64 {
        let Some(listed) = self.listed(metric) else {
            return 0;
        };
        let held: usize = self
            .held_of(metric)
            .map(|(_, held)| held.series.len())
            .sum();
        listed.count.cast_signed().saturating_sub(held as i64)
    }

    fn listed(&self, metric: &str) -> Option<&Metric> {
        self.catalog.as_ref()?.get(metric)
    }

    fn held(&self, key: &SeriesKey) -> Option<&Held> {
        let held = self.held.get(key);
        held.filter(|held| !held.series.is_empty())
    }

    /// The series of a metric of which rows are held.
    fn held_of(&self, metric: &str) -> impl Iterator<Item = (&SeriesKey, &Held)> {
        let first = SeriesKey {
            metric: metric.to_owned(),
            source: Source::default(),
        };
        let of_metric = self
            .held
            .range(first..)
            .take_while(move |(key, _)| key.metric == metric);
        of_metric.filter(|(_, held)| !held.series.is_empty())
    }
}
