//! Every real text file against figures that were found without the readers.
//!
//! `figures/figures.tsv` is made by `figures/figures.py` (patterns written by hand for each file;
//! Python's json and csv). The last column is a hash over every point, so no step or value can be
//! off. Third-party files are read where `../shared/data` is; the project's own runs are also read
//! from `examples/runs`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use parallax_model::columns::Columns;
use parallax_readers::ParsedFile;
use parallax_readers::detect::detect;
use parallax_readers::open::open;

const FIGURES: &str = include_str!("figures/figures.tsv");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The file, from the repository's own runs first.
fn read(path: &str) -> Option<Vec<u8>> {
    let own = path
        .strip_prefix("twin/")
        .map(|run| format!("{ROOT}/examples/runs/{run}"));
    let shared = format!("{ROOT}/../shared/data/{path}");
    own.into_iter()
        .chain([shared])
        .map(PathBuf::from)
        .find_map(|path| std::fs::read(path).ok())
}

/// Feeds a file in pieces and lets it rest.
fn parsed(path: &str, bytes: &[u8], piece: usize) -> ParsedFile {
    let name = path.rsplit('/').next().unwrap();
    let head = &bytes[..bytes.len().min(1 << 20)];
    let format = detect(name, head).unwrap_or_else(|| panic!("{path}: no format"));
    let mut reader = open(format);
    let mut parsed = ParsedFile::default();
    for piece in bytes.chunks(piece) {
        reader.feed(piece, &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    assert_eq!(reader.pending_bytes(), 0, "{path}");
    assert!(
        parsed
            .columns
            .keys()
            .all(|source| source.as_str() == format.source()),
        "{path}"
    );
    parsed
}

fn hash(rows: &Columns) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for row in rows.rows() {
        let bits = if row.value.is_nan() {
            0x7ff8_0000_0000_0000
        } else {
            row.value.to_bits()
        };
        for byte in row.step.to_le_bytes().into_iter().chain(bits.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}

fn figures_of(source: &str, name: &str, rows: &Columns) -> Vec<String> {
    let (first, last) = (rows.row(0).unwrap(), rows.last().unwrap());
    let numbers = || {
        rows.values()
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
    };
    let text = |value: f64| {
        if value.is_nan() {
            "nan".to_owned()
        } else {
            format!("{value:?}")
        }
    };
    vec![
        source.to_owned(),
        name.to_owned(),
        rows.len().to_string(),
        first.step.to_string(),
        text(first.value),
        last.step.to_string(),
        text(last.value),
        text(numbers().reduce(f64::min).unwrap_or(f64::NAN)),
        text(numbers().reduce(f64::max).unwrap_or(f64::NAN)),
        (rows.len() - numbers().count()).to_string(),
        format!("{:016x}", hash(rows)),
    ]
}

/// The table's row in the spelling of [`figures_of`]: Python and Rust write floats differently.
fn expected_of(row: &[&str]) -> Vec<String> {
    let float = |text: &str| {
        let value: f64 = text.parse().unwrap();
        if value.is_nan() {
            "nan".to_owned()
        } else {
            format!("{value:?}")
        }
    };
    let floats = BTreeSet::from([4, 6, 7, 8]);
    row.iter()
        .enumerate()
        .map(|(at, text)| {
            if floats.contains(&at) {
                float(text)
            } else {
                (*text).to_owned()
            }
        })
        .collect()
}

#[test]
fn every_file_gives_its_figures() {
    let mut files: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for line in FIGURES.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        files
            .entry(cells[0])
            .or_default()
            .push(expected_of(&cells[1..]));
    }
    let mut wrong = Vec::new();
    for (path, expected) in &files {
        let Some(bytes) = read(path) else {
            println!("skipped: {path} is not here");
            continue;
        };
        let parsed = parsed(path, &bytes, 64 << 10);
        let mut found: Vec<Vec<String>> = Vec::new();
        for (source, metrics) in &parsed.columns {
            let metrics = metrics.iter();
            found.extend(metrics.map(|(name, rows)| figures_of(source.as_str(), name, rows)));
        }
        found.sort();
        let mut expected = expected.clone();
        expected.sort();
        for row in expected.iter().filter(|row| !found.contains(row)) {
            wrong.push(format!("{path}: expected {row:?}"));
        }
        for row in found.iter().filter(|row| !expected.contains(row)) {
            wrong.push(format!("{path}: found    {row:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_size_of_the_pieces_changes_nothing() {
    let paths: BTreeSet<&str> = FIGURES
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .collect();
    for path in paths {
        let Some(bytes) = read(path) else {
            println!("skipped: {path} is not here");
            continue;
        };
        let end = bytes.len().min(300_000);
        let whole = path.ends_with(".json");
        let bytes = if whole { &bytes[..] } else { &bytes[..end] };
        // As text, in which a NaN equals itself.
        let expected = format!("{:?}", parsed(path, bytes, bytes.len()));
        for piece in [1, 7, 4096] {
            let found = format!("{:?}", parsed(path, bytes, piece));
            assert!(found == expected, "{path} in pieces of {piece}");
        }
    }
}
