//! Finds the attempts of a run: the stretches of a series between restarts.
//!
//! Input is the rows of one series in the order of recording, with the places where a new file
//! begins; clocks play no part. A new attempt begins where the step goes back, unless the row only
//! came late:
//! - it is a single row, after which the steps go on beyond the furthest one;
//! - it is one of at most [`LATE_ROWS`] rows, after which the steps go on beyond the furthest one,
//!   and each of them repeats one of the last [`RECENT_ROWS`] rows (a copy that another rank
//!   printed) or fills a hole between their steps (a second thread that logs a little behind).
//!
//! This needs the rows that follow, so the newest attempt may be taken back while rows arrive:
//! [`AttemptFinder::starts`] is what is known now. Copies at the end of the rows are no restart
//! unless they begin with the attempt's first row. A series that goes back all the time is in no
//! order of steps at all (a table that is sorted by something else) and has one attempt.
//!
//! Cost: O(1) a row, [`RECENT_ROWS`] rows of memory, and the list of starts.

use serde::{Deserialize, Serialize};

/// How many rows back a copy or a hole is looked for.
pub const RECENT_ROWS: usize = 64;

/// How many rows behind the furthest step can have come late.
pub const LATE_ROWS: usize = 8;

/// More steps back than these, with fewer than [`ROWS_EACH`] rows for each on average: no order.
const FEW_BACKS: u64 = 32;
const ROWS_EACH: u64 = 4;

/// Why an attempt begins where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// The first row of the series.
    Start,
    /// The step went back.
    WentBack {
        /// The furthest step before.
        from: i64,
        /// The step that it went back to.
        to: i64,
    },
    /// A new file begins before the end of the one before.
    NewFile {
        /// The furthest step before.
        from: i64,
        /// The new file's first step.
        to: i64,
    },
    /// The source says that the run was resumed here.
    Resumed,
}

/// Where an attempt begins. Its number is its place in the list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptStart {
    /// Row number of its first row, from 0.
    pub first_row: u64,
    /// Why it begins.
    pub cause: Cause,
}

/// The number, from 1, of the attempt that a row belongs to; 1 if there are no attempts.
pub fn attempt_of(starts: &[AttemptStart], row: u64) -> u32 {
    let after = starts.partition_point(|start| start.first_row <= row);
    u32::try_from(after.max(1)).unwrap_or(u32::MAX)
}

/// The attempts of rows that are all there, all of one file.
pub fn find_attempts(steps: &[i64], values: &[f64]) -> Vec<AttemptStart> {
    let mut finder = AttemptFinder::default();
    finder.extend(steps, values);
    finder.starts()
}

/// An attempt of which it is not certain yet that it is one.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// The furthest step before it.
    furthest_before: i64,
    rows: usize,
    /// Each row is a copy or fills a hole.
    can_be_late: bool,
    /// Each row is a copy, and the first one not of the attempt's first row.
    is_copy: bool,
}

/// Finds attempts while rows arrive.
#[derive(Debug, Clone, Default)]
pub struct AttemptFinder {
    starts: Vec<AttemptStart>,
    rows: u64,
    /// The furthest step of the newest attempt.
    furthest: i64,
    /// The first row of the newest attempt that is certain.
    first: (i64, f64),
    candidate: Option<Candidate>,
    recent: Recent,
    backs: u64,
    new_file: Option<bool>,
    has_files: bool,
}

impl AttemptFinder {
    /// The next row is the first of a new file; `resumed`: the file says that it resumes the run.
    pub fn begin_file(&mut self, resumed: bool) {
        self.new_file = Some(resumed);
    }

    /// Takes rows in the order of recording. Both slices have one length.
    pub fn extend(&mut self, steps: &[i64], values: &[f64]) {
        let is_plain = self.candidate.is_none() && self.new_file.is_none() && self.rows > 0;
        let rises = |steps: &[i64]| steps.windows(2).all(|pair| pair[0] < pair[1]);
        if is_plain && steps.first().is_some_and(|&first| first >= self.furthest) && rises(steps) {
            let keep = steps.len().saturating_sub(RECENT_ROWS);
            for (&step, &value) in steps.iter().zip(values).skip(keep) {
                self.recent.push(step, value);
            }
            self.furthest = steps.last().copied().unwrap_or(self.furthest);
            self.rows += steps.len() as u64;
            return;
        }
        for (&step, &value) in steps.iter().zip(values) {
            self.push(step, value);
        }
    }

    /// Takes the next row.
    pub fn push(&mut self, step: i64, value: f64) {
        let row = self.rows;
        self.rows += 1;
        let new_file = self.new_file.take().filter(|_| row > 0);
        self.has_files |= new_file.is_some();
        if row == 0 {
            self.start(row, step, Cause::Start);
        } else if let Some(resumed) = new_file {
            self.candidate = None;
            let (from, to) = (self.furthest, step);
            if resumed {
                self.start(row, step, Cause::Resumed);
            } else if to < from {
                self.start(row, step, Cause::NewFile { from, to });
            }
        } else if !self.settle_candidate(step, value) && step < self.furthest {
            self.go_back(row, step, value);
        }
        self.furthest = self.furthest.max(step);
        self.recent.push(step, value);
        if self.candidate.is_none() && self.starts.last().is_some_and(|s| s.first_row == row) {
            self.first = (step, value);
        }
    }

    fn start(&mut self, first_row: u64, step: i64, cause: Cause) {
        self.starts.push(AttemptStart { first_row, cause });
        self.furthest = step;
    }

    /// Decides what can be decided of the candidate now; true if the row needs no further look.
    fn settle_candidate(&mut self, step: i64, value: f64) -> bool {
        let Some(mut candidate) = self.candidate.take() else {
            return false;
        };
        if step > candidate.furthest_before {
            if candidate.rows == 1 || candidate.can_be_late {
                self.starts.pop();
            }
            return true;
        }
        let is_copy = self.recent.holds(step, value);
        candidate.rows += 1;
        candidate.is_copy &= is_copy;
        candidate.can_be_late &= is_copy || self.recent.has_hole_at(step);
        self.backs += u64::from(!is_copy && step < self.recent.last_step());
        if candidate.can_be_late && candidate.rows <= LATE_ROWS {
            self.candidate = Some(candidate);
            return true;
        }
        false
    }

    fn go_back(&mut self, row: u64, step: i64, value: f64) {
        let is_copy = self.recent.holds(step, value);
        self.backs += u64::from(!is_copy);
        self.candidate = Some(Candidate {
            furthest_before: self.furthest,
            rows: 1,
            can_be_late: is_copy || self.recent.has_hole_at(step),
            is_copy: is_copy && !is_same(self.first, (step, value)),
        });
        let (from, to) = (self.furthest, step);
        self.start(row, step, Cause::WentBack { from, to });
    }

    /// The rows taken so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Where attempts begin, as far as is known now. Empty without rows.
    pub fn starts(&self) -> Vec<AttemptStart> {
        let is_unordered = self.backs > FEW_BACKS && self.backs * ROWS_EACH > self.rows;
        let copies = self.candidate.is_some_and(|candidate| candidate.is_copy);
        let count = match is_unordered && !self.has_files {
            true => 1,
            false => self.starts.len() - usize::from(copies),
        };
        self.starts.iter().take(count).copied().collect()
    }
}

/// Equal step and value; NaN is the same as NaN.
fn is_same(a: (i64, f64), b: (i64, f64)) -> bool {
    a.0 == b.0 && (a.1 == b.1 || (a.1.is_nan() && b.1.is_nan()))
}

/// The last rows, in a ring.
#[derive(Debug, Clone, Default)]
struct Recent {
    rows: Vec<(i64, f64)>,
    next: usize,
}

impl Recent {
    fn push(&mut self, step: i64, value: f64) {
        match self.rows.get_mut(self.next) {
            Some(slot) => *slot = (step, value),
            None => self.rows.push((step, value)),
        }
        self.next = (self.next + 1) % RECENT_ROWS;
    }

    fn last_step(&self) -> i64 {
        let last = self.next.checked_sub(1).unwrap_or(RECENT_ROWS - 1);
        self.rows.get(last).map_or(i64::MIN, |row| row.0)
    }

    /// Whether a recent row has this step and value.
    fn holds(&self, step: i64, value: f64) -> bool {
        self.rows.iter().any(|row| is_same(*row, (step, value)))
    }

    /// Whether no recent row has this step, although one has a smaller one.
    fn has_hole_at(&self, step: i64) -> bool {
        let (mut below, mut taken) = (false, false);
        for &(other, _) in &self.rows {
            below |= other < step;
            taken |= other == step;
        }
        below && !taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(steps: &[i64]) -> Vec<u64> {
        let values: Vec<f64> = (0..steps.len()).map(|row| row as f64).collect();
        let found = find_attempts(steps, &values);
        let mut finder = AttemptFinder::default();
        for (&step, &value) in steps.iter().zip(&values) {
            finder.push(step, value);
        }
        assert_eq!(finder.starts(), found, "one by one, {steps:?}");
        found.iter().map(|start| start.first_row).collect()
    }

    #[test]
    fn a_restart_is_a_step_that_goes_back_and_stays_back() {
        let table: [(&[i64], &[u64]); 11] = [
            (&[], &[]),
            (&[10, 20, 30], &[0]),
            (&[10, 20, 30, 40, 50, 30, 40, 50, 60], &[0, 5]),
            // One row alone came late, also one that repeats a step.
            (&[10, 20, 40, 30, 50], &[0]),
            (&[10, 20, 30, 40, 30, 50], &[0]),
            // Two rows that fill holes came late: issue 9, row 3.
            (&[20, 23, 21, 22, 24], &[0]),
            // Two that repeat steps did not.
            (&[20, 21, 22, 23, 21, 22, 24], &[0, 4]),
            // Far back is a restart although no recent row has the step.
            (&[100, 110, 120, 5, 15, 25], &[0, 3]),
            // Nothing follows: as far as is known, a restart.
            (&[10, 20, 30, 25], &[0, 3]),
            // Two restarts.
            (&[1, 2, 3, 1, 2, 3, 1, 2, 3], &[0, 3, 6]),
            // Equal steps go nowhere.
            (&[1, 1, 2, 2], &[0]),
        ];
        for (steps, expected) in table {
            assert_eq!(starts(steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn more_late_rows_than_can_be_are_a_restart() {
        let late = |count: i64| -> Vec<i64> {
            let ahead = [0, 100];
            ahead.into_iter().chain(1..=count).chain([101]).collect()
        };
        assert_eq!(starts(&late(LATE_ROWS as i64)), [0]);
        assert_eq!(starts(&late(LATE_ROWS as i64 + 1)), [0, 2]);
    }

    #[test]
    fn copies_of_other_ranks_are_no_restart() {
        let found = find_attempts(&[10, 20, 10, 20, 30, 30], &[1., 2., 1., 2., 3., 3.]);
        assert_eq!(found.len(), 1);
        let nan = f64::NAN;
        let copies = find_attempts(&[1, 2, 3, 2, 3], &[0., nan, 1., nan, 1.]);
        assert_eq!(copies.len(), 1);
        // A second training that repeats the first one from its start: issue 9, row 4 (case 05).
        let twice = find_attempts(&[1, 2, 3, 1, 2, 3], &[0.5; 6]);
        assert_eq!(twice.len(), 2);
        // A restart shows in a metric that never changes, too.
        let steps: Vec<i64> = (0..100).chain(50..150).collect();
        assert_eq!(find_attempts(&steps, &[0.5; 200]).len(), 2);
    }

    #[test]
    fn causes_and_numbers() {
        let mut finder = AttemptFinder::default();
        finder.begin_file(false);
        finder.extend(&[1, 2, 3], &[0.; 3]);
        finder.begin_file(false);
        finder.extend(&[4, 5], &[0.; 2]);
        finder.begin_file(false);
        finder.extend(&[4, 5], &[1.; 2]);
        finder.begin_file(true);
        finder.extend(&[6, 7, 2, 3], &[2.; 4]);
        let starts = finder.starts();
        let start = |first_row, cause| AttemptStart { first_row, cause };
        assert_eq!(
            starts,
            [
                start(0, Cause::Start),
                start(5, Cause::NewFile { from: 5, to: 4 }),
                start(7, Cause::Resumed),
                start(9, Cause::WentBack { from: 7, to: 2 }),
            ]
        );
        let numbers: Vec<u32> = (0..11).map(|row| attempt_of(&starts, row)).collect();
        assert_eq!(numbers, [1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!((finder.rows(), attempt_of(&[], 5)), (11, 1));
    }

    #[test]
    fn rows_in_no_order_are_one_attempt() {
        let steps: Vec<i64> = (0..400).map(|row| (row * 7919) % 397).collect();
        assert_eq!(starts(&steps), [0]);
    }

    #[test]
    fn any_split_into_batches_gives_the_same() {
        let mut random = parallax_fixtures::random::Random::new(9);
        for _ in 0..300 {
            let (mut step, mut steps) = (0_i64, Vec::new());
            for _ in 0..random.below(200) {
                step += match random.below(12) {
                    0 => -(random.below(40) as i64),
                    1 => -(random.below(4) as i64),
                    _ => random.below(4) as i64,
                };
                steps.push(step);
            }
            let values: Vec<f64> = steps.iter().map(|_| random.below(3) as f64).collect();
            let (mut finder, mut at) = (AttemptFinder::default(), 0);
            while at < steps.len() {
                let end = (at + 1 + random.below(20)).min(steps.len());
                finder.extend(&steps[at..end], &values[at..end]);
                at = end;
                assert_eq!(finder.starts(), find_attempts(&steps[..at], &values[..at]));
            }
        }
    }
}
