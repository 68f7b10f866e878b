//! Which key of a W&B history row is the x axis of which metric.
//!
//! It is `_step` unless `define_metric` named another one. A definition of the metric itself goes
//! before a glob (`epoch/*`, `*`), a longer glob before a shorter one, a later definition before an
//! earlier one; a definition that names no step (it may only set a summary) leaves it to the globs.
//! A metric that other metrics step by stands at its own value, so that the axis is one scale.

use std::collections::{HashMap, HashSet};

use crate::proto::{Fields, Malformed, Value};

/// How often globs may be defined: each time looks at all metrics.
const MAX_GLOBS: usize = 64;

/// The definitions so far.
#[derive(Default)]
pub(crate) struct StepRules {
    exact: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// (what stands before the `*`, step metric)
    globs: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    globs_defined: usize,
    /// Metrics that others step by.
    steps: HashSet<Vec<u8>>,
}

/// Whose axis a definition may have changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Defined {
    /// No metric's.
    Nothing,
    /// The metric's of that name, and its step metric's.
    Metric(Vec<u8>, Option<Vec<u8>>),
    /// That of the metrics whose names begin so, and their step metric's.
    Glob(Vec<u8>, Option<Vec<u8>>),
    /// No metric's: there are too many globs.
    TooMany,
}

impl StepRules {
    /// Takes a `MetricRecord`: name = 1, glob_name = 2, step_metric = 4.
    pub(crate) fn define(&mut self, record: &[u8]) -> Result<Defined, Malformed> {
        let (mut name, mut glob, mut step) = ([].as_slice(), [].as_slice(), [].as_slice());
        for field in Fields::new(record) {
            match field? {
                (1, Value::Bytes(value)) => name = value,
                (2, Value::Bytes(value)) => glob = value,
                (4, Value::Bytes(value)) => step = value,
                _ => {}
            }
        }
        // `_step` is the axis anyway, and seconds are none.
        let step = (!step.is_empty() && !step.starts_with(b"_")).then(|| unescape(step));
        if !name.is_empty() {
            let name = unescape(name);
            if self.exact.get(&name) == Some(&step) {
                return Ok(Defined::Nothing);
            }
            self.steps.extend(step.clone());
            self.exact.insert(name.clone(), step.clone());
            return Ok(Defined::Metric(name, step));
        }
        let Some(star) = glob.iter().position(|&byte| byte == b'*') else {
            return Ok(Defined::Nothing);
        };
        let glob = (unescape(glob.get(..star).unwrap_or_default()), step);
        if self.globs.contains(&glob) {
            return Ok(Defined::Nothing);
        }
        if self.globs_defined >= MAX_GLOBS {
            return Ok(Defined::TooMany);
        }
        self.globs_defined += 1;
        self.globs.retain(|(other, _)| *other != glob.0);
        self.steps.extend(glob.1.clone());
        self.globs.push(glob.clone());
        self.globs
            .sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Ok(Defined::Glob(glob.0, glob.1))
    }

    /// The step metric of `metric`, or `None` for `_step`.
    pub(crate) fn step_of(&self, metric: &[u8]) -> Option<&[u8]> {
        if let Some(step) = self.steps.get(metric) {
            return Some(step);
        }
        let exact = self.exact.get(metric).and_then(Option::as_deref);
        exact.or_else(|| {
            let mut globs = self.globs.iter();
            let (_, step) = globs.find(|(prefix, _)| metric.starts_with(prefix))?;
            step.as_deref()
        })
    }
}

/// `a\.b` names a key that has a dot in itself.
fn unescape(name: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' || !rest.starts_with(b".") {
            bytes.push(first);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, glob: &str, step: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, text) in [(1, name), (2, glob), (4, step)] {
            if !text.is_empty() {
                bytes.extend([number << 3 | 2, text.len() as u8]);
                bytes.extend(text.as_bytes());
            }
        }
        bytes
    }

    #[test]
    fn exact_before_glob_and_long_before_short() {
        let mut rules = StepRules::default();
        for (name, glob, step) in [
            ("", "*", "train/global_step"),
            ("", "epoch/*", "epoch/epoch"),
            ("", "epoch/val_*", "val/step"),
            ("train/loss", "", "old"),
            ("train/loss", "", "tokens"),
            ("train/global_step", "", ""),
            ("a\\.b", "", "a\\.step"),
            ("timed", "", "_runtime"),
        ] {
            let defined = rules.define(&record(name, glob, step));
            assert!(!matches!(defined, Ok(Defined::Nothing) | Err(_)), "{name}");
        }
        let table = [
            ("lr", "train/global_step"),
            ("epoch/loss", "epoch/epoch"),
            ("epoch/val_loss", "val/step"),
            ("train/loss", "tokens"),
            ("train/global_step", "train/global_step"),
            ("a.b", "a.step"),
            ("timed", "train/global_step"),
            ("tokens", "tokens"),
            ("old", "old"),
        ];
        for (metric, step) in table {
            assert_eq!(
                rules.step_of(metric.as_bytes()),
                Some(step.as_bytes()),
                "{metric}"
            );
        }
        for (name, glob, step) in [("", "*", "train/global_step"), ("train/loss", "", "tokens")] {
            assert_eq!(
                rules.define(&record(name, glob, step)),
                Ok(Defined::Nothing)
            );
        }
        assert_eq!(StepRules::default().step_of(b"lr"), None);
        assert_eq!(rules.define(b"\x0a"), Err(Malformed));
    }

    #[test]
    fn globs_are_limited() {
        let mut rules = StepRules::default();
        for number in 0..MAX_GLOBS {
            let defined = rules.define(&record(
                "",
                &format!("{}*", number / 2),
                &format!("s{number}"),
            ));
            assert!(matches!(defined, Ok(Defined::Glob(..))), "{number}");
        }
        let more = |rules: &mut StepRules, step| rules.define(&record("", "7*", step));
        assert_eq!(more(&mut rules, "s15"), Ok(Defined::Nothing));
        assert_eq!(more(&mut rules, "s16"), Ok(Defined::TooMany));
        assert_eq!(rules.step_of(b"7"), Some(&b"s15"[..]));
    }
}
