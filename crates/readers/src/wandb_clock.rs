//! When a W&B history row was logged.
//!
//! `_timestamp` says it, in seconds. Where a script logs the same dictionary again and again, W&B
//! leaves the first `_timestamp` (and perhaps `_runtime`) in it: the clock stands still while the
//! run goes on. Each row is decided from what the file said before it, so that the result does not
//! depend on how much of the file has been read.

/// A `_timestamp` that repeats is believed until another clock of the file is that far ahead; old
/// SDKs write whole seconds, and the console reaches the file a moment late.
const FROZEN_MS: i64 = 2000;

pub(crate) const FROZEN: &str =
    "`_timestamp` stands still: the time is `start_time` + `_runtime`, or that of the console";
pub(crate) const ABSENT: &str =
    "a row has no `_timestamp`: the time is `start_time` + `_runtime`, or that of the console";

/// The clocks of a file.
#[derive(Default)]
pub(crate) struct Clock {
    /// Start of the run.
    pub(crate) start_ms: Option<i64>,
    /// Time of the newest console or system record.
    pub(crate) record_ms: Option<i64>,
    last_timestamp: Option<f64>,
    last_runtime: Option<f64>,
}

impl Clock {
    /// The time of the next row, from its `_timestamp` and `_runtime` (both in seconds), and what
    /// has to be noted about it.
    pub(crate) fn row_ms(
        &mut self,
        timestamp_s: Option<f64>,
        runtime_s: Option<f64>,
    ) -> (Option<i64>, Option<&'static str>) {
        let repeats = timestamp_s.is_some() && timestamp_s == self.last_timestamp;
        let runs = runtime_s.is_some() && runtime_s != self.last_runtime;
        self.last_timestamp = timestamp_s;
        self.last_runtime = runtime_s;
        let ran_ms = self.start_ms.zip(runtime_s.and_then(millis));
        let ran_ms = ran_ms.map(|(start, ran)| start.saturating_add(ran));
        match timestamp_s.and_then(millis) {
            Some(stamp) if repeats => {
                let other = if runs { ran_ms } else { self.record_ms };
                match other {
                    Some(other) if other.saturating_sub(stamp) > FROZEN_MS => {
                        (Some(other), Some(FROZEN))
                    }
                    _ => (Some(stamp), None),
                }
            }
            Some(stamp) => (Some(stamp), None),
            None => {
                let other = ran_ms.or(self.record_ms);
                (other, other.map(|_| ABSENT))
            }
        }
    }
}

/// Seconds as whole milliseconds.
fn millis(seconds: f64) -> Option<i64> {
    seconds
        .is_finite()
        .then(|| (seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_order() {
        let mut clock = Clock {
            start_ms: Some(1_000_000),
            ..Clock::default()
        };
        let table = [
            // (_timestamp, _runtime, console) → time
            (Some(1000.25), Some(0.25), None, 1_000_250, None),
            (Some(1001.0), Some(1.0), None, 1_001_000, None),
            (Some(1001.0), Some(1.5), None, 1_001_000, None), // whole seconds, not frozen
            (Some(1001.0), Some(60.0), None, 1_060_000, Some(FROZEN)),
            (
                Some(1001.0),
                Some(60.0),
                Some(1_062_000),
                1_062_000,
                Some(FROZEN),
            ),
            (Some(1063.0), Some(63.0), Some(1_066_000), 1_063_000, None),
            (None, Some(70.5), None, 1_070_500, Some(ABSENT)),
            (None, None, Some(1_071_000), 1_071_000, Some(ABSENT)),
            (
                Some(f64::NAN),
                None,
                Some(1_072_000),
                1_072_000,
                Some(ABSENT),
            ),
        ];
        for (index, (stamp, runtime, console, ms, note)) in table.into_iter().enumerate() {
            clock.record_ms = console.or(clock.record_ms);
            assert_eq!(
                clock.row_ms(stamp, runtime),
                (Some(ms), note),
                "row {index}"
            );
        }
        assert_eq!(Clock::default().row_ms(None, Some(1.0)), (None, None));
    }
}
