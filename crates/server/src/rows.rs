//! The body of `metrics/data`, written row by row: `{"workload_uid":…,"total_count":N,"data":[…]}`.
//!
//! The body is never whole in memory: an iterator over shared points gives it in pieces of about
//! [`PIECE_BYTES`]. Numbers are the shortest that read back as the same f64; NaN and the
//! infinities are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; a missing value is `null`.
//! Order: as the series are given, then file order.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::column::Point;
use bytes::Bytes;
use parallax_model::value::is_missing;

use crate::column::{Chunk, Window};
use crate::snapshot::Series;

/// How large a piece of the body is, about.
pub const PIECE_BYTES: usize = 64 * 1024;

/// A stretch of one series.
struct Stretch {
    chunk: Arc<Chunk>,
    range: Range<usize>,
    /// Set where points have to be tested one by one.
    window: Option<Window>,
    /// `{"metric_name":"…","value":`
    head: Arc<[u8]>,
    /// `,"data_source":"…"}`
    tail: Arc<[u8]>,
}

/// The body in pieces.
pub struct Rows {
    /// What stands before the rows; taken by the first piece.
    opening: Option<Vec<u8>>,
    stretches: VecDeque<Stretch>,
    is_first_row: bool,
    is_closed: bool,
    total: u64,
}

impl Rows {
    /// The points of these series that the window has in it.
    pub fn new<'a>(
        workload_uid: &str,
        series: impl IntoIterator<Item = &'a Arc<Series>>,
        window: Window,
    ) -> Self {
        let mut stretches = VecDeque::new();
        let mut total = 0;
        for series in series {
            let head: Arc<[u8]> =
                format!("{{\"metric_name\":{},\"value\":", quoted(&series.metric))
                    .into_bytes()
                    .into();
            let tail: Arc<[u8]> = format!(",\"data_source\":{}}}", quoted(series.source.as_str()))
                .into_bytes()
                .into();
            for chunk in series.points.chunks() {
                let selection = chunk.select(window);
                total += selection.count;
                if selection.count > 0 {
                    stretches.push_back(Stretch {
                        chunk: Arc::clone(chunk),
                        range: selection.range,
                        window: selection.is_mixed.then_some(window),
                        head: Arc::clone(&head),
                        tail: Arc::clone(&tail),
                    });
                }
            }
        }
        let uid = quoted(workload_uid);
        let opening = format!("{{\"workload_uid\":{uid},\"total_count\":{total},\"data\":[");
        Self {
            opening: Some(opening.into_bytes()),
            stretches,
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
        while let Some(stretch) = self.stretches.front_mut() {
            let points = stretch.chunk.points().get(stretch.range.clone());
            for point in points.unwrap_or_default() {
                if out.len() >= PIECE_BYTES {
                    return;
                }
                stretch.range.start += 1;
                if stretch
                    .window
                    .is_some_and(|w| !w.contains(point.timestamp_ms))
                {
                    continue;
                }
                if !self.is_first_row {
                    out.push(b',');
                }
                self.is_first_row = false;
                write_row(out, &stretch.head, point, &stretch.tail);
            }
            self.stretches.pop_front();
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

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn write_row(out: &mut Vec<u8>, head: &[u8], point: &Point, tail: &[u8]) {
    out.extend_from_slice(head);
    write_value(out, point.value);
    out.extend_from_slice(b",\"timestamp\":");
    let mut buffer = itoa::Buffer::new();
    out.extend_from_slice(buffer.format(point.timestamp_ms).as_bytes());
    out.extend_from_slice(b",\"iteration\":");
    out.extend_from_slice(buffer.format(point.iteration).as_bytes());
    out.extend_from_slice(tail);
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
    use crate::column::Column;
    use parallax_model::source::Source;
    use parallax_model::value::MISSING;

    fn series(metric: &str, source: &str, points: Vec<Point>) -> Arc<Series> {
        let mut column = Column::default();
        column.append(points);
        Arc::new(Series {
            metric: metric.to_owned(),
            source: Source::from(source),
            points: column,
        })
    }

    fn point(iteration: i64, timestamp_ms: i64, value: f64) -> Point {
        Point {
            iteration,
            timestamp_ms,
            value,
        }
    }

    fn body(rows: Rows) -> String {
        let bytes: Vec<u8> = rows.flatten().collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn every_kind_of_value() {
        let all = series(
            "a\"b/é",
            "log",
            vec![
                point(1, 1763727029000, 2.352391),
                point(2, 1763727029001, f64::NAN),
                point(3, 1763727029002, f64::INFINITY),
                point(4, 1763727029003, f64::NEG_INFINITY),
                point(5, 1763727029004, MISSING),
                point(-6, -7, f64::from(0.0002_f32)),
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
        assert_eq!(body(Rows::new("u", [&all], Window::ALL)), expected);
    }

    #[test]
    fn nothing_is_an_empty_list() {
        let none: [&Arc<Series>; 0] = [];
        assert_eq!(
            body(Rows::new("u", none, Window::ALL)),
            "{\"workload_uid\":\"u\",\"total_count\":0,\"data\":[]}"
        );
    }

    #[test]
    fn pieces_join_to_valid_json_with_exact_numbers() {
        // A pseudo-random walk through all exponents; times are not sorted.
        let mut state = 1_u64;
        let points: Vec<Point> = (0..20_000)
            .map(|step| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                let value = f64::from_bits(state);
                let value = if value.is_finite() { value } else { 0.0 };
                point(step, 1763727029000 + (step * 7919) % 20_000, value)
            })
            .collect();
        let window = Window {
            start_ms: 1763727030000,
            end_ms: 1763727039999,
        };
        let rows = Rows::new("u", [&series("m", "wandb", points.clone())], window);
        assert_eq!(rows.total(), 10_000);
        let pieces: Vec<Bytes> = rows.collect();
        assert!(pieces.len() > 10 && pieces.iter().all(|p| p.len() < PIECE_BYTES + 1024));
        let json: serde_json::Value = serde_json::from_slice(&pieces.concat()).unwrap();
        let kept = points.iter().filter(|p| window.contains(p.timestamp_ms));
        for (row, point) in json["data"].as_array().unwrap().iter().zip(kept) {
            assert_eq!(
                row["value"].as_f64().unwrap().to_bits(),
                point.value.to_bits()
            );
            assert_eq!(row["iteration"], point.iteration);
        }
        assert_eq!(json["data"].as_array().unwrap().len(), 10_000);
    }
}
