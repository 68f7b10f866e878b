//! Times for rows that were recorded without one.
//!
//! A time is milliseconds since the epoch. What a row tells itself is never changed.

use crate::column::{NO_TIME, Point};

/// Gives rows without a time one: that of the row before (of the row behind for the first ones), or
/// the file's where no row of the series has told any. Times that mix true ones with a file's would
/// look like a restart. Gives how many there were, and the last time that was told.
pub(crate) fn date(
    points: &mut [Point],
    last_told_ms: Option<i64>,
    mtime_ms: i64,
) -> (u64, Option<i64>) {
    let told = |point: &Point| Some(point.timestamp_ms).filter(|&ms| ms != NO_TIME);
    let mut last = last_told_ms;
    let mut current = last
        .or_else(|| points.iter().find_map(told))
        .unwrap_or(mtime_ms);
    let mut untimed = 0;
    for point in points {
        match told(point) {
            Some(ms) => {
                last = Some(ms);
                current = ms;
            }
            None => {
                point.timestamp_ms = current;
                untimed += 1;
            }
        }
    }
    (untimed, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MTIME_MS: i64 = 9_000;

    fn dated(times: &[i64], last_told_ms: Option<i64>) -> (Vec<i64>, u64, Option<i64>) {
        let point = |&timestamp_ms| Point {
            iteration: 0,
            timestamp_ms,
            value: 0.0,
        };
        let mut points: Vec<Point> = times.iter().map(point).collect();
        let (untimed, last) = date(&mut points, last_told_ms, MTIME_MS);
        (
            points.iter().map(|p| p.timestamp_ms).collect(),
            untimed,
            last,
        )
    }

    #[test]
    fn the_row_before_tells_the_row_behind_tells_else_the_file() {
        let n = NO_TIME;
        for (times, last, expected, untimed, told) in [
            (vec![5, n, 7, n], None, vec![5, 5, 7, 7], 2, Some(7)),
            (vec![n, n, 3], None, vec![3, 3, 3], 2, Some(3)),
            (vec![n, n], None, vec![MTIME_MS, MTIME_MS], 2, None),
            (vec![n, 8], Some(4), vec![4, 8], 1, Some(8)),
            (vec![n], Some(4), vec![4], 1, Some(4)),
            (vec![], Some(4), vec![], 0, Some(4)),
        ] {
            assert_eq!(dated(&times, last), (expected, untimed, told), "{times:?}");
        }
    }
}
