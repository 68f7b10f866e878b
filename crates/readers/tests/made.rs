//! Made-up runs, written by `parallax-fixtures` without a reader's help: every point comes back,
//! in each format, with its value, step and time as far as the format tells them.

use parallax_fixtures::{Format as Written, Run};
use parallax_model::row::Row;
use parallax_readers::detect::Format;
use parallax_readers::{ParsedFile, open};

/// A format, the source it is listed under, and its value and time (s) of what was written.
type Case = (
    Written,
    Format,
    &'static str,
    fn(f64) -> f64,
    fn(f64) -> f64,
);

const CASES: [Case; 5] = [
    (
        Written::TfEvents,
        Format::TfEvents,
        "tensorflow",
        single,
        whole,
    ),
    (Written::Wandb, Format::Wandb, "wandb", whole, whole),
    (Written::Jsonl, Format::JsonLines, "jsonl", whole, whole),
    (Written::Csv, Format::Csv, "csv", whole, whole),
    (
        Written::Log,
        Format::TextLog,
        "log",
        seven_digits,
        f64::trunc,
    ),
];

fn whole(value: f64) -> f64 {
    value
}

fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// As `%.6e` prints it.
fn seven_digits(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(f64::NAN)
}

#[test]
fn every_point_of_every_format_comes_back() {
    for series in [1, 7] {
        let run = Run::of_points(5_000, series, 10, 3);
        for (written, format, source, value, time_s) in CASES {
            let mut file = Vec::new();
            written.write(&run, &mut file).unwrap();
            let parsed = read(format, &file);
            let name = written.name();
            assert_eq!(parsed.row_count(), run.points(), "{name}");
            assert!(parsed.notes.is_empty(), "{name}: {:?}", parsed.notes);
            let (found, metrics) = parsed.columns.iter().next().unwrap();
            assert_eq!(found.as_str(), source);
            for (number, metric) in (0..).zip(run.names()) {
                let expected = (1..=run.steps).map(|step| Row {
                    step: step as i64,
                    time_ms: Some((time_s(Run::time_s(step)) * 1000.0).round() as i64),
                    value: value(run.value(number, step)),
                });
                assert!(expected.eq(metrics[&metric].rows()), "{metric} of {name}");
            }
        }
    }
}

fn read(format: Format, file: &[u8]) -> ParsedFile {
    let mut reader = open::open(format);
    let mut parsed = ParsedFile::default();
    for bytes in file.chunks(4099) {
        reader.feed(bytes, &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    parsed
}
