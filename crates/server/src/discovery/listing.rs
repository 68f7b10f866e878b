//! What is in the served folder: every regular file below it, once.
//!
//! Symbolic links are followed, but after everything that is really there and never to a folder or
//! file that was already seen (same device and inode): a loop ends, and `latest-run` does not list
//! a run twice. Hidden folders and folders of tools (`node_modules`, `__pycache__`) are
//! left out. Order: by path.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Folders deeper than this below the served one are not looked into.
const MAX_DEPTH: usize = 32;

/// What the file system reports of a file; equal means unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Length.
    pub size_bytes: u64,
    /// Last modification, milliseconds since the epoch.
    pub mtime_ms: i64,
    /// Device and inode where the system has them; two paths with one identity are one file.
    pub identity: (u64, u64),
}

impl Stat {
    /// Reads what the server needs from the system's answer.
    pub fn of(metadata: &Metadata) -> Self {
        let mtime_ms = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or(0);
        Self {
            size_bytes: metadata.len(),
            mtime_ms,
            identity: identity(metadata),
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// One file.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Path below the served folder, with `/`.
    pub relative: String,
    /// Where it is opened.
    pub path: PathBuf,
    /// What the file system reports of it.
    pub stat: Stat,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files, by path.
    pub files: Vec<Listed>,
    /// Folders and links that could not be read: relative path and reason.
    pub problems: Vec<(String, String)>,
}

struct Walk {
    listing: Listing,
    seen: BTreeSet<(u64, u64)>,
    links: Vec<(String, PathBuf, usize)>,
}

/// Lists the folder. An error is one of the folder itself; what is wrong below it is a problem of
/// the listing.
pub fn list(root: &Path) -> io::Result<Listing> {
    let entries = fs::read_dir(root)?;
    let mut walk = Walk {
        listing: Listing::default(),
        seen: BTreeSet::new(),
        links: Vec::new(),
    };
    walk.enter(&fs::metadata(root)?);
    walk.folder("", entries, 0);
    // Links may lead to folders with more links.
    while !walk.links.is_empty() {
        let mut links = std::mem::take(&mut walk.links);
        links.sort();
        for (relative, path, depth) in links {
            walk.link(relative, path, depth);
        }
    }
    let mut listing = walk.listing;
    listing.files.sort_by(|a, b| a.relative.cmp(&b.relative));
    listing.problems.sort();
    Ok(listing)
}

impl Walk {
    /// True the first time that this file or folder is seen.
    fn enter(&mut self, metadata: &Metadata) -> bool {
        match identity(metadata) {
            (0, 0) => true,
            id => self.seen.insert(id),
        }
    }

    fn folder(&mut self, relative: &str, entries: fs::ReadDir, depth: usize) {
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.problem(relative, &error);
                    continue;
                }
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_ignored(&name) {
                continue;
            }
            let relative = join(relative, &name);
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => {
                    self.links.push((relative, entry.path(), depth));
                }
                Ok(_) => match entry.metadata() {
                    Ok(metadata) => self.entry(relative, entry.path(), &metadata, depth),
                    Err(error) => self.problem(&relative, &error),
                },
                Err(error) => self.problem(&relative, &error),
            }
        }
    }

    fn link(&mut self, relative: String, path: PathBuf, depth: usize) {
        match fs::metadata(&path) {
            Ok(metadata) => self.entry(relative, path, &metadata, depth),
            Err(error) => self.problem(&relative, &error),
        }
    }

    fn entry(&mut self, relative: String, path: PathBuf, metadata: &Metadata, depth: usize) {
        if !self.enter(metadata) {
            return;
        }
        if metadata.is_file() {
            let stat = Stat::of(metadata);
            self.listing.files.push(Listed {
                relative,
                path,
                stat,
            });
        } else if metadata.is_dir() && depth < MAX_DEPTH {
            match fs::read_dir(&path) {
                Ok(entries) => self.folder(&relative, entries, depth + 1),
                Err(error) => self.problem(&relative, &error),
            }
        }
    }

    fn problem(&mut self, relative: &str, error: &io::Error) {
        let reason = format!("can't be read: {error}");
        self.listing.problems.push((relative.to_owned(), reason));
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "node_modules" | "__pycache__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(listing: &Listing) -> Vec<&str> {
        listing.files.iter().map(|f| f.relative.as_str()).collect()
    }

    fn write(root: &Path, relative: &str) {
        let path = root.join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, relative).unwrap();
    }

    #[test]
    fn files_once_and_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for relative in ["b/x.log", "a.log", "b/c/y.log", ".git/z.log"] {
            write(dir.path(), relative);
        }
        let listing = list(dir.path()).unwrap();
        assert_eq!(paths(&listing), ["a.log", "b/c/y.log", "b/x.log"]);
        assert_eq!(listing.files[0].stat.size_bytes, 5);
        assert!(list(&dir.path().join("absent")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_neither_loop_nor_double() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "far/z.log");
        write(dir.path(), "run/wandb/run-1-ab/run-ab.wandb");
        // `latest-run` sorts before `run-1-ab`, yet the real folder is the one that is listed.
        symlink("run-1-ab", dir.path().join("run/wandb/latest-run")).unwrap();
        symlink("..", dir.path().join("run/loop")).unwrap();
        symlink(outside.path(), dir.path().join("elsewhere")).unwrap();
        symlink("nowhere", dir.path().join("dangling.log")).unwrap();
        let listing = list(dir.path()).unwrap();
        assert_eq!(
            paths(&listing),
            ["elsewhere/far/z.log", "run/wandb/run-1-ab/run-ab.wandb"]
        );
        assert_eq!(listing.problems.len(), 1);
        assert_eq!(listing.problems[0].0, "dangling.log");
    }
}
