//! A workload as routes read it, from its followed files: series, file reports, status.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use parallax_api::wire::{FileNote, FileReport, Workload};
use parallax_model::columns::Columns;
use parallax_model::source::Source;
use parallax_readers::ParsedFile;

use crate::discovery::discover::Plan;
use crate::discovery::formats::Kind;
use crate::discovery::known;
use crate::following::file_series::{FileSeries, union};
use crate::following::follow::{FileRows, Followed};
use crate::store::arrange::{Arrangement, Candidate, arrange};
use crate::store::series::{FileStart, Piece, Series};
use crate::store::snapshot::WorkloadSnapshot;
use crate::store::status::{RunStatus, RunTimes};

/// A file of a workload.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// Path below the served folder.
    pub relative: &'a str,
    /// Path below the workload's folder.
    pub path: &'a str,
    /// What it has given.
    pub file: &'a Followed,
}

/// Metric, source rank, source: the order in which series are listed.
type SeriesOrder = (String, u8, Source);

/// Puts a workload together after an `earlier` state of it, with the reports of files in its folder
/// that could not be recognised. `etag` names this state. `next_number` is the number of the next
/// series that is new, see [`Series::new`].
pub fn assemble(
    plan: &Plan,
    parts: &[Part<'_>],
    unread: &[FileReport],
    earlier: Option<&WorkloadSnapshot>,
    etag: String,
    next_number: &mut u64,
) -> WorkloadSnapshot {
    let summaries = summaries(parts);
    let candidates: Vec<Candidate<'_>> = parts
        .iter()
        .map(|part| Candidate {
            path: part.path,
            kind: part.file.format().kind,
            rows: part.file.rows(),
        })
        .collect();
    let arrangement = arrange(&candidates);
    let pieces = pieces(parts, &arrangement, &summaries);
    let series = series(&pieces, earlier, next_number);
    let mut files = reports(parts, &arrangement, &summaries);
    files.extend_from_slice(unread);
    WorkloadSnapshot {
        info: Workload {
            uid: plan.uid.clone(),
            name: plan.name.clone(),
            kind: "Run".to_owned(),
            namespace: plan.namespace.clone(),
            source: "files".to_owned(),
            files,
            ..Workload::default()
        },
        targets: targets(parts),
        series,
        etag,
        iterations: Arc::new(OnceLock::new()),
    }
}

/// What each series is made of, files in order.
fn pieces<'a>(
    parts: &[Part<'a>],
    arrangement: &Arrangement,
    summaries: &'a [(usize, FileRows)],
) -> BTreeMap<SeriesOrder, Vec<Piece<'a>>> {
    let mut pieces: BTreeMap<SeriesOrder, Vec<Piece<'a>>> = BTreeMap::new();
    let mut add = |source: &Source, metric: String, piece: Piece<'a>| {
        if piece.rows.count() > 0 {
            let key = (metric, source.rank(), source.clone());
            pieces.entry(key).or_default().push(piece);
        }
    };
    for placed in &arrangement.placed {
        let Some(part) = parts.get(placed.file) else {
            continue;
        };
        let file = Some(FileStart {
            is_resumed: part.file.facts().resumed,
        });
        for (metric, rows) in part.file.rows().get(&placed.source).into_iter().flatten() {
            let metric = format!("{}{metric}", placed.prefix);
            add(&placed.source, metric, Piece { rows, file });
        }
    }
    for (source, metrics) in summaries.iter().flat_map(|(_, rows)| rows) {
        for (metric, rows) in metrics {
            add(source, metric.clone(), Piece { rows, file: None });
        }
    }
    pieces
}

/// The series by (metric, source), those that were there before as they have gone on.
fn series(
    pieces: &BTreeMap<SeriesOrder, Vec<Piece<'_>>>,
    earlier: Option<&WorkloadSnapshot>,
    next_number: &mut u64,
) -> Vec<Arc<Series>> {
    let earlier = earlier.into_iter().flat_map(|earlier| &earlier.series);
    let known: HashMap<(&str, &Source), &Arc<Series>> = earlier
        .map(|series| ((series.metric.as_str(), &series.source), series))
        .collect();
    let mut new = |metric: &str, source: &Source, pieces: &[Piece<'_>]| {
        *next_number += 1;
        Arc::new(Series::new(metric, source, pieces, *next_number))
    };
    let series = pieces.iter().map(|((metric, _, source), pieces)| {
        match known.get(&(metric.as_str(), source)) {
            Some(series) => series.updated(pieces),
            None => new(metric, source, pieces),
        }
    });
    series.collect()
}

/// What the summaries add: index of the file and the rows that its run's `.wandb` files lack.
fn summaries(parts: &[Part<'_>]) -> Vec<(usize, FileRows)> {
    let of = |kind: Kind| {
        parts
            .iter()
            .enumerate()
            .filter(move |(_, part)| part.file.format().kind == kind)
    };
    let Some(_) = of(Kind::WandbSummary).next() else {
        return Vec::new();
    };
    let mut known = ParsedFile::default();
    for (_, part) in of(Kind::Wandb) {
        add_ends(part.file.rows(), &mut known);
    }
    // The newest first: what it fills, the summary of an earlier attempt does not fill again.
    let mut files: Vec<_> = of(Kind::WandbSummary).collect();
    files.reverse();
    files
        .into_iter()
        .map(|(index, part)| (index, fill(&mut known, part.file.rows())))
        .collect()
}

/// Puts the ends of each metric into a parse result: enough to find its last step, and whether it is an
/// axis (its values are its own steps).
fn add_ends(rows: &FileRows, parsed: &mut ParsedFile) {
    for (source, metrics) in rows {
        for (metric, series) in metrics {
            for row in series.ends() {
                parsed.push(source.as_str(), metric, row);
            }
        }
    }
}

/// Fills into `known` what it lacks, and gives what was filled.
fn fill(known: &mut ParsedFile, summary: &FileRows) -> FileRows {
    let mut last_values = ParsedFile::default();
    add_ends(summary, &mut last_values);
    let before = known.clone();
    known::fill_from_summary(known, &last_values);
    let mut added = FileRows::new();
    for (source, metrics) in &known.columns {
        let earlier = before.columns.get(source);
        for (metric, rows) in metrics {
            let earlier = earlier.and_then(|metrics| metrics.get(metric));
            let mut new = Columns::new();
            new.extend_range(rows, earlier.map_or(0, Columns::len), rows.len());
            if new.is_empty() {
                continue;
            }
            let series = summary.get(source).and_then(|metrics| metrics.get(metric));
            let listed_ms = series.and_then(FileSeries::listed_range_ms);
            let of_source = added.entry(source.clone()).or_default();
            let rows = of_source.entry(metric.clone()).or_default();
            rows.append(new, listed_ms.map_or(0, |(_, last)| last));
        }
    }
    added
}

fn targets(parts: &[Part<'_>]) -> BTreeMap<Source, i64> {
    let targets = parts.iter().filter_map(|part| {
        let target = part.file.facts().target_step?;
        Some((Source::from(part.file.format().source.as_str()), target))
    });
    targets.collect()
}

fn reports(
    parts: &[Part<'_>],
    arrangement: &Arrangement,
    summaries: &[(usize, FileRows)],
) -> Vec<FileReport> {
    let mut remarks: BTreeMap<usize, Vec<FileNote>> = BTreeMap::new();
    for (index, message) in &arrangement.remarks {
        remarks.entry(*index).or_default().push(note(message));
    }
    let mut rows: BTreeMap<usize, u64> = BTreeMap::new();
    let placed = arrangement.placed.iter().filter_map(|placed| {
        let rows = parts.get(placed.file)?.file.rows().get(&placed.source)?;
        Some((placed.file, rows))
    });
    let filled = summaries
        .iter()
        .flat_map(|(index, rows)| rows.values().map(|metrics| (*index, metrics)));
    for (index, metrics) in placed.chain(filled) {
        let count: u64 = metrics.values().map(FileSeries::count).sum();
        *rows.entry(index).or_default() += count;
    }
    let report = |(index, part): (usize, &Part<'_>)| {
        let file = part.file;
        let mut notes = remarks.remove(&index).unwrap_or_default();
        notes.extend(file.notes());
        FileReport {
            path: part.relative.to_owned(),
            format: file.format().name.clone(),
            data_source: file.format().source.clone(),
            points: rows.get(&index).copied().unwrap_or(0),
            bytes: file.bytes(),
            state: file.state().to_owned(),
            notes,
        }
    };
    parts.iter().enumerate().map(report).collect()
}

/// When the run ran and how it ended, as far as its files record it.
pub fn run_times(parts: &[Part<'_>], series: &[Arc<Series>]) -> RunTimes {
    let facts = || parts.iter().map(|part| part.file.facts());
    let mut newest_first = parts.iter().rev();
    let last_attempt = newest_first.find(|part| part.file.format().kind == Kind::Wandb);
    let listed_ms = series.iter().map(|series| series.listed_range_ms);
    RunTimes {
        start_ms: facts().filter_map(|facts| facts.start_ms).min(),
        exit_code: last_attempt.and_then(|part| part.file.facts().exit_code),
        rows_ms: listed_ms.fold(None, union),
        newest_mtime_ms: newest_mtime_ms(parts),
    }
}

/// When a file of the workload was modified last, milliseconds since the epoch.
pub fn newest_mtime_ms(parts: &[Part<'_>]) -> i64 {
    let mtimes = parts.iter().map(|part| part.file.mtime_ms());
    mtimes.max().unwrap_or(0)
}

/// The snapshot with this status; the same one if it has it.
pub fn with_status(snapshot: &Arc<WorkloadSnapshot>, now: RunStatus) -> Arc<WorkloadSnapshot> {
    let info = &snapshot.info;
    let is_same = info.status.as_deref() == Some(now.status)
        && (info.start_at, info.end_at) == (now.start_at, now.end_at);
    if is_same {
        return Arc::clone(snapshot);
    }
    let mut changed = WorkloadSnapshot::clone(snapshot);
    changed.info.status = Some(now.status.to_owned());
    changed.info.start_at = now.start_at;
    changed.info.end_at = now.end_at;
    Arc::new(changed)
}

/// The report of a file that could not even be recognised.
pub fn unread_report(path: &str, reason: &str) -> FileReport {
    FileReport {
        path: path.to_owned(),
        format: "unknown".to_owned(),
        state: "broken".to_owned(),
        notes: vec![note(reason)],
        ..FileReport::default()
    }
}

fn note(message: &str) -> FileNote {
    FileNote {
        message: message.to_owned(),
        byte: 0,
        count: 1,
    }
}
