//! Which metrics are chosen: names, and patterns that also match metrics recorded later.
//!
//! In the URL the choice is a list of entries, separated by commas. An entry is a name, or a
//! pattern in which `*` stands for any characters; `!` before it excludes what it matches. The last
//! entry that matches a name decides. `*` is everything, `*,!debug/*` everything but one group.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::list::{items, spell_item, unescape_item};

/// A list of names that is longer than this in the URL is written with patterns where that is
/// shorter, in bytes.
const NAMES_BYTES: usize = 1_000;

/// Chosen metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricChoice(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    excludes: bool,
    /// The texts between the `*`s: a single one is a whole name.
    parts: Vec<String>,
}

impl MetricChoice {
    /// Every metric.
    pub fn all() -> Self {
        Self(vec![Entry::pattern("", false)])
    }

    /// The shortest choice that selects `chosen` among `existing`; names as they are while the list
    /// is short. Both have no name twice.
    pub fn of(chosen: &[String], existing: &[String]) -> Self {
        let names = Self::from_iter(chosen.iter().cloned());
        let set: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
        if !set.is_empty() && existing.iter().all(|name| set.contains(name.as_str())) {
            return Self::all();
        }
        if names.spell().len() <= NAMES_BYTES {
            return names;
        }
        let others = [false, true].map(|with_rest| Self::grouped(&set, existing, with_rest));
        others.into_iter().fold(names, |shortest, other| {
            if other.spell().len() < shortest.spell().len() {
                other
            } else {
                shortest
            }
        })
    }

    /// A choice with an entry for each group (the names with the same text before the first `/`)
    /// of which most differ from the rest; `with_rest`: everything else is chosen.
    fn grouped(chosen: &BTreeSet<&str>, existing: &[String], with_rest: bool) -> Self {
        let mut groups: BTreeMap<&str, [Vec<Entry>; 2]> = BTreeMap::new();
        for name in existing {
            let group = name.split_once('/').map_or("", |(group, _)| group);
            let is_chosen = chosen.contains(name.as_str());
            let entry = Entry {
                excludes: !is_chosen,
                parts: vec![name.clone()],
            };
            let [others, with] = groups.entry(group).or_default();
            if is_chosen { with } else { others }.push(entry);
        }
        let mut choice = if with_rest {
            Self::all()
        } else {
            Self::default()
        };
        for (group, [others, with]) in groups {
            let (alike, different) = if with_rest {
                (with, others)
            } else {
                (others, with)
            };
            let pattern = Entry::pattern(&format!("{group}/"), with_rest);
            let by_pattern = Self([vec![pattern], alike].concat());
            let by_name = Self(different);
            let is_shorter = by_pattern.spell().len() < by_name.spell().len();
            let is_group = !group.is_empty();
            choice.0.extend(
                if is_group && is_shorter {
                    by_pattern
                } else {
                    by_name
                }
                .0,
            );
        }
        choice
    }

    /// Whether a metric is chosen.
    pub fn contains(&self, name: &str) -> bool {
        let last = self.0.iter().rev().find(|entry| entry.matches(name));
        last.is_some_and(|entry| !entry.excludes)
    }

    /// The metrics that are chosen by their name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.0.iter().filter(|entry| !entry.excludes);
        names.filter_map(|entry| match entry.parts.as_slice() {
            [name] => Some(name.as_str()),
            _ => None,
        })
    }

    /// Reads the URL's spelling.
    pub(super) fn read(text: &str) -> Self {
        let entry = |item: &str| {
            let (excludes, pattern) = match item.strip_prefix('!') {
                Some(pattern) => (true, pattern),
                None => (false, item),
            };
            let parts = pattern.split('*').map(unescape_item).collect();
            Entry { excludes, parts }
        };
        Self(items(text).map(entry).collect())
    }

    /// The URL's spelling.
    pub(super) fn spell(&self) -> String {
        let entries = self.0.iter().map(|entry| {
            let sign = if entry.excludes { "!" } else { "" };
            format!("{sign}{}", spell_item(&entry.parts))
        });
        entries.collect::<Vec<_>>().join(",")
    }
}

impl FromIterator<String> for MetricChoice {
    /// These names.
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        let entry = |name| Entry {
            excludes: false,
            parts: vec![name],
        };
        Self(names.into_iter().map(entry).collect())
    }
}

impl Entry {
    /// What starts with `prefix`.
    fn pattern(prefix: &str, excludes: bool) -> Self {
        Self {
            excludes,
            parts: vec![prefix.to_owned(), String::new()],
        }
    }

    fn matches(&self, name: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return false;
        };
        let Some((last, between)) = others.split_last() else {
            return name == first;
        };
        let Some(mut rest) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        for part in between {
            let Some((_, after)) = rest.split_once(part.as_str()) else {
                return false;
            };
            rest = after;
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn patterns_match_and_the_last_entry_decides() {
        for (text, chosen, others) in [
            ("*", &["", "a", "train/loss"][..], &[][..]),
            (
                "train/*",
                &["train/", "train/a/b"],
                &["train", "val/train/"],
            ),
            ("*loss", &["loss", "val/loss"], &["losses"]),
            ("a*b*c", &["abc", "a-b-b-c"], &["abcd", "ac", "acb"]),
            ("*a*a*", &["aa", "banana"], &["a", "b"]),
            ("*,!debug/*,debug/x", &["y", "debug/x"], &["debug/y"]),
            ("!a,a", &["a"], &["b"]),
            ("a,!a", &[], &["a"]),
            ("%2A,%21b", &["*", "!b"], &["a", "b"]),
            ("\"\"", &[""], &["\"\"", "a"]),
            ("", &[], &["", "a"]),
        ] {
            let choice = MetricChoice::read(text);
            let is = |name: &&&str| choice.contains(name);
            assert!(chosen.iter().all(|name| is(&name)), "{text}");
            assert!(!others.iter().any(|name| is(&name)), "{text}");
            assert_eq!(choice.spell(), text);
        }
    }

    #[test]
    fn only_whole_names_are_listed_as_names() {
        let choice = MetricChoice::read("a,b/*,!c,%2A");
        assert_eq!(choice.names().collect::<Vec<_>>(), ["a", "*"]);
    }

    #[test]
    fn a_short_list_stays_a_list_and_a_long_one_becomes_patterns() {
        let group = |group: &str, count: usize| -> Vec<String> {
            (0..count)
                .map(|n| format!("{group}/metric_{n:04}"))
                .collect()
        };
        let existing = [
            names(&["lm_loss", "accuracy"]),
            group("train", 1_000),
            group("val", 1_000),
        ]
        .concat();
        let spelled = |chosen: &[String]| {
            let choice = MetricChoice::of(chosen, &existing);
            for name in &existing {
                assert_eq!(choice.contains(name), chosen.contains(name), "{name}");
            }
            choice.spell()
        };
        assert_eq!(spelled(&existing), "*");
        assert_eq!(spelled(&[]), "");
        assert_eq!(
            spelled(&names(&["lm_loss", "val/metric_0007"])),
            "lm_loss,val/metric_0007"
        );
        assert_eq!(spelled(&existing[1..]), "*,!lm_loss");
        assert_eq!(spelled(&existing[2..1_002]), "train/*");
        let mut most = existing.clone();
        most.retain(|name| name != "val/metric_0500" && name != "accuracy");
        assert_eq!(spelled(&most), "*,!accuracy,!val/metric_0500");
        let mut one_group = existing[2..1_002].to_vec();
        one_group.remove(3);
        one_group.push("val/metric_0001".into());
        assert_eq!(
            spelled(&one_group),
            "train/*,!train/metric_0003,val/metric_0001"
        );
        let half: Vec<String> = existing.iter().step_by(2).cloned().collect();
        assert!(spelled(&half).len() > 1_000);
    }
}
