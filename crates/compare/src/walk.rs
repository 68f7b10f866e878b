//! A matrix in the making: small steps, so that a page stays awake and a terminal shows progress.
//!
//! Three kinds of steps, in this order: clean one series, pair the metrics of two sources, compare
//! one pair. How many there are is known for certain only after the pairing; [`Progress`] counts
//! those known so far.

use parallax_model::order::sort_by;
use std::collections::VecDeque;

use super::matrix::{Matrix, MatrixRow, worst_first};
use super::pairing::{Basis, Known, Named, Pairing, pair_known};
use super::prepared::{Cleaned, Options, Prepared};
use super::side::Points;
use super::spell::MetricPair;
use super::transform::ValueMap;

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps known so far.
    pub of: usize,
}

enum Task {
    Clean(usize),
    /// Positions of A's and of B's metrics.
    Pair(Vec<usize>, Vec<usize>),
    /// A pair by positions in the input.
    Compare(Pairing),
}

/// See the module.
pub struct Walk<'a> {
    all: &'a [Named<'a>],
    options: Options,
    asked: Vec<MetricPair>,
    cleaned: Vec<Cleaned<'a>>,
    tasks: VecDeque<Task>,
    done: usize,
    matrix: Matrix,
}

impl<'a> Walk<'a> {
    /// Every pair of the sources, in order of first appearance.
    pub fn new(all: &'a [Named<'a>], options: Options) -> Self {
        let sources = sources(all);
        let mut pairs = Vec::new();
        for (at, (_, left)) in sources.iter().enumerate() {
            for (_, right) in sources.iter().skip(at + 1) {
                pairs.push((left.clone(), right.clone()));
            }
        }
        Self::of(all, pairs, options)
    }

    /// Two workloads: the first `baseline` metrics are A's, the rest B's. Sources are `(A's, B's)`
    /// by kind as `kind_of` tells them; each is compared with its own kind, or, where the two
    /// workloads have none in common, with every other.
    pub fn between(
        all: &'a [Named<'a>],
        baseline: usize,
        kind_of: impl Fn(usize) -> &'a str,
        options: Options,
    ) -> Self {
        let groups =
            |from: usize, to: usize| group((from..to).map(|index| (index, kind_of(index))));
        let baseline = baseline.min(all.len());
        let (left, right) = (groups(0, baseline), groups(baseline, all.len()));
        let pairs = |is_wanted: &dyn Fn(&str, &str) -> bool| -> Vec<(Vec<usize>, Vec<usize>)> {
            let both = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
            let wanted = both.filter(|(a, b)| is_wanted(a.0, b.0));
            wanted.map(|(a, b)| (a.1.clone(), b.1.clone())).collect()
        };
        let mut of_one_kind = pairs(&|a, b| a == b);
        if of_one_kind.is_empty() {
            of_one_kind = pairs(&|_, _| true);
        }
        Self::of(all, of_one_kind, options)
    }

    fn of(all: &'a [Named<'a>], pairs: Vec<(Vec<usize>, Vec<usize>)>, options: Options) -> Self {
        let clean = (0..all.len()).map(Task::Clean);
        let pair = pairs.into_iter().map(|(a, b)| Task::Pair(a, b));
        Self {
            all,
            options,
            asked: Vec::new(),
            cleaned: Vec::with_capacity(all.len()),
            tasks: clean.chain(pair).collect(),
            done: 0,
            matrix: Matrix::default(),
        }
    }

    /// Compares these metrics instead of all that can be paired; without any, all.
    #[must_use]
    pub fn only(mut self, asked: &[MetricPair]) -> Self {
        self.asked = asked.to_vec();
        self
    }

    /// Does one step; `None` when nothing is left.
    pub fn advance(&mut self) -> Option<Progress> {
        match self.tasks.pop_front()? {
            Task::Clean(index) => self.clean(index),
            Task::Pair(a, b) => self.pair(&a, &b),
            Task::Compare(pairing) => self.compare(pairing),
        }
        self.done += 1;
        Some(Progress {
            done: self.done,
            of: self.done + self.tasks.len(),
        })
    }

    /// Does what is left, and gives the table.
    pub fn finish(mut self) -> Matrix {
        while self.advance().is_some() {}
        let mut out = self.matrix;
        sort_by(&mut out.rows, worst_first);
        let mut has_row = vec![false; self.all.len()];
        for index in out.rows.iter().flat_map(|row| [row.index.0, row.index.1]) {
            if let Some(met) = has_row.get_mut(index) {
                *met = true;
            }
        }
        let alone = |index: usize| has_row.get(index) == Some(&false);
        let is_whole = self.asked.is_empty();
        let unpaired = (0..self.all.len()).filter(|&index| is_whole && alone(index));
        out.unpaired = unpaired.collect();
        out.doubtful.retain(|pair| alone(pair.a) && alone(pair.b));
        out
    }

    fn clean(&mut self, index: usize) {
        let Some(named) = self.all.get(index) else {
            return;
        };
        // Boundaries of files are those of one series; here all follow the same rule.
        let cleaned = Cleaned::new(named.side, &self.options.split_a, self.options.choice);
        self.cleaned.push(cleaned);
    }

    fn pair(&mut self, left: &[usize], right: &[usize]) {
        let found = {
            let changed = self.changed(right);
            let (a, b) = (self.known(left, &[]), self.known(right, &changed));
            pair_known(&a, &b)
        };
        let place = |mut pairing: Pairing| {
            pairing.a = *left.get(pairing.a)?;
            pairing.b = *right.get(pairing.b)?;
            Some(pairing)
        };
        let found: Vec<Pairing> = found.into_iter().filter_map(place).collect();
        if self.asked.is_empty() {
            for pairing in found {
                if pairing.chosen {
                    self.tasks.push_back(Task::Compare(pairing));
                } else if pairing.is_doubtful() {
                    self.matrix.doubtful.push(pairing);
                }
            }
            return;
        }
        let named = |index: &usize| Some((*index, self.all.get(*index)?.metric));
        let a: Vec<_> = left.iter().filter_map(named).collect();
        let b: Vec<_> = right.iter().filter_map(named).collect();
        let asked = self
            .asked
            .iter()
            .filter_map(|pair| asked(pair, &a, &b, &found));
        let tasks: Vec<Task> = asked.map(Task::Compare).collect();
        self.tasks.extend(tasks);
    }

    /// B's points as the user's choices change them; none where they don't.
    fn changed(&self, list: &[usize]) -> Vec<Points<'static>> {
        let transform = &self.options.transform;
        if transform.is_identity() {
            return Vec::new();
        }
        let cleaned = list.iter().filter_map(|&index| self.cleaned.get(index));
        cleaned
            .map(|cleaned| transform.apply(cleaned.points.side()))
            .collect()
    }

    fn known<'s>(&'s self, list: &[usize], changed: &'s [Points<'static>]) -> Vec<Known<'s>> {
        let known = |(at, &index): (usize, &usize)| {
            let (named, cleaned) = (self.all.get(index)?, self.cleaned.get(index)?);
            let (side, map) = match changed.get(at) {
                Some(points) => (points.side(), self.options.transform.value),
                None => (cleaned.points.side(), ValueMap::Same),
            };
            Some(Known::new(Named { side, ..*named }, cleaned.precision, map))
        };
        list.iter().enumerate().filter_map(known).collect()
    }

    fn compare(&mut self, pairing: Pairing) {
        let index = (pairing.a, pairing.b);
        let named = self.all.get(index.0).zip(self.all.get(index.1));
        let cleaned = self.cleaned.get(index.0).zip(self.cleaned.get(index.1));
        let (Some((a, b)), Some((x, y))) = (named, cleaned) else {
            return;
        };
        let names = (a.source, b.source);
        let pair = Prepared::of(x.borrowed(), y.borrowed(), &self.options);
        let agreement = pair.agreement(names);
        let is_puzzling = agreement.verdict.rank() > 2 || agreement.is_thin();
        let mut offers = is_puzzling
            .then(|| pair.suggestions(names))
            .into_iter()
            .flatten();
        self.matrix.rows.push(MatrixRow {
            index,
            metrics: (pairing.metric_a, pairing.metric_b),
            sources: (a.source.to_owned(), b.source.to_owned()),
            basis: pairing.basis,
            pairing: pairing.reason,
            cleaned: pair.cleaned,
            agreement,
            hint: offers.next(),
        });
    }
}

/// A pair that was asked for, if both of its metrics are there.
fn asked(
    pair: &MetricPair,
    a: &[(usize, &str)],
    b: &[(usize, &str)],
    found: &[Pairing],
) -> Option<Pairing> {
    let position = |list: &[(usize, &str)], name: &str| {
        let mut list = list.iter();
        list.find(|(_, metric)| *metric == name)
            .map(|(index, _)| *index)
    };
    let left = position(a, &pair.a)?;
    let name_b = pair.b.as_deref().unwrap_or(&pair.a);
    let suggested = |right: usize| found.iter().find(|p| (p.a, p.b) == (left, right)).cloned();
    let Some(right) = position(b, name_b) else {
        let partner = found.iter().find(|p| p.chosen && p.a == left);
        return partner.filter(|_| pair.b.is_none()).cloned();
    };
    Some(suggested(right).unwrap_or_else(|| Pairing {
        a: left,
        b: right,
        metric_a: pair.a.clone(),
        metric_b: name_b.to_owned(),
        basis: Basis::Asked,
        names: 0.0,
        probed: 0,
        agreeing: 0,
        score: 0.0,
        chosen: true,
        reason: Basis::ASKED.to_owned(),
    }))
}

/// Positions of each source's metrics.
fn sources<'a>(named: &'a [Named<'_>]) -> Vec<(&'a str, Vec<usize>)> {
    group(
        named
            .iter()
            .enumerate()
            .map(|(index, one)| (index, one.source)),
    )
}

/// Positions by name, in order of first appearance.
fn group<'a>(names: impl Iterator<Item = (usize, &'a str)>) -> Vec<(&'a str, Vec<usize>)> {
    let mut out: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, name) in names {
        match out.iter_mut().find(|(known, _)| *known == name) {
            Some((_, list)) => list.push(index),
            None => out.push((name, vec![index])),
        }
    }
    out
}
