//! Which metric of one source is which metric of the other.
//!
//! Names propose (see `words`), values at shared steps confirm or contradict. Up to 256 shared
//! steps of each candidate are looked at, spread over the series. A pair that only values suggest
//! stays below a pair that names suggest: a metric whose values turn up under another name is a
//! finding to show, not a reason to hide it. Input sides are sorted points.

use serde::{Deserialize, Serialize};

use super::agree::{Judge, Rounding, Status, Tolerance};
use super::digits::{Precision, detect};
use super::side::{Side, same};
use super::words::{Name, likeness, read};

/// Steps looked at for each candidate.
const PROBES: usize = 256;
/// Shared steps, and different values among them, that prove a pair.
const ENOUGH: u64 = 4;
/// Names less alike than this propose nothing.
const ALIKE: f64 = 0.34;

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
struct Known<'a> {
    named: &'a Named<'a>,
    name: Name,
    precision: Precision,
}

/// Suggests pairs between two sources, best first. Each metric is `chosen` at most once.
pub fn pair(a: &[Named<'_>], b: &[Named<'_>]) -> Vec<Pairing> {
    let (left, right) = (know(a), know(b));
    let mut out: Vec<Pairing> = Vec::new();
    for (i, x) in left.iter().enumerate() {
        for (j, y) in right.iter().enumerate() {
            out.extend(candidate(x, y, (i, j)));
        }
    }
    out.sort_by(|p, q| {
        q.score
            .total_cmp(&p.score)
            .then((p.a, p.b).cmp(&(q.a, q.b)))
    });
    choose(&mut out);
    name_rivals(&mut out);
    out
}

fn know<'a>(list: &'a [Named<'a>]) -> Vec<Known<'a>> {
    let known = |named: &'a Named<'a>| {
        let values = named.side.value.get(..named.side.len()).unwrap_or_default();
        Known {
            named,
            name: read(named.metric),
            precision: detect(values),
        }
    };
    list.iter().map(known).collect()
}

fn candidate(x: &Known<'_>, y: &Known<'_>, (a, b): (usize, usize)) -> Option<Pairing> {
    let exact = x.named.metric == y.named.metric;
    let names = if exact {
        1.0
    } else {
        likeness(&x.name, &y.name)
    };
    let rounding = Rounding {
        a: x.precision,
        b: y.precision,
        ..Rounding::default()
    };
    let probe = probe(x.named.side, y.named.side, &rounding);
    let share = probe.agreeing as f64 / probe.probed.max(1) as f64;
    let telling = probe.probed >= ENOUGH && probe.different >= ENOUGH;
    let (basis, score) = match (names >= ALIKE, telling, share >= 0.9) {
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

/// What the shared steps say.
struct Probe {
    probed: u64,
    agreeing: u64,
    /// Changes of value among the probed: a constant proves nothing.
    different: u64,
}

fn probe(a: Side<'_>, b: Side<'_>, rounding: &Rounding) -> Probe {
    let mut judge = Judge::new(
        rounding,
        Tolerance {
            absolute: 0.0,
            relative: 1e-6,
        },
    );
    let steps = b.iteration.get(..b.len()).unwrap_or_default();
    let every = a.len().div_ceil(PROBES).max(1);
    let mut out = Probe {
        probed: 0,
        agreeing: 0,
        different: 0,
    };
    let mut before = None;
    // Spread rows first; where these share too little (another cadence), every row counts.
    for stride in [every, 1] {
        for row in (0..a.len()).step_by(stride) {
            let Ok(other) = steps.binary_search(&a.step(row)) else {
                continue;
            };
            let (x, y) = (a.number(row), b.number(other));
            out.probed += 1;
            out.agreeing += u64::from(judge.status(x, y) <= Status::WithinTolerance);
            out.different += u64::from(before.is_none_or(|old| !same(old, x)));
            before = Some(x);
            if out.probed >= PROBES as u64 {
                return out;
            }
        }
        if stride == 1 || out.probed >= 16 {
            return out;
        }
        out = Probe {
            probed: 0,
            agreeing: 0,
            different: 0,
        };
        before = None;
    }
    out
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
    }
}

/// Marks the best pair of each metric, in order of score.
fn choose(pairs: &mut [Pairing]) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for pair in pairs {
        if left.contains(&pair.a) || right.contains(&pair.b) {
            continue;
        }
        pair.chosen = true;
        left.push(pair.a);
        right.push(pair.b);
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
mod tests {
    use super::*;

    const STEPS: [i64; 40] = {
        let mut steps = [0; 40];
        let mut at = 0;
        while at < 40 {
            steps[at] = at as i64 * 10;
            at += 1;
        }
        steps
    };

    fn curve(seed: f64) -> Vec<f64> {
        (0..40)
            .map(|i| seed + (f64::from(i) * seed * 0.37).sin())
            .collect()
    }

    fn named<'a>(metric: &'a str, values: &'a [f64]) -> Named<'a> {
        let side = Side {
            iteration: &STEPS,
            timestamp_ms: &STEPS,
            value: values,
        };
        Named {
            metric,
            source: "",
            side,
        }
    }

    fn chosen(a: &[Named<'_>], b: &[Named<'_>]) -> Vec<(String, String, Basis)> {
        let pairs = pair(a, b).into_iter().filter(|pair| pair.chosen);
        pairs.map(|p| (p.metric_a, p.metric_b, p.basis)).collect()
    }

    #[test]
    fn names_and_values_choose() {
        let (loss, val, lr, norm) = (curve(3.0), curve(2.0), curve(0.5), curve(1.0));
        let a = [
            named("lm_loss", &loss),
            named("learning_rate", &lr),
            named("grad_norm", &norm),
        ];
        let b = [
            named("val/loss", &val),
            named("train/gradNorm", &norm),
            named("train/lr", &lr),
            named("train/loss", &loss),
        ];
        let got = chosen(&a, &b);
        let pairs = [
            ("lm_loss", "train/loss"),
            ("learning_rate", "train/lr"),
            ("grad_norm", "train/gradNorm"),
        ];
        for ((a, b, basis), want) in got.iter().zip(pairs) {
            assert_eq!(
                (a.as_str(), b.as_str(), *basis),
                (want.0, want.1, Basis::NamesAndValues)
            );
        }
        assert_eq!(got.len(), 3);
    }

    #[test]
    fn training_never_pairs_with_validation_by_name() {
        let (loss, val) = (curve(3.0), curve(2.0));
        assert_eq!(
            chosen(&[named("train/loss", &loss)], &[named("val/loss", &val)]),
            []
        );
    }

    #[test]
    fn unknown_names_pair_by_values() {
        let (x, y) = (curve(3.0), curve(2.0));
        let got = chosen(
            &[named("objective", &x), named("b", &y)],
            &[named("c", &y), named("cost", &x)],
        );
        let want = [("objective", "cost"), ("b", "c")];
        assert_eq!(
            got,
            want.map(|(a, b)| (a.to_owned(), b.to_owned(), Basis::Values))
        );
        // Constants agree with every constant and prove nothing.
        let ones = [1.0; 40];
        assert_eq!(
            chosen(&[named("loss_scale", &ones)], &[named("epoch", &ones)]),
            []
        );
    }

    #[test]
    fn swapped_sources_are_named() {
        let (loss, norm) = (curve(3.0), curve(1.0));
        let a = [named("loss", &loss), named("grad_norm", &norm)];
        let b = [named("train/loss", &norm), named("train/grad_norm", &loss)];
        let pairs = pair(&a, &b);
        assert_eq!(
            (pairs[0].metric_b.as_str(), pairs[0].chosen),
            ("train/loss", true)
        );
        assert_eq!(
            pairs[0].reason,
            "similar names, but values agree at only 0 of 40 steps; those of loss are in \
             train/grad_norm: swapped?"
        );
    }

    #[test]
    fn another_cadence_still_confirms() {
        let steps: Vec<i64> = (0..4000).map(|i| i * 7).collect();
        let values: Vec<f64> = (0..4000).map(|i| (f64::from(i) * 0.1).sin()).collect();
        let few: Vec<usize> = (3..4000).step_by(97).collect();
        let (s, v): (Vec<i64>, Vec<f64>) = few.iter().map(|&i| (steps[i], values[i])).unzip();
        let dense = Side {
            iteration: &steps,
            timestamp_ms: &steps,
            value: &values,
        };
        let sparse = Side {
            iteration: &s,
            timestamp_ms: &s,
            value: &v,
        };
        let of = |side| {
            [Named {
                metric: "loss",
                source: "",
                side,
            }]
        };
        let got = pair(&of(dense), &of(sparse));
        assert_eq!((got[0].probed, got[0].agreeing), (42, 42));
    }
}
