//! One file, followed while it grows: only its new bytes are read, from the offset reached.
//!
//! A file that shrank, was replaced (another inode) or no longer has the bytes that were read (see
//! `checksums`) is read anew; so is one that grows after its unfinished end was read as it was (half
//! a number in the last line). A file that is one document is read as a whole whenever it changed;
//! while a document is being rewritten, the rows that it had before stay. An error stays with the
//! file and is tried again on the next pass.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use parallax_api::wire::FileNote;
use parallax_model::source::Source;
use parallax_readers::{ParsedFile, Reader, RunFacts};

use crate::discovery::formats::Format;
use crate::discovery::listing::{Listed, Stat};
use crate::following::checksums::{Checksums, Extent};
use crate::following::file_series::FileSeries;

/// A file that has not changed for this long is idle: its unfinished end is read as it is.
pub const IDLE_MS: i64 = 10_000;

/// How much is read at a time.
const READ_BYTES: usize = 256 * 1024;

/// After how many bytes rows are frozen, so that a long file is never in memory as plain rows.
const FREEZE_BYTES: u64 = 8 * 1024 * 1024;

/// What is followed: readable from any offset.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Opens a file; the file system's own in the binary, a scripted one in tests.
pub type OpenFile = Arc<dyn Fn(&Path) -> io::Result<Box<dyn ReadSeek>> + Send + Sync>;

/// Opens files of the file system.
pub fn open_file() -> OpenFile {
    Arc::new(|path| Ok(Box::new(File::open(path)?)))
}

/// True if a file last modified at `mtime_ms` is idle. A time in the future (clocks that differ)
/// counts by its distance.
pub fn is_idle(mtime_ms: i64, now_ms: i64) -> bool {
    now_ms.abs_diff(mtime_ms) > IDLE_MS.unsigned_abs()
}

/// Source → metric → rows.
pub type FileRows = BTreeMap<Source, BTreeMap<String, FileSeries>>;

/// The reading of one file from its start: what is thrown away when the file is read anew.
struct Reading {
    reader: Box<dyn Reader>,
    parsed: ParsedFile,
    rows: FileRows,
    read: Checksums,
    /// The times under which the rows of the first pass are listed are final.
    is_listed: bool,
    /// The file was idle, and its end was read, also an unfinished one.
    is_finished: bool,
    /// The end was an unfinished one.
    is_end_open: bool,
}

/// A file of a known format and what it has given so far.
pub struct Followed {
    format: Format,
    reading: Reading,
    seen: Stat,
    error: Option<String>,
    revision: u64,
}

impl Reading {
    fn start(format: &Format) -> Self {
        Self {
            reader: (format.open)(),
            parsed: ParsedFile::default(),
            rows: FileRows::new(),
            read: Checksums::default(),
            is_listed: false,
            is_finished: false,
            is_end_open: false,
        }
    }

    /// Feeds the file from the offset reached up to the size seen; true if there was anything.
    fn feed(&mut self, file: &mut dyn ReadSeek, stat: Stat) -> io::Result<bool> {
        let from = self.read.bytes();
        file.seek(SeekFrom::Start(from))?;
        let mut buffer = vec![0; READ_BYTES];
        let mut freeze_at = from + FREEZE_BYTES;
        while self.read.bytes() < stat.size_bytes {
            let left = usize::try_from(stat.size_bytes - self.read.bytes()).unwrap_or(READ_BYTES);
            let room = buffer.get_mut(..left.min(READ_BYTES)).unwrap_or_default();
            let got = match file.read(room) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = buffer.get(..got).unwrap_or_default();
            self.read.add(bytes);
            self.reader.feed(bytes, &mut self.parsed);
            self.is_finished = false;
            if self.read.bytes() >= freeze_at {
                self.freeze(stat.mtime_ms);
                freeze_at = self.read.bytes() + FREEZE_BYTES;
            }
        }
        Ok(self.read.bytes() > from)
    }

    fn finish(&mut self) {
        self.is_end_open = self.reader.pending_bytes() > 0;
        self.reader.finish_idle(&mut self.parsed);
        self.is_finished = true;
    }

    /// Moves the rows that were parsed into frozen ones; true if there were any.
    fn freeze(&mut self, mtime_ms: i64) -> bool {
        let mut found = false;
        for (source, metrics) in &mut self.parsed.columns {
            for (metric, rows) in metrics {
                if rows.is_empty() {
                    continue;
                }
                found = true;
                let parsed = std::mem::take(rows);
                let of_source = self.rows.entry(source.clone()).or_default();
                match of_source.get_mut(metric) {
                    Some(series) => series.append(parsed, mtime_ms),
                    None => {
                        let series = of_source.entry(metric.clone()).or_default();
                        series.append(parsed, mtime_ms);
                    }
                }
            }
        }
        found
    }

    fn all(&self) -> impl Iterator<Item = &FileSeries> {
        self.rows.values().flat_map(BTreeMap::values)
    }

    fn is_broken(&self) -> bool {
        self.parsed.notes.iter().any(|note| note.fatal)
    }
}

impl Followed {
    /// A file of this format, nothing read yet.
    pub fn new(format: Format) -> Self {
        Self {
            reading: Reading::start(&format),
            format,
            seen: Stat::default(),
            error: None,
            revision: 0,
        }
    }

    /// The newest time that a row has of its own.
    pub fn newest_time_ms(&self) -> Option<i64> {
        self.reading
            .all()
            .filter_map(FileSeries::last_time_ms)
            .max()
    }

    /// True until [`Followed::list_until`] was called for what the file gives.
    pub fn is_new(&self) -> bool {
        !self.reading.is_listed
    }

    /// When the file is first seen: lists the rows of series without any time no later than
    /// `latest_ms`. Rows that come later are listed under the file's time when they were read.
    pub fn list_until(&mut self, latest_ms: Option<i64>) {
        self.reading.is_listed = true;
        let Some(latest_ms) = latest_ms else { return };
        let all = self
            .reading
            .rows
            .values_mut()
            .flat_map(BTreeMap::values_mut);
        all.for_each(|series| series.list_until(latest_ms));
    }

    /// True if a pass could give anything new.
    pub fn is_due(&self, stat: Stat, now_ms: i64) -> bool {
        self.error.is_some()
            || self.seen != stat
            || (!self.reading.is_finished && is_idle(stat.mtime_ms, now_ms))
    }

    /// Reads what is new. The revision changes if anything did.
    pub fn pass(&mut self, listed: &Listed, now_ms: i64, open: &OpenFile) {
        let notes_before = self.note_count();
        match self.read(listed, now_ms, open) {
            Ok(changed) => {
                let cleared = self.error.take().is_some();
                if changed || cleared || self.note_count() != notes_before {
                    self.revision += 1;
                }
            }
            Err(error) => {
                let error = format!("can't be read: {error}; it is tried again");
                if self.error.as_ref() != Some(&error) {
                    self.revision += 1;
                    self.error = Some(error);
                }
                // What was fed before the error is kept.
                if self.reading.freeze(listed.stat.mtime_ms) {
                    self.revision += 1;
                }
            }
        }
    }

    fn read(&mut self, listed: &Listed, now_ms: i64, open: &OpenFile) -> io::Result<bool> {
        let stat = listed.stat;
        let mut changed = false;
        if self.seen != stat || self.error.is_some() {
            let mut file = open(&listed.path)?;
            if self.format.is_whole_document {
                return self.read_document(file.as_mut(), stat, now_ms);
            }
            let has_grown = stat.size_bytes > self.reading.read.bytes();
            let is_end_wrong = has_grown && self.reading.is_end_open;
            if is_end_wrong || self.is_rewritten(file.as_mut(), stat)? {
                self.reading = Reading::start(&self.format);
                changed = true;
            }
            changed |= self.reading.feed(file.as_mut(), stat)?;
            self.seen = stat;
        }
        if !self.reading.is_finished && is_idle(stat.mtime_ms, now_ms) {
            self.reading.finish();
            changed = true;
        }
        self.reading.freeze(stat.mtime_ms);
        Ok(changed)
    }

    /// Reads a document whole. One that is not whole and still young may be in the middle of being
    /// rewritten: the earlier reading stays and the next pass tries again.
    fn read_document(
        &mut self,
        file: &mut dyn ReadSeek,
        stat: Stat,
        now_ms: i64,
    ) -> io::Result<bool> {
        let mut fresh = Reading::start(&self.format);
        fresh.feed(file, stat)?;
        fresh.finish();
        fresh.freeze(stat.mtime_ms);
        let is_unfinished = fresh.rows.is_empty() || fresh.is_broken();
        if is_unfinished && !is_idle(stat.mtime_ms, now_ms) {
            return Ok(false);
        }
        self.reading = fresh;
        self.seen = stat;
        Ok(true)
    }

    /// True if what was read is no longer in the file.
    fn is_rewritten(&self, file: &mut dyn ReadSeek, stat: Stat) -> io::Result<bool> {
        let read = &self.reading.read;
        if read.bytes() == 0 {
            return Ok(false);
        }
        if stat.size_bytes < read.bytes() || stat.identity != self.seen.identity {
            return Ok(true);
        }
        let extent = if stat.size_bytes > read.bytes() {
            Extent::Ends
        } else {
            Extent::All
        };
        Ok(!read.match_file(file, extent)?)
    }

    fn note_count(&self) -> u64 {
        self.reading
            .parsed
            .notes
            .iter()
            .map(|note| note.count)
            .sum()
    }

    /// Its format.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The rows by source and metric.
    pub fn rows(&self) -> &FileRows {
        &self.reading.rows
    }

    /// What the file records of its run.
    pub fn facts(&self) -> &RunFacts {
        &self.reading.parsed.facts
    }

    /// Changes whenever anything that the file gives has changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.reading.read.bytes()
    }

    /// Last modification as of the last reading.
    pub fn mtime_ms(&self) -> i64 {
        self.seen.mtime_ms
    }

    /// `complete`, `waiting` (an unfinished end that may still grow) or `broken`.
    pub fn state(&self) -> &'static str {
        if self.error.is_some() || self.reading.is_broken() {
            "broken"
        } else if self.reading.reader.pending_bytes() > 0 {
            "waiting"
        } else {
            "complete"
        }
    }

    /// What was skipped or assumed, each kind once.
    pub fn notes(&self) -> Vec<FileNote> {
        let from_reader = self.reading.parsed.notes.iter().map(|note| FileNote {
            message: note.message.clone(),
            byte: note.byte,
            count: note.count,
        });
        let untimed_rows = self.reading.all().map(FileSeries::untimed_rows).sum();
        let untimed = (untimed_rows > 0).then(|| FileNote {
            message: "rows without a time: listed at the time of the row before, or, where no row has one, at the file's \
                      modification time or the newest time in the run's other files"
                .to_owned(),
            byte: 0,
            count: untimed_rows,
        });
        let error = self.error.iter().map(|message| FileNote {
            message: message.clone(),
            byte: self.bytes(),
            count: 1,
        });
        error.chain(from_reader).chain(untimed).collect()
    }
}
