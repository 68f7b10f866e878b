//! What exists in a workload: its metrics, grouped and in a stable order, whatever order the API
//! sends them in.

use parallax_model::format::lower;
use serde::{Deserialize, Serialize};

use crate::wire::MetricInfo;
use parallax_model::source::Source;

/// How many charts are preselected at most.
const PRESELECTED: usize = 6;

/// Metrics that only count or time the run; they are offered last.
const BOOKKEEPING: &[&str] = &[
    "iteration",
    "target_iteration",
    "current_iteration",
    "step",
    "global_step",
    "epoch",
    "samples",
    "consumed_samples",
    "global_batch_size",
];

/// Words of a name that a user looks for first.
const WANTED: &[&str] = &["loss", "acc", "accuracy", "perplexity", "ppl"];

/// One metric of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Who recorded it, in the order of [`Source::rank`].
    pub sources: Vec<Source>,
    /// Points over all sources, as the API counts them.
    pub count: u64,
}

/// What exists in a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Metrics in natural order of their names.
    pub metrics: Vec<Metric>,
    /// All sources, in the order of [`Source::rank`].
    pub sources: Vec<Source>,
}

/// Metrics that belong together in the picker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The prefix before the first `/`, `general` without one, or `bookkeeping`.
    pub name: String,
    /// True for metrics that are folded away at first.
    pub folded: bool,
    /// The group's metrics.
    pub metrics: Vec<Metric>,
}

impl Catalog {
    /// Orders what the API listed.
    pub fn new(metrics: Vec<MetricInfo>) -> Self {
        let mut sources: Vec<Source> = metrics.iter().flat_map(|m| m.data_source.clone()).collect();
        order_sources(&mut sources);
        let mut metrics: Vec<Metric> = metrics
            .into_iter()
            .map(|info| {
                let mut sources = info.data_source;
                order_sources(&mut sources);
                Metric {
                    name: info.name,
                    sources,
                    count: info.count,
                }
            })
            .collect();
        metrics.sort_by_cached_key(|metric| natural_key(&metric.name));
        metrics.dedup_by(|a, b| a.name == b.name);
        Self { metrics, sources }
    }

    /// The metric of a name.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }

    /// The metrics that a new user wants to see first: loss and accuracy, else the first few.
    pub fn preselected(&self) -> Vec<String> {
        let offered = || self.metrics.iter().filter(|m| !is_bookkeeping(&m.name));
        let wanted = offered().filter(|m| is_wanted(&m.name));
        let mut names: Vec<String> = wanted.map(|m| m.name.clone()).collect();
        if names.is_empty() {
            names = offered().map(|m| m.name.clone()).take(2).collect();
        }
        names.truncate(PRESELECTED);
        names
    }

    /// The groups of the picker, over the metrics that `keep` lets through.
    pub fn groups(&self, keep: impl Fn(&str) -> bool) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for metric in self.metrics.iter().filter(|m| keep(&m.name)) {
            let folded = is_bookkeeping(&metric.name);
            let name = match (folded, metric.name.split_once('/')) {
                (true, _) => "bookkeeping",
                (false, Some((prefix, _))) if !prefix.is_empty() => prefix,
                (false, _) => "general",
            };
            match groups
                .iter_mut()
                .find(|group| group.name == name && group.folded == folded)
            {
                Some(group) => group.metrics.push(metric.clone()),
                None => groups.push(Group {
                    name: name.to_owned(),
                    folded,
                    metrics: vec![metric.clone()],
                }),
            }
        }
        groups.sort_by_key(|group| (group.folded, group.name != "general"));
        groups
    }
}

/// True for metrics that only count or time the run.
pub fn is_bookkeeping(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.starts_with('_')
        || name.contains(" vs samples")
        || name.contains(" vs steps")
        || BOOKKEEPING.contains(&last)
}

/// Letters and digits. Beyond ASCII all but punctuation and symbols: the tables that tell exactly are
/// not worth their size for finding a few English words.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c >= '\u{c0}' && !('\u{2000}'..='\u{303f}').contains(&c))
}

fn is_wanted(name: &str) -> bool {
    let lower = lower(name);
    let mut words = lower.split(|c: char| !is_of_word(c));
    words.any(|word| WANTED.contains(&word)) && !lower.contains("scale") && !lower.contains("time")
}

fn order_sources(sources: &mut Vec<Source>) {
    sources.sort_by_cached_key(|source| (source.rank(), source.0.clone()));
    sources.dedup();
}

/// Names without digits in alphabetical order; numbers inside names by their value
/// (`layer2` before `layer10`).
fn natural_key(name: &str) -> Vec<(u8, u64, String)> {
    let mut key = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest
            .find(|c: char| c.is_ascii_digit() != digits)
            .unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        let number = if digits {
            part.parse().unwrap_or(u64::MAX)
        } else {
            0
        };
        key.push((u8::from(!digits), number, lower(part)));
        rest = tail;
    }
    key.push((0, 0, name.to_owned()));
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(names: &[&str]) -> Catalog {
        let info = |name: &&str| MetricInfo {
            name: (*name).into(),
            data_source: vec![
                "zeus".into(),
                "tensorflow".into(),
                "log".into(),
                "log".into(),
            ],
            count: 1,
        };
        Catalog::new(names.iter().map(info).collect())
    }

    fn names(metrics: &[Metric]) -> Vec<&str> {
        metrics.iter().map(|m| m.name.as_str()).collect()
    }

    #[test]
    fn order_does_not_depend_on_the_order_of_arrival() {
        let expected = ["layer2/loss", "layer10/loss", "lm_loss"];
        for order in [
            ["layer10/loss", "lm_loss", "layer2/loss"],
            ["lm_loss", "layer2/loss", "layer10/loss"],
        ] {
            assert_eq!(names(&catalog(&order).metrics), expected);
        }
        let sources: Vec<Source> = catalog(&["a"]).sources;
        assert_eq!(sources, ["log".into(), "tensorflow".into(), "zeus".into()]);
    }

    #[test]
    fn loss_and_accuracy_come_first() {
        let c = catalog(&[
            "grad_norm",
            "loss_scale",
            "train/lm_loss",
            "val/accuracy",
            "lm-loss",
            "perf/loss_time",
        ]);
        assert_eq!(
            c.preselected(),
            ["lm-loss", "train/lm_loss", "val/accuracy"]
        );
        assert_eq!(
            catalog(&["step", "tflops", "mfu", "x"]).preselected(),
            ["mfu", "tflops"]
        );
        assert!(catalog(&[]).preselected().is_empty());
    }

    #[test]
    fn bookkeeping_is_folded_away() {
        let c = catalog(&[
            "_runtime",
            "lm_loss",
            "train/loss",
            "train/global_step",
            "lm loss vs samples",
            "val/loss",
        ]);
        let groups = c.groups(|_| true);
        let shape: Vec<(&str, bool, Vec<&str>)> = groups
            .iter()
            .map(|g| (g.name.as_str(), g.folded, names(&g.metrics)))
            .collect();
        assert_eq!(
            shape,
            [
                ("general", false, vec!["lm_loss"]),
                ("train", false, vec!["train/loss"]),
                ("val", false, vec!["val/loss"]),
                (
                    "bookkeeping",
                    true,
                    vec!["_runtime", "lm loss vs samples", "train/global_step"]
                ),
            ]
        );
        assert_eq!(c.groups(|name| name.contains("val")).len(), 1);
    }
}
