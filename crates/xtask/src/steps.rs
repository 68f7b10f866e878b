//! Runs a table of steps one after the other and says what is going on and how long it took.
//!
//! The first step that fails ends the run: the later ones build on the earlier ones.

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::call::Failure;

/// What a step did.
#[derive(Debug)]
pub(crate) enum Done {
    /// It ran; the text says what is worth knowing, and may be empty.
    Ran(String),
    /// There was nothing to do, for this reason.
    Skipped(String),
}

/// One step over a shared context `C`.
pub(crate) struct Step<C> {
    /// What it does, in a few words.
    pub(crate) name: &'static str,
    /// How long it usually takes on a small machine.
    pub(crate) usual: &'static str,
    /// The work.
    pub(crate) work: fn(&mut C) -> Result<Done, Failure>,
}

/// What became of one step.
pub(crate) struct Record {
    name: &'static str,
    took: Duration,
    outcome: Result<Done, Failure>,
}

/// Runs the steps in order up to the first that fails, and tells `out` about each.
pub(crate) fn run<C>(steps: &[Step<C>], context: &mut C, out: &mut impl Write) -> Vec<Record> {
    // an output that was closed must not end the work
    let mut say = |text: &str| {
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    };
    let mut records: Vec<Record> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        say(&format!(
            "[{}/{}] {} … usually {}; ",
            index + 1,
            steps.len(),
            step.name,
            step.usual
        ));
        let start = Instant::now();
        let outcome = (step.work)(context);
        let took = start.elapsed();
        say(&format!("{}\n", ending(&outcome, took)));
        let failed = outcome.is_err();
        records.push(Record {
            name: step.name,
            took,
            outcome,
        });
        if failed {
            break;
        }
    }
    records
}

/// The failure that ended the run, if one did.
pub(crate) fn failure(records: &[Record]) -> Option<&Failure> {
    records.last()?.outcome.as_ref().err()
}

/// What the process ends with.
pub(crate) fn exit_code(records: &[Record]) -> ExitCode {
    match failure(records) {
        Some(_) => ExitCode::FAILURE,
        None => ExitCode::SUCCESS,
    }
}

/// A table of all steps, then the count on a line of its own.
pub(crate) fn summary(records: &[Record], all: usize) -> String {
    let mut text = String::new();
    for record in records {
        let (mark, note) = match &record.outcome {
            Ok(Done::Ran(note)) => ("ok", note.as_str()),
            Ok(Done::Skipped(note)) => ("skipped", note.as_str()),
            Err(_) => ("FAILED", ""),
        };
        let took = seconds(record.took);
        let line = format!("{mark:8} {took:>9}  {:32}  {note}", record.name);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if all > records.len() {
        text.push_str(&format!("not run: {}\n", all - records.len()));
    }
    let total = records.iter().map(|record| record.took).sum();
    text.push_str(&format!("in all {}\n{}\n", seconds(total), count(records)));
    text
}

fn count(records: &[Record]) -> String {
    let number = |is: fn(&Record) -> bool| records.iter().filter(|one| is(one)).count();
    let passed = number(|one| matches!(one.outcome, Ok(Done::Ran(_))));
    let skipped = number(|one| matches!(one.outcome, Ok(Done::Skipped(_))));
    let failed = number(|one| one.outcome.is_err());
    let mut text = format!("{passed} passed, {failed} failed");
    if skipped > 0 {
        text.push_str(&format!(", {skipped} skipped"));
    }
    text
}

fn ending(outcome: &Result<Done, Failure>, took: Duration) -> String {
    let took = seconds(took);
    match outcome {
        Ok(Done::Ran(note)) if note.is_empty() => format!("took {took}"),
        Ok(Done::Ran(note)) => format!("took {took}: {note}"),
        Ok(Done::Skipped(why)) => format!("skipped: {why}"),
        Err(failure) => format!("FAILED after {took}\n{failure}"),
    }
}

fn seconds(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 100.0 {
        return format!("{seconds:.1} s");
    }
    format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str, work: fn(&mut u32) -> Result<Done, Failure>) -> Step<u32> {
        Step {
            name,
            usual: "0 s",
            work,
        }
    }

    #[test]
    fn stops_at_the_first_failure_and_counts() {
        let steps = [
            step("one", |count| {
                *count += 1;
                Ok(Done::Ran("3 tests".to_owned()))
            }),
            step("two", |_| Ok(Done::Skipped("nothing to do".to_owned()))),
            step("three", |_| Err(Failure::new("broken"))),
            step("four", |count| {
                *count += 10;
                Ok(Done::Ran(String::new()))
            }),
        ];
        let mut count = 0;
        let mut out = Vec::new();
        let records = run(&steps, &mut count, &mut out);
        let out = String::from_utf8(out).expect("text");
        assert!(
            out.starts_with("[1/4] one … usually 0 s; took 0.0 s: 3 tests\n[2/4] two …"),
            "{out}"
        );
        assert!(
            out.ends_with("FAILED after 0.0 s\nfailed: broken\n"),
            "{out}"
        );
        assert_eq!((count, records.len()), (1, 3));
        assert_eq!(failure(&records).expect("failed").message, "broken");
        let summary = summary(&records, steps.len());
        assert!(summary.contains("\nnot run: 1\n"), "{summary}");
        assert!(
            summary.ends_with("\n1 passed, 1 failed, 1 skipped\n"),
            "{summary}"
        );
    }

    #[test]
    fn writes_short_and_long_times() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(190)), "3 min 10 s");
    }
}
