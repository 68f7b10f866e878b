//! One pass over the served folder: list, recognise, read what is new, publish.
//!
//! A pass is driven from outside and told the time, so that tests need no waiting. Files are read
//! in parallel when there is more than one to read. A workload in which nothing changed keeps its
//! snapshot and its ETag.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use parallax_api::wire::FileReport;

use crate::assemble::{Part, assemble, course, stand, unread_report};
use crate::discover::{Found, Plan, discover};
use crate::follow::{OpenFile, open_file};
use crate::formats::Formats;
use crate::listing::{Listed, Listing, list};
use crate::snapshot::{Catalog, Shared, WorkloadSnapshot};
use crate::status::standing;
use crate::track::Tracked;

/// What a workload was assembled from; equal means that it need not be assembled again.
#[derive(PartialEq)]
struct Basis {
    plan: Plan,
    /// Path and revision of each file.
    revisions: Vec<(String, u64)>,
    /// Files of its folder that could not be recognised.
    unread: Vec<FileReport>,
}

/// Keeps the files of a folder read and the catalog published.
pub struct Reloader {
    root: PathBuf,
    root_name: String,
    formats: Arc<dyn Formats>,
    open: OpenFile,
    tracked: BTreeMap<String, Tracked>,
    uids: BTreeMap<String, String>,
    built: BTreeMap<String, (Basis, Arc<WorkloadSnapshot>)>,
    /// Tells this process's ETags from those of an earlier one.
    started_ms: i64,
    version: u64,
    shared: Arc<Shared>,
}

impl Reloader {
    /// Nothing is read before the first pass.
    pub fn new(root: &Path, formats: Arc<dyn Formats>, started_ms: i64) -> Self {
        let full = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let root_name = full.file_name().map_or_else(
            || "run".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        Self {
            root: root.to_owned(),
            root_name,
            formats,
            open: open_file(),
            tracked: BTreeMap::new(),
            uids: BTreeMap::new(),
            built: BTreeMap::new(),
            started_ms,
            version: 0,
            shared: Arc::new(Shared::default()),
        }
    }

    /// Opens files in another way than the file system's.
    #[must_use]
    pub fn opening_with(mut self, open: OpenFile) -> Self {
        self.open = open;
        self
    }

    /// Where the catalog is published.
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Reads what is new and publishes it. An error is one of the served folder itself; the
    /// catalog then stays as it was.
    pub fn pass(&mut self, now_ms: i64) -> io::Result<()> {
        let listing = list(&self.root)?;
        self.read_all(&listing, now_ms);
        self.publish(&listing, now_ms);
        Ok(())
    }

    fn read_all(&mut self, listing: &Listing, now_ms: i64) {
        let mut earlier = std::mem::take(&mut self.tracked);
        let mut files: Vec<(&Listed, Tracked)> = listing
            .files
            .iter()
            .map(|listed| {
                let tracked = earlier.remove(&listed.relative);
                (listed, tracked.unwrap_or_default())
            })
            .collect();
        let due: Vec<&mut (&Listed, Tracked)> = files
            .iter_mut()
            .filter(|(listed, tracked)| tracked.is_due(listed, now_ms))
            .collect();
        read_in_parallel(due, now_ms, self.formats.as_ref(), &self.open);
        self.tracked = files
            .into_iter()
            .map(|(listed, tracked)| (listed.relative.clone(), tracked))
            .collect();
    }

    fn publish(&mut self, listing: &Listing, now_ms: i64) {
        let followed: Vec<_> = self
            .tracked
            .iter()
            .filter_map(|(path, tracked)| Some((path, tracked.followed()?)))
            .collect();
        let found: Vec<Found> = followed
            .iter()
            .map(|(path, file)| Found {
                path: (*path).clone(),
                kind: file.format().kind,
                run_id: file.facts().run_id.clone(),
            })
            .collect();
        let plans = discover(&self.root_name, &found, &self.uids);
        let paths: Vec<String> = followed.iter().map(|(path, _)| (*path).clone()).collect();
        self.date_newcomers(&plans, &paths);
        let followed: Vec<_> = self
            .tracked
            .iter()
            .filter_map(|(path, tracked)| Some((path, tracked.followed()?)))
            .collect();
        let mut unread = unread_by_folder(&plans, &self.tracked);
        let mut built = BTreeMap::new();
        for plan in plans {
            let members = plan.files.iter().filter_map(|member| {
                let (relative, file) = followed.get(member.index)?;
                Some((relative.as_str(), member.path.clone(), *file))
            });
            let members: Vec<_> = members.collect();
            let parts: Vec<Part<'_>> = members
                .iter()
                .map(|(relative, path, file)| Part {
                    relative,
                    path,
                    file,
                })
                .collect();
            self.uids.insert(plan.folder.clone(), plan.uid.clone());
            let uid = plan.uid.clone();
            let basis = Basis {
                revisions: revisions(&parts),
                unread: unread.remove(&plan.folder).unwrap_or_default(),
                plan,
            };
            let snapshot = match self.built.remove(&uid) {
                Some((earlier, snapshot)) if earlier == basis => snapshot,
                _ => {
                    self.version += 1;
                    let etag = format!("W/\"{:x}-{}\"", self.started_ms, self.version);
                    Arc::new(assemble(&basis.plan, &parts, &basis.unread, etag))
                }
            };
            let standing = standing(course(&parts, &snapshot.series), now_ms);
            built.insert(uid, (basis, stand(snapshot, standing)));
        }
        let workloads: BTreeMap<_, _> = built
            .iter()
            .map(|(uid, (_, snapshot))| (uid.clone(), Arc::clone(snapshot)))
            .collect();
        self.built = built;
        self.shared.publish(Catalog {
            workloads,
            unreadable: self.unreadable(listing),
            unrecognised: self.unrecognised(),
            reload_error: None,
        });
    }

    /// Rows without a time stand at their file's, which for a file that was copied lies long after
    /// the run. Where other files of the workload tell times, the newest of those is the latest
    /// that such rows can be from; decided once, when a file is first seen.
    fn date_newcomers(&mut self, plans: &[Plan], paths: &[String]) {
        for plan in plans {
            let members = || {
                plan.files
                    .iter()
                    .filter_map(|member| paths.get(member.index))
            };
            let told =
                members().filter_map(|path| self.tracked.get(path)?.followed()?.newest_told_ms());
            let newest_told = told.max();
            for path in members() {
                if let Some(file) = self.tracked.get_mut(path).and_then(Tracked::followed_mut) {
                    file.date_at_latest(newest_told);
                }
            }
        }
    }

    fn unreadable(&self, listing: &Listing) -> Vec<(String, String)> {
        let files = self
            .tracked
            .iter()
            .filter_map(|(path, tracked)| Some((path.clone(), tracked.error()?.to_owned())));
        listing.problems.iter().cloned().chain(files).collect()
    }

    fn unrecognised(&self) -> u64 {
        let unknown =
            |tracked: &&Tracked| tracked.followed().is_none() && tracked.error().is_none();
        self.tracked.values().filter(unknown).count() as u64
    }
}

fn revisions(parts: &[Part<'_>]) -> Vec<(String, u64)> {
    parts
        .iter()
        .map(|part| (part.relative.to_owned(), part.file.revision()))
        .collect()
}

/// Reports of the files that could not be recognised, by the folder of the nearest workload.
fn unread_by_folder(
    plans: &[Plan],
    tracked: &BTreeMap<String, Tracked>,
) -> BTreeMap<String, Vec<FileReport>> {
    let mut reports: BTreeMap<String, Vec<FileReport>> = BTreeMap::new();
    for (path, reason) in tracked
        .iter()
        .filter_map(|(path, tracked)| Some((path, tracked.error()?)))
    {
        let nearest = plans
            .iter()
            .map(|plan| plan.folder.as_str())
            .filter(|folder| folder.is_empty() || path.starts_with(&format!("{folder}/")))
            .max_by_key(|folder| folder.len());
        if let Some(folder) = nearest {
            let of_folder = reports.entry(folder.to_owned()).or_default();
            of_folder.push(unread_report(path, reason));
        }
    }
    reports
}

/// Each thread takes the next file until none is left.
fn read_in_parallel(
    mut due: Vec<&mut (&Listed, Tracked)>,
    now_ms: i64,
    formats: &dyn Formats,
    open: &OpenFile,
) {
    // The longest first, so that no thread is left with a long one at the end.
    due.sort_by_key(|(listed, _)| std::cmp::Reverse(listed.stat.size_bytes));
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(due.len());
    let queue = Mutex::new(due.into_iter());
    let work = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((listed, tracked)) = next else { break };
            tracked.pass(listed, now_ms, formats, open);
        }
    };
    if threads < 2 {
        work();
        return;
    }
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}
