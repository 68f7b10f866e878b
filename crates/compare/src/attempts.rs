//! Separates the attempts of a restarted run and makes one clean sequence of the rows.
//!
//! A new attempt begins where the iteration goes back, or at a boundary that the caller gives (a
//! new file). A row that only came late is no restart: it lies within the tolerance, or it stands
//! alone before the steps go on past the furthest one, or it repeats a recent row exactly (another
//! rank's copy). Rows that go back all the time are in no order at all: one attempt. Within an
//! attempt equal neighbours are collapsed and counted; of differing values at one step the last
//! counts. Nothing here looks at clocks.

use parallax_model::order::sort_by_key;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::covered::Covered;
use super::side::{Points, Side, same};
use parallax_model::value::is_missing;

/// How far back a repeated row of another rank is looked for.
const RANK_WINDOW: usize = 64;

/// More steps back than these, with fewer than [`ROWS_EACH`] rows between two on average, are no
/// restarts: the rows are in no order of steps (a table sorted by something else).
const FEW_BACKS: usize = 32;
const ROWS_EACH: usize = 4;

/// How attempts are told apart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SplitRule {
    /// A row that goes back by at most this many steps is late, not a restart.
    pub late_steps: i64,
    /// Row numbers at which a new file begins, ascending.
    pub boundaries: Vec<usize>,
}

/// Why an attempt begins where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// The first row of the series.
    Start,
    /// The iteration went back.
    WentBack {
        /// The furthest step before.
        from: i64,
        /// The step it went back to.
        to: i64,
    },
    /// The caller's boundary: a new file.
    NewFile,
}

/// A stretch of rows between restarts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// For the user: `attempt 2 (from step 910)`.
    pub label: String,
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

/// Finds the attempts of a series in arrival order. Empty for no rows.
pub fn split(side: Side<'_>, rule: &SplitRule) -> Vec<Attempt> {
    let rows = side.len();
    if rule.boundaries.is_empty() && is_clean(side) {
        return whole(side);
    }
    let (mut out, mut backs): (Vec<Attempt>, usize) = (Vec::new(), 0);
    let mut boundaries = rule
        .boundaries
        .iter()
        .copied()
        .filter(|&row| row > 0)
        .peekable();
    for row in 0..rows {
        let step = side.step(row);
        let mut new_file = false;
        while boundaries.next_if(|&boundary| boundary <= row).is_some() {
            new_file = true;
        }
        let cause = match out.last() {
            None => Some(Cause::Start),
            Some(_) if new_file => Some(Cause::NewFile),
            Some(now) => match step_back(side, row, now, rule.late_steps) {
                Back::Not => None,
                Back::Alone => {
                    backs += 1;
                    None
                }
                Back::Restart(cause) => {
                    backs += 1;
                    Some(cause)
                }
            },
        };
        if let Some(cause) = cause {
            out.push(begin(out.len(), row, step, cause));
        }
        if let Some(now) = out.last_mut() {
            now.end_row = row + 1;
            now.first_iteration = now.first_iteration.min(step);
            now.last_iteration = now.last_iteration.max(step);
        }
    }
    let is_unordered = backs > FEW_BACKS && backs * ROWS_EACH > rows;
    if is_unordered && rule.boundaries.is_empty() {
        return whole(side);
    }
    out
}

/// All rows as one attempt.
fn whole(side: Side<'_>) -> Vec<Attempt> {
    let steps = side.iteration.get(..side.len()).unwrap_or_default();
    let (Some(&start), Some(&low), Some(&high)) =
        (steps.first(), steps.iter().min(), steps.iter().max())
    else {
        return Vec::new();
    };
    let attempt = begin(0, 0, start, Cause::Start);
    vec![Attempt {
        end_row: steps.len(),
        first_iteration: low,
        last_iteration: high,
        ..attempt
    }]
}

fn begin(before: usize, row: usize, step: i64, cause: Cause) -> Attempt {
    let number = before as u32 + 1;
    Attempt {
        number,
        label: format!("attempt {number} (from step {step})"),
        first_row: row,
        end_row: row,
        first_iteration: step,
        last_iteration: step,
        cause,
    }
}

/// What a row is that may have a smaller step than one before it.
enum Back {
    /// It goes on, or is a copy, or late within the tolerance.
    Not,
    /// One late row.
    Alone,
    Restart(Cause),
}

fn step_back(side: Side<'_>, row: usize, now: &Attempt, late_steps: i64) -> Back {
    let (step, furthest) = (side.step(row), now.last_iteration);
    if step >= furthest || furthest.saturating_sub(step) <= late_steps {
        return Back::Not;
    }
    if is_recent_copy(side, row, now.first_row) {
        return Back::Not;
    }
    if row + 1 < side.len() && side.step(row + 1) > furthest {
        return Back::Alone;
    }
    Back::Restart(Cause::WentBack {
        from: furthest,
        to: step,
    })
}

fn is_recent_copy(side: Side<'_>, row: usize, first_row: usize) -> bool {
    let from = row.saturating_sub(RANK_WINDOW).max(first_row);
    let copy = |&other: &usize| {
        side.step(other) == side.step(row) && same(side.number(other), side.number(row))
    };
    (from..row).rev().any(|other| copy(&other))
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
    if attempts.len() <= 1 && !matches!(choice, Choice::One(n) if n != 1) && is_clean(side) {
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
    sort_by_key(&mut kept, |&row| (side.step(row as usize), row));
    (Points::gather(side, &kept), report)
}

/// [`split`] and [`choose`] in one.
pub fn clean<'a>(side: Side<'a>, rule: &SplitRule, choice: Choice) -> (Points<'a>, CleanReport) {
    if rule.boundaries.is_empty() && !matches!(choice, Choice::One(_)) && is_clean(side) {
        return choose(side, &[], choice);
    }
    choose(side, &split(side, rule), choice)
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
        sort_by_key(&mut rows, |&row| (side.step(row as usize), row));
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
        rule: SplitRule,
        choice: Choice,
    ) -> (Vec<i64>, Vec<f64>, CleanReport, usize) {
        let times = vec![0; steps.len()];
        let side = Side {
            iteration: steps,
            timestamp_ms: &times,
            value: values,
        };
        let attempts = split(side, &rule);
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
            let (s, v, report, attempts) = run(&STEPS, &VALUES, SplitRule::default(), choice);
            assert_eq!(
                (s.as_slice(), v.as_slice(), attempts),
                (steps, values, 2),
                "{choice:?}"
            );
            assert_eq!(report.overlapped, overlapped, "{choice:?}");
        }
    }

    #[test]
    fn labels_and_causes() {
        let times = [0; 9];
        let side = Side {
            iteration: &STEPS,
            timestamp_ms: &times,
            value: &VALUES,
        };
        let rule = SplitRule {
            late_steps: 0,
            boundaries: vec![2],
        };
        let attempts = split(side, &rule);
        let causes: Vec<Cause> = attempts.iter().map(|a| a.cause).collect();
        assert_eq!(
            causes,
            [
                Cause::Start,
                Cause::NewFile,
                Cause::WentBack { from: 50, to: 30 }
            ]
        );
        assert_eq!(attempts[2].label, "attempt 3 (from step 30)");
        assert_eq!((attempts[1].first_row, attempts[1].end_row), (2, 5));
    }

    #[test]
    fn late_rows_and_copies_are_no_restart() {
        // 30 comes after 40, alone.
        let (s, v, report, n) = run(
            &[10, 20, 40, 30, 50],
            &[1., 2., 4., 3., 5.],
            SplitRule::default(),
            Choice::Latest,
        );
        assert_eq!(
            (s, v, report.late, n),
            (vec![10, 20, 30, 40, 50], vec![1., 2., 3., 4., 5.], 1, 1)
        );
        // Two ranks print every row, one of them lags.
        let (s, _, report, n) = run(
            &[10, 20, 10, 20, 30, 30],
            &[1., 2., 1., 2., 3., 3.],
            SplitRule::default(),
            Choice::Latest,
        );
        assert_eq!((s, report.collapsed, n), (vec![10, 20, 30], 3, 1));
        // Within the tolerance that the caller allows.
        let rule = SplitRule {
            late_steps: 2,
            boundaries: vec![],
        };
        let (s, _, _, n) = run(&[1, 2, 5, 3, 4, 6], &[1.; 6], rule, Choice::Latest);
        assert_eq!((s, n), (vec![1, 2, 3, 4, 5, 6], 1));
    }

    #[test]
    fn duplicates_are_counted_and_the_last_counts() {
        let nan = f64::NAN;
        let (s, v, report, _) = run(
            &[1, 1, 2, 2, 3, 3, 4],
            &[1., 1., 2., 2.5, nan, nan, MISSING],
            SplitRule::default(),
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
        let side = Side {
            iteration: &steps,
            timestamp_ms: &steps,
            value: &values,
        };
        let (points, _) = clean(side, &SplitRule::default(), Choice::Latest);
        assert!(matches!(points.iteration, Cow::Borrowed(_)));
        for bad in [4095, 4096, 4097, 9_999] {
            let mut steps = steps.clone();
            steps[bad] = steps[bad - 1];
            let side = Side {
                iteration: &steps,
                timestamp_ms: &steps,
                value: &values,
            };
            let (points, report) = clean(side, &SplitRule::default(), Choice::Latest);
            assert_eq!(
                (points.iteration.len(), report.collapsed),
                (9_999, 1),
                "{bad}"
            );
        }
    }

    #[test]
    fn nothing_in_nothing_out() {
        let (s, _, report, n) = run(&[], &[], SplitRule::default(), Choice::Latest);
        assert_eq!((s.len(), report, n), (0, CleanReport::default(), 0));
    }
}
