//! TensorBoard's folders as metric prefixes: `train/`, `validation/`.
//!
//! With several event folders in a workload, the path below their common ancestor is the prefix of
//! a folder's metrics. A single one has none, unless it is named `train`, `validation`, `val`,
//! `eval` or `test`. A prefix is empty or ends with `/`.

use std::collections::BTreeSet;

const OWN_NAME: [&str; 5] = ["train", "validation", "val", "eval", "test"];

/// The event folders of a workload.
pub struct EventFolders {
    is_single: bool,
    /// How many components all of them begin with.
    shared: usize,
}

impl EventFolders {
    /// From the folders of all event files, each as often as it occurs.
    pub fn new<'a>(folders: impl Iterator<Item = &'a str>) -> Self {
        let folders: BTreeSet<Vec<&str>> = folders.map(components).collect();
        let mut shared = folders.first().map_or(0, Vec::len);
        for (folder, next) in folders.iter().zip(folders.iter().skip(1)) {
            let alike = folder.iter().zip(next).take_while(|(a, b)| a == b).count();
            shared = shared.min(alike);
        }
        Self {
            is_single: folders.len() == 1,
            shared,
        }
    }

    /// The prefix of the metrics of a folder's files.
    pub fn prefix(&self, folder: &str) -> String {
        let parts = components(folder);
        let below = if self.is_single {
            let own = parts.last().filter(|last| OWN_NAME.contains(last));
            own.copied().unwrap_or_default().to_owned()
        } else {
            parts.get(self.shared..).unwrap_or_default().join("/")
        };
        if below.is_empty() { below } else { below + "/" }
    }
}

fn components(folder: &str) -> Vec<&str> {
    folder.split('/').filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_folders() {
        let table: &[(&[&str], &[&str])] = &[
            (&[""], &[""]),
            (&["tb", "tb"], &[""]),
            (&["logs/train"], &["train/"]),
            (&["tb/train", "tb/validation"], &["train/", "validation/"]),
            (&["tb", "tb/eval"], &["", "eval/"]),
            (&["", "eval"], &["", "eval/"]),
            (&["a/b/c", "a/b/d", "a/e"], &["b/c/", "b/d/", "e/"]),
            (&["train", "training"], &["train/", "training/"]),
        ];
        for (given, expected) in table {
            let folders = EventFolders::new(given.iter().copied());
            let unique: BTreeSet<&str> = given.iter().copied().collect();
            let got: Vec<String> = unique.into_iter().map(|f| folders.prefix(f)).collect();
            assert_eq!(got, *expected);
        }
    }
}
