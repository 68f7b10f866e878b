//! Which format a file has, from its name and its first bytes.
//!
//! A name alone says much (`.wandb`, `tfevents`), a text file is a training log only if it gives
//! points: a `requirements.txt` is no run.

use parallax_model::source::Source;

use crate::text::TextLog;
use crate::{ParsedFile, Reader, csv, golden, json_lines, trainer_state, two_columns};

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Weights & Biases' run file.
    Wandb,
    /// Weights & Biases' `wandb-summary.json`.
    WandbSummary,
    /// TensorBoard's event file.
    TfEvents,
    /// Hugging Face's `trainer_state.json`.
    TrainerState,
    /// Megatron-LM's golden values.
    MegatronGolden,
    /// LLaMA-Factory's `trainer_log.jsonl`.
    LlamaFactory,
    /// Metrics as JSON lines.
    JsonLines,
    /// Metrics as comma-separated values.
    Csv,
    /// An export of the W&B page.
    WandbCsv,
    /// `step loss` without a header.
    Columns,
    /// The console of a training run.
    TextLog,
}

impl Format {
    /// The format's name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wandb => "W&B run file",
            Self::WandbSummary => "W&B summary",
            Self::TfEvents => "TensorBoard event file",
            Self::TrainerState => "HF trainer_state.json",
            Self::MegatronGolden => "Megatron golden values",
            Self::LlamaFactory => "LLaMA-Factory trainer log",
            Self::JsonLines => "JSON lines",
            Self::Csv => "CSV",
            Self::WandbCsv => "W&B CSV export",
            Self::Columns => "step and loss columns",
            Self::TextLog => "text log",
        }
    }

    /// The source that its points are listed under.
    pub fn source(self) -> &'static str {
        match self {
            Self::Wandb | Self::WandbSummary | Self::WandbCsv => Source::WANDB,
            Self::TfEvents => Source::TENSORFLOW,
            Self::TrainerState => trainer_state::SOURCE,
            Self::MegatronGolden => golden::SOURCE,
            Self::JsonLines => json_lines::JSONL,
            Self::Csv => csv::SOURCE,
            Self::LlamaFactory | Self::Columns | Self::TextLog => Source::LOG,
        }
    }

    /// It can only be read whole, and is written anew rather than appended to.
    pub fn is_whole_document(self) -> bool {
        matches!(
            self,
            Self::WandbSummary | Self::TrainerState | Self::MegatronGolden
        )
    }
}

/// Whether a text is a training log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LooksLikeLog {
    /// It gives points.
    Yes,
    /// It is no text.
    No,
    /// It is text without a metric line so far.
    NotYet,
}

/// The format of a file, from its name (without folders) and its first bytes. `None`: none, or not
/// to be told yet. A file whose name says log and whose text has no metric line yet is a
/// [`Format::TextLog`] (ask [`looks_like_log`]); one that could be any text is one only if it has.
pub fn detect(file_name: &str, head: &[u8]) -> Option<Format> {
    let name = file_name.to_ascii_lowercase();
    if name.ends_with(".wandb") || head.starts_with(b":W&B\xe1\xbe") {
        return Some(Format::Wandb);
    }
    if name.contains("tfevents") {
        return Some(Format::TfEvents);
    }
    if name == "wandb-summary.json" {
        return Some(Format::WandbSummary);
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "json" => json(&name, head),
        "jsonl" | "ndjson" => Some(lines(&name, head)),
        "csv" => table(head),
        "log" | "out" | "err" | "stdout" | "stderr" => text(head, true),
        "txt" | "text" => text(head, false),
        _ if is_bare(&name) => text(head, false),
        _ => None,
    }
}

/// Whether a text is a training log, by reading it as one.
pub fn looks_like_log(head: &[u8]) -> LooksLikeLog {
    if !is_text(head) {
        return LooksLikeLog::No;
    }
    let mut parsed = ParsedFile::default();
    let mut log = TextLog::new();
    log.feed(head, &mut parsed);
    log.finish_idle(&mut parsed);
    if parsed.row_count() > 0 {
        LooksLikeLog::Yes
    } else {
        LooksLikeLog::NotYet
    }
}

/// Names without an extension, or with a number behind the dot: `nohup`, `slurm-12.out.1`.
fn is_bare(name: &str) -> bool {
    name.rsplit_once('.')
        .is_none_or(|(_, extension)| extension.bytes().all(|byte| byte.is_ascii_digit()))
}

fn text(head: &[u8], named: bool) -> Option<Format> {
    if are_columns(head) {
        return Some(Format::Columns);
    }
    match looks_like_log(head) {
        LooksLikeLog::Yes => Some(Format::TextLog),
        LooksLikeLog::NotYet if named => Some(Format::TextLog),
        LooksLikeLog::NotYet | LooksLikeLog::No => None,
    }
}

/// Mostly printable: some NULs and stray bytes occur in logs, a binary file is full of them.
fn is_text(head: &[u8]) -> bool {
    let strange = |byte: &&u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    // NULs at the start: a log that was cut while it was open. UTF-16: every second byte.
    let start = head
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(head.len());
    let body = head.get(start..).unwrap_or_default();
    let utf16 = head.starts_with(b"\xff\xfe");
    utf16 || body.iter().filter(strange).count() * 20 <= body.len()
}

fn are_columns(head: &[u8]) -> bool {
    let whole = head
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(head.len(), |end| end + 1);
    let lines = head
        .get(..whole)
        .unwrap_or_default()
        .split(|byte| *byte == b'\n');
    let mut lines = lines
        .filter(|line| !line.trim_ascii().is_empty())
        .take(50)
        .peekable();
    lines.peek().is_some() && lines.all(|line| two_columns::pair(line).is_some())
}

fn json(name: &str, head: &[u8]) -> Option<Format> {
    let has = |text: &str| memchr::memmem::find(head, text.as_bytes()).is_some();
    if head.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    if name == "trainer_state.json" || has("\"log_history\"") {
        return Some(Format::TrainerState);
    }
    if has("\"start_step\"") && has("\"step_interval\"") {
        return Some(Format::MegatronGolden);
    }
    // `20200101_000000.log.json`, `scalars.json`: JSON lines under another name.
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let object = |line: Option<&[u8]>| {
        line.is_some_and(|line| line.starts_with(b"{") && line.ends_with(b"}"))
    };
    let first = lines.next();
    let stepped = [
        "\"step\"",
        "\"iter\"",
        "\"_step\"",
        "\"epoch\"",
        "\"global_step\"",
        "\"iteration\"",
    ];
    (object(first) && stepped.iter().any(|key| has(key))).then_some(Format::JsonLines)
}

fn lines(name: &str, head: &[u8]) -> Format {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let has = |text: &str| memchr::memmem::find(first, text.as_bytes()).is_some();
    if name == "trainer_log.jsonl" || (has("\"current_steps\"") && has("\"total_steps\"")) {
        Format::LlamaFactory
    } else {
        Format::JsonLines
    }
}

/// A table is a record if its header names a step.
fn table(head: &[u8]) -> Option<Format> {
    let mut parsed = ParsedFile::default();
    let mut reader = csv::Csv::new();
    let end = head
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(head.len(), |end| end + 1);
    reader.feed(head.get(..end)?, &mut parsed);
    reader.finish_idle(&mut parsed);
    if parsed.notes.iter().any(|note| note.fatal) || end == 0 {
        return None;
    }
    Some(if reader.is_wandb_export() {
        Format::WandbCsv
    } else {
        Format::Csv
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_name_and_content() {
        let log = b"iteration 1/ 10 | lm loss: 2.5 |\n";
        let cases: &[(&str, &[u8], Option<Format>)] = &[
            ("run-abc.wandb", b"", Some(Format::Wandb)),
            ("copy", b":W&B\xe1\xbe\0", Some(Format::Wandb)),
            ("events.out.tfevents.1.host", b"", Some(Format::TfEvents)),
            ("wandb-summary.json", b"{}", Some(Format::WandbSummary)),
            ("trainer_state.json", b"{\n", Some(Format::TrainerState)),
            (
                "state.json",
                b"{\"best\": 1, \"log_history\": [",
                Some(Format::TrainerState),
            ),
            (
                "golden.json",
                b"{\"lm loss\": {\"start_step\": 1, \"step_interval\": 5",
                Some(Format::MegatronGolden),
            ),
            ("config.json", b"{\"lr\": 0.1}", None),
            (
                "scalars.json",
                b"{\"loss\": 1.5, \"step\": 1}\n",
                Some(Format::JsonLines),
            ),
            ("metrics.jsonl", b"{\"step\": 1}\n", Some(Format::JsonLines)),
            ("trainer_log.jsonl", b"", Some(Format::LlamaFactory)),
            ("history.csv", b"epoch,loss\r\n0,1\r\n", Some(Format::Csv)),
            (
                "e.csv",
                b"\"Step\",\"a - loss\",\"a - loss__MIN\"\n",
                Some(Format::WandbCsv),
            ),
            ("labels.csv", b"file,class\na,1\n", None),
            ("losses.txt", b"1 8.04\n2 7.75\n3 7.", Some(Format::Columns)),
            ("train.log", log, Some(Format::TextLog)),
            ("slurm-1.out", b"starting\n", Some(Format::TextLog)),
            ("nohup", log, Some(Format::TextLog)),
            ("notes.txt", log, Some(Format::TextLog)),
            ("requirements.txt", b"numpy==1.26.0\ntorch>=2.0\n", None),
            (
                "README.txt",
                b"Train for 100 steps with a loss of 2.5.\n",
                None,
            ),
            ("model.bin", log, None),
            (
                "core.out",
                b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
                None,
            ),
        ];
        for (name, head, expected) in cases {
            assert_eq!(detect(name, head), *expected, "{name}");
        }
    }

    #[test]
    fn a_young_log_is_not_a_log_yet() {
        assert_eq!(looks_like_log(b"loading data\n"), LooksLikeLog::NotYet);
        assert_eq!(looks_like_log(b"step 1: loss 2.5\n"), LooksLikeLog::Yes);
        assert_eq!(looks_like_log(&[1; 100]), LooksLikeLog::No);
    }
}
