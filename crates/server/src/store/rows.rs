//! The body of `metrics/data`, written row by row: `{"workload_uid":…,"total_count":N,"data":[…]}`.
//!
//! The body is never whole in memory: an iterator over shared chunks gives it in pieces of about
//! [`PIECE_BYTES`]. Numbers are the shortest that read back as the same f64; NaN and the
//! infinities are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; a missing value is `null`.
//! Order: as the series are given, then the order of recording.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parallax_model::attempts::attempt_of;
use parallax_model::chunk::Chunk;
use parallax_model::columns::Columns;
use parallax_model::value::is_missing;

use crate::store::series::Series;
use crate::store::time_range::TimeRange;

/// How large a piece of the body is, about.
pub const PIECE_BYTES: usize = 64 * 1024;

/// What is written of a row in addition to what every client gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowFields {
    /// `"attempt"`, from 1, and `"row"`, its number within the series from 0.
    pub attempt: bool,
    /// `"timed":false` where the row has no time of its own.
    pub timed: bool,
}

/// A chunk of one series that has rows to be written.
struct Block {
    chunk: Chunk,
    /// The number of its first row within the series.
    first_row: u64,
    /// The rows have to be tested one by one.
    is_mixed: bool,
    series: Arc<SeriesText>,
}

/// What the rows of a series have in common.
struct SeriesText {
    series: Arc<Series>,
    /// `{"metric_name":"…","value":`
    head: Vec<u8>,
    /// `,"data_source":"…"`
    tail: Vec<u8>,
}

/// The body in pieces.
pub struct Rows {
    /// What comes before the rows; taken by the first piece.
    opening: Option<Vec<u8>>,
    blocks: VecDeque<Block>,
    /// The rows of the first block and the one to be written next, once it is begun.
    decoded: Option<(Columns, usize)>,
    range: TimeRange,
    fields: RowFields,
    is_first_row: bool,
    is_closed: bool,
    total: u64,
}

impl Rows {
    /// The rows of these series that are listed under a time in the range.
    pub fn new<'a>(
        workload_uid: &str,
        series: impl IntoIterator<Item = &'a Arc<Series>>,
        range: TimeRange,
        fields: RowFields,
    ) -> Self {
        let mut blocks = VecDeque::new();
        let mut total = 0;
        for series in series {
            let text = Arc::new(SeriesText::new(series));
            let mut first_row = 0;
            for chunk in series.rows.chunks() {
                let count = rows_in(chunk, range);
                if count > 0 {
                    total += count;
                    blocks.push_back(Block {
                        chunk: chunk.clone(),
                        first_row,
                        is_mixed: count < chunk.rows() as u64,
                        series: Arc::clone(&text),
                    });
                }
                first_row += chunk.rows() as u64;
            }
        }
        let uid = quoted(workload_uid);
        let opening = format!("{{\"workload_uid\":{uid},\"total_count\":{total},\"data\":[");
        Self {
            opening: Some(opening.into_bytes()),
            blocks,
            decoded: None,
            range,
            fields,
            is_first_row: true,
            is_closed: false,
            total,
        }
    }

    /// How many rows there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Writes rows until the piece is large enough or none are left.
    fn write_piece(&mut self, out: &mut Vec<u8>) {
        while let Some(block) = self.blocks.front() {
            let (columns, next) = self
                .decoded
                .get_or_insert_with(|| (block.chunk.decode().unwrap_or_default(), 0));
            let listed_ms = columns.times().slots_ms();
            while let Some(&time_ms) = listed_ms.get(*next) {
                if out.len() >= PIECE_BYTES {
                    return;
                }
                let row = *next;
                *next += 1;
                if block.is_mixed && !self.range.contains(time_ms) {
                    continue;
                }
                if !self.is_first_row {
                    out.push(b',');
                }
                self.is_first_row = false;
                write_row(out, block, columns, row, self.fields);
            }
            self.decoded = None;
            self.blocks.pop_front();
        }
        out.extend_from_slice(b"]}");
        self.is_closed = true;
    }
}

impl Iterator for Rows {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.is_closed {
            return None;
        }
        // Room for the row that passes the limit.
        let mut out = Vec::with_capacity(PIECE_BYTES + 1024);
        out.extend_from_slice(&self.opening.take().unwrap_or_default());
        self.write_piece(&mut out);
        Some(Bytes::from(out))
    }
}

impl SeriesText {
    fn new(series: &Arc<Series>) -> Self {
        let metric = quoted(&series.metric);
        let source = quoted(series.source.as_str());
        Self {
            series: Arc::clone(series),
            head: format!("{{\"metric_name\":{metric},\"value\":").into_bytes(),
            tail: format!(",\"data_source\":{source}").into_bytes(),
        }
    }
}

/// How many rows of a chunk are listed under a time in the range. Decodes the chunk only where its
/// header does not decide.
fn rows_in(chunk: &Chunk, range: TimeRange) -> u64 {
    let all = chunk.rows() as u64;
    if range == TimeRange::ALL {
        return all;
    }
    let timed_ms = chunk.time_range_ms().filter(|_| chunk.is_timed());
    match timed_ms {
        Some((first_ms, last_ms)) if range.end_ms < first_ms || last_ms < range.start_ms => 0,
        Some((first_ms, last_ms)) if range.contains(first_ms) && range.contains(last_ms) => all,
        _ => {
            let columns = chunk.decode().unwrap_or_default();
            let listed_ms = columns.times().slots_ms().iter();
            listed_ms
                .filter(|&&time_ms| range.contains(time_ms))
                .count() as u64
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn write_row(out: &mut Vec<u8>, block: &Block, columns: &Columns, row: usize, fields: RowFields) {
    let number = |at: &[i64]| at.get(row).copied().unwrap_or_default();
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(&block.series.head);
    write_value(out, columns.values().get(row).copied().unwrap_or_default());
    out.extend_from_slice(b",\"timestamp\":");
    out.extend_from_slice(buffer.format(number(columns.times().slots_ms())).as_bytes());
    out.extend_from_slice(b",\"iteration\":");
    out.extend_from_slice(buffer.format(number(columns.steps())).as_bytes());
    out.extend_from_slice(&block.series.tail);
    if fields.attempt {
        let row = block.first_row + row as u64;
        let attempt = attempt_of(&block.series.series.attempts, row);
        out.extend_from_slice(b",\"attempt\":");
        out.extend_from_slice(buffer.format(attempt).as_bytes());
        out.extend_from_slice(b",\"row\":");
        out.extend_from_slice(buffer.format(row).as_bytes());
    }
    if fields.timed && !columns.times().is_timed(row) {
        out.extend_from_slice(b",\"timed\":false");
    }
    out.push(b'}');
}

fn write_value(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
        return;
    }
    let text: &[u8] = if is_missing(value) {
        b"null"
    } else if value.is_nan() {
        b"\"NaN\""
    } else if value > 0.0 {
        b"\"Infinity\""
    } else {
        b"\"-Infinity\""
    };
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::following::file_series::FileSeries;
    use crate::store::series::{FileStart, Piece};
    use parallax_model::row::Row;
    use parallax_model::value::MISSING;

    fn series(metric: &str, source: &str, rows: Vec<Row>) -> Arc<Series> {
        let mut file = FileSeries::default();
        file.append(rows.into_iter().collect(), 0);
        let piece = Piece {
            rows: &file,
            file: Some(FileStart { is_resumed: false }),
        };
        Arc::new(Series::new(metric, &source.into(), &[piece], 0))
    }

    fn row(step: i64, time_ms: i64, value: f64) -> Row {
        Row {
            step,
            time_ms: Some(time_ms),
            value,
        }
    }

    fn all(series: &[&Arc<Series>]) -> Rows {
        let series = series.iter().copied();
        Rows::new("u", series, TimeRange::ALL, RowFields::default())
    }

    fn body(rows: Rows) -> String {
        let bytes: Vec<u8> = rows.flatten().collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_kind_of_value() {
        let series = series(
            "a\"b/é",
            "log",
            vec![
                row(1, 1763727029000, 2.352391),
                row(2, 1763727029001, f64::NAN),
                row(3, 1763727029002, f64::INFINITY),
                row(4, 1763727029003, f64::NEG_INFINITY),
                row(5, 1763727029004, MISSING),
                row(-6, -7, f64::from(0.0002_f32)),
            ],
        );
        let row = |value: &str, time: i64, step: i64| {
            format!(
                "{{\"metric_name\":\"a\\\"b/é\",\"value\":{value},\"timestamp\":{time},\
                 \"iteration\":{step},\"data_source\":\"log\"}}"
            )
        };
        let rows = [
            row("2.352391", 1763727029000, 1),
            row("\"NaN\"", 1763727029001, 2),
            row("\"Infinity\"", 1763727029002, 3),
            row("\"-Infinity\"", 1763727029003, 4),
            row("null", 1763727029004, 5),
            row("0.00019999999494757503", -7, -6),
        ];
        let expected = format!(
            "{{\"workload_uid\":\"u\",\"total_count\":6,\"data\":[{}]}}",
            rows.join(",")
        );
        assert_eq!(body(all(&[&series])), expected);
    }

    #[test]
    fn nothing_is_an_empty_list() {
        assert_eq!(
            body(all(&[])),
            "{\"workload_uid\":\"u\",\"total_count\":0,\"data\":[]}"
        );
    }

    #[test]
    fn fields_that_are_asked_for_come_last() {
        let untimed = Row {
            time_ms: None,
            ..row(3, 0, 0.5)
        };
        let series = series("m", "log", vec![row(3, 9, 0.5), row(2, 9, 1.5), untimed]);
        for (fields, ends) in [
            ((false, false), ["", "", ""]),
            ((false, true), ["", "", r#","timed":false"#]),
            (
                (true, true),
                [
                    r#","attempt":1,"row":0"#,
                    r#","attempt":2,"row":1"#,
                    r#","attempt":2,"row":2,"timed":false"#,
                ],
            ),
        ] {
            let (attempt, timed) = fields;
            let fields = RowFields { attempt, timed };
            let body = body(Rows::new("u", [&series], TimeRange::ALL, fields));
            let rows: Vec<&str> = body.split(r#""data_source":"log""#).skip(1).collect();
            for (row, end) in rows.iter().zip(ends) {
                assert!(row.starts_with(&format!("{end}}}")), "{row}");
            }
            assert_eq!(rows.len(), 3);
        }
    }

    #[test]
    fn ranges_are_inclusive_and_may_be_empty() {
        let untimed = Row {
            time_ms: None,
            ..row(0, 0, 0.5)
        };
        let sorted = [10, 20, 20, 30].map(|ms| row(0, ms, 0.5)).to_vec();
        let mixed = [20, 10, 30, 20].map(|ms| row(0, ms, 0.5)).to_vec();
        // Listed under the time of the row before.
        let listed = vec![row(0, 10, 0.5), row(0, 20, 0.5), untimed, row(0, 30, 0.5)];
        for (start_ms, end_ms, count) in [
            (i64::MIN, i64::MAX, 4),
            (10, 30, 4),
            (20, 20, 2),
            (11, 29, 2),
            (21, 29, 0),
            (31, 99, 0),
            (0, 9, 0),
            (25, 15, 0),
        ] {
            let range = TimeRange { start_ms, end_ms };
            for rows in [&sorted, &mixed, &listed] {
                let series = series("m", "log", rows.clone());
                let rows = Rows::new("u", [&series], range, RowFields::default());
                assert_eq!(rows.total(), count, "{range:?}");
                assert_eq!(body(rows).matches("iteration").count() as u64, count);
            }
        }
    }

    #[test]
    fn pieces_join_to_valid_json_with_exact_numbers() {
        // Pseudo-random values of all exponents; times are not sorted.
        let mut state = 1_u64;
        let rows: Vec<Row> = (0..20_000)
            .map(|step| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                let value = f64::from_bits(state);
                let value = if value.is_finite() { value } else { 0.0 };
                row(step, 1763727029000 + (step * 7919) % 20_000, value)
            })
            .collect();
        let range = TimeRange {
            start_ms: 1763727030000,
            end_ms: 1763727039999,
        };
        let series = series("m", "wandb", rows.clone());
        let body = Rows::new("u", [&series], range, RowFields::default());
        assert_eq!(body.total(), 10_000);
        let pieces: Vec<Bytes> = body.collect();
        assert!(pieces.len() > 10 && pieces.iter().all(|p| p.len() < PIECE_BYTES + 1024));
        let json: serde_json::Value = serde_json::from_slice(&pieces.concat()).unwrap();
        let kept = rows
            .iter()
            .filter(|row| row.time_ms.is_some_and(|ms| range.contains(ms)));
        for (json, row) in json["data"].as_array().unwrap().iter().zip(kept) {
            assert_eq!(
                json["value"].as_f64().unwrap().to_bits(),
                row.value.to_bits()
            );
            assert_eq!(json["iteration"], row.step);
        }
        assert_eq!(json["data"].as_array().unwrap().len(), 10_000);
    }
}
