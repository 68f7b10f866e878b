//! How often a source logs, and where that changes.
//!
//! A cadence is a distance between steps that holds for a stretch; single larger distances inside
//! a stretch are gaps, not changes. Input is sorted steps; repeated steps are ignored.

use serde::{Deserialize, Serialize};

use crate::side::StepRange;

/// Equal distances in a row that make a cadence.
const STRETCH: usize = 4;

/// A stretch of steps that are a constant distance apart, but for gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Distance between two logged steps.
    pub steps: i64,
    /// First step of the stretch.
    pub first: i64,
    /// Last step of the stretch.
    pub last: i64,
}

/// Equal distances in a row: the distance, the step before them, the last step, how many.
struct Run {
    distance: i64,
    first: i64,
    last: i64,
    count: usize,
}

fn runs(steps: &[i64]) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for pair in steps.windows(2) {
        let &[first, last] = pair else { continue };
        let distance = last.saturating_sub(first);
        match out.last_mut() {
            _ if distance <= 0 => {}
            Some(run) if run.distance == distance => {
                run.last = last;
                run.count += 1;
            }
            _ => out.push(Run {
                distance,
                first,
                last,
                count: 1,
            }),
        }
    }
    out
}

/// The cadences of a series, in order. Empty where it has none.
pub fn cadences(steps: &[i64]) -> Vec<Cadence> {
    let runs = runs(steps);
    let mut out: Vec<Cadence> = Vec::new();
    for run in &runs {
        match out.last_mut() {
            Some(now) if now.steps == run.distance || run.count < STRETCH => now.last = run.last,
            None if run.count < STRETCH => {}
            _ => out.push(Cadence {
                steps: run.distance,
                first: run.first,
                last: run.last,
            }),
        }
    }
    match (out.first_mut(), runs.first(), runs.last()) {
        (Some(first), Some(run), _) => first.first = run.first,
        (None, Some(run), Some(end)) => {
            let steps = usual(&runs);
            out.extend(steps.map(|steps| Cadence {
                steps,
                first: run.first,
                last: end.last,
            }));
        }
        _ => {}
    }
    out
}

/// The most frequent distance of a series; `None` for less than two steps, or if no distance
/// makes up half of them.
pub fn usual_cadence(steps: &[i64]) -> Option<i64> {
    usual(&runs(steps))
}

fn usual(runs: &[Run]) -> Option<i64> {
    let mut sizes: Vec<(i64, usize)> = runs.iter().map(|run| (run.distance, run.count)).collect();
    sizes.sort_unstable();
    sizes.dedup_by(|next, kept| {
        let equal = next.0 == kept.0;
        kept.1 += if equal { next.1 } else { 0 };
        equal
    });
    let all: usize = sizes.iter().map(|(_, count)| count).sum();
    let (distance, count) = sizes.into_iter().max_by_key(|&(_, count)| count)?;
    (2 * count >= all).then_some(distance)
}

/// The steps that a series should have had at its cadences, as ranges.
pub fn missing(steps: &[i64], cadences: &[Cadence]) -> Vec<StepRange> {
    let mut out = Vec::new();
    let mut stretches = cadences.iter().peekable();
    for pair in steps.windows(2) {
        let &[before, after] = pair else { continue };
        while stretches.peek().is_some_and(|c| c.last <= before) {
            stretches.next();
        }
        let Some(cadence) = stretches.peek() else {
            break;
        };
        let distance = after.saturating_sub(before);
        let lost = (distance - 1).max(0) / cadence.steps.max(1);
        if lost > 0 {
            let first = before + cadence.steps;
            let last = before + lost * cadence.steps;
            out.push(StepRange {
                first,
                last,
                count: lost as u64,
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cadence_with_gaps() {
        let steps: Vec<i64> = (1..=20)
            .map(|i| i * 10)
            .filter(|s| ![50, 90, 100, 110].contains(s))
            .collect();
        let found = cadences(&steps);
        assert_eq!(
            found,
            [Cadence {
                steps: 10,
                first: 10,
                last: 200
            }]
        );
        let range = |first, last, count| StepRange { first, last, count };
        assert_eq!(
            missing(&steps, &found),
            [range(50, 50, 1), range(90, 110, 3)]
        );
    }

    #[test]
    fn a_change_of_cadence() {
        let steps: Vec<i64> = (0..10).chain((10..=100).step_by(10)).collect();
        let found = cadences(&steps);
        assert_eq!(
            found,
            [
                Cadence {
                    steps: 1,
                    first: 0,
                    last: 10
                },
                Cadence {
                    steps: 10,
                    first: 10,
                    last: 100
                }
            ]
        );
        assert_eq!(missing(&steps, &found), []);
    }

    #[test]
    fn too_little_or_too_irregular() {
        assert_eq!(cadences(&[]), []);
        assert_eq!(cadences(&[5]), []);
        assert_eq!(cadences(&[1, 2, 4, 8, 16, 32]), []);
        assert_eq!(
            cadences(&[250, 500, 750]),
            [Cadence {
                steps: 250,
                first: 250,
                last: 750
            }]
        );
        assert_eq!(usual_cadence(&[1, 1, 2, 3, 7]), Some(1));
    }

    #[test]
    fn a_step_off_the_grid() {
        // 15 lies between 10 and 20: nothing is missing there, but 40 is.
        let steps = [0, 10, 15, 20, 30, 50, 60, 70, 80, 90, 100];
        let range = StepRange {
            first: 40,
            last: 40,
            count: 1,
        };
        assert_eq!(missing(&steps, &cadences(&steps)), [range]);
    }
}
