//! One metric from one source over all files of a workload: its rows, its attempts, and how many
//! rows of an earlier state a client can keep.

use std::collections::VecDeque;
use std::sync::Arc;

use parallax_model::attempts::{AttemptFinder, AttemptStart};
use parallax_model::chunk_list::ChunkList;
use parallax_model::columns::Columns;
use parallax_model::source::Source;

use crate::following::file_series::{FileSeries, union};
use crate::store::cursor::Cursor;

/// How many changes of earlier rows are remembered. A client that is further behind gets the whole
/// series.
const REVISIONS: usize = 32;

/// What one file adds to a series.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Its rows, at least one.
    pub rows: &'a FileSeries,
    /// Set if a file of the run begins here.
    pub file: Option<FileStart>,
}

/// Where a file of a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStart {
    /// The file records that it resumes the run.
    pub is_resumed: bool,
}

/// What a piece was when the series was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    generation: u64,
    rows: u64,
    file: Option<FileStart>,
}

impl From<&Piece<'_>> for Segment {
    fn from(piece: &Piece<'_>) -> Self {
        Self {
            generation: piece.rows.generation(),
            rows: piece.rows.count(),
            file: piece.file,
        }
    }
}

/// One metric from one source, over all files of a workload.
#[derive(Clone, Debug)]
pub struct Series {
    /// The metric's name as the API lists it.
    pub metric: String,
    /// Who recorded it.
    pub source: Source,
    /// Its rows, files in order, each in its own order.
    pub rows: ChunkList,
    /// Where its attempts begin.
    pub attempts: Vec<AttemptStart>,
    /// The earliest and the latest time under which a row is listed.
    pub listed_range_ms: Option<(i64, i64)>,
    segments: Vec<Segment>,
    /// Goes on looking for attempts where it stopped. Kept once the series has grown, since it
    /// takes a kilobyte and most series never do.
    finder: Option<Box<AttemptFinder>>,
    number: u64,
    revision: u64,
    /// For each of the last revisions, how many of the rows before it stayed as they were.
    kept_rows: VecDeque<u64>,
    attempts_revision: u64,
}

impl Series {
    /// A series that is seen for the first time. No series of any server process may have had its
    /// `number` before.
    pub fn new(metric: &str, source: &Source, pieces: &[Piece<'_>], number: u64) -> Self {
        Self {
            attempts: find_attempts(AttemptFinder::default(), pieces, 0).starts(),
            ..Self::unexamined(metric, source, pieces, number)
        }
    }

    /// All but its attempts.
    fn unexamined(metric: &str, source: &Source, pieces: &[Piece<'_>], number: u64) -> Self {
        let mut rows = ChunkList::default();
        pieces
            .iter()
            .for_each(|piece| rows.share(piece.rows.rows()));
        let ranges = pieces.iter().map(|piece| piece.rows.listed_range_ms());
        Self {
            metric: metric.to_owned(),
            source: source.clone(),
            rows,
            attempts: Vec::new(),
            listed_range_ms: ranges.fold(None, union),
            segments: pieces.iter().map(Segment::from).collect(),
            finder: None,
            number,
            revision: 0,
            kept_rows: VecDeque::new(),
            attempts_revision: 0,
        }
    }

    /// The series as its files have it now; the same if nothing has changed.
    ///
    /// Rows that were only appended cost what they are; otherwise all rows are looked at.
    #[must_use]
    pub fn updated(self: &Arc<Self>, pieces: &[Piece<'_>]) -> Arc<Self> {
        if pieces
            .iter()
            .map(Segment::from)
            .eq(self.segments.iter().copied())
        {
            return Arc::clone(self);
        }
        let mut next = Self::unexamined(&self.metric, &self.source, pieces, self.number);
        next.revision = self.revision;
        next.kept_rows.clone_from(&self.kept_rows);
        let has_grown = next.continues(&self.segments);
        let finder = match &self.finder {
            Some(finder) if has_grown => {
                find_attempts(AttemptFinder::clone(finder), pieces, self.rows.rows())
            }
            _ => find_attempts(AttemptFinder::default(), pieces, 0),
        };
        next.attempts = finder.starts();
        next.finder = Some(Box::new(finder));
        let has_other_attempts = next.attempts != self.attempts;
        next.attempts_revision = self.attempts_revision + u64::from(has_other_attempts);
        if !has_grown {
            next.revise(common_rows(&self.rows, &next.rows), self.rows.rows());
        }
        Arc::new(next)
    }

    /// True if these segments are the earlier ones, of which the last may have grown, and more.
    fn continues(&self, earlier: &[Segment]) -> bool {
        let Some((last, others)) = earlier.split_last() else {
            return true;
        };
        let Some((same, more)) = self.segments.split_at_checked(others.len()) else {
            return false;
        };
        let has_grown = |now: &Segment| (now.generation, now.file) == (last.generation, last.file);
        same == others && more.first().is_some_and(has_grown)
    }

    /// Notes that of `earlier_rows` rows the first `kept_rows` are as before.
    fn revise(&mut self, kept_rows: u64, earlier_rows: u64) {
        if kept_rows == earlier_rows {
            return;
        }
        self.revision += 1;
        self.kept_rows.push_back(kept_rows);
        if self.kept_rows.len() > REVISIONS {
            self.kept_rows.pop_front();
        }
    }

    /// The number of the series, see [`Cursor`].
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The cursor of a client that has all rows.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            series: self.number,
            revision: self.revision,
            rows: self.rows.rows(),
            attempts_revision: self.attempts_revision,
        }
    }

    /// How many of the rows that a client has are still the same.
    pub fn rows_kept_by(&self, client: Cursor) -> u64 {
        let changes = self.revision.checked_sub(client.revision);
        let changes = changes.and_then(|changes| usize::try_from(changes).ok());
        let known = changes.and_then(|changes| self.kept_rows.len().checked_sub(changes));
        let Some(known) = known.filter(|_| client.series == self.number) else {
            return 0;
        };
        let kept = self.kept_rows.iter().skip(known).copied();
        kept.fold(client.rows.min(self.rows.rows()), u64::min)
    }
}

/// Gives the finder the rows from `from` on.
fn find_attempts(mut finder: AttemptFinder, pieces: &[Piece<'_>], from: u64) -> AttemptFinder {
    let mut row = 0;
    for piece in pieces {
        if let (Some(file), true) = (piece.file, row >= from) {
            finder.begin_file(file.is_resumed);
        }
        for chunk in piece.rows.rows().chunks() {
            let skip = usize::try_from(from.saturating_sub(row)).unwrap_or(usize::MAX);
            row += chunk.rows() as u64;
            if let (true, Ok(columns)) = (row > from, chunk.decode()) {
                let steps = columns.steps().get(skip..).unwrap_or_default();
                finder.extend(steps, columns.values().get(skip..).unwrap_or_default());
            }
        }
    }
    finder
}

/// How many rows both lists begin with, compared bit by bit. Where their chunks end at different
/// rows it may be fewer than there are.
fn common_rows(a: &ChunkList, b: &ChunkList) -> u64 {
    let both = a.chunks().iter().zip(b.chunks());
    let same = both.take_while(|(a, b)| a == b);
    let (chunks, rows) = same.fold((0, 0), |(chunks, rows), (a, _)| {
        (chunks + 1, rows + a.rows())
    });
    let next = a.chunks().get(chunks).zip(b.chunks().get(chunks));
    let decoded = next.and_then(|(a, b)| a.decode().ok().zip(b.decode().ok()));
    (rows + decoded.map_or(0, |(a, b)| common_prefix(&a, &b))) as u64
}

fn common_prefix(a: &Columns, b: &Columns) -> usize {
    let bits = |columns: &Columns, row: usize| {
        let listed_ms = columns.times().slots_ms().get(row).copied();
        let row = columns.row(row)?;
        Some((row.step, row.time_ms, listed_ms, row.value.to_bits()))
    };
    let is_same = |&row: &usize| bits(a, row) == bits(b, row);
    (0..a.len().min(b.len())).take_while(is_same).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;
    use parallax_model::attempts::Cause;
    use parallax_model::row::Row;

    fn append(file: &mut FileSeries, steps: impl IntoIterator<Item = i64>) {
        let row = |step| Row {
            step,
            time_ms: Some(step * 10),
            value: step as f64 / 3.0,
        };
        file.append(steps.into_iter().map(row).collect(), 0);
    }

    fn file(steps: impl IntoIterator<Item = i64>) -> FileSeries {
        let mut file = FileSeries::default();
        append(&mut file, steps);
        file
    }

    fn pieces<'a>(files: &[&'a FileSeries]) -> Vec<Piece<'a>> {
        let piece = |&rows: &&'a FileSeries| Piece {
            rows,
            file: Some(FileStart { is_resumed: false }),
        };
        files.iter().map(piece).collect()
    }

    fn series(files: &[&FileSeries]) -> Arc<Series> {
        Arc::new(Series::new("loss", &"log".into(), &pieces(files), 7))
    }

    fn first_rows(series: &Series) -> Vec<u64> {
        series
            .attempts
            .iter()
            .map(|start| start.first_row)
            .collect()
    }

    #[test]
    fn growth_keeps_everything_and_nothing_new_is_the_same() {
        let mut one = file(0..5_000);
        let first = series(&[&one]);
        assert!(Arc::ptr_eq(&first, &first.updated(&pieces(&[&one]))));
        append(&mut one, 5_000..5_003);
        let two = file([4_999, 5_000]);
        let second = first.updated(&pieces(&[&one, &two]));
        assert_eq!(second.cursor().revision, 0);
        assert_eq!(second.rows_kept_by(first.cursor()), 5_000);
        assert_eq!(first_rows(&second), [0, 5_003]);
        let cause = Cause::NewFile {
            from: 5_002,
            to: 4_999,
        };
        assert_eq!(second.attempts[1].cause, cause);
    }

    #[test]
    fn an_earlier_file_that_grows_moves_the_rows_of_later_ones() {
        let (mut one, two) = (file([1, 2]), file([3, 4]));
        let first = series(&[&one, &two]);
        append(&mut one, [9]);
        let second = first.updated(&pieces(&[&one, &two]));
        assert_eq!(second.rows_kept_by(first.cursor()), 2);
        assert_eq!(first_rows(&second), [0, 3]);
        let three = second.updated(&pieces(&[&two]));
        assert_eq!(three.rows_kept_by(second.cursor()), 0);
        assert_eq!(three.rows_kept_by(first.cursor()), 0);
    }

    #[test]
    fn a_file_that_was_read_anew_keeps_what_is_the_same() {
        let first = series(&[&file(0..9_000)]);
        let same = first.updated(&pieces(&[&file(0..9_000)]));
        assert_eq!(same.cursor(), first.cursor());
        let longer = same.updated(&pieces(&[&file(0..9_500)]));
        assert_eq!(longer.rows_kept_by(first.cursor()), 9_000);
        let other = longer.updated(&pieces(&[&file((0..6_000).chain(100_000..104_000))]));
        assert_eq!(other.rows_kept_by(longer.cursor()), 6_000);
        assert_eq!(other.rows_kept_by(first.cursor()), 6_000);
        let foreign = Cursor {
            series: 8,
            ..first.cursor()
        };
        let future = Cursor {
            revision: 9,
            ..first.cursor()
        };
        assert_eq!(
            (other.rows_kept_by(foreign), other.rows_kept_by(future)),
            (0, 0)
        );
    }

    #[test]
    fn attempts_may_change_without_rows() {
        let (one, two) = (file([1, 2, 3]), file([4, 5]));
        let first = series(&[&one, &two]);
        let mut pieces = pieces(&[&one, &two]);
        pieces[1].file = Some(FileStart { is_resumed: true });
        let second = first.updated(&pieces);
        assert_eq!(
            (first_rows(&first), first_rows(&second)),
            (vec![0], vec![0, 3])
        );
        assert_eq!(second.rows_kept_by(first.cursor()), 5);
        assert_ne!(second.cursor(), first.cursor());
    }

    #[test]
    fn a_client_too_far_behind_keeps_nothing() {
        let first = series(&[&file([1, 2, 3])]);
        let mut now = Arc::clone(&first);
        for change in 1..=REVISIONS as i64 {
            now = now.updated(&pieces(&[&file([1, 2, 100 + change])]));
            assert_eq!(now.rows_kept_by(first.cursor()), 2, "{change}");
        }
        now = now.updated(&pieces(&[&file([1, 2, 99])]));
        assert_eq!(now.rows_kept_by(first.cursor()), 0);
    }

    #[test]
    fn attempts_found_while_files_grow_are_those_found_at_once() {
        let mut random = Random::new(3);
        for _ in 0..200 {
            let mut files: Vec<FileSeries> = Vec::new();
            let mut series: Option<Arc<Series>> = None;
            let mut step = 0;
            for _ in 0..random.below(12) {
                if files.is_empty() || random.below(4) == 0 {
                    files.push(FileSeries::default());
                }
                let mut steps = Vec::new();
                for _ in 0..=random.below(30) {
                    step += match random.below(12) {
                        0 => -(random.below(40) as i64),
                        _ => 1,
                    };
                    steps.push(step);
                }
                // Mostly the last file grows, now and then an earlier one.
                let at = files.len() - 1 - random.below(files.len()) / 2;
                append(&mut files[at], steps);
                let filled: Vec<&FileSeries> = files.iter().filter(|f| f.count() > 0).collect();
                let pieces = pieces(&filled);
                let whole = Series::new("loss", &"log".into(), &pieces, 7);
                let now = match &series {
                    Some(earlier) => earlier.updated(&pieces),
                    None => Arc::new(whole.clone()),
                };
                assert_eq!(now.attempts, whole.attempts);
                assert_eq!(now.rows, whole.rows);
                series = Some(now);
            }
        }
    }
}
