//! What the tests of the readers share: where the real files are, the vendors' figures of them, and
//! parse results that compare equal where both have a NaN.

use std::path::{Path, PathBuf};

use parallax_model::columns::Columns;
use parallax_model::row::Row;
use parallax_model::source::Source;
use parallax_readers::{ParsedFile, Reader};

/// A real file, by its path in the data manifest or in `tests/figures`; runs under `twin/` are
/// taken from `examples/runs` when they are there. `None`, said aloud, if it is nowhere.
pub(crate) fn locate(path: &str) -> Option<PathBuf> {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = path.strip_prefix("twin/").unwrap_or(path);
    let places = [
        crate_dir.join("tests/figures").join(path),
        crate_dir.join("../../examples/runs").join(example),
        crate_dir.join("../../../shared/data").join(path),
    ];
    let found = places.into_iter().find(|place| place.is_file());
    if found.is_none() {
        println!("skipped: {path} is not here");
    }
    found
}

/// The bytes of a real file, if it is here.
pub(crate) fn bytes_of(path: &str) -> Option<Vec<u8>> {
    locate(path).map(|place| std::fs::read(place).unwrap())
}

/// Feeds `bytes` in parts of `chunk`, then rests.
pub(crate) fn read(mut reader: impl Reader, bytes: &[u8], chunk: usize) -> ParsedFile {
    let mut parsed = ParsedFile::default();
    for part in bytes.chunks(chunk) {
        reader.feed(part, &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    parsed
}

/// Everything in a parse result, as something that compares equal where both have the same NaN.
pub(crate) fn exact(parsed: &ParsedFile) -> impl PartialEq + std::fmt::Debug + use<> {
    let bits = |row: Row| (row.step, row.time_ms, row.value.to_bits());
    let mut points = Vec::new();
    for (source, metrics) in &parsed.columns {
        for (metric, rows) in metrics {
            let rows: Vec<_> = rows.rows().map(bits).collect();
            points.push((source.clone(), metric.clone(), rows));
        }
    }
    (points, parsed.facts.clone(), parsed.notes.clone())
}

/// One line of a table of figures.
#[derive(Debug)]
pub(crate) struct Figure {
    file: String,
    metric: String,
    count: usize,
    nans: usize,
    steps: (i64, i64),
    times_ms: (i64, i64),
    /// first, last, min, max; the last two over what is not NaN
    values: [f64; 4],
}

/// Reads a table of figures (tab-separated, with a heading).
pub(crate) fn figures(table: &str) -> Vec<Figure> {
    let lines = table.lines().skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let whole = |index: usize| cells[index].parse::<i64>().unwrap();
            Figure {
                file: cells[0].to_owned(),
                metric: cells[1].to_owned(),
                count: cells[2].parse().unwrap(),
                nans: cells[3].parse().unwrap(),
                steps: (whole(4), whole(5)),
                times_ms: (whole(6), whole(7)),
                values: [8, 9, 10, 11].map(|index| cells[index].parse().unwrap()),
            }
        })
        .collect()
}

/// Compares the source's points of each file with the figures: the metrics, and of each the count,
/// NaNs, first and last step, first, last, least and greatest value, bit by bit; the times too where
/// `has_times` says so of the file. Returns how many files were there.
pub(crate) fn check(
    figures: &[Figure],
    source: &str,
    has_times: impl Fn(&str) -> bool,
    reader: impl Fn(&[u8]) -> ParsedFile,
) -> usize {
    let mut files: Vec<&str> = figures.iter().map(|figure| figure.file.as_str()).collect();
    files.dedup();
    let mut found = 0;
    for file in files {
        let Some(bytes) = bytes_of(file) else {
            continue;
        };
        found += 1;
        let parsed = reader(&bytes);
        let metrics = &parsed.columns[&Source::from(source)];
        let of_file: Vec<&Figure> = figures.iter().filter(|f| f.file == file).collect();
        let mut expected: Vec<&String> = of_file.iter().map(|figure| &figure.metric).collect();
        expected.sort();
        assert_eq!(metrics.keys().collect::<Vec<_>>(), expected, "{file}");
        for figure in of_file {
            check_metric(figure, &metrics[&figure.metric], has_times(file));
        }
    }
    found
}

fn check_metric(figure: &Figure, rows: &Columns, has_times: bool) {
    let name = format!("{}: {}", figure.file, figure.metric);
    assert_eq!(rows.len(), figure.count, "{name}");
    let (first, last) = (rows.row(0).unwrap(), rows.last().unwrap());
    assert_eq!((first.step, last.step), figure.steps, "{name}");
    if has_times {
        let times_ms = (first.time_ms.unwrap(), last.time_ms.unwrap());
        assert_eq!(times_ms, figure.times_ms, "{name}");
    }
    let numbers = rows.values().iter().copied().filter(|v| !v.is_nan());
    assert_eq!(rows.len() - numbers.clone().count(), figure.nans, "{name}");
    let least = numbers.clone().reduce(f64::min).unwrap_or(f64::NAN);
    let greatest = numbers.reduce(f64::max).unwrap_or(f64::NAN);
    let values = [first.value, last.value, least, greatest];
    for (ours, theirs) in values.into_iter().zip(figure.values) {
        let equal = ours == theirs || (ours.is_nan() && theirs.is_nan());
        assert!(equal, "{name}: {values:?}");
    }
}
