//! The points behind the charts as rows: one page for the table, all of them as CSV.

use std::fmt::Write;
use std::mem;

use parallax_model::csv::{push_number, text_cell};
use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_model::value::is_missing;

use super::session::Session;
use crate::protocol::data::{TableRow, TableSpec};

/// The rows on the requested page of the table, and the number of rows on all pages.
pub fn rows(session: &Session, spec: &TableSpec) -> (Vec<TableRow>, u64) {
    let (mut page, mut total) = (Vec::new(), 0_u64);
    let shown = spec.offset..spec.offset.saturating_add(spec.limit);
    for_each_row(session, spec, |series, attempt, row| {
        if shown.contains(&total) {
            page.push(TableRow {
                series,
                attempt,
                step: row.step,
                time_ms: row.time_ms,
                value: row.value,
            });
        }
        total += 1;
    });
    (page, total)
}

/// Writes all rows as CSV (RFC 4180): metric, source, attempt (from 1), iteration, timestamp_ms,
/// value. Values have all their digits; a missing time or value is an empty cell.
///
/// The text goes to `emit` in parts of about `part_bytes`, with `true` for the last one, so that it
/// is never in memory as a whole.
pub fn csv(
    session: &Session,
    spec: &TableSpec,
    part_bytes: usize,
    mut emit: impl FnMut(String, bool),
) {
    let mut text = String::from("metric,source,attempt,iteration,timestamp_ms,value\r\n");
    let names: Vec<String> = spec
        .series
        .iter()
        .map(|key| {
            format!(
                "{},{}",
                text_cell(&key.metric),
                text_cell(key.source.as_str())
            )
        })
        .collect();
    for_each_row(session, spec, |series, attempt, row| {
        if text.len() >= part_bytes {
            emit(mem::take(&mut text), false);
        }
        let name = names.get(series as usize).map_or(",", String::as_str);
        let time_ms = row.time_ms.map(|ms| ms.to_string()).unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{name},{attempt},{},{time_ms},", row.step);
        if !is_missing(row.value) {
            push_number(&mut text, row.value);
        }
        text.push_str("\r\n");
    });
    emit(text, true);
}

/// Calls `act` with each row of the spec's series in its span: the index of the series, the number
/// of the attempt from 1, the row.
fn for_each_row(session: &Session, spec: &TableSpec, mut act: impl FnMut(u32, u32, Row)) {
    for (index, key) in (0..).zip(&spec.series) {
        for_each_row_of(session, spec, key, |attempt, row| act(index, attempt, row));
    }
}

fn for_each_row_of(
    session: &Session,
    spec: &TableSpec,
    key: &SeriesKey,
    mut act: impl FnMut(u32, Row),
) {
    let Some(series) = session.shown(key, spec.span) else {
        return;
    };
    let range = session.range(&[&series], spec.x, spec.span);
    for attempt in series.attempts() {
        for row in attempt.recorded_rows().rows() {
            let x = session.x_of(spec.x, &row);
            if range.is_none_or(|(from, to)| x.is_some_and(|x| (from..=to).contains(&x))) {
                act(attempt.number(), row);
            }
        }
    }
}
