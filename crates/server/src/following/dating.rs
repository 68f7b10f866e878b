//! Times under which the JSON API lists rows that were recorded without one.
//!
//! Clients of the API filter by time, so each of these rows is listed under one: that of the row
//! before it; the first rows of a series under that of the first row that has one; where no row
//! has one, under the file's modification time. (Times that mix the rows' own with a file's would
//! look like a restart.) A time that a row has itself is never changed.

use parallax_model::columns::Columns;

/// Sets the listed times of the rows without a time. `last_ms` is the last time that an earlier
/// row of the series has.
pub(crate) fn list_untimed(columns: &mut Columns, last_ms: Option<i64>, mtime_ms: i64) {
    if columns.times().is_complete() {
        return;
    }
    let first_ms = columns.times().iter().flatten().next();
    let mut listed_ms = last_ms.or(first_ms).unwrap_or(mtime_ms);
    let times = columns.times().iter().map(|time_ms| {
        listed_ms = time_ms.unwrap_or(listed_ms);
        listed_ms
    });
    let times: Vec<i64> = times.collect();
    columns.set_listed_times(|row, _| times.get(row).copied().unwrap_or(mtime_ms));
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_model::row::Row;

    const MTIME_MS: i64 = 9_000;

    #[test]
    fn the_row_before_else_the_row_behind_else_the_file() {
        let n = None;
        for (times, last_ms, expected) in [
            (vec![Some(5), n, Some(7), n], None, vec![5, 5, 7, 7]),
            (vec![n, n, Some(3)], None, vec![3, 3, 3]),
            (vec![n, n], None, vec![MTIME_MS, MTIME_MS]),
            (vec![n, Some(8)], Some(4), vec![4, 8]),
            (vec![n], Some(4), vec![4]),
            (vec![], Some(4), vec![]),
        ] {
            let row = |&time_ms: &Option<i64>| Row {
                step: 0,
                time_ms,
                value: 0.0,
            };
            let mut columns: Columns = times.iter().map(row).collect();
            list_untimed(&mut columns, last_ms, MTIME_MS);
            assert_eq!(columns.times().slots_ms(), expected, "{times:?}");
            assert!(columns.times().iter().eq(times));
        }
    }
}
