//! Verdicts of third-party runs, whose files are read where they are and never committed.
//!
//! Two tiny readers stand in for the real ones: a line splitter for the two console logs and a
//! `.wandb` walker that skips checksums (framing and field numbers as W&B's own
//! `transactionlog` and `wandb_internal.proto`). Figures are from `figures/compare_figures.py`.

#[cfg(test)]
mod compare_support;

use std::path::PathBuf;

use compare_support::{Columns, figures};
use parallax_compare::StepRange;
use parallax_compare::explain::{Finding, SideId, findings};
use parallax_compare::verdict::Precision;
use parallax_compare::verdict::Verdict;
use parallax_compare::{AlignedPair, Options};
use parallax_model::value;

fn file(name: &str) -> Option<Vec<u8>> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/wandb");
    let bytes = std::fs::read(PathBuf::from(root).join(name)).ok();
    if bytes.is_none() {
        println!("skipped: no ../shared/data/wandb/{name}");
    }
    bytes
}

/// The number after `key` in a line, up to the next `,`, `%` or space.
fn after(line: &str, key: &str) -> Option<f64> {
    let rest = line.split_once(key)?.1.trim_start();
    value::parse(rest.split([',', '%', ' ', ':']).next()?)
}

fn log(text: &[u8], step: &str, key: &str) -> Columns {
    let mut out = Columns::default();
    for line in String::from_utf8_lossy(text).lines() {
        if let (Some(at), Some(number)) = (after(line, step), after(line, key)) {
            out.iteration.push(at as i64);
            out.timestamp_ms.push(0);
            out.value.push(number);
        }
    }
    out
}

/// Whole records of a `.wandb` file: chunks of 32 KiB blocks, put together; stops at a torn tail.
fn records(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut at, mut out, mut open) = (7, Vec::new(), Vec::new());
    while at + 7 <= bytes.len() {
        let left = 32_768 - at % 32_768;
        if left < 7 {
            at += left;
            continue;
        }
        let length = usize::from(u16::from_le_bytes([bytes[at + 4], bytes[at + 5]]));
        let kind = bytes[at + 6];
        let Some(payload) = bytes.get(at + 7..at + 7 + length) else {
            break;
        };
        open.extend_from_slice(payload);
        if kind == 1 || kind == 4 {
            out.push(std::mem::take(&mut open));
        }
        at += 7 + length;
    }
    out
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut out = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        out |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(out);
        }
    }
    None
}

/// Length-delimited fields of a message.
fn fields(mut bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let mut out = Vec::new();
    while let Some(tag) = varint(&mut bytes) {
        let skip = match tag & 7 {
            0 => varint(&mut bytes).map(|_| 0),
            1 => Some(8),
            5 => Some(4),
            _ => varint(&mut bytes),
        };
        let Some((field, rest)) = skip.and_then(|n| bytes.split_at_checked(n as usize)) else {
            break;
        };
        if tag & 7 == 2 {
            out.push((tag >> 3, field));
        }
        bytes = rest;
    }
    out
}

fn wandb(bytes: &[u8], step: &str, key: &str) -> Columns {
    let mut out = Columns::default();
    for record in records(bytes) {
        for (_, history) in fields(&record)
            .into_iter()
            .filter(|(number, _)| *number == 2)
        {
            let item = |key: &str| {
                let items = fields(history)
                    .into_iter()
                    .filter(|(number, _)| *number == 1);
                let found = items.map(|(_, item)| fields(item)).find(|item| {
                    item.iter()
                        .any(|(n, text)| *n < 3 && *text == key.as_bytes())
                })?;
                let json = found.into_iter().find(|(number, _)| *number == 16)?.1;
                value::parse(std::str::from_utf8(json).ok()?)
            };
            if let (Some(at), Some(number)) = (item(step), item(key)) {
                out.iteration.push(at as i64);
                out.timestamp_ms.push(0);
                out.value.push(number);
            }
        }
    }
    out
}

#[cfg(test)]
fn equals_numpy(case: &str, metric: &str, got: &parallax_compare::verdict::Agreement) {
    let row = figures()
        .into_iter()
        .find(|r| r.text("case") == case && r.text("metric_a") == metric);
    let (row, f) = (row.unwrap(), got.figures.unwrap());
    for (name, number) in [
        ("bias", f.bias),
        ("mae", f.mae),
        ("rmse", f.rmse),
        ("max_abs", f.max_abs),
        ("pearson", f.pearson.unwrap()),
        ("matched", got.matched as f64),
    ] {
        let expected = row.number(name);
        let off = (number - expected).abs();
        assert!(
            off <= 1e-12 * expected.abs(),
            "{case} {metric} {name}: {number:e}, {expected:e}"
        );
    }
}

#[test]
fn kwt_matches_861_steps_and_the_log_is_two_longer() {
    let Some(text) = file("kwt_3ojed7lz/output.log") else {
        return;
    };
    let Some(run) = file("kwt_3ojed7lz/run-3ojed7lz.wandb") else {
        return;
    };
    for (metric, key, other, (typical, half_unit)) in [
        (
            "cross_entropy",
            "cross entropy ",
            "Training/loss",
            (2.5, 5e-7),
        ),
        ("accuracy", "accuracy ", "Training/accuracy", (47.66, 5e-3)),
    ] {
        let a = log(&text, "Step #", key);
        let b = wandb(&run, "Training/step", other);
        let got = AlignedPair::new(a.side(), b.side(), &Options::default());
        let agreement = got.agreement();
        let Verdict::EqualWithinRounding { a: digits, .. } = agreement.verdict else {
            panic!("{:?}", agreement.verdict)
        };
        // All of the losses lie between 1 and 10, where 6 decimals and 7 digits are the same.
        assert!(
            (digits.half_unit(typical) / half_unit - 1.0).abs() < 1e-9,
            "{digits:?}"
        );
        assert_eq!((agreement.matched, agreement.only), (861, (2, 0)));
        equals_numpy("kwt_3ojed7lz", metric, &agreement);
        let gaps = got.gaps();
        assert_eq!(
            gaps.b.early_end,
            Some(StepRange {
                first: 862,
                last: 863,
                count: 2
            })
        );
        let Finding::EarlyEnd { side, last, other } = findings(&gaps)[0] else {
            panic!("{gaps:?}")
        };
        assert_eq!((side, last, other.count), (SideId::B, 861, 2));
    }
}

#[test]
fn nanogpt_matches_29_of_29_at_four_decimals() {
    let Some(text) = file("nanogpt_cyzc1wxt/output.log") else {
        return;
    };
    let Some(run) = file("nanogpt_cyzc1wxt/run-cyzc1wxt.wandb") else {
        return;
    };
    for (metric, key, other) in [
        ("train_loss", "train loss ", "train/loss"),
        ("val_loss", "val loss ", "val/loss"),
    ] {
        let a = log(&text, "step ", key);
        let b = wandb(&run, "iter", other);
        let agreement = AlignedPair::new(a.side(), b.side(), &Options::default()).agreement();
        let Verdict::EqualWithinRounding { a: digits, .. } = agreement.verdict else {
            panic!("{:?}", agreement.verdict)
        };
        assert_eq!(
            (digits, agreement.matched, agreement.only),
            (Precision::Decimals(4), 29, (0, 0))
        );
        equals_numpy("nanogpt_cyzc1wxt", metric, &agreement);
    }
}
