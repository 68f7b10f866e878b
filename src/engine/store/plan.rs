//! Which requests ask an API without cursors for rows: few of them, none too long, and each for what
//! is new from a time on from which all rows of its series are the last ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use parallax_api::catalog::Metric;
use parallax_api::query::{DataQuery, can_be_listed, encode, portions};
use parallax_model::key::SeriesKey;

use super::Held;
use super::recent::{Marks, RecentRows};

/// Rows that a request may fetch again where that saves another request.
const REFETCHED_ROWS: u64 = 1_000;

/// A held series of one source that may have grown.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) key: SeriesKey,
    pub(super) rows: u64,
    pub(super) marks: Marks,
    /// The API lists another number of rows than are held.
    pub(super) has_changed: bool,
}

impl Candidate {
    /// A series as it is held. If its last rows are not known, all of them are asked for.
    pub(super) fn new(key: SeriesKey, held: &Held, has_changed: bool) -> Self {
        let rows = held.series.len() as u64;
        let is_known = held.recent.series_rows() == rows;
        let marks = match is_known {
            true => held.recent.marks(),
            false => RecentRows::default().marks(),
        };
        Self {
            key,
            rows,
            marks,
            has_changed: has_changed || !is_known,
        }
    }
}

/// Series of one source that are asked for from one time on.
#[derive(Debug, PartialEq)]
pub(super) struct Group {
    /// `None` for all rows.
    pub(super) start_ms: Option<i64>,
    /// How many rows of each series are earlier.
    pub(super) keep: BTreeMap<SeriesKey, u64>,
}

impl Group {
    /// The number of rows from `start_ms` on; `None` if they are not the last ones of each series.
    fn rows_from(members: &[&Candidate], start_ms: i64) -> Option<u64> {
        let rows = members.iter().map(|member| {
            let before = member.marks.rows_before(start_ms)?;
            Some(member.rows - before)
        });
        rows.sum()
    }

    fn of(start_ms: i64, members: &[&Candidate]) -> Self {
        let keep = members.iter().map(|member| {
            let before = member.marks.rows_before(start_ms);
            (member.key.clone(), before.unwrap_or(0))
        });
        Self {
            start_ms: Some(start_ms),
            keep: keep.collect(),
        }
    }
}

/// Groups series of one source. The series that grew last are always asked for, and with them all
/// that cost few rows; another one only if its number of rows has changed.
pub(super) fn groups(candidates: &[Candidate]) -> Vec<Group> {
    let with_start = candidates.iter().filter_map(|candidate| {
        let start_ms = candidate.marks.start_ms()?;
        Some((start_ms, candidate))
    });
    let mut with_start: Vec<(i64, &Candidate)> = with_start.collect();
    with_start.sort_by_key(|(start_ms, _)| Reverse(*start_ms));
    let mut groups: Vec<(i64, Vec<&Candidate>)> = Vec::new();
    for (start_ms, candidate) in with_start {
        let is_cheap = |members: &[&Candidate]| {
            let rows = Group::rows_from(members, start_ms);
            rows.is_some_and(|rows| rows <= REFETCHED_ROWS)
        };
        match groups.last_mut() {
            Some((last, members)) if *last == start_ms || is_cheap(members) => {
                *last = start_ms;
                members.push(candidate);
            }
            Some(_) if !candidate.has_changed => {}
            _ => groups.push((start_ms, vec![candidate])),
        }
    }
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|(start_ms, members)| Group::of(start_ms, &members))
        .collect();
    let whole = candidates
        .iter()
        .filter(|candidate| candidate.has_changed && candidate.marks.start_ms().is_none());
    let keep: BTreeMap<SeriesKey, u64> =
        whole.map(|candidate| (candidate.key.clone(), 0)).collect();
    if !keep.is_empty() {
        groups.push(Group {
            start_ms: None,
            keep,
        });
    }
    groups
}

/// The requests for metrics of one source, or of all, with the metrics of each. Where the names need
/// several requests or can't be listed, there is one without names if it gives not many more rows.
pub(super) fn queries(
    source: Option<&str>,
    start_ms: Option<i64>,
    metrics: &BTreeSet<String>,
    listed: &BTreeMap<String, Metric>,
) -> Vec<(DataQuery, BTreeSet<String>)> {
    let query = |metrics: Option<Vec<String>>| DataQuery {
        source: source.map(str::to_owned),
        metrics,
        start_ms,
    };
    let (plain, other): (Vec<String>, Vec<String>) = metrics
        .iter()
        .cloned()
        .partition(|name| can_be_listed(name));
    let runs = portions(plain, |name| encode(name).len() + 1);
    let all_rows: u64 = listed.values().map(|metric| metric.count).sum();
    let counts = metrics.iter().filter_map(|name| listed.get(name));
    let rows: u64 = counts.map(|metric| metric.count).sum();
    let is_cheap = start_ms.is_some() || 2 * rows >= all_rows;
    if runs.len() + usize::from(!other.is_empty()) > 1 && is_cheap {
        return vec![(query(None), metrics.clone())];
    }
    let named = runs
        .into_iter()
        .map(|names| (query(Some(names.clone())), names));
    let unnamed = (!other.is_empty()).then(|| (query(None), other));
    let queries = named.chain(unnamed);
    queries
        .map(|(query, names)| (query, names.into_iter().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice;

    use parallax_model::columns::Columns;
    use parallax_model::row::Row;

    fn candidate(metric: &str, times: &[i64], has_changed: bool) -> Candidate {
        let rows: Columns = times
            .iter()
            .map(|&ms| Row {
                step: 0,
                time_ms: Some(ms),
                value: 0.0,
            })
            .collect();
        let mut recent = RecentRows::default();
        recent.replace(0, &rows);
        Candidate {
            key: SeriesKey {
                metric: metric.into(),
                source: "log".into(),
            },
            rows: times.len() as u64,
            marks: recent.marks(),
            has_changed,
        }
    }

    type Found = (Option<i64>, Vec<(String, u64)>);

    fn found(candidates: &[Candidate]) -> Vec<Found> {
        let groups = groups(candidates).into_iter().map(|group| {
            let keep = group.keep.into_iter().map(|(key, keep)| (key.metric, keep));
            (group.start_ms, keep.collect())
        });
        groups.collect()
    }

    #[test]
    fn series_that_cost_little_share_a_request() {
        let dense: Vec<i64> = (1..=2_000).map(|n| n * 1_000).collect();
        let all = |old_has_changed| {
            [
                candidate("dense", &dense, true),
                candidate("alike", &dense, false),
                candidate("sparse", &[1_800_000, 1_950_000], false),
                candidate("old", &[1_000, 2_000], old_has_changed),
                candidate("one time", &[5, 5], old_has_changed),
            ]
        };
        let named = |start_ms: Option<i64>, list: &[(&str, u64)]| {
            let keep = list.iter().map(|(name, keep)| ((*name).to_owned(), *keep));
            (start_ms, keep.collect::<Vec<_>>())
        };
        let near = [("alike", 1_800), ("dense", 1_800), ("sparse", 1)];
        let near = named(Some(1_800_001), &near);
        assert_eq!(found(&all(false)), slice::from_ref(&near));
        let old = named(Some(1_001), &[("old", 1)]);
        let whole = named(None, &[("one time", 0)]);
        assert_eq!(found(&all(true)), [near, old, whole]);
        assert_eq!(found(&[candidate("one time", &[5, 5], false)]), []);
        assert_eq!(found(&[]), []);
    }

    fn listed<'a>(metrics: impl IntoIterator<Item = (&'a str, u64)>) -> BTreeMap<String, Metric> {
        let metric = |(name, count): (&str, u64)| Metric {
            name: name.to_owned(),
            sources: vec!["log".into()],
            count,
        };
        let metrics = metrics.into_iter().map(metric);
        metrics
            .map(|metric| (metric.name.clone(), metric))
            .collect()
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_listed_in_portions_unless_all_rows_are_not_many_more() {
        let many: BTreeSet<String> = (0..1_000).map(|n| format!("metric {n}")).collect();
        let all = listed(many.iter().map(|name| (name.as_str(), 10)));
        let few = names(&["metric 1", "metric 2"]);
        let found = queries(Some("log"), None, &few, &all);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0.metrics, Some(few.iter().cloned().collect()));
        assert_eq!(found[0].0.source.as_deref(), Some("log"));

        let third: BTreeSet<String> = many.iter().take(330).cloned().collect();
        let found = queries(None, None, &third, &all);
        assert!(found.len() > 1);
        let asked: BTreeSet<String> = found.iter().flat_map(|(_, names)| names.clone()).collect();
        assert_eq!(asked, third);
        // What is new is not many rows.
        let found = queries(None, Some(7), &third, &all);
        assert_eq!((found.len(), &found[0].0.metrics), (1, &None));
        assert_eq!(found[0].1, third);
        let found = queries(None, None, &many, &all);
        assert_eq!((found.len(), &found[0].0.metrics), (1, &None));
    }

    #[test]
    fn a_name_that_can_not_be_listed_is_picked_out_of_everything() {
        let odd = names(&["a,b", "plain"]);
        let all = listed([("a,b", 1), ("plain", 1), ("other", 100)]);
        let found = queries(None, None, &odd, &all);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].1, names(&["plain"]));
        assert_eq!(
            (&found[1].0.metrics, &found[1].1),
            (&None, &names(&["a,b"]))
        );
    }
}
