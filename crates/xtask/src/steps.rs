//! Runs steps one after the other and prints what is going on and how long it took.
//!
//! The first step that fails ends the run: the later ones build on the earlier ones.

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// One step over a shared context `C`.
pub(crate) struct Step<C> {
    /// What it does, in a few words.
    name: &'static str,
    /// How long it usually takes on a small machine.
    estimate: &'static str,
    /// The work; returns a remark to print, which may be empty.
    run: fn(&mut C) -> Result<String>,
}

impl<C> Step<C> {
    /// A step from its name, its usual duration and its work.
    pub(crate) fn new(
        name: &'static str,
        estimate: &'static str,
        run: fn(&mut C) -> Result<String>,
    ) -> Self {
        Self {
            name,
            estimate,
            run,
        }
    }
}

/// A step that was run.
pub(crate) struct Report {
    name: &'static str,
    duration: Duration,
    result: Result<String>,
}

/// Runs the steps in order up to the first that fails, and prints each to `out`.
pub(crate) fn run<C>(steps: &[Step<C>], context: &mut C, out: &mut impl Write) -> Vec<Report> {
    // an output that was closed does not end the work
    let mut print = |text: &str| {
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    };
    let mut reports: Vec<Report> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        print(&format!(
            "[{}/{}] {} … usually {}; ",
            index + 1,
            steps.len(),
            step.name,
            step.estimate
        ));
        let start = Instant::now();
        let report = Report {
            name: step.name,
            result: (step.run)(context),
            duration: start.elapsed(),
        };
        let took = seconds(report.duration);
        print(&match &report.result {
            Ok(remark) if remark.is_empty() => format!("took {took}\n"),
            Ok(remark) => format!("took {took}: {remark}\n"),
            Err(error) => format!("FAILED after {took}\n{error:#}\n"),
        });
        let has_failed = report.result.is_err();
        reports.push(report);
        if has_failed {
            break;
        }
    }
    reports
}

/// True if no step failed.
pub(crate) fn all_passed(reports: &[Report]) -> bool {
    reports.iter().all(|report| report.result.is_ok())
}

/// The exit code of a process that ran these steps.
pub(crate) fn exit_code(reports: &[Report]) -> ExitCode {
    match all_passed(reports) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// A table of the steps, then their count on a line of its own.
pub(crate) fn summary(reports: &[Report], all: usize) -> String {
    let mut text = String::new();
    for report in reports {
        let (mark, remark) = match &report.result {
            Ok(remark) => ("ok", remark.as_str()),
            Err(_) => ("FAILED", ""),
        };
        let took = seconds(report.duration);
        let line = format!("{mark:8} {took:>9}  {:32}  {remark}", report.name);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if all > reports.len() {
        text.push_str(&format!("not run: {}\n", all - reports.len()));
    }
    let total = seconds(reports.iter().map(|report| report.duration).sum());
    let passed = reports
        .iter()
        .filter(|report| report.result.is_ok())
        .count();
    let failed = reports.len() - passed;
    text + &format!("in all {total}\n{passed} passed, {failed} failed\n")
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 100.0 {
        return format!("{seconds:.1} s");
    }
    format!(
        "{} min {} s",
        duration.as_secs() / 60,
        duration.as_secs() % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn the_first_failure_ends_the_run() {
        let steps = [
            Step::new("one", "0 s", |count: &mut u32| {
                *count += 1;
                Ok("3 tests".to_owned())
            }),
            Step::new("two", "1 s", |_| bail!("broken")),
            Step::new("three", "2 s", |count| {
                *count += 10;
                Ok(String::new())
            }),
        ];
        let mut count = 0;
        let mut out = Vec::new();
        let reports = run(&steps, &mut count, &mut out);
        let out = String::from_utf8(out).expect("text");
        assert!(
            out.starts_with("[1/3] one … usually 0 s; took 0.0 s: 3 tests\n[2/3] two …"),
            "{out}"
        );
        assert!(out.ends_with("FAILED after 0.0 s\nbroken\n"), "{out}");
        assert_eq!((count, reports.len()), (1, 2));
        assert!(!all_passed(&reports));
        let summary = summary(&reports, steps.len());
        assert!(summary.contains("\nnot run: 1\n"), "{summary}");
        assert!(summary.ends_with("\n1 passed, 1 failed\n"), "{summary}");
    }

    #[test]
    fn short_and_long_times_are_readable() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(190)), "3 min 10 s");
    }
}
