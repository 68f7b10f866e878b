//! A workload as routes read it, from its followed files: series, file reports, standing.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use parallax_api::wire::{FileNote, FileReport, Workload};
use parallax_model::row::Row;
use parallax_model::source::Source;
use parallax_readers::ParsedFile;

use crate::arrange::{Arrangement, Candidate, arrange};
use crate::column::{Column, Point};
use crate::discover::Plan;
use crate::follow::{Columns, Followed};
use crate::formats::Kind;
use crate::known;
use crate::snapshot::{Series, WorkloadSnapshot};
use crate::status::{Course, Standing};

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

/// Source rank, source: the order of sources within a metric.
type SeriesKey = (String, u8, Source);

/// Puts a workload together, with the reports of files in its folder that could not be recognised.
/// `etag` names this state of it.
pub fn assemble(
    plan: &Plan,
    parts: &[Part<'_>],
    unread: &[FileReport],
    etag: String,
) -> WorkloadSnapshot {
    let summaries = summaries(parts);
    let candidates: Vec<Candidate<'_>> = parts
        .iter()
        .map(|part| Candidate {
            path: part.path,
            kind: part.file.format().kind,
            columns: part.file.columns(),
        })
        .collect();
    let arrangement = arrange(&candidates);
    let mut series: BTreeMap<SeriesKey, Column> = BTreeMap::new();
    for placed in &arrangement.placed {
        let columns = parts.get(placed.file).map(|part| part.file.columns());
        let metrics = columns.and_then(|columns| columns.get(&placed.source));
        for (metric, column) in metrics.into_iter().flatten() {
            share(
                &mut series,
                &placed.source,
                &format!("{}{metric}", placed.prefix),
                column,
            );
        }
    }
    for (source, metrics) in summaries.iter().flat_map(|(_, columns)| columns) {
        for (metric, column) in metrics {
            share(&mut series, source, metric, column);
        }
    }
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
        series: series
            .into_iter()
            .map(|((metric, _, source), points)| {
                Arc::new(Series {
                    metric,
                    source,
                    points,
                })
            })
            .collect(),
        etag,
        iterations: Arc::new(OnceLock::new()),
    }
}

fn share(series: &mut BTreeMap<SeriesKey, Column>, source: &Source, metric: &str, column: &Column) {
    if column.count() > 0 {
        let key = (metric.to_owned(), source.rank(), source.clone());
        series.entry(key).or_default().share(column);
    }
}

/// What the summaries add: index of the file and the points that its run's `.wandb` files lack.
fn summaries(parts: &[Part<'_>]) -> Vec<(usize, Columns)> {
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
        add_ends(part.file.columns(), &mut known);
    }
    // The newest first: what it fills, the summary of an earlier attempt does not fill again.
    let mut files: Vec<_> = of(Kind::WandbSummary).collect();
    files.reverse();
    files
        .into_iter()
        .map(|(index, part)| (index, fill(&mut known, part.file.columns())))
        .collect()
}

/// Puts the ends of each metric into a parse result: enough to know its last step, and whether it is
/// an axis (its values are its own steps).
fn add_ends(columns: &Columns, parsed: &mut ParsedFile) {
    const FROM_START: usize = 100;
    for (source, metrics) in columns {
        for (metric, column) in metrics {
            for point in column.ends(FROM_START) {
                let row = Row {
                    step: point.iteration,
                    time_ms: Some(point.timestamp_ms),
                    value: point.value,
                };
                parsed.push(source.as_str(), metric, row);
            }
        }
    }
}

/// Fills into `known` what it lacks, and gives what was filled.
fn fill(known: &mut ParsedFile, summary: &Columns) -> Columns {
    let mut last_values = ParsedFile::default();
    add_ends(summary, &mut last_values);
    let before = known.clone();
    known::fill_from_summary(known, &last_values);
    let mut added = Columns::new();
    for (source, metrics) in &known.columns {
        let earlier = before.columns.get(source);
        for (metric, rows) in metrics {
            let earlier = earlier.and_then(|metrics| metrics.get(metric));
            let new = rows
                .rows()
                .skip(earlier.map_or(0, parallax_model::columns::Columns::len));
            let new: Vec<Point> = new.map(Point::from).collect();
            if !new.is_empty() {
                let columns = added.entry(source.clone()).or_default();
                columns.entry(metric.clone()).or_default().append(new);
            }
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
    summaries: &[(usize, Columns)],
) -> Vec<FileReport> {
    let report = |(index, part): (usize, &Part<'_>)| {
        let file = part.file;
        let remarks = arrangement.remarks.iter().filter(|(at, _)| *at == index);
        let mut notes: Vec<FileNote> = remarks
            .map(|(_, message)| FileNote {
                message: message.clone(),
                byte: 0,
                count: 1,
            })
            .collect();
        notes.extend(file.notes());
        FileReport {
            path: part.relative.to_owned(),
            format: file.format().name.clone(),
            data_source: file.format().source.clone(),
            points: points(index, part, arrangement, summaries),
            bytes: file.bytes(),
            state: file.state().to_owned(),
            notes,
        }
    };
    parts.iter().enumerate().map(report).collect()
}

/// The points of a file that take part in the workload.
fn points(
    index: usize,
    part: &Part<'_>,
    arrangement: &Arrangement,
    summaries: &[(usize, Columns)],
) -> u64 {
    let placed = arrangement.placed.iter().filter(|p| p.file == index);
    let sources = placed.filter_map(|p| part.file.columns().get(&p.source));
    let filled = summaries.iter().filter(|(at, _)| *at == index);
    sources
        .chain(filled.flat_map(|(_, columns)| columns.values()))
        .flat_map(BTreeMap::values)
        .map(Column::count)
        .sum()
}

/// What the files say of the run's course, to tell how it stands.
pub fn course(parts: &[Part<'_>], series: &[Arc<Series>]) -> Course {
    let last_attempt = parts
        .iter()
        .rfind(|part| part.file.format().kind == Kind::Wandb);
    let chunks = || series.iter().flat_map(|series| series.points.chunks());
    let first_ms = chunks().map(|chunk| chunk.earliest_ms()).min();
    let last_ms = chunks().map(|chunk| chunk.latest_ms()).max();
    Course {
        start_ms: parts
            .iter()
            .filter_map(|part| part.file.facts().start_ms)
            .min(),
        exit_code: last_attempt.and_then(|part| part.file.facts().exit_code),
        points_ms: first_ms.zip(last_ms),
        newest_mtime_ms: parts
            .iter()
            .map(|part| part.file.mtime_ms())
            .max()
            .unwrap_or(0),
    }
}

/// The snapshot as it stands now; the same one if nothing changed.
pub fn stand(snapshot: Arc<WorkloadSnapshot>, standing: Standing) -> Arc<WorkloadSnapshot> {
    let info = &snapshot.info;
    let is_same = info.status.as_deref() == Some(standing.status)
        && (info.start_at, info.end_at) == (standing.start_at, standing.end_at);
    if is_same {
        return snapshot;
    }
    let mut changed = WorkloadSnapshot::clone(&snapshot);
    changed.info.status = Some(standing.status.to_owned());
    changed.info.start_at = standing.start_at;
    changed.info.end_at = standing.end_at;
    Arc::new(changed)
}

/// The report of a file that could not even be recognised.
pub fn unread_report(path: &str, reason: &str) -> FileReport {
    FileReport {
        path: path.to_owned(),
        format: "unknown".to_owned(),
        state: "broken".to_owned(),
        notes: vec![FileNote {
            message: reason.to_owned(),
            byte: 0,
            count: 1,
        }],
        ..FileReport::default()
    }
}
