//! MB/s of the rows of `metrics/data`, and points/s of a pass over a folder: `cargo bench -p
//! parallax-server`.
//!
//! The rows are written as the route writes them, without the network; a pass is a start of the
//! server, from the folder's listing to the published catalog.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parallax_fixtures::{Format, Run};
use parallax_server::discovery::known;
use parallax_server::reload::Reloader;
use parallax_server::store::rows::{RowFields, Rows};
use parallax_server::store::snapshot::WorkloadSnapshot;
use parallax_server::store::time_range::TimeRange;

const POINTS: u64 = 1_000_000;
const NOW_MS: i64 = 1_800_000_000_000;

/// Writes runs, each as one event file.
fn make_runs(folder: &Path, runs: u64) -> io::Result<()> {
    for seed in 0..runs {
        let run = Run::of_points(POINTS / runs, 5, 10, seed);
        let path = folder
            .join(format!("run-{seed}"))
            .join(Format::TfEvents.path(&run));
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        Format::TfEvents.write(&run, &mut BufWriter::new(File::create(path)?))?;
    }
    Ok(())
}

/// A first pass over a folder; the workloads that it found.
fn load(folder: &Path) -> Vec<Arc<WorkloadSnapshot>> {
    let mut reloader = Reloader::new(folder, known::formats(), NOW_MS);
    let read = reloader.pass(NOW_MS);
    assert!(read.is_ok(), "{}: {read:?}", folder.display());
    let shared = reloader.shared();
    shared.read().workloads.values().cloned().collect()
}

fn rows_of(workload: &WorkloadSnapshot) -> Rows {
    Rows::new(
        "run",
        &workload.series,
        TimeRange::ALL,
        RowFields::default(),
    )
}

fn server(criterion: &mut Criterion) {
    for runs in [1, 50] {
        let made =
            tempfile::tempdir().and_then(|folder| make_runs(folder.path(), runs).map(|()| folder));
        let Ok(folder) = made else {
            eprintln!("no runs could be written into the folder for temporary files");
            return;
        };
        let workloads = load(folder.path());
        let rows: u64 = workloads.iter().map(|w| rows_of(w).total()).sum();
        assert_eq!(rows, POINTS, "rows of {runs} runs");
        let mut group = criterion.benchmark_group("server");
        group.sample_size(10);
        group.throughput(Throughput::Elements(POINTS));
        group.bench_function(format!("load {runs} runs"), |bench| {
            bench.iter(|| load(folder.path()));
        });
        if let [workload] = workloads.as_slice() {
            let bytes: usize = rows_of(workload).map(|piece| piece.len()).sum();
            // Decimal megabytes.
            group.throughput(Throughput::BytesDecimal(bytes as u64));
            group.bench_function("rows of metrics/data", |bench| {
                bench.iter(|| rows_of(workload).map(|piece| piece.len()).sum::<usize>());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, server);
criterion_main!(benches);
