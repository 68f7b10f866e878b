//! The end of a series as an API that knows only times can give it again.

use crate::attempt::Attempt;
use crate::series::Series;

impl Series {
    /// Where a poll by time begins: the latest time `start_ms` such that the rows from `start_ms` on
    /// are the last ones recorded, and the number of rows before them. What an answer from
    /// `start_ms` on contains replaces those rows. `None` without rows, or if a row has no time.
    pub fn tail_by_time(&self) -> Option<(i64, u64)> {
        if self.attempts().iter().any(|attempt| attempt.untimed() > 0) {
            return None;
        }
        let mut start_ms = self.latest_time_ms()?;
        loop {
            let keep = self.rows_before(start_ms);
            let earliest = self.earliest_from(keep)?;
            if earliest >= start_ms {
                return Some((start_ms, keep));
            }
            start_ms = earliest;
        }
    }

    /// How many rows come before the first one recorded whose time is `start_ms` or later.
    pub fn rows_before(&self, start_ms: i64) -> u64 {
        let is_in = |attempt: &&Attempt| {
            let range = attempt.time_range_ms();
            range.is_some_and(|(_, latest)| latest >= start_ms)
        };
        let Some(attempt) = self.attempts().iter().find(is_in) else {
            return self.len() as u64;
        };
        let first = attempt.start().first_row;
        let numbered = attempt.numbered_rows();
        let from = numbered.filter(|(_, row)| row.time_ms.is_some_and(|ms| ms >= start_ms));
        if let Some(index) = attempt.first_finite_from(start_ms) {
            return attempt.row_number(index);
        }
        from.map(|(number, _)| number).min().unwrap_or(first)
    }

    /// The earliest time of the rows from number `row` on.
    fn earliest_from(&self, row: u64) -> Option<i64> {
        let attempts = self.attempts().iter();
        let times = attempts
            .filter(|attempt| attempt.end_row() > row)
            .map(|attempt| {
                if attempt.start().first_row >= row {
                    return attempt.time_range_ms().map(|(earliest, _)| earliest);
                }
                if attempt.is_recorded_by_time() {
                    let index = (row - attempt.start().first_row) as usize;
                    return attempt.finite().times().get(index);
                }
                let from = attempt.numbered_rows().filter(|(number, _)| *number >= row);
                from.filter_map(|(_, row)| row.time_ms).min()
            });
        times.flatten().min()
    }
}

impl Attempt {
    /// Whether step, time and recording give one order, and all values are finite.
    fn is_recorded_by_time(&self) -> bool {
        self.is_as_recorded()
            && self.is_along(crate::axis::XAxis::WallTime)
            && self.non_finite().is_empty()
    }

    /// The first row whose time is `start_ms` or later, where that needs no look at all rows.
    fn first_finite_from(&self, start_ms: i64) -> Option<usize> {
        self.is_recorded_by_time().then(|| {
            let times = self.finite().times().slots_ms();
            times.partition_point(|&ms| ms < start_ms)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_fixtures::random::Random;
    use parallax_model::columns::Columns;

    #[test]
    fn the_tail_is_what_an_answer_from_its_start_contains() {
        let mut random = Random::new(6);
        for case in 0..400 {
            let (mut rows, mut step, mut ms) = (Columns::new(), 0, 1_000);
            for _ in 0..=random.below(60) {
                step += if random.below(15) == 0 { -20 } else { 1 };
                ms += random.below(50) as i64 - 5;
                let value = if random.below(case % 8 + 1) == 7 {
                    f64::NAN
                } else {
                    0.5
                };
                rows.push_timed(step, ms, value);
            }
            let series = Series::of(&rows);
            let (start_ms, keep) = series.tail_by_time().unwrap();
            let times: Vec<i64> = rows.rows().map(|row| row.time_ms.unwrap()).collect();
            let keep = usize::try_from(keep).unwrap();
            assert!(times[..keep].iter().all(|&ms| ms < start_ms), "case {case}");
            assert!(
                times[keep..].iter().all(|&ms| ms >= start_ms),
                "case {case}"
            );
            assert_eq!(series.rows_before(start_ms), keep as u64);
            // No later start has that property.
            for later in times.iter().filter(|&&ms| ms > start_ms) {
                let from = times.iter().position(|ms| ms >= later).unwrap();
                assert!(times[from..].iter().any(|ms| ms < later), "case {case}");
            }
        }
        assert_eq!(Series::new().tail_by_time(), None);
    }
}
