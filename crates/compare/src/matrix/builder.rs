//! Builds a matrix in small steps, so that a page stays responsive and a terminal shows progress.
//!
//! Sources are taken in order of first appearance; the earlier one of a pair is A. Sides are rows
//! in the order of recording. Three kinds of steps, in this order: clean one series, pair the
//! metrics of two sources, compare one pair. How many there are is known for certain only after the
//! pairing; [`Progress`] counts those known so far. Where values differ, the best offer is added as
//! a hint but not applied.

use std::collections::VecDeque;

use super::metric_pair::MetricPair;
use super::pairing::{Candidate, NamedSeries, Pairing, pair_candidates};
use super::rows::{Matrix, MatrixRow, worst_first};
use crate::align::ValueMap;
use crate::aligned_pair::{AlignedPair, CleanSeries, Options};
use crate::attempts::Choice;
use crate::side::Points;
use crate::verdict::Tolerance;

/// How many steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: usize,
    /// Steps known so far.
    pub of: usize,
}

/// Positions of a source's metrics.
type Group = Vec<usize>;

enum Task {
    Clean(usize),
    Pair(Group, Group),
    /// Positions are those of the input.
    Compare(Pairing),
}

/// A matrix that is being built.
pub struct MatrixBuilder<'a> {
    all: &'a [NamedSeries<'a>],
    options: Options,
    asked: Vec<MetricPair>,
    cleaned: Vec<CleanSeries<'a>>,
    tasks: VecDeque<Task>,
    done: usize,
    matrix: Matrix,
}

/// Compares everything that can be paired, by equal steps.
pub fn matrix(all: &[NamedSeries<'_>], choice: Choice, tolerance: Tolerance) -> Matrix {
    let options = Options {
        choice,
        tolerance,
        ..Options::default()
    };
    MatrixBuilder::new(all, options).finish()
}

impl<'a> MatrixBuilder<'a> {
    /// Every pair of the sources.
    pub fn new(all: &'a [NamedSeries<'a>], options: Options) -> Self {
        let sources = group(0..all.len(), |index| source(all, index));
        let mut pairs = Vec::new();
        for (at, (_, left)) in sources.iter().enumerate() {
            for (_, right) in sources.iter().skip(at + 1) {
                pairs.push((left.clone(), right.clone()));
            }
        }
        Self::of_pairs(all, pairs, options)
    }

    /// Two workloads: the first `baseline` metrics are A's, the rest B's. `kind_of` gives the kind
    /// of a metric's source by position; each source is compared with its own kind, or, where the
    /// two workloads have none in common, with every other.
    pub fn between(
        all: &'a [NamedSeries<'a>],
        baseline: usize,
        kind_of: impl Fn(usize) -> &'a str,
        options: Options,
    ) -> Self {
        let baseline = baseline.min(all.len());
        let left = group(0..baseline, &kind_of);
        let right = group(baseline..all.len(), &kind_of);
        let pairs = |is_wanted: &dyn Fn(&str, &str) -> bool| -> Vec<(Group, Group)> {
            let both = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
            let wanted = both.filter(|(a, b)| is_wanted(a.0, b.0));
            wanted.map(|(a, b)| (a.1.clone(), b.1.clone())).collect()
        };
        let mut of_one_kind = pairs(&|a, b| a == b);
        if of_one_kind.is_empty() {
            of_one_kind = pairs(&|_, _| true);
        }
        Self::of_pairs(all, of_one_kind, options)
    }

    fn of_pairs(all: &'a [NamedSeries<'a>], pairs: Vec<(Group, Group)>, options: Options) -> Self {
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
    pub fn step(&mut self) -> Option<Progress> {
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
        while self.step().is_some() {}
        let mut out = self.matrix;
        out.rows.sort_by(worst_first);
        let mut is_alone = vec![true; self.all.len()];
        for (a, b) in out.rows.iter().map(|row| row.pairing.index) {
            for index in [a, b] {
                if let Some(alone) = is_alone.get_mut(index) {
                    *alone = false;
                }
            }
        }
        let is_alone = |index: usize| is_alone.get(index) == Some(&true);
        if self.asked.is_empty() {
            let all = 0..self.all.len();
            out.unpaired = all.filter(|&index| is_alone(index)).collect();
        }
        let is_kept = |pair: &Pairing| is_alone(pair.index.0) && is_alone(pair.index.1);
        out.doubtful.retain(is_kept);
        out
    }

    fn clean(&mut self, index: usize) {
        let Some(series) = self.all.get(index) else {
            return;
        };
        // Boundaries of files are those of one series; here all follow the same rule.
        let cleaned = CleanSeries::new(series.side, &self.options.split_a, self.options.choice);
        self.cleaned.push(cleaned);
    }

    fn pair(&mut self, left: &[usize], right: &[usize]) {
        let found = {
            let changed = self.changed(right);
            let a = self.candidates(left, &[]);
            pair_candidates(&a, &self.candidates(right, &changed))
        };
        let in_input = |mut pairing: Pairing| {
            let (a, b) = pairing.index;
            pairing.index = (*left.get(a)?, *right.get(b)?);
            Some(pairing)
        };
        let found: Vec<Pairing> = found.into_iter().filter_map(in_input).collect();
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
        let asked = self.asked.iter();
        let asked = asked.filter_map(|pair| self.asked_pair(pair, left, right, &found));
        let tasks: Vec<Task> = asked.map(Task::Compare).collect();
        self.tasks.extend(tasks);
    }

    /// A pair that was asked for, if both of its metrics are there.
    fn asked_pair(
        &self,
        pair: &MetricPair,
        left: &[usize],
        right: &[usize],
        found: &[Pairing],
    ) -> Option<Pairing> {
        let position = |group: &[usize], name: &str| {
            let is_named = |index: &usize| self.all.get(*index).is_some_and(|s| s.metric == name);
            group.iter().copied().find(is_named)
        };
        let a = position(left, &pair.a)?;
        let name_b = pair.b.as_deref().unwrap_or(&pair.a);
        let mut found = found.iter();
        let Some(b) = position(right, name_b) else {
            let partner = found.find(|p| p.chosen && p.index.0 == a);
            return partner.filter(|_| pair.b.is_none()).cloned();
        };
        let suggested = found.find(|p| p.index == (a, b)).cloned();
        Some(suggested.unwrap_or_else(|| Pairing::asked((a, b), (&pair.a, name_b))))
    }

    /// B's points as the user's choices change them; none where they don't.
    fn changed(&self, group: &[usize]) -> Vec<Points<'static>> {
        let transform = &self.options.transform;
        if transform.is_identity() {
            return Vec::new();
        }
        let cleaned = group.iter().filter_map(|&index| self.cleaned.get(index));
        cleaned
            .map(|cleaned| transform.apply(cleaned.points.side()))
            .collect()
    }

    fn candidates<'s>(
        &'s self,
        group: &[usize],
        changed: &'s [Points<'static>],
    ) -> Vec<Candidate<'s>> {
        let candidate = |(at, &index): (usize, &usize)| {
            let (series, cleaned) = (self.all.get(index)?, self.cleaned.get(index)?);
            let (side, map) = match changed.get(at) {
                Some(points) => (points.side(), self.options.transform.value),
                None => (cleaned.points.side(), ValueMap::Same),
            };
            let series = NamedSeries { side, ..*series };
            Some(Candidate::new(series, cleaned.precision, map))
        };
        group.iter().enumerate().filter_map(candidate).collect()
    }

    fn compare(&mut self, pairing: Pairing) {
        let (a, b) = pairing.index;
        let (Some(x), Some(y)) = (self.cleaned.get(a), self.cleaned.get(b)) else {
            return;
        };
        let pair = AlignedPair::of_clean(x.borrowed(), y.borrowed(), &self.options);
        let agreement = pair.agreement();
        let needs_hint = agreement.verdict.is_unexplained() || agreement.is_thin();
        let mut offers = needs_hint.then(|| pair.suggestions()).into_iter().flatten();
        self.matrix.rows.push(MatrixRow {
            pairing,
            sources: (
                source(self.all, a).to_owned(),
                source(self.all, b).to_owned(),
            ),
            cleaned: pair.cleaned,
            agreement,
            hint: offers.next(),
        });
    }
}

fn source<'a>(all: &[NamedSeries<'a>], index: usize) -> &'a str {
    all.get(index).map_or("", |series| series.source)
}

/// Positions by name, in order of first appearance.
fn group<'a>(
    positions: impl Iterator<Item = usize>,
    name_of: impl Fn(usize) -> &'a str,
) -> Vec<(&'a str, Group)> {
    let mut out: Vec<(&str, Group)> = Vec::new();
    for index in positions {
        let name = name_of(index);
        match out.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(index),
            None => out.push((name, vec![index])),
        }
    }
    out
}
