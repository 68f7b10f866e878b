//! One pass over the served folder: list, recognise, read what is new, publish.
//!
//! A pass is driven from outside and given the time, so that tests need no waiting. Files are read
//! in parallel when there is more than one to read. A pass without news costs the listing of the
//! folder: nothing is arranged, assembled or published. Otherwise it costs O(n log n) in the number
//! of files, and what changed; a workload in which nothing changed keeps its snapshot and its ETag.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use parallax_api::wire::FileReport;

use crate::discovery::discover::{Found, Plan, discover};
use crate::discovery::formats::Formats;
use crate::discovery::listing::{Listed, Listing, list};
use crate::discovery::paths::folder;
use crate::following::follow::{Followed, OpenFile, open_file};
use crate::following::track::Tracked;
use crate::store::assemble::{
    Part, assemble, newest_mtime_ms, run_times, unread_report, with_status,
};
use crate::store::snapshot::{Catalog, Shared, WorkloadSnapshot};
use crate::store::status::{RunTimes, status};

/// A workload and what it was assembled from.
struct Assembled {
    basis: Basis,
    times: RunTimes,
    snapshot: Arc<WorkloadSnapshot>,
}

/// What a workload is assembled from; equal means that it need not be assembled again.
#[derive(PartialEq)]
struct Basis {
    plan: Plan,
    /// The revision of each file.
    revisions: Vec<u64>,
    /// Files of its folder that could not be recognised.
    unread: Vec<FileReport>,
}

/// Keeps the files of a folder read and the catalog published.
pub struct Reloader {
    root: PathBuf,
    root_name: String,
    formats: Arc<dyn Formats>,
    open: OpenFile,
    files: BTreeMap<String, Tracked>,
    problems: Vec<(String, String)>,
    found: Vec<Found>,
    plans: Vec<Plan>,
    uids: BTreeMap<String, String>,
    workloads: BTreeMap<String, Assembled>,
    started_ms: i64,
    assembled: u64,
    next_series: u64,
    shared: Arc<Shared>,
}

impl Reloader {
    /// Nothing is read before the first pass. `started_ms` is the time now; it makes ETags and
    /// cursors of this process differ from those of an earlier one.
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
            files: BTreeMap::new(),
            problems: Vec::new(),
            found: Vec::new(),
            plans: Vec::new(),
            uids: BTreeMap::new(),
            workloads: BTreeMap::new(),
            started_ms,
            assembled: 0,
            // A million series a millisecond before two processes could give the same number.
            next_series: started_ms.unsigned_abs() << 20,
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

    /// How many workloads were assembled so far, each as often as it was.
    pub fn assembled(&self) -> u64 {
        self.assembled
    }

    /// Reads what is new and publishes it. An error is one of the served folder itself; the
    /// catalog then stays as it was.
    pub fn pass(&mut self, now_ms: i64) -> io::Result<()> {
        let listing = list(&self.root)?;
        // What a pass that failed left undone is done by the next one.
        let has_failed = self.shared.read().reload_error.is_some();
        let mut has_news = self.read_all(&listing, now_ms) || has_failed;
        if has_news {
            self.discover();
            self.list_untimed();
            self.assemble_all();
        }
        has_news |= self.set_statuses(now_ms);
        if has_news || self.problems != listing.problems {
            self.problems = listing.problems;
            self.publish();
        }
        Ok(())
    }

    /// Reads the files that are due; true if there were any, or files came or went.
    fn read_all(&mut self, listing: &Listing, now_ms: i64) -> bool {
        let listed: HashMap<&str, &Listed> = listing
            .files
            .iter()
            .map(|listed| (listed.relative.as_str(), listed))
            .collect();
        let before = self.files.len();
        self.files
            .retain(|path, _| listed.contains_key(path.as_str()));
        let have_gone = self.files.len() < before;
        for path in listing.files.iter().map(|listed| &listed.relative) {
            if !self.files.contains_key(path) {
                self.files.insert(path.clone(), Tracked::new());
            }
        }
        let due: Vec<(&Listed, &mut Tracked)> = self
            .files
            .iter_mut()
            .filter_map(|(path, file)| Some((*listed.get(path.as_str())?, file)))
            .filter(|(listed, file)| file.is_due(listed, now_ms))
            .collect();
        let has_news = have_gone || !due.is_empty();
        read_in_parallel(due, now_ms, self.formats.as_ref(), &self.open);
        has_news
    }

    /// Finds the workloads if other files are followed than before.
    fn discover(&mut self) {
        let followed = self.files.iter();
        let followed = followed.filter_map(|(path, file)| Some((path, file.followed()?)));
        let found = followed.map(|(path, file)| Found {
            path: path.clone(),
            kind: file.format().kind,
            run_id: file.facts().run_id.clone(),
        });
        let found: Vec<Found> = found.collect();
        if found != self.found {
            self.plans = discover(&self.root_name, &found, &self.uids);
            self.found = found;
            let uids = self.plans.iter();
            self.uids
                .extend(uids.map(|plan| (plan.folder.clone(), plan.uid.clone())));
        }
    }

    /// Rows without a time are listed under their file's, which for a file that was copied is long
    /// after the run. Where other files of the workload have times, the newest of those is the
    /// latest that such rows can be from; decided once, when a file is first seen.
    fn list_untimed(&mut self) {
        for plan in &self.plans {
            let paths = || plan.files.iter().map(|member| &member.relative);
            let files = || paths().filter_map(|path| self.files.get(path)?.followed());
            if !files().any(Followed::is_new) {
                continue;
            }
            let newest_ms = files().filter_map(Followed::newest_time_ms).max();
            for path in paths() {
                let file = self.files.get_mut(path).and_then(Tracked::followed_mut);
                if let Some(file) = file.filter(|file| file.is_new()) {
                    file.list_until(newest_ms);
                }
            }
        }
    }

    /// Assembles the workloads of which anything has changed.
    fn assemble_all(&mut self) {
        let mut unread = unread_by_folder(&self.plans, &self.files);
        let mut earlier = std::mem::take(&mut self.workloads);
        let mut workloads = BTreeMap::new();
        let (mut assembled, mut next_series) = (self.assembled, self.next_series);
        for plan in &self.plans {
            let parts = plan.files.iter().filter_map(|member| {
                Some(Part {
                    relative: &member.relative,
                    path: &member.path,
                    file: self.files.get(&member.relative)?.followed()?,
                })
            });
            let parts: Vec<Part<'_>> = parts.collect();
            let basis = Basis {
                plan: plan.clone(),
                revisions: parts.iter().map(|part| part.file.revision()).collect(),
                unread: unread.remove(&plan.folder).unwrap_or_default(),
            };
            let earlier = earlier.remove(&plan.uid);
            let workload = match earlier {
                Some(mut earlier) if earlier.basis == basis => {
                    // A file may have been touched only.
                    earlier.times.newest_mtime_ms = newest_mtime_ms(&parts);
                    earlier
                }
                earlier => {
                    assembled += 1;
                    let etag = format!("W/\"{:x}-{assembled}\"", self.started_ms);
                    let earlier = earlier.map(|earlier| earlier.snapshot);
                    let unread = &basis.unread;
                    let earlier = earlier.as_deref();
                    let snapshot = assemble(plan, &parts, unread, earlier, etag, &mut next_series);
                    Assembled {
                        times: run_times(&parts, &snapshot.series),
                        snapshot: Arc::new(snapshot),
                        basis,
                    }
                }
            };
            workloads.insert(plan.uid.clone(), workload);
        }
        self.workloads = workloads;
        (self.assembled, self.next_series) = (assembled, next_series);
    }

    /// Sets the status of each workload; true if one has changed.
    fn set_statuses(&mut self, now_ms: i64) -> bool {
        let mut has_changed = false;
        for workload in self.workloads.values_mut() {
            let snapshot = with_status(&workload.snapshot, status(workload.times, now_ms));
            has_changed |= !Arc::ptr_eq(&snapshot, &workload.snapshot);
            workload.snapshot = snapshot;
        }
        has_changed
    }

    fn publish(&self) {
        let workloads = self.workloads.iter();
        let errors = self.files.iter();
        let errors =
            errors.filter_map(|(path, file)| Some((path.clone(), file.error()?.to_owned())));
        let is_unrecognised = |file: &&Tracked| file.followed().is_none() && file.error().is_none();
        self.shared.publish(Catalog {
            workloads: workloads
                .map(|(uid, workload)| (uid.clone(), Arc::clone(&workload.snapshot)))
                .collect(),
            unreadable: self.problems.iter().cloned().chain(errors).collect(),
            unrecognised: self.files.values().filter(is_unrecognised).count() as u64,
            reload_error: None,
        });
    }
}

/// Reports of the files that could not be recognised, by the folder of the nearest workload above.
fn unread_by_folder(
    plans: &[Plan],
    files: &BTreeMap<String, Tracked>,
) -> BTreeMap<String, Vec<FileReport>> {
    let folders: HashMap<&str, &Plan> = plans
        .iter()
        .map(|plan| (plan.folder.as_str(), plan))
        .collect();
    let mut reports: BTreeMap<String, Vec<FileReport>> = BTreeMap::new();
    let errors = files
        .iter()
        .filter_map(|(path, file)| Some((path, file.error()?)));
    for (path, reason) in errors {
        let above = std::iter::successors(Some(folder(path)), |&at| {
            (!at.is_empty()).then(|| folder(at))
        });
        if let Some(plan) = above.into_iter().find_map(|at| folders.get(at)) {
            let of_folder = reports.entry(plan.folder.clone()).or_default();
            of_folder.push(unread_report(path, reason));
        }
    }
    reports
}

/// Each thread takes the next file until none is left.
fn read_in_parallel(
    mut due: Vec<(&Listed, &mut Tracked)>,
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
            let Some((listed, file)) = next else { break };
            file.pass(listed, now_ms, formats, open);
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
