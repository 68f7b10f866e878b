//! `.wandb` files against W&B's own reader, and against every way of cutting them.
//!
//! `figures/wandb.tsv` was printed by `figures/wandb_figures.py` with wandb 0.19.11;
//! `figures/odd.wandb` was written by wandb 0.31.0 (`figures/odd_run.py`).

#![expect(clippy::unwrap_used, reason = "a test's helper fails as its test does")]

mod common;

use std::sync::{Arc, Mutex};

use common::{bytes_of, check, exact, figures, read};
use parallax_model::row::Row;
use parallax_model::source::Source;
use parallax_model::value::is_missing;
use parallax_readers::wandb_file::WandbFile;
use parallax_readers::wandb_summary::{WandbSummary, fill_from_summary};
use parallax_readers::{ParsedFile, Reader, RunFacts};

const ODD: &str = "odd.wandb";
const KWT: &str = "wandb/kwt_3ojed7lz/run-3ojed7lz.wandb";
const TORN: &str =
    "twin/charlm-resume/wandb/offline-run-20261123_080009-charlmr1/run-charlmr1.wandb";
const HF: &str = "twin/hf-trainer/wandb/offline-run-20261123_075920-hftwin01/run-hftwin01.wandb";
const KERAS: &str =
    "twin/keras-digits/wandb/offline-run-20261123_080148-kerasd01/run-kerasd01.wandb";

fn whole(bytes: &[u8]) -> ParsedFile {
    read(WandbFile::new(None), bytes, bytes.len().max(1))
}

/// Keeps what it is fed, and counts its lines as points.
#[derive(Clone, Default)]
struct Console(Arc<Mutex<Vec<u8>>>);

impl Reader for Console {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let mut text = self.0.lock().unwrap();
        text.extend(bytes);
        for _ in bytes.iter().filter(|&&byte| byte == b'\n') {
            let row = Row {
                step: 0,
                time_ms: None,
                value: 0.0,
            };
            parsed.push(Source::LOG, "lines", row);
        }
    }
    fn finish_idle(&mut self, _parsed: &mut ParsedFile) {}
    fn pending_bytes(&self) -> u64 {
        0
    }
}

#[test]
fn equals_wandb() {
    let figures = figures(include_str!("figures/wandb.tsv"));
    // The clock of kwt_3ojed7lz stands still: see `a_frozen_clock_is_replaced`.
    let found = check(&figures, "wandb", |file| file != KWT, whole);
    assert!(found >= 1);
    println!("{found} files");
}

/// What the records say, printed by W&B's own reader (`run`, `exit`).
#[test]
fn facts_of_the_runs() {
    let table = [
        (
            HF,
            "hftwin01",
            "hf-trainer-tiny-gpt2",
            "hf-charlm",
            1_795_420_760_862,
            Some(0),
            "localhost",
        ),
        (
            TORN,
            "charlmr1",
            "charlm-resume",
            "charlm",
            1_795_420_809_901,
            None,
            "localhost",
        ),
        (
            ODD,
            "oddrun01",
            "odd run",
            "odd",
            1_795_437_419_550,
            Some(3),
            "localhost",
        ),
        (
            KWT,
            "3ojed7lz",
            "First try",
            "kwt-improvements",
            1_651_263_576_000,
            None,
            "ip-172-31-3-98",
        ),
        (
            "wandb/nanogpt_6dn87vss/run-6dn87vss.wandb",
            "6dn87vss",
            "mini-gpt",
            "parliment-char",
            1_696_061_914_380,
            Some(255),
            "ml4hep2",
        ),
        (
            "wandb/kwt_2zuxwf70/run-2zuxwf70.wandb",
            "2zuxwf70",
            "First try",
            "kwt-improvements",
            1_651_263_527_000,
            Some(1),
            "ip-172-31-3-98",
        ),
        (
            "wandb/wandb_g9dvvkua/run-g9dvvkua.wandb",
            "g9dvvkua",
            "",
            "code-toad",
            1_613_519_047_000,
            Some(0),
            "cvp",
        ),
    ];
    for (path, id, name, project, start_ms, exit_code, host) in table {
        let Some(bytes) = bytes_of(path) else {
            continue;
        };
        let expected = RunFacts {
            run_id: Some(id.to_owned()),
            display_name: (!name.is_empty()).then(|| name.to_owned()),
            project: Some(project.to_owned()),
            start_ms: Some(start_ms),
            exit_code,
            host: Some(host.to_owned()),
            target_step: None,
            resumed: false,
        };
        assert_eq!(whole(&bytes).facts, expected, "{path}");
    }
}

#[test]
fn runs_without_rows_are_no_error() {
    for path in [
        "wandb/kwt_2zuxwf70/run-2zuxwf70.wandb",
        "wandb/wandb_g9dvvkua/run-g9dvvkua.wandb",
    ] {
        let Some(bytes) = bytes_of(path) else {
            continue;
        };
        let parsed = whole(&bytes);
        assert_eq!((parsed.row_count(), parsed.notes), (0, vec![]), "{path}");
    }
    for bytes in [b"".as_slice(), b":W&B\xe1\xbe\0"] {
        assert_eq!(whole(bytes), ParsedFile::default());
    }
    let notes = whole(b"PK\x03\x04").notes;
    assert!(
        notes[0].fatal && notes[0].message.contains(":W&B"),
        "{notes:?}"
    );
}

/// The files were cut inside a record; W&B's reader stops there, too.
#[test]
fn torn_files_keep_all_whole_records() {
    for (path, rows) in [(TORN, 522), (KWT, 4307)] {
        let Some(bytes) = bytes_of(path) else {
            continue;
        };
        let parsed = whole(&bytes);
        assert_eq!(parsed.row_count(), rows, "{path}");
        let torn = parsed
            .notes
            .iter()
            .filter(|note| note.message.contains("ends inside"));
        assert_eq!(
            torn.map(|note| note.count).sum::<u64>(),
            1,
            "{:?}",
            parsed.notes
        );
        assert!(parsed.notes.iter().all(|note| !note.fatal));
    }
}

/// All `_timestamp`s are 1651263597; the console's records, read by W&B, go on to 1651264124.
#[test]
fn a_frozen_clock_is_replaced() {
    let Some(bytes) = bytes_of(KWT) else { return };
    let parsed = whole(&bytes);
    let loss = &parsed.columns[&Source::from("wandb")]["Training/loss"];
    let times: Vec<i64> = loss.times().iter().map(Option::unwrap).collect();
    assert_eq!(times.first().unwrap() / 1000, 1_651_263_599);
    assert_eq!(times.last().unwrap() / 1000, 1_651_264_124);
    assert!(times.is_sorted());
    assert!(
        parsed
            .notes
            .iter()
            .any(|note| note.message.contains("stands still"))
    );
}

/// The step metrics of Hugging Face (`*` by `train/global_step`) and Keras (`epoch/*` by
/// `epoch/epoch`): `_step` goes 0, 1, 2, … in both.
#[test]
fn the_axis_is_the_step_metric() {
    if let Some(bytes) = bytes_of(HF) {
        let parsed = whole(&bytes);
        let loss = &parsed.columns[&Source::from("wandb")]["train/loss"];
        assert_eq!(
            loss.steps(),
            (1..=150).map(|row| 10 * row).collect::<Vec<i64>>()
        );
        assert_eq!(parsed.notes, []);
    }
    if let Some(bytes) = bytes_of(KERAS) {
        assert_eq!(whole(&bytes).notes, []);
    }
}

#[test]
fn odd_values_are_kept_and_what_is_no_number_is_counted() {
    let bytes = bytes_of(ODD).unwrap();
    let parsed = whole(&bytes);
    let metrics = &parsed.columns[&Source::from("wandb")];
    let loss = metrics["loss"].values();
    assert!(loss[1].is_nan() && !is_missing(loss[1]));
    assert_eq!(
        loss[2..],
        [
            f64::INFINITY,
            f64::NEG_INFINITY,
            1e-300,
            12_345_678_901_234_567_890.0
        ]
    );
    assert!(metrics["none"].values().iter().copied().all(is_missing));
    let steps = metrics["by_tokens/loss"].steps();
    // Row 3 was logged without `tokens`; W&B filled in its last value.
    assert_eq!(steps, [1000, 2000, 3000, 3000, 5000, 7000]);
    let notes: Vec<&str> = parsed
        .notes
        .iter()
        .map(|note| note.message.as_str())
        .collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes
            .iter()
            .any(|note| note.contains("text, a list or media"))
    );
    assert!(notes.iter().any(|note| note.contains("has fractions")));
}

/// The console in the file is the `output.log` beside it, whose last line feed stands first.
#[test]
fn the_console_is_fed_to_its_reader() {
    for run in ["cyzc1wxt", "6dn87vss"] {
        let folder = format!("wandb/nanogpt_{run}");
        let Some(bytes) = bytes_of(&format!("{folder}/run-{run}.wandb")) else {
            continue;
        };
        let console = Console::default();
        let parsed = read(
            WandbFile::new(Some(Box::new(console.clone()))),
            &bytes,
            1000,
        );
        let log = bytes_of(&format!("{folder}/output.log")).unwrap();
        let text = console.0.lock().unwrap().clone();
        assert!(text.trim_ascii() == log.trim_ascii(), "{run}");
        let lines = log.iter().filter(|&&byte| byte == b'\n').count();
        assert_eq!(parsed.columns[&Source::from("log")]["lines"].len(), lines);
        assert_eq!(
            parsed.columns[&Source::from("wandb")],
            whole(&bytes).columns[&Source::from("wandb")]
        );
    }
    // The old SDK stores it as `output` records: 117,878 bytes, 858 of them "Step #", by W&B's reader.
    let Some(bytes) = bytes_of(KWT) else { return };
    let console = Console::default();
    read(
        WandbFile::new(Some(Box::new(console.clone()))),
        &bytes,
        1000,
    );
    let text = String::from_utf8(console.0.lock().unwrap().clone()).unwrap();
    assert_eq!((text.len(), text.matches("Step #").count()), (117_878, 858));
}

#[test]
fn the_summary_adds_only_what_the_file_lacks() {
    let table = [
        // (run, metric and step of what is added)
        (
            "kwt_3ojed7lz/run-3ojed7lz.wandb",
            vec![
                ("Training/accuracy", 863),
                ("Training/loss", 863),
                ("Training/step", 863),
            ],
        ),
        ("nanogpt_cyzc1wxt/run-cyzc1wxt.wandb", vec![]),
        ("nanogpt_6dn87vss/run-6dn87vss.wandb", vec![]),
    ];
    for (path, expected) in table {
        let folder = path.split('/').next().unwrap();
        let (Some(file), Some(summary)) = (
            bytes_of(&format!("wandb/{path}")),
            bytes_of(&format!("wandb/{folder}/wandb-summary.json")),
        ) else {
            continue;
        };
        let before = whole(&file);
        let mut after = before.clone();
        fill_from_summary(&mut after, &read(WandbSummary::default(), &summary, 7));
        let added: Vec<(&str, i64)> = (after.columns[&Source::from("wandb")].iter())
            .filter(|(metric, points)| {
                before.columns[&Source::from("wandb")][*metric].len() < points.len()
            })
            .map(|(metric, points)| (metric.as_str(), points.last().unwrap().step))
            .collect();
        assert_eq!(added, expected, "{path}");
    }
}

/// Offsets where whole records (or the header, or padding) end, from the chunk headers alone.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (vec![0, 7], 7);
    while at + 7 <= bytes.len() {
        if 32_768 - at % 32_768 < 7 {
            at = at.next_multiple_of(32_768);
            continue;
        }
        let kind = bytes[at + 6];
        at += 7 + usize::from(u16::from_le_bytes([bytes[at + 4], bytes[at + 5]]));
        if at <= bytes.len() && (kind == 1 || kind == 4) {
            ends.push(at);
        }
    }
    ends
}

#[test]
fn every_cut_in_two_gives_the_same_and_holds_back_only_the_torn_record() {
    let bytes = bytes_of(ODD).unwrap();
    let (expected, ends) = (exact(&whole(&bytes)), ends(&bytes));
    for cut in 0..=bytes.len() {
        let (mut reader, mut parsed) = (WandbFile::new(None), ParsedFile::default());
        reader.feed(&bytes[..cut], &mut parsed);
        let end = ends.iter().rev().find(|&&end| end <= cut).unwrap();
        assert_eq!(reader.pending_bytes(), (cut - end) as u64, "cut at {cut}");
        reader.feed(&bytes[cut..], &mut parsed);
        reader.finish_idle(&mut parsed);
        assert!(exact(&parsed) == expected, "cut at {cut}");
    }
}

/// Around the ends of blocks, where chunks are split and padding stands.
#[test]
fn cuts_near_block_ends_give_the_same() {
    let Some(bytes) = bytes_of(TORN) else { return };
    let expected = exact(&whole(&bytes));
    let ends = ends(&bytes);
    for cut in (32_768 - 40..32_768 + 40).chain(65_536 - 40..65_536) {
        let (mut reader, mut parsed) = (WandbFile::new(None), ParsedFile::default());
        reader.feed(&bytes[..cut], &mut parsed);
        let end = ends.iter().rev().find(|&&end| end <= cut).unwrap();
        assert_eq!(reader.pending_bytes(), (cut - end) as u64, "cut at {cut}");
        reader.feed(&bytes[cut..], &mut parsed);
        reader.finish_idle(&mut parsed);
        assert!(exact(&parsed) == expected, "cut at {cut}");
    }
}

#[test]
fn every_chunk_size_gives_the_same() {
    for path in [ODD, TORN, KERAS, KWT] {
        let Some(bytes) = bytes_of(path) else {
            continue;
        };
        let expected = exact(&whole(&bytes));
        for chunk in [1, 2, 3, 13, 1000, 32_768, 65_537] {
            let parsed = read(WandbFile::new(None), &bytes, chunk);
            assert!(exact(&parsed) == expected, "{path} in chunks of {chunk}");
        }
    }
}

/// The file has one block, so there is no padding: every byte is under a checksum or in the header.
#[test]
fn every_flipped_byte_is_noticed() {
    let bytes = bytes_of(ODD).unwrap();
    let expected = whole(&bytes);
    for index in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[index] ^= 1 << (index % 8);
        let parsed = whole(&broken);
        assert!(parsed.notes != expected.notes, "byte {index}");
        assert!(parsed.row_count() <= expected.row_count(), "byte {index}");
    }
}

/// Messages that are cut or flipped under right checksums: read or noted, never a panic.
#[test]
fn hostile_messages_do_not_panic() {
    let bytes = bytes_of(ODD).unwrap();
    let frame = |data: &[u8]| {
        let checked = [&[1], data].concat();
        let crc = crc32fast::hash(&checked).to_le_bytes();
        let length = (data.len() as u16).to_le_bytes();
        [&bytes[..7], &crc, &length, &checked].concat()
    };
    for record in ends(&bytes)[1..].windows(2) {
        let data = &bytes[record[0] + 7..record[1]];
        for index in 0..data.len() {
            whole(&frame(&data[..index]));
            let mut flipped = data.to_vec();
            flipped[index] ^= 1 << (index % 8);
            let notes = whole(&frame(&flipped)).notes;
            assert!(notes.iter().all(|note| !note.fatal));
        }
    }
}
