//! Which metric of one source is which metric of the other.
//!
//! Names propose (see `words`), values at shared steps confirm or contradict. Up to 256 shared
//! steps of each candidate are looked at, spread over the series (see `probe`). A pair that only
//! values suggest stays below a pair that names suggest: a metric whose values turn up under
//! another name is a finding to show, not a reason to hide it. Names that are merely similar
//! (`loss`, `val/loss`) and that values contradict are listed, but never chosen: two metrics that
//! differ are no news. Input sides are sorted points.

use parallax_model::order::sort_by;
use serde::{Deserialize, Serialize};

use super::agree::Rounding;
use super::digits::{Precision, detect};
use super::probe::{Probe, Probes};
use super::side::Side;
use super::transform::ValueMap;
use super::words::{Name, likeness, read};

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
pub struct Named<'a> {
    /// The metric's name.
    pub metric: &'a str,
    /// The source's name (of a comparison of two runs: the run's too).
    pub source: &'a str,
    /// Its sorted points.
    pub side: Side<'a>,
}

/// What speaks for a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// Names and values agree.
    NamesAndValues,
    /// Names agree; values can't tell (no shared steps, or a constant).
    Names,
    /// Names agree, values don't.
    NamesAgainstValues,
    /// Values agree, names don't.
    Values,
    /// The user asked for it.
    Asked,
}

impl Basis {
    /// The reason of a pair that no names or values suggest.
    pub(crate) const ASKED: &'static str = "as asked for";
}

/// A suggested pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pairing {
    /// Position in the first list.
    pub a: usize,
    /// Position in the second list.
    pub b: usize,
    /// Name of A's metric.
    pub metric_a: String,
    /// Name of B's metric.
    pub metric_b: String,
    /// What speaks for it.
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
    /// Why, in words.
    pub reason: String,
}

/// A metric with what is needed many times.
pub(crate) struct Known<'a> {
    named: Named<'a>,
    name: Name,
    precision: Precision,
    map: ValueMap,
}

impl<'a> Known<'a> {
    /// Takes the precision from whoever has detected it, and the map that the values went through
    /// since.
    pub(crate) fn new(named: Named<'a>, precision: Precision, map: ValueMap) -> Self {
        let name = read(named.metric);
        Self {
            named,
            name,
            precision,
            map,
        }
    }
}

/// Suggests pairs between two sources, best first. Each metric is `chosen` at most once.
pub fn pair(a: &[Named<'_>], b: &[Named<'_>]) -> Vec<Pairing> {
    fn know<'a>(list: &[Named<'a>]) -> Vec<Known<'a>> {
        let known = |named: &Named<'a>| {
            let values = named.side.value.get(..named.side.len());
            let precision = detect(values.unwrap_or_default());
            Known::new(*named, precision, ValueMap::Same)
        };
        list.iter().map(known).collect()
    }
    pair_known(&know(a), &know(b))
}

fn sides<'a>(list: &[Known<'a>]) -> Vec<Side<'a>> {
    list.iter().map(|known| known.named.side).collect()
}

/// [`pair`] of metrics that are known already.
pub(crate) fn pair_known(a: &[Known<'_>], b: &[Known<'_>]) -> Vec<Pairing> {
    let (left, right) = (sides(a), sides(b));
    let mut probes = Probes::new(&left, &right);
    let mut out: Vec<Pairing> = Vec::new();
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out.extend(candidate(x, y, (i, j), &mut probes));
        }
    }
    sort_by(&mut out, |p, q| {
        q.score
            .total_cmp(&p.score)
            .then((p.a, p.b).cmp(&(q.a, q.b)))
    });
    choose(&mut out, (a.len(), b.len()));
    name_rivals(&mut out);
    out
}

fn candidate(
    x: &Known<'_>,
    y: &Known<'_>,
    (a, b): (usize, usize),
    probes: &mut Probes<'_>,
) -> Option<Pairing> {
    let exact = x.named.metric == y.named.metric;
    let names = if exact {
        1.0
    } else {
        likeness(&x.name, &y.name)
    };
    let alike = names >= ALIKE;
    // Of names that are surely one the figures count; of others only whether values agree.
    let least = if names >= SURE { 0.0 } else { MOST };
    let rounding = Rounding {
        a: x.precision,
        b: y.precision,
        map: y.map,
    };
    let probe = probes.probe((a, b), &rounding, least)?;
    let share = probe.share();
    let telling = probe.probed >= ENOUGH && probe.different >= ENOUGH;
    let (basis, score) = match (alike, telling, share >= MOST) {
        (true, true, true) => (Basis::NamesAndValues, 0.5 + 0.5 * names),
        (true, false, _) => (Basis::Names, 0.6 * names),
        (true, true, false) => (Basis::NamesAgainstValues, (0.5 + 0.1 * share) * names),
        (false, true, true) if names > 0.0 || x.name.phase == y.name.phase => (Basis::Values, 0.3),
        (false, true, true) => (Basis::Values, 0.2),
        _ => return None,
    };
    Some(Pairing {
        a,
        b,
        metric_a: x.named.metric.to_owned(),
        metric_b: y.named.metric.to_owned(),
        basis,
        names,
        probed: probe.probed,
        agreeing: probe.agreeing,
        score,
        chosen: false,
        reason: reason(basis, &probe, exact),
    })
}

fn reason(basis: Basis, probe: &Probe, exact: bool) -> String {
    let (agreeing, probed) = (probe.agreeing, probe.probed);
    let names = if exact { "same name" } else { "similar names" };
    match basis {
        Basis::NamesAndValues => format!("{names}; values agree at {agreeing} of {probed} steps"),
        Basis::Names if probed == 0 => format!("{names}; no shared step to confirm it"),
        Basis::Names => format!("{names}; values are constant or too few to confirm it"),
        Basis::NamesAgainstValues => {
            format!("{names}, but values agree at only {agreeing} of {probed} steps")
        }
        Basis::Values => {
            format!("names differ, but values agree at {agreeing} of {probed} steps")
        }
        Basis::Asked => Basis::ASKED.to_owned(),
    }
}

impl Pairing {
    /// True where values speak against names that are merely similar.
    pub fn is_doubtful(&self) -> bool {
        let share = self.agreeing as f64 / self.probed.max(1) as f64;
        self.names < SURE && self.probed > 0 && share < MOST
    }
}

/// Marks the best pair of each metric, in order of score.
fn choose(pairs: &mut [Pairing], (left, right): (usize, usize)) {
    let (mut left, mut right) = (vec![false; left], vec![false; right]);
    for pair in pairs.iter_mut().filter(|pair| !pair.is_doubtful()) {
        let (Some(a), Some(b)) = (left.get_mut(pair.a), right.get_mut(pair.b)) else {
            continue;
        };
        pair.chosen = !*a && !*b;
        (*a, *b) = (*a || pair.chosen, *b || pair.chosen);
    }
}

/// Says of a pair that values contradict where A's values are instead.
fn name_rivals(pairs: &mut [Pairing]) {
    let rivals: Vec<(usize, String)> = pairs
        .iter()
        .filter(|pair| pair.basis == Basis::Values)
        .map(|pair| (pair.a, pair.metric_b.clone()))
        .collect();
    for pair in pairs
        .iter_mut()
        .filter(|pair| pair.basis == Basis::NamesAgainstValues)
    {
        if let Some((_, rival)) = rivals.iter().find(|(a, _)| *a == pair.a) {
            pair.reason.push_str(&format!(
                "; those of {} are in {rival}: swapped?",
                pair.metric_a
            ));
        }
    }
}

#[cfg(test)]
#[path = "pairing_tests.rs"]
mod tests;
