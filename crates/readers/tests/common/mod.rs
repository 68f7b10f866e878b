//! What the tests of the readers share: where the real files are, the vendors' figures of them, and
//! sheets that compare equal where both have a NaN.

use std::path::{Path, PathBuf};

use parallax_model::source::Source;
use parallax_readers::{Point, Reader, Sheet};

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
pub(crate) fn read(mut reader: impl Reader, bytes: &[u8], chunk: usize) -> Sheet {
    let mut sheet = Sheet::default();
    for part in bytes.chunks(chunk) {
        reader.feed(part, &mut sheet);
    }
    reader.rest(&mut sheet);
    sheet
}

/// Everything in a sheet, as something that compares equal where both have the same NaN.
pub(crate) fn exact(sheet: &Sheet) -> impl PartialEq + std::fmt::Debug + use<> {
    let bits = |p: &Point| (p.iteration, p.timestamp_ms, p.value.to_bits());
    let mut points = Vec::new();
    for (source, table) in &sheet.tables {
        for (metric, column) in &table.metrics {
            let column: Vec<_> = column.iter().map(bits).collect();
            points.push((source.clone(), metric.clone(), column));
        }
    }
    (points, sheet.facts.clone(), sheet.notes.clone())
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
    reader: impl Fn(&[u8]) -> Sheet,
) -> usize {
    let mut files: Vec<&str> = figures.iter().map(|figure| figure.file.as_str()).collect();
    files.dedup();
    let mut found = 0;
    for file in files {
        let Some(bytes) = bytes_of(file) else {
            continue;
        };
        found += 1;
        let sheet = reader(&bytes);
        let table = &sheet.tables[&Source::from(source)];
        let of_file: Vec<&Figure> = figures.iter().filter(|f| f.file == file).collect();
        let mut expected: Vec<&String> = of_file.iter().map(|figure| &figure.metric).collect();
        expected.sort();
        assert_eq!(table.metrics.keys().collect::<Vec<_>>(), expected, "{file}");
        for figure in of_file {
            check_metric(figure, &table.metrics[&figure.metric], has_times(file));
        }
    }
    found
}

fn check_metric(figure: &Figure, points: &[Point], has_times: bool) {
    let name = format!("{}: {}", figure.file, figure.metric);
    assert_eq!(points.len(), figure.count, "{name}");
    let (first, last) = (points[0], points[points.len() - 1]);
    assert_eq!((first.iteration, last.iteration), figure.steps, "{name}");
    if has_times {
        let times_ms = (first.timestamp_ms, last.timestamp_ms);
        assert_eq!(times_ms, figure.times_ms, "{name}");
    }
    let numbers = points.iter().map(|p| p.value).filter(|v| !v.is_nan());
    assert_eq!(
        points.len() - numbers.clone().count(),
        figure.nans,
        "{name}"
    );
    let least = numbers.clone().reduce(f64::min).unwrap_or(f64::NAN);
    let greatest = numbers.reduce(f64::max).unwrap_or(f64::NAN);
    let values = [first.value, last.value, least, greatest];
    for (ours, theirs) in values.into_iter().zip(figure.values) {
        let equal = ours == theirs || (ours.is_nan() && theirs.is_nan());
        assert!(equal, "{name}: {values:?}");
    }
}
