//! The points behind the charts as rows: a part for the table, all of them as CSV.

use parallax_model::key::SeriesKey;
use parallax_model::row::Row;
use parallax_model::value::is_missing;

use super::session::Session;
use crate::protocol::data::{TableRow, TableSpec};

/// The part of the rows that a table shows, and how many there are in all.
pub fn rows(session: &Session, spec: &TableSpec) -> (Vec<TableRow>, u64) {
    let (mut part, mut total) = (Vec::new(), 0_u64);
    let shown = spec.offset..spec.offset.saturating_add(spec.limit);
    each_row(session, spec, |series, attempt, row| {
        if shown.contains(&total) {
            part.push(TableRow {
                series,
                attempt,
                iteration: row.step,
                timestamp_ms: row.time_ms.unwrap_or(0),
                value: row.value,
            });
        }
        total += 1;
    });
    (part, total)
}

/// All rows as CSV (RFC 4180): metric, source, attempt, iteration, timestamp_ms, value. Values have
/// all their digits; a missing one is an empty cell.
pub fn csv(session: &Session, spec: &TableSpec) -> String {
    let mut text = String::from("metric,source,attempt,iteration,timestamp_ms,value\r\n");
    let quoted: Vec<(String, String)> = spec
        .series
        .iter()
        .map(|key| (quote(&key.metric), quote(key.source.as_str())))
        .collect();
    each_row(session, spec, |series, attempt, row| {
        let Some((metric, source)) = quoted.get(series as usize) else {
            return;
        };
        let (step, time, value) = (row.step, row.time_ms.unwrap_or(0), cell(row.value));
        text += &format!("{metric},{source},{attempt},{step},{time},{value}\r\n");
    });
    text
}

fn each_row(session: &Session, spec: &TableSpec, mut take: impl FnMut(u32, u32, Row)) {
    for (number, key) in (0..).zip(&spec.series) {
        each_row_of(session, spec, key, |attempt, row| {
            take(number, attempt, row);
        });
    }
}

fn each_row_of(
    session: &Session,
    spec: &TableSpec,
    key: &SeriesKey,
    mut take: impl FnMut(u32, Row),
) {
    let Some(series) = session.series(key) else {
        return;
    };
    let range = session.range(&[series], spec.x, spec.span);
    for attempt in series.attempts() {
        for row in attempt.recorded_rows().rows() {
            let x = session.x_of(spec.x, &row);
            if range.is_none_or(|(from, to)| x.is_some_and(|x| (from..=to).contains(&x))) {
                take(attempt.number(), row);
            }
        }
    }
}

fn cell(value: f64) -> String {
    match value {
        v if is_missing(v) => String::new(),
        v if v.is_nan() => "NaN".into(),
        v if v.is_infinite() => if v > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        v if v == 0.0 || (1e-6..1e16).contains(&v.abs()) => v.to_string(),
        // Plain digits would be up to 300 zeros.
        v => format!("{v:e}"),
    }
}

fn quote(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
