//! Weights & Biases run files (`run-<id>.wandb`) → points, run facts, console.
//!
//! History rows give points of source `wandb` (see `wandb_history` for the x axis and the values,
//! `wandb_clock` for the times). The run, exit and header records give the facts of the run. The
//! console, which is in the file too, goes to the reader that [`WandbFile::new`] was given: as the
//! bytes that the run printed, both streams in the order of the file; that reader's points stand
//! beside those of `wandb`. System statistics are no training metrics and are skipped; so is the
//! summary, which repeats the history.

use crate::Reader;
use crate::parsed_file::{ParsedFile, RunFacts};
use crate::proto::{Fields, Malformed, Value, timestamp_ms};
use crate::wandb_block::{Framed, WandbRecords};
use crate::wandb_clock::Clock;
use crate::wandb_history::History;

const BAD_HEADER: &str = "not a .wandb file of version 0: expected `:W&B`, 0xBEE1, 0";
const BAD_CHUNK: &str =
    "a chunk does not match its checksum or its block: the rest of its 32 KiB block is skipped";
const BAD_RECORD: &str = "a record lacks its first or its last chunk: skipped";
const NOT_A_RECORD: &str = "a record is not a W&B message: what follows in it is skipped";
const UNFINISHED: &str = "the file ends inside a record: what was written of it is held back";

/// Reads one `.wandb` file.
pub struct WandbFile {
    records: WandbRecords,
    run: Run,
    /// Where the unfinished end that was noted last begins, so that it is noted once.
    noted_end: Option<u64>,
}

impl WandbFile {
    /// `console` reads the text that the run printed, as a log file would have it; `None` leaves
    /// it unread.
    pub fn new(console: Option<Box<dyn Reader>>) -> Self {
        Self {
            records: WandbRecords::default(),
            run: Run {
                history: History::default(),
                clock: Clock::default(),
                console,
            },
            noted_end: None,
        }
    }
}

impl Reader for WandbFile {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let run = &mut self.run;
        self.records.feed(bytes, |byte, framed| match framed {
            Framed::Record(data) => {
                if run.take(data, byte, parsed).is_err() {
                    parsed.note(NOT_A_RECORD, byte);
                }
            }
            Framed::BadChunk => parsed.note(BAD_CHUNK, byte),
            Framed::BadRecord => parsed.note(BAD_RECORD, byte),
            Framed::BadHeader => parsed.fatal(BAD_HEADER, byte),
        });
        run.history.move_into(parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        if let Some(console) = &mut self.run.console {
            console.finish_idle(parsed);
        }
        let end = Some(self.records.byte());
        if self.records.pending_bytes() > 0 && self.noted_end != end {
            parsed.note(UNFINISHED, self.records.byte());
            self.noted_end = end;
        }
    }

    fn pending_bytes(&self) -> u64 {
        let console = self.run.console.as_ref().map_or(0, |c| c.pending_bytes());
        self.records.pending_bytes() + console
    }
}

/// Records → points, facts, console.
struct Run {
    history: History,
    clock: Clock,
    console: Option<Box<dyn Reader>>,
}

impl Run {
    /// Reads a `Record`: history = 2, output = 4, stats = 7, metric = 12, output_raw = 13, run = 17,
    /// exit = 18.
    fn take(&mut self, record: &[u8], byte: u64, parsed: &mut ParsedFile) -> Result<(), Malformed> {
        for field in Fields::new(record) {
            match field? {
                (2, Value::Bytes(message)) => {
                    self.history.take(message, byte, &mut self.clock, parsed)?;
                }
                (4 | 13, Value::Bytes(message)) => self.output(message, parsed)?,
                (7, Value::Bytes(message)) => self.stats(message)?,
                (12, Value::Bytes(message)) => self.history.define(message, byte, parsed)?,
                (17, Value::Bytes(message)) => {
                    run_facts(message, &mut parsed.facts)?;
                    self.clock.start_ms = parsed.facts.start_ms;
                }
                (18, Value::Bytes(message)) => parsed.facts.exit_code = exit_code(message)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// `OutputRecord` and `OutputRawRecord` are alike: timestamp = 2, line = 3.
    fn output(&mut self, message: &[u8], parsed: &mut ParsedFile) -> Result<(), Malformed> {
        for field in Fields::new(message) {
            match field? {
                (2, Value::Bytes(time)) => self.tick(time),
                (3, Value::Bytes(text)) => {
                    if let Some(console) = &mut self.console {
                        console.feed(text, parsed);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `StatsRecord`: timestamp = 2.
    fn stats(&mut self, message: &[u8]) -> Result<(), Malformed> {
        for field in Fields::new(message) {
            if let (2, Value::Bytes(time)) = field? {
                self.tick(time);
            }
        }
        Ok(())
    }

    fn tick(&mut self, time: &[u8]) {
        if let Some(ms) = timestamp_ms(time).filter(|&ms| ms > 0) {
            self.clock.record_ms = self.clock.record_ms.max(Some(ms));
        }
    }
}

/// Reads a `RunRecord`: run_id = 1, project = 3, display_name = 8, host = 13, start_time = 17,
/// resumed = 18. A later one adds what earlier ones lack and replaces the names.
fn run_facts(message: &[u8], facts: &mut RunFacts) -> Result<(), Malformed> {
    for field in Fields::new(message) {
        let (number, bytes) = match field? {
            (18, Value::Varint(resumed)) => {
                facts.resumed |= resumed != 0;
                continue;
            }
            (number, Value::Bytes(bytes)) => (number, bytes),
            _ => continue,
        };
        let text = || (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into_owned());
        match number {
            1 => facts.run_id = text().or(facts.run_id.take()),
            3 => facts.project = text().or(facts.project.take()),
            8 => facts.display_name = text().or(facts.display_name.take()),
            13 => facts.host = text().or(facts.host.take()),
            17 => {
                let start = timestamp_ms(bytes).filter(|&ms| ms > 0);
                facts.start_ms = facts.start_ms.or(start);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads a `RunExitRecord`: exit_code = 1 (0 is not written), not_complete = 3, which says that the
/// run goes on elsewhere.
fn exit_code(message: &[u8]) -> Result<Option<i32>, Malformed> {
    let (mut code, mut complete) = (0, true);
    for field in Fields::new(message) {
        match field? {
            (1, Value::Varint(value)) => code = value as i32,
            (3, Value::Varint(value)) => complete = value == 0,
            _ => {}
        }
    }
    Ok(complete.then_some(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_whether_it_goes_on() {
        let mut facts = RunFacts::default();
        for (record, id, resumed) in [
            (&b"\x0a\x01a"[..], "a", false),
            (b"\x0a\x01b\x90\x01\x01", "b", true),
            (b"\x0a\x01b\x90\x01\x00", "b", true),
        ] {
            assert_eq!(run_facts(record, &mut facts), Ok(()));
            assert_eq!(
                (facts.run_id.as_deref(), facts.resumed),
                (Some(id), resumed)
            );
        }
    }
}
