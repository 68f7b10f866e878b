//! Small inputs, each a situation that people have reported, with the right value (`tests/cases`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use parallax_server::discovery::known;
use parallax_server::reload::Reloader;
use tempfile::TempDir;

use crate::chunk_client::{ApiRow, ChunkClient, data_rows};
use crate::support::{Server, T0, plain_app};

fn case(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(path)
}

/// A folder with one file as the run `run`, read by the readers' own formats.
struct Case {
    dir: TempDir,
    reloader: Reloader,
}

impl Case {
    fn new(name: &str, file: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("run")).unwrap();
        let reloader = Reloader::new(dir.path(), known::formats(), T0);
        let mut case = Self { dir, reloader };
        case.put(name, file);
        case
    }

    /// Writes the file in place and reads what is new.
    fn put(&mut self, name: &str, file: &str) {
        let content = fs::read(case(name).join(file)).unwrap();
        fs::write(self.dir.path().join("run").join(file), content).unwrap();
        // Any time at which the file is idle.
        self.reloader.pass(T0).unwrap();
    }

    fn serve(&self) -> Server {
        Server::start(plain_app(self.reloader.shared()))
    }
}

/// The rows of the run, which both forms of the API give alike.
fn rows(server: &Server) -> Vec<ApiRow> {
    let rows = data_rows(server, "run", "");
    let mut client = ChunkClient::default();
    client.poll(server, "run", "");
    assert!(client.rows(|_| true) == rows);
    rows
}

/// How many rows each attempt has, by metric and source.
fn attempts(rows: &[ApiRow]) -> BTreeMap<(&str, &str), Vec<usize>> {
    let mut attempts: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (metric, source, _, attempt, ..) in rows {
        let of_series = attempts.entry((metric, source)).or_default();
        of_series.resize(of_series.len().max(*attempt as usize), 0);
        of_series[*attempt as usize - 1] += 1;
    }
    attempts
}

#[test]
fn case_01_a_csv_that_is_written_anew_in_place() {
    let name = "01-lightning-csv-rewritten";
    let mut run = Case::new(&format!("{name}/before"), "metrics.csv");
    let server = run.serve();
    let mut client = ChunkClient::default();
    client.poll(&server, "run", "");
    run.put(&format!("{name}/after"), "metrics.csv");
    let rows = rows(&server);
    client.poll(&server, "run", "");
    assert!(client.rows(|_| true) == rows);

    let text = fs::read_to_string(case(name).join("after/metrics.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let mut expected: Vec<(&str, i64, f64)> = Vec::new();
    for cells in lines {
        let step = cells[1].parse().unwrap();
        let values = names
            .iter()
            .zip(&cells)
            .skip(2)
            .filter(|(_, cell)| !cell.is_empty());
        expected.extend(values.map(|(name, cell)| (*name, step, cell.parse().unwrap())));
    }
    // Stable: each metric's rows stay in the order of the file.
    expected.sort_by_key(|(name, ..)| *name);
    assert_eq!((rows.len(), names.len() - 2), (641, 9));
    let read = rows
        .iter()
        .map(|row| (row.0.as_str(), row.4, f64::from_bits(row.7)));
    assert!(read.eq(expected));
}

#[test]
fn case_05_two_trainings_in_one_file() {
    let run = Case::new("05-ultralytics-results", "results.csv");
    let rows = rows(&run.serve());
    let attempts = attempts(&rows);
    assert_eq!(attempts[&("lr/pg0", "csv")], [5, 5]);
}

#[test]
fn case_38_names_that_are_asked_for_as_they_are() {
    let run = Case::new("38-tb-odd-tags", "events.out.tfevents.1772438400.node1.1.0");
    let server = run.serve();
    let tags: Vec<String> =
        serde_json::from_slice(&fs::read(case("38-tags.json")).unwrap()).unwrap();
    assert_eq!(tags.len(), 20);
    for tag in &tags {
        let mut choice = form_urlencoded::Serializer::new(String::new());
        let choice = choice.append_pair("metric", tag).finish();
        let rows = data_rows(&server, "run", &choice);
        assert_eq!(rows.len(), 5, "{tag:?}");
        assert!(rows.iter().all(|row| row.0 == *tag), "{tag:?}");
        let mut client = ChunkClient::default();
        assert_eq!(
            client.poll(&server, "run", &choice).series.len(),
            1,
            "{tag:?}"
        );
        assert!(client.rows(|_| true) == rows, "{tag:?}");
    }
    let mut choice = form_urlencoded::Serializer::new(String::new());
    for tag in &tags {
        choice.append_pair("metric", tag);
    }
    assert_eq!(data_rows(&server, "run", &choice.finish()).len(), 100);
}

#[test]
fn case_45_a_restart_in_files_without_times() {
    let mut run = Case::new("45-timeless-two-sources", "train.log");
    run.put("45-timeless-two-sources", "metrics.csv");
    let rows = rows(&run.serve());
    for (series, attempts) in attempts(&rows) {
        assert_eq!(attempts, [101, 61], "{series:?}");
    }
    assert!(rows.iter().all(|row| !row.6), "no row has a time");
}

#[test]
fn case_60_a_resumed_run_that_diverges() {
    let run = Case::new("60-live-resume", "train.log");
    let rows = rows(&run.serve());
    assert_eq!(attempts(&rows)[&("lm_loss", "log")], [150, 20]);
    let newest = rows.iter().rfind(|row| row.0 == "lm_loss").unwrap();
    assert_eq!((newest.4, f64::from_bits(newest.7)), (1_200, 9.0));
}

#[test]
fn case_62_a_restart_far_back() {
    let run = Case::new("62-restart-far-back", "train.log");
    let rows = rows(&run.serve());
    assert_eq!(attempts(&rows)[&("lm_loss", "log")], [500, 40]);
}
