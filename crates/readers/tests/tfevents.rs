//! Event files against TensorBoard's own reader, and against every way of cutting them.
//!
//! `figures/tfevents.tsv` was printed by `figures/tfevents_figures.py` with tensorboard 2.21.0;
//! `figures/odd.tfevents` was written with it, too (`figures/odd_events.py`).

#![expect(clippy::unwrap_used, reason = "a test's helper fails as its test does")]

mod common;

use common::{bytes_of, check, exact, figures, read};
use parallax_readers::event_file::EventFile;
use parallax_readers::masked_crc::masked_crc;
use parallax_readers::{ParsedFile, Reader};

const ODD: &str = "odd.tfevents";
const DIVERGE: &str = "twin/charlm-diverge/tb/events.out.tfevents.1795421103.vm.23209.0";
/// Keras, TensorFlow 1: a graph among the scalars.
const GRAPH: &str = "tensorflow/wandb_asset/events.out.tfevents.1585769947.cvp";

fn whole(bytes: &[u8]) -> ParsedFile {
    read(EventFile::default(), bytes, bytes.len().max(1))
}

/// Offsets where records end, from the lengths alone.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (vec![0], 0);
    while let Some(length) = bytes.get(at..at + 8) {
        at += 16 + u64::from_le_bytes(length.try_into().unwrap()) as usize;
        ends.push(at);
    }
    ends
}

#[test]
fn equals_tensorboard() {
    let figures = figures(include_str!("figures/tfevents.tsv"));
    let found = check(
        &figures,
        "tensorflow",
        |_| true,
        |bytes| {
            let parsed = whole(bytes);
            assert!(
                parsed.notes.iter().all(|note| !note.fatal),
                "{:?}",
                parsed.notes
            );
            parsed
        },
    );
    assert!(found >= 1);
    println!("{found} files");
}

/// Three steps with a histogram, an image, a text and a number of some other plugin each.
#[test]
fn what_is_not_a_scalar_is_counted() {
    let notes = whole(&bytes_of(ODD).unwrap()).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].message.contains("not a scalar"), "{notes:?}");
    assert_eq!((notes[0].count, notes[0].fatal), (12, false));
}

#[test]
fn every_cut_in_two_gives_the_same_and_holds_back_only_the_torn_record() {
    let bytes = bytes_of(ODD).unwrap();
    let (expected, ends) = (exact(&whole(&bytes)), ends(&bytes));
    for cut in 0..=bytes.len() {
        let (mut reader, mut parsed) = (EventFile::default(), ParsedFile::default());
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
    for path in [ODD, DIVERGE, GRAPH] {
        let Some(bytes) = bytes_of(path) else {
            continue;
        };
        let expected = exact(&whole(&bytes));
        for chunk in [1, 2, 3, 13, 1000, 65_537] {
            let parsed = read(EventFile::default(), &bytes, chunk);
            assert!(exact(&parsed) == expected, "{path} in chunks of {chunk}");
        }
    }
}

#[test]
fn a_torn_end_is_noted_once_and_can_go_on() {
    let bytes = bytes_of(ODD).unwrap();
    let (mut reader, mut parsed) = (EventFile::default(), ParsedFile::default());
    reader.feed(&bytes[..bytes.len() - 1], &mut parsed);
    reader.finish_idle(&mut parsed);
    reader.finish_idle(&mut parsed);
    let torn = parsed.notes.last().unwrap();
    assert_eq!((torn.count, torn.fatal), (1, false));
    assert!(torn.message.contains("ends inside a record"), "{torn:?}");
    reader.feed(&bytes[bytes.len() - 1..], &mut parsed);
    assert_eq!(reader.pending_bytes(), 0);
    assert_eq!(parsed.row_count(), whole(&bytes).row_count());
}

/// Every byte of the file is under one of its checksums.
#[test]
fn every_flipped_byte_is_noticed() {
    let bytes = bytes_of(ODD).unwrap();
    let expected = whole(&bytes);
    for index in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut broken = bytes.clone();
            broken[index] ^= flip;
            let parsed = whole(&broken);
            assert!(parsed.notes != expected.notes, "byte {index}");
            assert!(parsed.row_count() <= expected.row_count(), "byte {index}");
        }
    }
}

/// Messages that are cut or flipped under right checksums: read or noted, never a panic.
#[test]
fn hostile_messages_do_not_panic() {
    let bytes = bytes_of(ODD).unwrap();
    let frame = |data: &[u8]| {
        let length = (data.len() as u64).to_le_bytes();
        let crcs = (
            masked_crc(&length).to_le_bytes(),
            masked_crc(data).to_le_bytes(),
        );
        [&length, crcs.0.as_slice(), data, &crcs.1].concat()
    };
    let ends = ends(&bytes);
    for record in ends.windows(2) {
        let data = &bytes[record[0] + 12..record[1] - 4];
        for index in 0..data.len() {
            whole(&frame(&data[..index]));
            for flip in [1, 2, 4, 8, 0x80, 0xff] {
                let mut flipped = data.to_vec();
                flipped[index] ^= flip;
                let notes = whole(&frame(&flipped)).notes;
                assert!(notes.iter().all(|note| !note.fatal));
            }
        }
    }
}

#[test]
fn an_empty_file_is_no_error() {
    assert_eq!(whole(b""), ParsedFile::default());
}
