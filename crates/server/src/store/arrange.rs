//! Which files of a workload give which metrics, in which order: a pure function of paths, kinds
//! and metric names.
//!
//! - TensorBoard: the files of a folder are one run, in order of their names; folders are metric
//!   prefixes (see `event_folders`).
//! - W&B: run files follow each other in order of their names.
//! - Text logs: those of one folder whose names differ in digits only (rotation, ranks, restarts)
//!   follow each other. Where several groups have points, each prefixes with its file's stem.
//!   W&B's own copies of the console (`files/output.log`, and the console inside `.wandb`) count
//!   only where no other text log has points.
//! - Tables and documents: a group whose names are already taken in its source prefixes with its
//!   file's stem. Of several `trainer_state.json` (each checkpoint has one that repeats the
//!   earlier ones) only the longest counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use parallax_model::source::Source;

use crate::discovery::discover::is_wandb_run_folder;
use crate::discovery::formats::Kind;
use crate::discovery::paths::{compare_natural, folder, mask_digits, name, stem};
use crate::following::file_series::FileSeries;
use crate::following::follow::FileRows;
use crate::store::event_folders::EventFolders;

/// A file of a workload, as far as its arrangement is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Path below the workload's folder.
    pub path: &'a str,
    /// What it contributes.
    pub kind: Kind,
    /// Its rows.
    pub rows: &'a FileRows,
}

/// One source of one file takes part in the workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Index into the candidates.
    pub file: usize,
    /// Which of its sources.
    pub source: Source,
    /// Comes before its metric names; empty or ends with `/`.
    pub prefix: String,
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// What takes part, in the order in which rows of one series follow each other.
    pub placed: Vec<Placed>,
    /// What was left out or renamed, and why: index into the candidates and a sentence.
    pub remarks: Vec<(usize, String)>,
}

struct Arranger<'a> {
    files: &'a [Candidate<'a>],
    result: Arrangement,
}

/// Arranges the files of one workload.
pub fn arrange(files: &[Candidate<'_>]) -> Arrangement {
    let mut arranger = Arranger {
        files,
        result: Arrangement::default(),
    };
    arranger.events();
    arranger.wandb();
    arranger.text_logs();
    arranger.tables();
    arranger.result
}

impl<'a> Arranger<'a> {
    /// The files of a kind in natural order of their paths.
    fn of(&self, kind: Kind) -> Vec<(usize, &'a Candidate<'a>)> {
        let mut found: Vec<_> = self
            .files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.kind == kind)
            .collect();
        found.sort_by(|a, b| compare_natural(a.1.path, b.1.path).then(a.0.cmp(&b.0)));
        found
    }

    fn place(&mut self, file: usize, source: &Source, prefix: &str) {
        self.result.placed.push(Placed {
            file,
            source: source.clone(),
            prefix: prefix.to_owned(),
        });
    }

    fn place_all(&mut self, file: usize, prefix: &str) {
        if let Some(candidate) = self.files.get(file) {
            for source in candidate.rows.keys() {
                self.place(file, source, prefix);
            }
        }
    }

    fn remark(&mut self, file: usize, sentence: String) {
        self.result.remarks.push((file, sentence));
    }

    fn events(&mut self) {
        let files = self.of(Kind::Events);
        let folders = EventFolders::new(files.iter().map(|(_, file)| folder(file.path)));
        for (index, file) in files {
            let prefix = folders.prefix(folder(file.path));
            self.place_all(index, &prefix);
        }
    }

    fn wandb(&mut self) {
        let wandb = Source::from(Source::WANDB);
        for (index, _) in self.of(Kind::Wandb) {
            self.place(index, &wandb, "");
        }
    }

    fn text_logs(&mut self) {
        let (copies, own): (Vec<_>, Vec<_>) = self
            .of(Kind::TextLog)
            .into_iter()
            .partition(|(_, file)| is_console_copy(file.path));
        let groups = groups(&own);
        let with_points: Vec<&Vec<usize>> = groups
            .iter()
            .filter(|group| group.iter().any(|&file| self.points(file) > 0))
            .collect();
        let labels = self.labels(&with_points);
        for (group, label) in with_points.iter().zip(&labels) {
            let prefix = if labels.len() > 1 {
                format!("{label}/")
            } else {
                String::new()
            };
            for &file in *group {
                self.place_all(file, &prefix);
            }
        }
        if with_points.is_empty() {
            self.console_copies(&copies);
        } else {
            self.leave_out_copies(&copies, "the workload has a text log of its own");
            for (index, _) in self.of(Kind::Wandb) {
                self.leave_out_console(index, "the workload has a text log of its own");
            }
        }
    }

    /// For each W&B run folder, the console inside its `.wandb` or the copy beside it: the one
    /// with more points, the one inside if equal (its lines carry times).
    fn console_copies(&mut self, copies: &[(usize, &Candidate<'_>)]) {
        let log = Source::from(Source::LOG);
        let mut runs: BTreeMap<&str, (Option<usize>, Option<usize>)> = BTreeMap::new();
        for (index, file) in self.of(Kind::Wandb) {
            runs.entry(folder(file.path)).or_default().0 = Some(index);
        }
        for (index, file) in copies {
            runs.entry(folder(folder(file.path))).or_default().1 = Some(*index);
        }
        let mut runs: Vec<_> = runs.into_iter().collect();
        runs.sort_by(|a, b| compare_natural(a.0, b.0));
        for (_, (inside, beside)) in runs {
            let inside_points = inside.map_or(0, |file| self.points_of(file, &log));
            let beside_points = beside.map_or(0, |file| self.points(file));
            match (inside, beside) {
                (Some(inside), _) if inside_points > 0 && inside_points >= beside_points => {
                    self.place(inside, &log, "");
                    if let Some(copy) = beside {
                        self.remark(
                            copy,
                            left_out("the run's .wandb file holds the same console"),
                        );
                    }
                }
                (inside, Some(copy)) => {
                    self.place_all(copy, "");
                    if let Some(inside) = inside {
                        self.leave_out_console(inside, "output.log holds more of it");
                    }
                }
                _ => {}
            }
        }
    }

    fn leave_out_copies(&mut self, copies: &[(usize, &Candidate<'_>)], reason: &str) {
        for (index, _) in copies {
            let reason = format!("W&B's copy of the console, and {reason}");
            self.remark(*index, left_out(&reason));
        }
    }

    fn leave_out_console(&mut self, file: usize, reason: &str) {
        let points = self.points_of(file, &Source::from(Source::LOG));
        if points > 0 {
            let reason = format!("the console inside this file ({points} points): {reason}");
            self.remark(file, left_out(&reason));
        }
    }

    fn tables(&mut self) {
        let mut files = self.of(Kind::Table);
        self.keep_longest_trainer_state(&mut files);
        let groups = groups(&files);
        let groups: Vec<&Vec<usize>> = groups.iter().collect();
        let labels = self.labels(&groups);
        let mut taken = self.names();
        for (group, label) in groups.iter().zip(&labels) {
            let own = self.names_of(group);
            let prefix = if own.is_disjoint(&taken) {
                String::new()
            } else {
                format!("{label}/")
            };
            for &file in *group {
                self.place_all(file, &prefix);
                if !prefix.is_empty() {
                    self.remark(file, format!("its metrics are named {prefix}…: another file of the workload has metrics of the same names"));
                }
            }
            taken.extend(
                own.into_iter()
                    .map(|(s, name)| (s, format!("{prefix}{name}"))),
            );
        }
    }

    fn keep_longest_trainer_state(&mut self, files: &mut Vec<(usize, &'a Candidate<'a>)>) {
        let is_state = |path: &str| name(path) == "trainer_state.json";
        let mut longest: Option<usize> = None;
        for (index, _) in files.iter().filter(|(_, file)| is_state(file.path)) {
            if longest.is_none_or(|best| self.points(*index) > self.points(best)) {
                longest = Some(*index);
            }
        }
        files.retain(|(index, file)| {
            let keep = !is_state(file.path) || Some(*index) == longest;
            if !keep {
                let reason = "a longer trainer_state.json of the workload has the same history";
                self.result.remarks.push((*index, left_out(reason)));
            }
            keep
        });
    }

    /// The stems of the groups' first files; where two are equal, their paths without extension.
    fn labels(&self, groups: &[&Vec<usize>]) -> Vec<String> {
        let firsts = groups
            .iter()
            .filter_map(|group| self.files.get(*group.first()?));
        let paths: Vec<&str> = firsts.map(|file| file.path).collect();
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for path in &paths {
            *uses.entry(stem(name(path))).or_default() += 1;
        }
        let label = |path: &&str| {
            let own = stem(name(path));
            let is_unique = uses.get(own) == Some(&1);
            (if is_unique { own } else { stem(path) }).to_owned()
        };
        paths.iter().map(label).collect()
    }

    /// The names that are given so far, with their sources.
    fn names(&self) -> BTreeSet<(Source, String)> {
        let mut names = BTreeSet::new();
        for placed in &self.result.placed {
            let rows = self.files.get(placed.file).map(|file| file.rows);
            let metrics = rows.and_then(|rows| rows.get(&placed.source));
            for metric in metrics.into_iter().flat_map(BTreeMap::keys) {
                names.insert((placed.source.clone(), format!("{}{metric}", placed.prefix)));
            }
        }
        names
    }

    fn names_of(&self, group: &[usize]) -> BTreeSet<(Source, String)> {
        let files = group.iter().filter_map(|&file| self.files.get(file));
        files
            .flat_map(|file| file.rows)
            .flat_map(|(source, metrics)| {
                metrics
                    .keys()
                    .map(|metric| (source.clone(), metric.clone()))
            })
            .collect()
    }

    fn points(&self, file: usize) -> u64 {
        let rows = self.files.get(file).map(|file| file.rows.values());
        let metrics = rows.into_iter().flatten();
        metrics
            .flat_map(BTreeMap::values)
            .map(FileSeries::count)
            .sum()
    }

    fn points_of(&self, file: usize, source: &Source) -> u64 {
        let metrics = self.files.get(file).and_then(|file| file.rows.get(source));
        metrics.map_or(0, |metrics| metrics.values().map(FileSeries::count).sum())
    }
}

fn left_out(reason: &str) -> String {
    format!("skipped: {reason}")
}

/// Files of one folder whose names differ in digits only, in the order given.
fn groups(files: &[(usize, &Candidate<'_>)]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (index, file) in files {
        let masked = mask_digits(name(file.path));
        let key = format!("{}/{masked}", folder(file.path));
        let at = *by_name.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(members) => members.push(*index),
            None => groups.push(vec![*index]),
        }
    }
    groups
}

/// `…/run-<time>-<id>/files/output.log`, also where the run folder is the workload's own.
fn is_console_copy(path: &str) -> bool {
    let files = folder(path);
    name(path) == "output.log"
        && name(files) == "files"
        && (folder(files).is_empty() || is_wandb_run_folder(name(folder(files))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_model::row::Row;

    /// A file with `count` rows in each of the given metrics.
    fn rows(source: &str, metrics: &[&str], count: usize) -> FileRows {
        let row = Row {
            step: 1,
            time_ms: Some(1),
            value: 1.0,
        };
        let series = |name: &&str| {
            let mut series = FileSeries::default();
            series.append(std::iter::repeat_n(row, count).collect(), 0);
            ((*name).to_owned(), series)
        };
        FileRows::from([(source.into(), metrics.iter().map(series).collect())])
    }

    type Given<'a> = (&'a str, Kind, FileRows);

    /// `prefix<path>` of what takes part, in order, with the source where it is not the first.
    fn placed(given: &[Given<'_>]) -> (Vec<String>, Vec<String>) {
        let candidates: Vec<Candidate<'_>> = given
            .iter()
            .map(|(path, kind, rows)| Candidate {
                path,
                kind: *kind,
                rows,
            })
            .collect();
        let result = arrange(&candidates);
        let placed = result
            .placed
            .iter()
            .map(|p| format!("{}:{}:{}", p.source.as_str(), given[p.file].0, p.prefix))
            .collect();
        let remarked = result
            .remarks
            .iter()
            .map(|(file, _)| given[*file].0.to_owned())
            .collect();
        (placed, remarked)
    }

    #[test]
    fn event_folders_are_prefixes() {
        let table: &[(&[&str], &[&str])] = &[
            (
                &["tb/events.10", "tb/events.9"],
                &["tb/events.9:", "tb/events.10:"],
            ),
            (
                &["tb/train/events.1", "tb/validation/events.1"],
                &[
                    "tb/train/events.1:train/",
                    "tb/validation/events.1:validation/",
                ],
            ),
            (
                &["tb/eval/events.1", "tb/events.1"],
                &["tb/eval/events.1:eval/", "tb/events.1:"],
            ),
            (&["logs/train/events.1"], &["logs/train/events.1:train/"]),
            (&["events.1"], &["events.1:"]),
            (
                &["tb/events.1", "lightning_logs/version_0/events.1"],
                &[
                    "lightning_logs/version_0/events.1:lightning_logs/version_0/",
                    "tb/events.1:tb/",
                ],
            ),
        ];
        for (paths, expected) in table {
            let given: Vec<Given<'_>> = paths
                .iter()
                .map(|path| (*path, Kind::Events, rows("tensorflow", &["loss"], 1)))
                .collect();
            let (got, _) = placed(&given);
            let expected: Vec<String> =
                expected.iter().map(|e| format!("tensorflow:{e}")).collect();
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn logs_follow_each_other_or_prefix() {
        let log = |path: &'static str, points: usize| -> Given<'static> {
            (path, Kind::TextLog, rows("log", &["loss"], points))
        };
        let (got, _) = placed(&[
            log("rank_10.log", 1),
            log("rank_2.log", 1),
            log("err.log", 0),
        ]);
        assert_eq!(got, ["log:rank_2.log:", "log:rank_10.log:"]);
        let (got, _) = placed(&[log("train.log", 1), log("logs/eval.log", 1)]);
        assert_eq!(got, ["log:logs/eval.log:eval/", "log:train.log:train/"]);
        let (got, _) = placed(&[log("a.log", 1), log("logs/a.log", 1)]);
        assert_eq!(got, ["log:a.log:a/", "log:logs/a.log:logs/a/"]);
    }

    #[test]
    fn the_console_copy_replaces_a_log() {
        const RUN: &str = "wandb/run-20261123_075743-id1/run-id1.wandb";
        const COPY: &str = "wandb/run-20261123_075743-id1/files/output.log";
        let wandb = |console: usize| -> Given<'static> {
            let mut both = rows("wandb", &["loss"], 5);
            both.append(&mut rows("log", &["loss"], console));
            (RUN, Kind::Wandb, both)
        };
        let copy = |points| (COPY, Kind::TextLog, rows("log", &["loss"], points));
        let own = |points| ("c.log", Kind::TextLog, rows("log", &["loss"], points));
        let run = format!("wandb:{RUN}:");
        let (inside, beside) = (format!("log:{RUN}:"), format!("log:{COPY}:"));
        let table = [
            (
                vec![wandb(3), copy(3), own(9)],
                vec![&*run, "log:c.log:"],
                vec![COPY, RUN],
            ),
            (
                vec![wandb(3), copy(3), own(0)],
                vec![&*run, &*inside],
                vec![COPY],
            ),
            (vec![wandb(2), copy(3)], vec![&*run, &*beside], vec![RUN]),
            (vec![wandb(0), copy(3)], vec![&*run, &*beside], vec![]),
            (vec![wandb(3)], vec![&*run, &*inside], vec![]),
        ];
        for (given, expected, remarked) in table {
            assert_eq!(
                placed(&given),
                (own_strings(&expected), own_strings(&remarked))
            );
        }
    }

    fn own_strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn tables_prefix_only_where_names_collide() {
        let log = || ("console.log", Kind::TextLog, rows("log", &["loss"], 3));
        let other = (
            "metrics.jsonl",
            Kind::Table,
            rows("log", &["train/loss"], 3),
        );
        let (got, remarked) = placed(&[log(), other]);
        assert_eq!(got, ["log:console.log:", "log:metrics.jsonl:"]);
        assert!(remarked.is_empty());
        let same = ("history.csv", Kind::Table, rows("log", &["loss", "acc"], 3));
        let (got, remarked) = placed(&[log(), same]);
        assert_eq!(got, ["log:console.log:", "log:history.csv:history/"]);
        assert_eq!(remarked, ["history.csv"]);
    }

    #[test]
    fn the_longest_trainer_state_counts() {
        let state = |path: &'static str, points| -> Given<'static> {
            (path, Kind::Table, rows("log", &["loss"], points))
        };
        let (got, remarked) = placed(&[
            state("checkpoint-1000/trainer_state.json", 100),
            state("checkpoint-500/trainer_state.json", 50),
            state("trainer_state.json", 100),
        ]);
        assert_eq!(got, ["log:checkpoint-1000/trainer_state.json:"]);
        assert_eq!(
            remarked,
            ["checkpoint-500/trainer_state.json", "trainer_state.json"]
        );
    }
}
