//! MB/s of the readers, from bytes to points, checksums on: `cargo bench -p parallax-readers`.
//!
//! The files are made here in the shapes of real ones. Before anything is timed, each is read once
//! and must give every point.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parallax_fixtures::{Run, file, logs};
use parallax_readers::detect::Format;
use parallax_readers::{ParsedFile, open};
use std::hint::black_box;

/// The length of a file, about, and of what is fed at once.
const FILE_BYTES: usize = 16 << 20;
const FEED_BYTES: usize = 1 << 20;

fn read(format: Format, file: &[u8]) -> ParsedFile {
    let mut reader = open::open(format);
    let mut parsed = ParsedFile::default();
    for bytes in file.chunks(FEED_BYTES) {
        reader.feed(black_box(bytes), &mut parsed);
    }
    reader.finish_idle(&mut parsed);
    parsed
}

/// Measures one file, which has that many points.
fn measure(criterion: &mut Criterion, name: &str, format: Format, file: &[u8], points: u64) {
    assert_eq!(read(format, file).row_count(), points, "points of {name}");
    let mut group = criterion.benchmark_group("read");
    group.sample_size(20);
    // Decimal megabytes.
    group.throughput(Throughput::BytesDecimal(file.len() as u64));
    group.bench_function(BenchmarkId::from_parameter(name), |bench| {
        bench.iter(|| read(format, file));
    });
    group.finish();
}

fn text_logs(criterion: &mut Criterion) {
    for kind in logs::KINDS {
        let (text, steps) = logs::log(kind.write, FILE_BYTES);
        let points = steps * kind.points;
        measure(
            criterion,
            kind.name,
            Format::TextLog,
            text.as_bytes(),
            points,
        );
    }
}

/// Files of a made-up run of five series, and about so many bytes a step.
const FILES: [(file::Format, Format, u64); 4] = [
    (file::Format::Wandb, Format::Wandb, 310),
    (file::Format::TfEvents, Format::TfEvents, 325),
    (file::Format::Jsonl, Format::JsonLines, 215),
    (file::Format::Csv, Format::Csv, 120),
];

fn files(criterion: &mut Criterion) {
    for (written, read, step_bytes) in FILES {
        let steps = FILE_BYTES as u64 / step_bytes;
        let run = Run::of_points(steps * 5, 5, 10, 0);
        let mut bytes = Vec::new();
        // Writing to memory can't fail; the points are counted before anything is timed.
        let _ = written.write(&run, &mut bytes);
        measure(criterion, written.name(), read, &bytes, run.points());
    }
}

criterion_group!(benches, text_logs, files);
criterion_main!(benches);
