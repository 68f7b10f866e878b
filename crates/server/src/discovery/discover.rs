//! Which folders are workloads: a pure function of the recognised files' paths and run ids.
//!
//! 1. A folder with recognised files is a workload. Folders with conventional names (`tb`,
//!    `wandb`, `train`, …: see [`is_conventional`]) belong to the folder above them; a nested
//!    folder with another name is a workload of its own.
//! 2. The served folder itself is a run if it has recognised files directly in it, or if all its
//!    data lies in conventional folders. If it is not, a conventional folder directly in it is a
//!    workload of its own.
//! 3. A folder that holds W&B runs with several run ids is several workloads, one an id; what
//!    belongs to no W&B run stays with the folder.
//! 4. What has one W&B run id is one workload, wherever it lies.
//!
//! Result: by path. A uid once given is kept (`known`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::unionfind::UnionFind;

use crate::discovery::formats::Kind;
use crate::discovery::paths::{
    below, compare_natural, folder as parent, mask_digits, name as last,
};

/// A recognised file, as far as discovery is concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Path below the served folder, with `/`.
    pub path: String,
    /// What it contributes.
    pub kind: Kind,
    /// W&B run id, from the file's contents.
    pub run_id: Option<String>,
}

/// One workload: what it is called and which files are its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Path of its (first) folder below the served one; empty for the served folder itself.
    pub folder: String,
    /// Safe in a URL path, unique.
    pub uid: String,
    /// Last component of the folder, or the whole path where that is ambiguous.
    pub name: String,
    /// The folder above.
    pub namespace: String,
    /// Its files in order of folder and name.
    pub files: Vec<Member>,
}

/// A file of a workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its path below the served folder.
    pub relative: String,
    /// Its path below its own workload folder.
    pub path: String,
}

/// True for a folder name that belongs to the run above it.
pub fn is_conventional(name: &str) -> bool {
    const NAMES: [&str; 17] = [
        "tb",
        "tensorboard",
        "tensorboard_logs",
        "tb_logs",
        "events",
        "runs",
        "logs",
        "log",
        "wandb",
        "files",
        "train",
        "training",
        "validation",
        "val",
        "eval",
        "test",
        "lightning_logs",
    ];
    NAMES.contains(&name)
        || name == "latest-run"
        || name.starts_with("version_")
        || name.starts_with("checkpoint-")
        || is_wandb_run_folder(name)
}

/// True for the folder that W&B makes for a run: `run-20261123_075743-<id>`, `offline-run-…`. Other
/// names that begin with `run-` (`run-lr-0.1`) are the user's own.
pub fn is_wandb_run_folder(name: &str) -> bool {
    let name = name.strip_prefix("offline-").unwrap_or(name);
    let Some((time, id)) = name
        .strip_prefix("run-")
        .and_then(|after| after.split_once('-'))
    else {
        return false;
    };
    mask_digits(time) == "#_#" && time.len() == "YYYYMMDD_hhmmss".len() && !id.is_empty()
}

/// A folder, or a W&B run of a folder, that is a workload or part of one.
#[derive(Debug, Default)]
struct Unit {
    folder: String,
    run_ids: BTreeSet<String>,
    files: Vec<Member>,
}

/// Finds the workloads. `root_name` is the served folder's own name, `known` the uids given
/// earlier, by folder.
pub fn discover(root_name: &str, files: &[Found], known: &BTreeMap<String, String>) -> Vec<Plan> {
    let owners = owners(files);
    let mut by_owner: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for (file, owner) in files.iter().zip(&owners) {
        by_owner.entry(owner).or_default().push(file);
    }
    let units: Vec<Unit> = by_owner
        .into_iter()
        .flat_map(|(owner, members)| split_by_run_id(owner, &members))
        .collect();
    let mut units = join_by_run_id(units);
    units.sort_by(|a, b| compare_natural(&a.folder, &b.folder));
    name_all(root_name, units, known)
}

/// The workload folder of each file.
fn owners(files: &[Found]) -> Vec<String> {
    let climbed: Vec<String> = files
        .iter()
        .map(|file| climb(parent(&file.path)).to_owned())
        .collect();
    let is_root_a_run = files.iter().any(|file| parent(&file.path).is_empty())
        || climbed.iter().all(String::is_empty);
    if is_root_a_run {
        return climbed;
    }
    files
        .iter()
        .zip(climbed)
        .map(|(file, owner)| match owner.as_str() {
            "" => file.path.split('/').next().unwrap_or_default().to_owned(),
            _ => owner,
        })
        .collect()
}

/// The nearest folder, upwards, whose name is not conventional.
fn climb(mut folder: &str) -> &str {
    while !folder.is_empty() && is_conventional(last(folder)) {
        folder = parent(folder);
    }
    folder
}

/// The folder of the W&B run that a file lies in, below `owner`.
fn wandb_run<'a>(owner: &str, path: &'a str) -> Option<&'a str> {
    let mut folder = parent(path);
    while folder.len() > owner.len() {
        if is_wandb_run_folder(last(folder)) {
            return Some(folder);
        }
        folder = parent(folder);
    }
    None
}

/// Run id of a `.wandb` file: the one recorded in it, else that of its name `run-<id>.wandb`.
fn run_id(file: &Found) -> Option<&str> {
    if file.kind != Kind::Wandb {
        return None;
    }
    file.run_id.as_deref().or_else(|| {
        last(&file.path)
            .strip_prefix("run-")?
            .strip_suffix(".wandb")
    })
}

fn split_by_run_id(owner: &str, files: &[&Found]) -> Vec<Unit> {
    let ids: BTreeSet<&str> = files.iter().filter_map(|file| run_id(file)).collect();
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    for file in files {
        let folder = match wandb_run(owner, &file.path) {
            Some(run) if ids.len() > 1 => run,
            _ => owner,
        };
        let unit = units.entry(folder.to_owned()).or_default();
        folder.clone_into(&mut unit.folder);
        unit.run_ids.extend(run_id(file).map(str::to_owned));
        unit.files.push(Member {
            relative: file.path.clone(),
            path: below(folder, &file.path).to_owned(),
        });
    }
    units.into_values().collect()
}

/// Joins units that share a run id; the first names the whole. A unit with several ids (loose
/// `.wandb` files in one folder) can tie others together.
fn join_by_run_id(units: Vec<Unit>) -> Vec<Unit> {
    let mut sets = UnionFind::new(units.len());
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    for (index, unit) in units.iter().enumerate() {
        for id in &unit.run_ids {
            sets.union(*first_with.entry(id).or_insert(index), index);
        }
    }
    let mut joined: Vec<Unit> = Vec::new();
    let mut place_of: HashMap<usize, usize> = HashMap::new();
    for (index, mut unit) in units.into_iter().enumerate() {
        let place = *place_of.entry(sets.find(index)).or_insert(joined.len());
        match joined.get_mut(place) {
            Some(whole) => whole.files.append(&mut unit.files),
            None => joined.push(unit),
        }
    }
    joined
}

fn name_all(root_name: &str, units: Vec<Unit>, known: &BTreeMap<String, String>) -> Vec<Plan> {
    let mut last_names: BTreeMap<String, u32> = BTreeMap::new();
    for unit in &units {
        *last_names.entry(last(&unit.folder).to_owned()).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = units
        .iter()
        .filter_map(|unit| known.get(&unit.folder).cloned())
        .collect();
    units
        .into_iter()
        .map(|unit| {
            let uid = known.get(&unit.folder).cloned().unwrap_or_else(|| {
                let path = if unit.folder.is_empty() {
                    root_name
                } else {
                    &unit.folder
                };
                let uid = free_uid(path, &taken);
                taken.insert(uid.clone());
                uid
            });
            let is_ambiguous = last_names.get(last(&unit.folder)).is_some_and(|n| *n > 1);
            let (name, namespace) = match unit.folder.as_str() {
                "" => (root_name.to_owned(), String::new()),
                folder => {
                    let name = if is_ambiguous { folder } else { last(folder) };
                    let above = parent(folder);
                    let namespace = if above.is_empty() { root_name } else { above };
                    (name.to_owned(), namespace.to_owned())
                }
            };
            Plan {
                folder: unit.folder,
                uid,
                name,
                namespace,
                files: unit.files,
            }
        })
        .collect()
}

/// The path as a uid: `a/b` → `a.b`, what a URL path would have to escape → `_`; with a suffix
/// from the path itself if that is taken.
fn free_uid(path: &str, taken: &BTreeSet<String>) -> String {
    let mut uid: String = path
        .chars()
        .map(|c| match c {
            '/' => '.',
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~') => c,
            _ => '_',
        })
        .collect();
    if uid.chars().all(|c| c == '.') {
        uid = "run".to_owned();
    }
    let mut candidate = uid.clone();
    let mut seed = path.to_owned();
    while taken.contains(&candidate) {
        candidate = format!("{uid}-{:08x}", fnv1a(&seed));
        seed.push('+');
    }
    candidate
}

/// 32-bit FNV-1a: the same on every machine and in every version.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Found {
        let kind = match last(path) {
            name if name.ends_with(".wandb") => Kind::Wandb,
            name if name.starts_with("events") => Kind::Events,
            "wandb-summary.json" => Kind::WandbSummary,
            name if name.ends_with(".log") => Kind::TextLog,
            _ => Kind::Table,
        };
        Found {
            path: path.to_owned(),
            kind,
            run_id: None,
        }
    }

    /// Workload folders (`.` for the served one) and how many files each has.
    fn workloads(paths: &[&str]) -> Vec<(String, usize)> {
        let files: Vec<Found> = paths.iter().map(|path| found(path)).collect();
        discover("root", &files, &BTreeMap::new())
            .into_iter()
            .map(|plan| {
                let folder = if plan.folder.is_empty() {
                    ".".to_owned()
                } else {
                    plan.folder
                };
                (folder, plan.files.len())
            })
            .collect()
    }

    /// What it shows, the files, and the workload folders with their numbers of files.
    type Case = (
        &'static str,
        &'static [&'static str],
        &'static [(&'static str, usize)],
    );

    #[test]
    fn folders_that_are_workloads() {
        let table: &[Case] = &[
            ("nothing", &[], &[]),
            (
                "folders with files",
                &["a/x.log", "b/x.log", "b/y.log"],
                &[("a", 1), ("b", 2)],
            ),
            (
                "conventional folders belong to their parent",
                &[
                    "a/console.log",
                    "a/tb/train/events.1",
                    "a/wandb/offline-run-20261123_075743-id1/run-id1.wandb",
                    "a/wandb/offline-run-20261123_075743-id1/files/output.log",
                    "a/lightning_logs/version_0/metrics.csv",
                    "a/checkpoint-500/trainer_state.json",
                ],
                &[("a", 6)],
            ),
            (
                "another name below a run is a run of its own",
                &[
                    "a/x.log",
                    "a/ablation/x.log",
                    "a/ablation/tb/events.1",
                    "a/deep/er/x.log",
                ],
                &[("a", 1), ("a/ablation", 2), ("a/deep/er", 1)],
            ),
            (
                "the served folder with files in it is a run",
                &["x.log", "tb/events.1", "other/x.log"],
                &[(".", 2), ("other", 1)],
            ),
            (
                "the served folder with only conventional folders is a run",
                &["tb/events.1", "wandb/run-20261123_075743-id1/run-id1.wandb"],
                &[(".", 2)],
            ),
            (
                "a conventional folder beside runs is a run of its own",
                &[
                    "tb/train/events.1",
                    "logs/x.log",
                    "logs/exp/x.log",
                    "a/x.log",
                ],
                &[("a", 1), ("logs", 1), ("logs/exp", 1), ("tb", 1)],
            ),
            (
                "several W&B runs in one folder",
                &[
                    "a/wandb/run-20261123_075743-id1/run-id1.wandb",
                    "a/wandb/run-20261123_075743-id1/files/output.log",
                    "a/wandb/run-20261123_085743-id2/run-id2.wandb",
                    "a/wandb/run-20261123_095743-id2/run-id2.wandb",
                    "a/console.log",
                ],
                &[
                    ("a", 1),
                    ("a/wandb/run-20261123_075743-id1", 2),
                    ("a/wandb/run-20261123_085743-id2", 2),
                ],
            ),
            (
                "one run id in two folders",
                &[
                    "a/wandb/run-20261123_075743-id1/run-id1.wandb",
                    "a/first.log",
                    "b/wandb/run-20261123_085743-id1/run-id1.wandb",
                    "b/second.log",
                    "c/third.log",
                ],
                &[("a", 4), ("c", 1)],
            ),
        ];
        for (what, paths, expected) in table {
            let expected: Vec<(String, usize)> = expected
                .iter()
                .map(|(f, n)| ((*f).to_owned(), *n))
                .collect();
            assert_eq!(workloads(paths), expected, "{what}");
        }
    }

    #[test]
    fn a_run_id_inside_the_file_counts_more_than_its_name() {
        let mut files = vec![
            found("a/wandb/run-20261123_075743-x/run-x.wandb"),
            found("b/wandb/run-20261123_085743-y/copy.wandb"),
        ];
        files[1].run_id = Some("x".to_owned());
        let plans = discover("root", &files, &BTreeMap::new());
        assert_eq!(plans.len(), 1);
        assert_eq!(plans[0].uid, "a");
        // Each file keeps the path below its own folder, so that both are arranged alike.
        assert_eq!(
            plans[0].files[1].path,
            "wandb/run-20261123_085743-y/copy.wandb"
        );
    }

    #[test]
    fn names_of_wandb_run_folders() {
        for (name, expected) in [
            ("run-20261123_075743-id1", true),
            ("offline-run-20261123_075743-charlmc1", true),
            ("run-20261123_075743-", false),
            ("run-lr-0.1", false),
            ("run-1", false),
            ("offline-run", false),
        ] {
            assert_eq!(is_wandb_run_folder(name), expected, "{name}");
        }
    }

    #[test]
    fn names_and_uids() {
        let files: Vec<Found> = [
            "a/b/x.log",
            "a.b/x.log",
            "c/b/x.log",
            "ü %/x.log",
            "d/x.log",
        ]
        .iter()
        .map(|path| found(path))
        .collect();
        let plans = discover("runs", &files, &BTreeMap::new());
        let got: Vec<(&str, &str, &str)> = plans
            .iter()
            .map(|p| (p.uid.as_str(), p.name.as_str(), p.namespace.as_str()))
            .collect();
        assert_eq!(
            got,
            [
                ("a.b", "a.b", "runs"),
                // 3a8e75c1: 32-bit FNV-1a of "a/b", computed with Python.
                ("a.b-3a8e75c1", "a/b", "a"),
                ("c.b", "c/b", "c"),
                ("d", "d", "runs"),
                ("___", "ü %", "runs"),
            ]
        );
        let root = discover("my run", &[found("x.log")], &BTreeMap::new());
        assert_eq!(
            (root[0].uid.as_str(), root[0].name.as_str()),
            ("my_run", "my run")
        );
    }

    #[test]
    fn a_uid_once_given_is_kept() {
        let known = BTreeMap::from([("a/b".to_owned(), "a.b".to_owned())]);
        let files = [found("a.b/x.log"), found("a/b/x.log")];
        let plans = discover("runs", &files, &known);
        assert_eq!(plans[1].uid, "a.b");
        assert!(plans[0].uid.starts_with("a.b-"), "{}", plans[0].uid);
    }
}
