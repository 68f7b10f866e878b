//! Which metric of one source is which metric of the other.
//!
//! Names propose (see `metric_name`), values at shared steps confirm or contradict. Up to 256 shared
//! steps of each candidate are looked at, spread over the series (see `probe`). A pair that only
//! values suggest stays below a pair that names suggest: a metric whose values turn up under
//! another name is a finding to show, not a reason to hide it. Names that are merely similar
//! (`loss`, `val/loss`) and that values contradict are listed, but never chosen: two metrics that
//! differ are no news. Input sides are sorted points.

use serde::{Deserialize, Serialize};

use super::metric_name::MetricName;
use super::probe::Probes;
use crate::align::ValueMap;
use crate::side::Side;
use crate::verdict::{Precision, Rounding, detect_precision};

/// Shared steps, and different values among them, that prove a pair.
const ENOUGH: u64 = 4;
/// Names less alike than this propose nothing.
const ALIKE: f64 = 0.34;
/// Names at least this alike are a pair even where values differ: then the difference is the news.
const SURE: f64 = 0.9;
/// Share of agreeing values that makes a pair.
const MOST: f64 = 0.9;

/// A metric of a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedSeries<'a> {
    /// The metric's name.
    pub metric: &'a str,
    /// The source's name (of a comparison of two runs: the run's too).
    pub source: &'a str,
    /// Its sorted points.
    pub side: Side<'a>,
}

/// What supports a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// Names and values agree.
    NamesAndValues,
    /// Names agree; values prove nothing (no shared steps, or a constant).
    Names,
    /// Names agree, values don't.
    NamesAgainstValues,
    /// Values agree, names don't.
    Values,
    /// The user asked for it.
    Asked,
}

/// A suggested pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// Positions of A and B in the input.
    pub index: (usize, usize),
    /// Metric names in A and B.
    pub metrics: (String, String),
    /// What supports it.
    pub basis: Basis,
    /// How alike the names are, 0 to 1.
    pub names: f64,
    /// Shared steps looked at.
    pub probed: u64,
    /// Of those, steps where the values agree.
    pub agreeing: u64,
    /// For ranking, 0 to 1.
    pub score: f64,
    /// True for the best pair of both metrics.
    pub chosen: bool,
    /// Where values contradict the names: the metric of B that has A's values.
    pub rival: Option<String>,
}

impl Pairing {
    /// A pair that neither names nor values suggest.
    pub(super) fn asked(index: (usize, usize), metrics: (&str, &str)) -> Self {
        Self {
            index,
            metrics: (metrics.0.to_owned(), metrics.1.to_owned()),
            basis: Basis::Asked,
            names: 0.0,
            probed: 0,
            agreeing: 0,
            score: 0.0,
            chosen: true,
            rival: None,
        }
    }

    /// True where values contradict names that are merely similar.
    pub fn is_doubtful(&self) -> bool {
        let share = self.agreeing as f64 / self.probed.max(1) as f64;
        self.names < SURE && self.probed > 0 && share < MOST
    }
}

/// A series with what is needed of it for each of its pairs.
pub(super) struct Candidate<'a> {
    series: NamedSeries<'a>,
    name: MetricName,
    precision: Precision,
    map: ValueMap,
}

impl<'a> Candidate<'a> {
    /// Takes the precision as it was detected, and the map that the values went through since.
    pub(super) fn new(series: NamedSeries<'a>, precision: Precision, map: ValueMap) -> Self {
        Self {
            series,
            name: MetricName::parse(series.metric),
            precision,
            map,
        }
    }
}

/// Suggests pairs between two sources, best first. Each metric is `chosen` at most once.
pub fn pair(a: &[NamedSeries<'_>], b: &[NamedSeries<'_>]) -> Vec<Pairing> {
    fn candidates<'a>(list: &[NamedSeries<'a>]) -> Vec<Candidate<'a>> {
        let candidate = |series: &NamedSeries<'a>| {
            let precision = detect_precision(series.side.values());
            Candidate::new(*series, precision, ValueMap::Same)
        };
        list.iter().map(candidate).collect()
    }
    pair_candidates(&candidates(a), &candidates(b))
}

/// [`pair`] of series whose precision is known.
pub(super) fn pair_candidates(a: &[Candidate<'_>], b: &[Candidate<'_>]) -> Vec<Pairing> {
    fn sides<'a>(list: &[Candidate<'a>]) -> Vec<Side<'a>> {
        list.iter().map(|one| one.series.side).collect()
    }
    let (left, right) = (sides(a), sides(b));
    let mut probes = Probes::new(&left, &right);
    let mut out: Vec<Pairing> = Vec::new();
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out.extend(assess(x, y, (i, j), &mut probes));
        }
    }
    out.sort_by(|p, q| q.score.total_cmp(&p.score).then(p.index.cmp(&q.index)));
    choose(&mut out, (a.len(), b.len()));
    find_rivals(&mut out);
    out
}

fn assess(
    x: &Candidate<'_>,
    y: &Candidate<'_>,
    index: (usize, usize),
    probes: &mut Probes<'_>,
) -> Option<Pairing> {
    let metrics = (x.series.metric, y.series.metric);
    let names = if metrics.0 == metrics.1 {
        1.0
    } else {
        x.name.likeness(&y.name)
    };
    let is_alike = names >= ALIKE;
    // Of names that are surely one the figures count; of others only whether values agree.
    let least = if names >= SURE { 0.0 } else { MOST };
    let rounding = Rounding {
        a: x.precision,
        b: y.precision,
        map: y.map,
    };
    let probe = probes.probe(index, &rounding, least)?;
    let share = probe.share();
    let is_enough = probe.probed >= ENOUGH && probe.different >= ENOUGH;
    let is_near = names > 0.0 || x.name.phase == y.name.phase;
    let (basis, score) = match (is_alike, is_enough, share >= MOST) {
        (true, true, true) => (Basis::NamesAndValues, 0.5 + 0.5 * names),
        (true, false, _) => (Basis::Names, 0.6 * names),
        (true, true, false) => (Basis::NamesAgainstValues, (0.5 + 0.1 * share) * names),
        (false, true, true) => (Basis::Values, if is_near { 0.3 } else { 0.2 }),
        _ => return None,
    };
    Some(Pairing {
        basis,
        names,
        probed: probe.probed,
        agreeing: probe.agreeing,
        score,
        chosen: false,
        ..Pairing::asked(index, metrics)
    })
}

/// Marks the best pair of each metric, in order of score.
fn choose(pairs: &mut [Pairing], (left, right): (usize, usize)) {
    let (mut left, mut right) = (vec![false; left], vec![false; right]);
    for pair in pairs.iter_mut().filter(|pair| !pair.is_doubtful()) {
        let (Some(a), Some(b)) = (left.get_mut(pair.index.0), right.get_mut(pair.index.1)) else {
            continue;
        };
        pair.chosen = !*a && !*b;
        (*a, *b) = (*a || pair.chosen, *b || pair.chosen);
    }
}

/// Notes of pairs that values contradict which metric of B has A's values.
fn find_rivals(pairs: &mut [Pairing]) {
    let by_values = pairs.iter().filter(|pair| pair.basis == Basis::Values);
    let rivals: Vec<(usize, String)> = by_values
        .map(|pair| (pair.index.0, pair.metrics.1.clone()))
        .collect();
    for pair in pairs
        .iter_mut()
        .filter(|pair| pair.basis == Basis::NamesAgainstValues)
    {
        let mut rivals = rivals.iter();
        let rival = rivals.find(|(a, _)| *a == pair.index.0);
        pair.rival = rival.map(|(_, metric)| metric.clone());
    }
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
