//! The attempts of one side, and one clean sequence of its rows.
//!
//! Where attempts begin is known before ([`parallax_model::attempts`]). Within an attempt equal
//! neighbours are collapsed and counted; of differing values at one step the last counts. Nothing
//! here looks at clocks.

use std::borrow::Cow;

use parallax_model::attempts::{AttemptStart, find_attempts};
use serde::{Deserialize, Serialize};

pub use parallax_model::attempts::Cause;

use crate::covered::Covered;
use crate::side::{Points, Side, same};
use parallax_model::value::is_missing;

/// A stretch of rows between restarts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// First row, in arrival order.
    pub first_row: usize,
    /// One past the last row.
    pub end_row: usize,
    /// Smallest step.
    pub first_iteration: i64,
    /// Largest step.
    pub last_iteration: i64,
    /// Why it begins.
    pub cause: Cause,
}

/// Which attempts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Choice {
    /// Where attempts overlap, the later one.
    #[default]
    Latest,
    /// Where attempts overlap, the earlier one.
    First,
    /// Every attempt; steps can then repeat.
    All,
    /// One attempt by its number.
    One(u32),
}

/// What cleaning left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CleanReport {
    /// Rows read.
    pub rows: u64,
    /// Rows without a value.
    pub missing: u64,
    /// Copies of a row (several ranks), collapsed.
    pub collapsed: u64,
    /// Rows replaced by a later row of the same step and attempt with another value.
    pub replaced: u64,
    /// Rows that arrived out of step order within their attempt.
    pub late: u64,
    /// Rows of attempts that were not chosen, or that another attempt covers.
    pub overlapped: u64,
}

/// The attempts of a side; found here where the side brings none. Empty for no rows.
pub fn attempts(side: Side<'_>) -> Vec<Attempt> {
    let found;
    let starts: &[AttemptStart] = if side.attempts.is_empty() {
        found = find_attempts(side.steps(), side.values());
        &found
    } else {
        side.attempts
    };
    let row = |start: &AttemptStart| usize::try_from(start.first_row).unwrap_or(usize::MAX);
    let ends = starts.iter().skip(1).map(row).chain([side.len()]);
    let attempts = starts.iter().zip(ends).zip(1..);
    attempts
        .filter_map(|((start, end_row), number)| {
            let steps = side.steps().get(row(start)..end_row)?;
            Some(Attempt {
                number,
                first_row: row(start),
                end_row,
                first_iteration: *steps.iter().min()?,
                last_iteration: *steps.iter().max()?,
                cause: start.cause,
            })
        })
        .collect()
}

/// Makes one sequence of the chosen attempts: sorted by iteration, without missing values, copies
/// and (except for [`Choice::All`]) repeated steps.
pub fn choose<'a>(
    side: Side<'a>,
    attempts: &[Attempt],
    choice: Choice,
) -> (Points<'a>, CleanReport) {
    let mut report = CleanReport {
        rows: side.len() as u64,
        ..CleanReport::default()
    };
    if attempts.len() <= 1
        && !matches!(choice, Choice::One(n) if n != 1)
        && side.timed.is_empty()
        && is_clean(side)
    {
        let end = side.len();
        let points = Points {
            iteration: Cow::Borrowed(side.iteration.get(..end).unwrap_or_default()),
            timestamp_ms: Cow::Borrowed(side.timestamp_ms.get(..end).unwrap_or_default()),
            value: Cow::Borrowed(side.value.get(..end).unwrap_or_default()),
        };
        return (points, report);
    }
    let mut covered = Covered::default();
    let mut kept: Vec<u32> = Vec::with_capacity(side.len());
    for attempt in in_order_of_rank(attempts, choice) {
        let rows = clean_attempt(side, attempt, &mut report);
        if choice == Choice::All {
            kept.extend(rows);
            continue;
        }
        let span = attempt.first_iteration..=attempt.last_iteration;
        kept.extend(
            rows.into_iter()
                .filter(|&row| !covered.contains(side.step(row as usize))),
        );
        covered.insert(*span.start(), *span.end());
    }
    let told = kept.len() as u64 + report.missing + report.collapsed + report.replaced;
    report.overlapped = report.rows.saturating_sub(told);
    kept.sort_unstable_by_key(|&row| (side.step(row as usize), row));
    (Points::gather(side, &kept), report)
}

/// [`attempts`] and [`choose`] in one.
pub fn clean(side: Side<'_>, choice: Choice) -> (Points<'_>, CleanReport) {
    choose(side, &attempts(side), choice)
}

fn is_clean(side: Side<'_>) -> bool {
    let end = side.len();
    let steps = side.iteration.get(..end).unwrap_or_default();
    let values = side.value.get(..end).unwrap_or_default();
    // Folds without an early exit, in blocks: these loops become vector instructions.
    let rising = |block: &[i64]| block.windows(2).fold(true, |ok, w| ok & (w[0] < w[1]));
    let mut at = 0;
    while at < end {
        let until = (at + 4097).min(end);
        let sorted = steps.get(at..until).is_some_and(rising);
        let whole = values
            .get(at..until)
            .is_some_and(|b| !b.iter().fold(false, |bad, &v| bad | is_missing(v)));
        if !sorted || !whole {
            return false;
        }
        at += 4096;
    }
    true
}

/// The chosen attempts, the one that wins an overlap first.
fn in_order_of_rank(attempts: &[Attempt], choice: Choice) -> Vec<&Attempt> {
    match choice {
        Choice::First | Choice::All => attempts.iter().collect(),
        Choice::Latest => attempts.iter().rev().collect(),
        Choice::One(number) => attempts.iter().filter(|a| a.number == number).collect(),
    }
}

/// Rows of one attempt: sorted, without copies, the last of each step.
fn clean_attempt(side: Side<'_>, attempt: &Attempt, report: &mut CleanReport) -> Vec<u32> {
    let end = attempt.end_row.min(side.len());
    let mut rows: Vec<u32> = Vec::with_capacity(end.saturating_sub(attempt.first_row));
    let mut sorted = true;
    let mut furthest = i64::MIN;
    for row in attempt.first_row..end {
        if is_missing(side.number(row)) {
            report.missing += 1;
            continue;
        }
        let step = side.step(row);
        if step < furthest {
            report.late += 1;
            sorted = false;
        }
        furthest = furthest.max(step);
        rows.push(row as u32);
    }
    if !sorted {
        rows.sort_unstable_by_key(|&row| (side.step(row as usize), row));
    }
    rows.dedup_by(|next, kept| {
        let (new, old) = (*next as usize, *kept as usize);
        if side.step(new) != side.step(old) {
            return false;
        }
        if same(side.number(new), side.number(old)) {
            report.collapsed += 1;
        } else {
            report.replaced += 1;
            *kept = *next;
        }
        true
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_model::value::MISSING;

    fn run(
        steps: &[i64],
        values: &[f64],
        choice: Choice,
    ) -> (Vec<i64>, Vec<f64>, CleanReport, usize) {
        let times = vec![0; steps.len()];
        let side = Side::new(steps, &times, values);
        let attempts = attempts(side);
        let (points, report) = choose(side, &attempts, choice);
        (
            points.iteration.into_owned(),
            points.value.into_owned(),
            report,
            attempts.len(),
        )
    }

    const STEPS: [i64; 9] = [10, 20, 30, 40, 50, 30, 40, 50, 60];
    const VALUES: [f64; 9] = [1., 2., 3., 4., 5., 30., 40., 50., 60.];

    #[test]
    fn a_restart_is_separated_and_chosen() {
        type Row = (Choice, &'static [i64], &'static [f64], u64);
        let table: [Row; 5] = [
            (
                Choice::Latest,
                &[10, 20, 30, 40, 50, 60],
                &[1., 2., 30., 40., 50., 60.],
                3,
            ),
            (
                Choice::First,
                &[10, 20, 30, 40, 50, 60],
                &[1., 2., 3., 4., 5., 60.],
                3,
            ),
            (
                Choice::All,
                &[10, 20, 30, 30, 40, 40, 50, 50, 60],
                &[1., 2., 3., 30., 4., 40., 5., 50., 60.],
                0,
            ),
            (
                Choice::One(1),
                &[10, 20, 30, 40, 50],
                &[1., 2., 3., 4., 5.],
                4,
            ),
            (Choice::One(2), &[30, 40, 50, 60], &[30., 40., 50., 60.], 5),
        ];
        for (choice, steps, values, overlapped) in table {
            let (s, v, report, attempts) = run(&STEPS, &VALUES, choice);
            assert_eq!(
                (s.as_slice(), v.as_slice(), attempts),
                (steps, values, 2),
                "{choice:?}"
            );
            assert_eq!(report.overlapped, overlapped, "{choice:?}");
        }
    }

    #[test]
    fn attempts_that_a_side_brings_are_taken_as_they_are() {
        let times = [0; 9];
        let start = |first_row, cause| AttemptStart { first_row, cause };
        let starts = [
            start(0, Cause::Start),
            start(2, Cause::NewFile { from: 20, to: 10 }),
            start(5, Cause::WentBack { from: 50, to: 30 }),
        ];
        let side = Side {
            attempts: &starts,
            ..Side::new(&STEPS, &times, &VALUES)
        };
        let attempts = attempts(side);
        let causes: Vec<Cause> = attempts.iter().map(|a| a.cause).collect();
        assert_eq!(causes, starts.map(|start| start.cause));
        assert_eq!((attempts[1].first_row, attempts[1].end_row), (2, 5));
        assert_eq!((attempts[2].number, attempts[2].first_iteration), (3, 30));
    }

    #[test]
    fn rows_without_a_time_have_time_0() {
        let side = Side {
            timed: &[true, false, true],
            ..Side::new(&[1, 2, 3], &[10, 99, 30], &[0.5; 3])
        };
        let (points, _) = clean(side, Choice::Latest);
        assert_eq!(*points.timestamp_ms, [10, 0, 30]);
    }

    #[test]
    fn late_rows_and_copies_are_no_restart() {
        // 30 comes after 40, alone.
        let (s, v, report, n) = run(&[10, 20, 40, 30, 50], &[1., 2., 4., 3., 5.], Choice::Latest);
        assert_eq!(
            (s, v, report.late, n),
            (vec![10, 20, 30, 40, 50], vec![1., 2., 3., 4., 5.], 1, 1)
        );
        // Two ranks print every row, one of them lags.
        let (s, _, report, n) = run(
            &[10, 20, 10, 20, 30, 30],
            &[1., 2., 1., 2., 3., 3.],
            Choice::Latest,
        );
        assert_eq!((s, report.collapsed, n), (vec![10, 20, 30], 3, 1));
        // Two that fill holes: issue 9, row 3.
        let steps = [20, 23, 21, 22, 24];
        let (s, _, _, n) = run(&steps, &[1., 2., 3., 4., 5.], Choice::Latest);
        assert_eq!((s, n), (vec![20, 21, 22, 23, 24], 1));
    }

    #[test]
    fn duplicates_are_counted_and_the_last_counts() {
        let nan = f64::NAN;
        let (s, v, report, _) = run(
            &[1, 1, 2, 2, 3, 3, 4],
            &[1., 1., 2., 2.5, nan, nan, MISSING],
            Choice::Latest,
        );
        assert_eq!(s, [1, 2, 3]);
        assert!(v[1] == 2.5 && v[2].is_nan());
        assert_eq!(
            (report.collapsed, report.replaced, report.missing),
            (2, 1, 1)
        );
        assert_eq!(report.overlapped, 0);
    }

    #[test]
    fn a_clean_series_is_borrowed() {
        let steps: Vec<i64> = (0..10_000).collect();
        let values = vec![1.0; 10_000];
        let side = Side::new(&steps, &steps, &values);
        let (points, _) = clean(side, Choice::Latest);
        assert!(matches!(points.iteration, Cow::Borrowed(_)));
        for bad in [4095, 4096, 4097, 9_999] {
            let mut steps = steps.clone();
            steps[bad] = steps[bad - 1];
            let side = Side::new(&steps, &steps, &values);
            let (points, report) = clean(side, Choice::Latest);
            assert_eq!(
                (points.iteration.len(), report.collapsed),
                (9_999, 1),
                "{bad}"
            );
        }
    }

    #[test]
    fn nothing_in_nothing_out() {
        let (s, _, report, n) = run(&[], &[], Choice::Latest);
        assert_eq!((s.len(), report, n), (0, CleanReport::default(), 0));
    }
}
