//! One file, followed while it grows: only its new bytes are read, from the offset reached.
//!
//! A file that shrank, was replaced (another inode) or begins with other bytes is read anew. A
//! file that is one document is read as a whole whenever it changed; while a document is being
//! rewritten, what it said before stays. Rows without a time of their own get one from
//! `dating`, or, when the file is first seen, the newest that the run's other files tell. An error
//! stays with the file and is tried again on the next pass.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use parallax_api::wire::FileNote;
use parallax_model::source::Source;
use parallax_readers::{ParsedFile, Reader, RunFacts};

use crate::column::{Column, Point};
use crate::dating::date;
use crate::formats::Format;
use crate::listing::{Listed, Stat};

/// A file that has not changed for this long is at rest: its unfinished end is read as it stands.
pub const REST_MS: i64 = 10_000;

/// How much is read at a time.
const READ_BYTES: usize = 256 * 1024;

/// How many first bytes tell a file from its replacement.
const FINGERPRINT_BYTES: usize = 256;

/// What is followed: readable from any offset.
pub trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// Opens a file; the file system's own in the binary, a scripted one in tests.
pub type OpenFile = Arc<dyn Fn(&Path) -> io::Result<Box<dyn Bytes>> + Send + Sync>;

/// Opens files of the file system.
pub fn open_file() -> OpenFile {
    Arc::new(|path| Ok(Box::new(File::open(path)?)))
}

/// True if a file last modified at `mtime_ms` is at rest. A time in the future (clocks that
/// differ) counts by its distance.
pub fn is_at_rest(mtime_ms: i64, now_ms: i64) -> bool {
    now_ms.abs_diff(mtime_ms) > REST_MS.unsigned_abs()
}

/// Source → metric → points.
pub type Columns = BTreeMap<Source, BTreeMap<String, Column>>;

/// The reading of one file from its start: what is thrown away when the file is replaced.
struct Reading {
    reader: Box<dyn Reader>,
    parsed: ParsedFile,
    columns: Columns,
    offset_bytes: u64,
    first_bytes: Vec<u8>,
    untimed: u64,
    /// The last time that each series' own rows told.
    told_ms: BTreeMap<Source, BTreeMap<String, i64>>,
    /// The rows of the first pass have their final times.
    is_dated: bool,
    is_rested: bool,
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
            columns: Columns::new(),
            offset_bytes: 0,
            first_bytes: Vec::new(),
            untimed: 0,
            told_ms: BTreeMap::new(),
            is_dated: false,
            is_rested: false,
        }
    }

    /// Feeds the file from the offset reached up to `size_bytes`; true if there was anything.
    fn feed_up_to(&mut self, file: &mut dyn Bytes, size_bytes: u64) -> io::Result<bool> {
        file.seek(SeekFrom::Start(self.offset_bytes))?;
        let mut buffer = vec![0; READ_BYTES];
        let from = self.offset_bytes;
        while self.offset_bytes < size_bytes {
            let left = usize::try_from(size_bytes - self.offset_bytes).unwrap_or(READ_BYTES);
            let room = buffer.get_mut(..left.min(READ_BYTES)).unwrap_or_default();
            let got = match file.read(room) {
                Ok(0) => break,
                Ok(got) => got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = buffer.get(..got).unwrap_or_default();
            let missing = FINGERPRINT_BYTES.saturating_sub(self.first_bytes.len());
            self.first_bytes
                .extend_from_slice(bytes.get(..missing.min(got)).unwrap_or_default());
            self.reader.feed(bytes, &mut self.parsed);
            self.offset_bytes += got as u64;
            self.is_rested = false;
        }
        Ok(self.offset_bytes > from)
    }

    fn rest(&mut self) {
        self.reader.finish_idle(&mut self.parsed);
        self.is_rested = true;
    }

    /// Moves the new rows into the columns; true if there were any.
    fn collect(&mut self, mtime_ms: i64) -> bool {
        let mut found = false;
        for (source, metrics) in &mut self.parsed.columns {
            for (metric, rows) in metrics {
                if rows.is_empty() {
                    continue;
                }
                found = true;
                let rows = std::mem::take(rows);
                let mut points: Vec<Point> = rows.rows().map(Point::from).collect();
                let told = self.told_ms.entry(source.clone()).or_default();
                let last = told.get(metric).copied();
                let (untimed, last) = date(&mut points, last, mtime_ms);
                self.untimed += untimed;
                if let Some(last) = last {
                    told.insert(metric.clone(), last);
                }
                let columns = self.columns.entry(source.clone()).or_default();
                match columns.get_mut(metric) {
                    Some(column) => column.append(points),
                    None => columns.entry(metric.clone()).or_default().append(points),
                }
            }
        }
        found
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

    /// The newest time that the file's own rows tell.
    pub fn newest_told_ms(&self) -> Option<i64> {
        self.reading
            .told_ms
            .values()
            .flat_map(BTreeMap::values)
            .copied()
            .max()
    }

    /// When the file is first seen: moves rows that were dated by the file's own time back to
    /// `latest_ms`, if they are later. Later rows stand at the time when they were read.
    pub fn date_at_latest(&mut self, latest_ms: Option<i64>) {
        if std::mem::replace(&mut self.reading.is_dated, true) {
            return;
        }
        let Some(latest_ms) = latest_ms else { return };
        for (source, metrics) in &mut self.reading.columns {
            let told = self.reading.told_ms.get(source);
            let undated = metrics
                .iter_mut()
                .filter(|(metric, _)| told.is_none_or(|t| !t.contains_key(*metric)));
            undated.for_each(|(_, column)| column.date_at_latest(latest_ms));
        }
    }

    /// True if a pass could give anything new.
    pub fn is_due(&self, stat: Stat, now_ms: i64) -> bool {
        self.error.is_some()
            || self.seen != stat
            || (!self.reading.is_rested && is_at_rest(stat.mtime_ms, now_ms))
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
                if self.reading.collect(listed.stat.mtime_ms) {
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
            if self.is_replaced(file.as_mut(), stat)? {
                self.reading = Reading::start(&self.format);
                changed = true;
            }
            changed |= self.reading.feed_up_to(file.as_mut(), stat.size_bytes)?;
            self.seen = stat;
        }
        if !self.reading.is_rested && is_at_rest(stat.mtime_ms, now_ms) {
            self.reading.rest();
            changed = true;
        }
        self.reading.collect(stat.mtime_ms);
        Ok(changed)
    }

    /// Reads a document whole. One that is not whole and still young may be in the middle of being
    /// rewritten: the earlier reading stays and the next pass tries again.
    fn read_document(&mut self, file: &mut dyn Bytes, stat: Stat, now_ms: i64) -> io::Result<bool> {
        let mut fresh = Reading::start(&self.format);
        fresh.feed_up_to(file, stat.size_bytes)?;
        fresh.rest();
        let found = fresh.collect(stat.mtime_ms);
        let is_unfinished = !found || fresh.is_broken();
        if is_unfinished && !is_at_rest(stat.mtime_ms, now_ms) {
            return Ok(false);
        }
        self.reading = fresh;
        self.seen = stat;
        Ok(true)
    }

    fn is_replaced(&self, file: &mut dyn Bytes, stat: Stat) -> io::Result<bool> {
        if self.reading.offset_bytes == 0 {
            return Ok(false);
        }
        if stat.size_bytes < self.reading.offset_bytes || stat.identity != self.seen.identity {
            return Ok(true);
        }
        let known = &self.reading.first_bytes;
        let mut now = Vec::with_capacity(known.len());
        file.seek(SeekFrom::Start(0))?;
        file.take(known.len() as u64).read_to_end(&mut now)?;
        Ok(now != *known)
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

    /// The points by source and metric.
    pub fn columns(&self) -> &Columns {
        &self.reading.columns
    }

    /// What the file says of its run.
    pub fn facts(&self) -> &RunFacts {
        &self.reading.parsed.facts
    }

    /// Changes whenever anything that the file gives has changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.reading.offset_bytes
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
        let untimed = (self.reading.untimed > 0).then(|| FileNote {
            message: "rows without a time: shown at the time of the row before, or, where no row has one, at the file's \
                      modification time or the newest time that the run's other files tell"
                .to_owned(),
            byte: 0,
            count: self.reading.untimed,
        });
        let error = self.error.iter().map(|message| FileNote {
            message: message.clone(),
            byte: self.reading.offset_bytes,
            count: 1,
        });
        error.chain(from_reader).chain(untimed).collect()
    }
}
