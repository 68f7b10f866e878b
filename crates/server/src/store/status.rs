//! The status of a run, from its files alone: Running, Done or Failed, with its start and end.

/// A run with a file modified less than this ago is running.
pub const RUNNING_MS: i64 = 60_000;

/// What the files of a run record about when it ran and how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunTimes {
    /// Start as a logger recorded it, milliseconds since the epoch.
    pub start_ms: Option<i64>,
    /// Exit code of the last attempt.
    pub exit_code: Option<i32>,
    /// First and last time under which a row is listed.
    pub rows_ms: Option<(i64, i64)>,
    /// Newest modification of a file.
    pub newest_mtime_ms: i64,
}

/// Status with start and end in unix seconds; an end of 0 means that it still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunStatus {
    /// `Running`, `Done` or `Failed`.
    pub status: &'static str,
    /// Start, unix seconds; 0 if it is not known.
    pub start_at: i64,
    /// End, unix seconds.
    pub end_at: i64,
}

/// The status at `now_ms`. An exit record decides; without one, a run whose files have not changed
/// for [`RUNNING_MS`] is done.
pub fn status(times: RunTimes, now_ms: i64) -> RunStatus {
    let is_growing = now_ms.abs_diff(times.newest_mtime_ms) < RUNNING_MS.unsigned_abs();
    let status = match times.exit_code {
        Some(0) => "Done",
        Some(_) => "Failed",
        None if is_growing => "Running",
        None => "Done",
    };
    let first_ms = times.rows_ms.map(|(first, _)| first);
    let last_ms = times.rows_ms.map(|(_, last)| last);
    let start_ms = times.start_ms.or(first_ms).unwrap_or(0);
    let end_ms = match status {
        "Running" => 0,
        _ => last_ms.unwrap_or(times.newest_mtime_ms),
    };
    RunStatus {
        status,
        start_at: start_ms.div_euclid(1000),
        end_at: end_ms.div_euclid(1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_done_and_failed() {
        let times = RunTimes {
            start_ms: None,
            exit_code: None,
            rows_ms: Some((5_000, 90_999)),
            newest_mtime_ms: 100_000,
        };
        let started = RunTimes {
            start_ms: Some(1_000),
            ..times
        };
        let exited = |code| RunTimes {
            exit_code: Some(code),
            ..times
        };
        let empty = RunTimes {
            rows_ms: None,
            ..times
        };
        for (what, times, now_ms, expected) in [
            ("grew just now", times, 100_500, ("Running", 5, 0)),
            ("grew 59.999 s ago", times, 159_999, ("Running", 5, 0)),
            ("idle", times, 160_000, ("Done", 5, 90)),
            ("a recorded start", started, 160_000, ("Done", 1, 90)),
            ("exit 0, still fresh", exited(0), 100_500, ("Done", 5, 90)),
            ("exit 1", exited(1), 160_000, ("Failed", 5, 90)),
            ("no rows", empty, 160_000, ("Done", 0, 100)),
        ] {
            let got = status(times, now_ms);
            assert_eq!((got.status, got.start_at, got.end_at), expected, "{what}");
        }
    }
}
