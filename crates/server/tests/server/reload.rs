//! Files that grow, rest, shrink, change hands, break and vanish; runs in several folders.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::support::{Runs, T0};
use parallax_server::following::follow::{OpenFile, open_file};
use parallax_server::serve::found;
use parallax_server::store::snapshot::Catalog;

#[test]
fn a_log_grows_line_by_line() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\nstep=2 time=2 lo")]);
    // Modified 1 s ago: the unfinished line is waited for.
    runs.write(
        "b/x.log",
        "step=1 time=1 loss=1\nstep=2 time=2 lo",
        T0 + 99_000,
    );
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("b", "loss", "log"), [1]);
    assert_eq!(runs.report("b", "b/x.log").0, "waiting");
    let before = runs.reloader.shared().read();
    runs.append("b/x.log", "ss=2\nstep=3 time=3 loss=3\n", T0 + 100_000);
    runs.pass(T0 + 101_000);
    assert_eq!(runs.steps_of("b", "loss", "log"), [1, 2, 3]);
    assert_eq!(runs.report("b", "b/x.log").0, "complete");
    let after = runs.reloader.shared().read();
    // Only what changed has a new state; what a route still holds stays as it was.
    assert_ne!(before.workloads["b"].etag, after.workloads["b"].etag);
    assert_eq!(before.workloads["a"].etag, after.workloads["a"].etag);
    assert_eq!(before.workloads["b"].series[0].rows.rows(), 1);
}

#[test]
fn a_file_at_rest_is_read_to_its_end() {
    let mut runs = Runs::new(&[]);
    runs.write("a/x.log", "step=1 time=1 loss=1\nstep=2 time=2 loss=2", T0);
    runs.pass(T0 + 10_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    runs.pass(T0 + 10_001);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1, 2]);
    let etag = runs.reloader.shared().read().workloads["a"].etag.clone();
    runs.pass(T0 + 20_000);
    assert_eq!(runs.reloader.shared().read().workloads["a"].etag, etag);
}

#[test]
fn names_of_files_reach_the_terminal_escaped() {
    let name = "a\u{1b}]0;title\u{7}\n\u{9b}2J\u{202e}/x.doc";
    let runs = Runs::new(&[(name, "step=1 time=1 loss=1\n")]);
    let text = found(&runs.reloader.shared().read(), &runs.path("b\u{1b}c"));
    let escaped = "  a\\u{1b}]0;title\\u{7}\\n\\u{9b}2J\\u{202e}/x.doc: a document without END";
    assert!(text.lines().any(|line| line == escaped), "{text:?}");
    assert!(text.lines().all(|line| !line.contains(char::is_control)));
    let nothing = found(&Catalog::default(), &runs.path("b\u{1b}c"));
    assert!(nothing.contains("b\\u{1b}c"), "{nothing:?}");
}

#[test]
fn an_unfinished_end_that_goes_on_is_read_anew() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\nstep=2 time=2 loss=2")]);
    let values = |runs: &Runs| -> Vec<f64> {
        let catalog = runs.reloader.shared().read();
        catalog.workloads["a"].series[0]
            .rows
            .decode()
            .values()
            .to_vec()
    };
    assert_eq!(values(&runs), [1.0, 2.0]);
    runs.append("a/x.log", "5\nstep=3 time=3 loss=3\n", T0 + 1);
    runs.pass(T0 + 100_000);
    assert_eq!(values(&runs), [1.0, 25.0, 3.0]);
}

#[test]
fn a_shrunk_or_replaced_file_is_read_anew() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\nstep=2 time=2 loss=2\n")]);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1, 2]);
    runs.write("a/x.log", "step=7 time=1 loss=1\n", T0 + 1);
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [7]);
    // As long as before and longer, with another beginning.
    runs.write("a/x.log", "step=8 time=1 loss=1\n", T0 + 2);
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [8]);
    runs.write(
        "a/x.log",
        "step=9 time=1 loss=1\nstep=10 time=1 loss=1\n",
        T0 + 3,
    );
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [9, 10]);
    // Another file under the same name that begins alike (written beside, then renamed).
    runs.write(
        "a/y.tmp",
        "step=9 time=1 loss=1\nstep=11 time=1 loss=1\nstep=12 time=1 loss=1\n",
        T0 + 4,
    );
    std::fs::rename(runs.path("a/y.tmp"), runs.path("a/x.log")).unwrap();
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [9, 11, 12]);
}

#[test]
fn a_document_stays_while_it_is_rewritten() {
    let mut runs = Runs::new(&[("a/state.doc", "step=1 time=1 loss=1\nEND\n")]);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    let now = T0 + 200_000;
    for half in ["", "step=1 time=1 loss=1\nstep=2 ti"] {
        runs.write("a/state.doc", half, now);
        runs.pass(now + 1_000);
        assert_eq!(runs.steps_of("a", "loss", "log"), [1], "{half:?}");
    }
    runs.write(
        "a/state.doc",
        "step=1 time=1 loss=1\nstep=2 time=1 loss=1\nEND\n",
        now + 2_000,
    );
    runs.pass(now + 3_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1, 2]);
    // Broken for good: said so.
    runs.write("a/state.doc", "step=1 time=1 loss=1\n", now + 4_000);
    runs.pass(now + 20_000);
    let (state, notes) = runs.report("a", "a/state.doc");
    assert_eq!(state, "broken");
    assert!(notes.iter().any(|note| note.contains("END")), "{notes:?}");
}

#[test]
fn a_file_that_is_not_a_log_yet_becomes_one() {
    let mut runs = Runs::new(&[("a/x.log", "starting up\n"), ("a/picture.png", "x=1")]);
    assert!(runs.reloader.shared().read().workloads.is_empty());
    assert_eq!(runs.reloader.shared().read().unrecognised, 2);
    runs.append("a/x.log", "step=1 time=1 loss=1\n", T0 + 1);
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    std::fs::remove_file(runs.path("a/x.log")).unwrap();
    runs.pass(T0 + 100_000);
    assert!(runs.reloader.shared().read().workloads.is_empty());
}

#[test]
fn a_log_may_begin_with_a_long_preamble() {
    let mut text = "the script's own source\n".repeat(10_000);
    assert!(text.len() > 200_000);
    text.push_str("step=1 time=1 loss=1\n");
    let runs = Runs::new(&[("a/x.log", &text)]);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
}

#[test]
fn one_unreadable_file_hides_nothing() {
    let is_denied = Arc::new(AtomicBool::new(true));
    let denied = Arc::clone(&is_denied);
    let files = open_file();
    let mut runs = Runs::opening_with(
        &[
            ("a/x.log", "step=1 time=1 loss=1\n"),
            ("a/run-id1.wandb", "step=1 time=1 loss=1\n"),
            ("a/secret.log", "step=1 time=1 acc=1\n"),
        ],
        Arc::new(move |path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if denied.load(Ordering::Relaxed) && (name == "run-id1.wandb" || name == "secret.log") {
                return Err(io::Error::from(io::ErrorKind::PermissionDenied));
            }
            files(path)
        }),
    );
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    // Known by its name, and known by nothing: both are reported with the workload.
    for path in ["a/run-id1.wandb", "a/secret.log"] {
        let (state, notes) = runs.report("a", path);
        assert_eq!(state, "broken");
        assert!(notes[0].contains("permission denied"), "{notes:?}");
    }
    is_denied.store(false, Ordering::Relaxed);
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "wandb"), [1]);
    assert_eq!(runs.steps_of("a", "secret/acc", "log"), [1]);
    assert_eq!(
        runs.report("a", "a/run-id1.wandb"),
        ("complete".to_owned(), vec![])
    );
}

#[test]
fn a_failing_reader_is_the_end_of_its_file_only() {
    let mut runs = Runs::new(&[
        ("a/x.log", "step=1 time=1 loss=1\n"),
        ("a/run-id1.wandb", "step=panic loss=1\n"),
    ]);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    let (state, notes) = runs.report("a", "a/run-id1.wandb");
    assert_eq!(state, "broken");
    assert!(notes[0].contains("reader failed"), "{notes:?}");
    runs.write("a/run-id1.wandb", "step=5 loss=1\n", T0);
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "wandb"), [5]);
}

#[test]
fn two_folders_with_one_run_id_are_one_workload() {
    let first = "a/wandb/offline-run-20261123_080009-r1/run-r1.wandb";
    let second = "a/wandb/offline-run-20261123_080136-r1/run-r1.wandb";
    let runs = Runs::new(&[
        (
            second,
            "run=r1 exit=0\nstep=3 time=3 loss=1\nstep=4 time=4 loss=1\n",
        ),
        (
            first,
            "run=r1 exit=255 start=5000\nstep=1 time=1 loss=1\nstep=3 time=2 loss=1\n",
        ),
        (
            "b/wandb/offline-run-20261123_080200-r1/run-r1.wandb",
            "run=r1\nstep=5 time=5 loss=1\n",
        ),
    ]);
    let catalog = runs.reloader.shared().read();
    assert_eq!(catalog.workloads.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(runs.steps_of("a", "loss", "wandb"), [1, 3, 3, 4, 5]);
    let info = &catalog.workloads["a"].info;
    assert_eq!(info.files.len(), 3);
    assert_eq!(info.start_at, 5);
}

#[test]
fn a_summary_fills_only_what_is_missing() {
    let run = "a/wandb/run-20261123_080009-r1";
    let runs = Runs::new(&[
        (&format!("{run}/run-r1.wandb"), "step=1 time=1 loss=1\n"),
        (
            &format!("{run}/files/wandb-summary.json"),
            "step=1 time=1 loss=1 best=3\n",
        ),
    ]);
    assert_eq!(runs.steps_of("a", "loss", "wandb"), [1]);
    assert_eq!(runs.steps_of("a", "best", "wandb"), [1]);
}

#[test]
fn rows_without_a_time_get_the_files_own() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 loss=1\nstep=2 loss=1\n")]);
    runs.append("a/x.log", "step=3 loss=1\n", T0 + 50_000);
    runs.pass(T0 + 100_000);
    let catalog = runs.reloader.shared().read();
    let rows = catalog.workloads["a"].series[0].rows.decode();
    assert_eq!(rows.times().slots_ms(), [T0, T0, T0 + 50_000]);
    assert!(rows.times().iter().all(|time| time.is_none()));
    let notes = &catalog.workloads["a"].info.files[0].notes;
    assert_eq!((notes.len(), notes[0].count), (1, 3));
    assert!(notes[0].message.contains("modification time"));
}

#[test]
fn rows_without_a_time_are_no_later_than_what_the_run_tells() {
    // A copied run: the files are younger than what they tell.
    let told = T0 - 500_000;
    let events = format!("step=1 time={told} loss=1\n");
    let mut runs = Runs::new(&[
        ("a/x.log", "step=1 loss=1\nstep=2 loss=1\n"),
        ("a/tb/a.tfevents.1", &events),
    ]);
    let times = |runs: &Runs| -> Vec<i64> {
        let catalog = runs.reloader.shared().read();
        let mut series = catalog.workloads["a"].series.iter();
        let of_log = series.find(|series| series.source.as_str() == "log");
        of_log.unwrap().rows.decode().times().slots_ms().to_vec()
    };
    assert_eq!(times(&runs), [told, told]);
    // It goes on: what is written from now on stands at the time when it was read.
    runs.append("a/x.log", "step=3 loss=1\n", T0 + 50_000);
    runs.pass(T0 + 100_000);
    assert_eq!(times(&runs), [told, told, T0 + 50_000]);
}

#[test]
fn the_served_folder_may_be_a_run_itself() {
    let runs = Runs::new(&[
        ("tb/train/a.tfevents.1", "step=1 time=1 loss=1\n"),
        ("tb/validation/a.tfevents.1", "step=1 time=1 loss=2\n"),
        (
            "wandb/run-20261123_080009-r1/run-r1.wandb",
            "step=1 time=1 loss=1\n",
        ),
    ]);
    let catalog = runs.reloader.shared().read();
    let uid = catalog.workloads.keys().next().unwrap();
    assert_eq!(catalog.workloads.len(), 1);
    let names: Vec<(String, String)> = runs
        .steps(uid)
        .into_iter()
        .map(|(metric, source, _)| (metric, source))
        .collect();
    let expected = [
        ("loss", "wandb"),
        ("train/loss", "tensorflow"),
        ("validation/loss", "tensorflow"),
    ];
    assert_eq!(names, expected.map(|(m, s)| (m.to_owned(), s.to_owned())));
}

#[test]
fn a_file_that_is_written_anew_in_place_is_read_anew() {
    let row = |step: usize, loss: u32| format!("step={step} time=1 loss={loss}\n");
    let rows = |loss: u32| -> String { (0..30_000).map(|step| row(step, loss)).collect() };
    // Longer than what is compared where a file has grown.
    let before = rows(1);
    assert!(before.len() > 5 * 64 * 1024);
    let values = |runs: &Runs| {
        runs.reloader.shared().read().workloads["a"].series[0]
            .rows
            .decode()
    };
    for (what, after) in [
        (
            "grown, its beginning changed",
            before.replacen("loss=1", "loss=2", 1) + &row(1, 1),
        ),
        (
            "grown, something moved",
            before.replacen("0 loss=1\n", "0\n", 1) + &row(1, 1),
        ),
        ("as long as before, changed in the middle", {
            let (start, end) = before.split_at(before.len() / 2);
            start.to_owned() + &end.replacen("loss=1", "loss=2", 1)
        }),
    ] {
        let mut runs = Runs::new(&[("a/x.log", &before)]);
        runs.write("a/x.log", &after, T0 + 1);
        runs.pass(T0 + 100_000);
        let anew = Runs::new(&[("a/x.log", &after)]);
        assert!(values(&runs) == values(&anew), "{what}");
    }
}

#[test]
fn a_pass_without_news_builds_nothing() {
    let opened = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&opened);
    let files = open_file();
    let open: OpenFile = Arc::new(move |path| {
        count.fetch_add(1, Ordering::Relaxed);
        files(path)
    });
    let paths: Vec<String> = (0..50).map(|run| format!("run-{run}/x.log")).collect();
    let content = |path: &String| (path.clone(), "step=1 time=1 loss=1\n".to_owned());
    let given: Vec<(String, String)> = paths.iter().map(content).collect();
    let given: Vec<(&str, &str)> = given
        .iter()
        .map(|(p, c)| (p.as_str(), c.as_str()))
        .collect();
    let mut runs = Runs::opening_with(&given, open);
    let now_ms = T0 + 100_000;
    let before = (
        runs.reloader.shared().read(),
        opened.load(Ordering::Relaxed),
    );
    assert_eq!(runs.reloader.assembled(), 50);
    runs.pass(now_ms);
    let catalog = runs.reloader.shared().read();
    assert!(Arc::ptr_eq(&before.0, &catalog), "nothing is published");
    assert_eq!(
        opened.load(Ordering::Relaxed),
        before.1,
        "nothing is opened"
    );

    // One of them grows: it alone is read and assembled.
    runs.append("run-7/x.log", "step=2 time=2 loss=1 lr=1\n", T0 + 1);
    runs.pass(now_ms);
    assert_eq!(runs.reloader.assembled(), 51);
    assert_eq!(opened.load(Ordering::Relaxed), before.1 + 1);
    let after = runs.reloader.shared().read();
    for (uid, workload) in &after.workloads {
        let is_same = Arc::ptr_eq(workload, &catalog.workloads[uid]);
        assert_eq!(is_same, uid != "run-7", "{uid}");
    }
    // Of its series too only those are new that have grown.
    runs.append("run-7/x.log", "step=3 time=3 loss=1\n", T0 + 2);
    runs.pass(now_ms);
    let series = |catalog: &Catalog, at: usize| Arc::clone(&catalog.workloads["run-7"].series[at]);
    let grown = runs.reloader.shared().read();
    assert!(!Arc::ptr_eq(&series(&grown, 0), &series(&after, 0)), "loss");
    assert!(Arc::ptr_eq(&series(&grown, 1), &series(&after, 1)), "lr");

    // A file that is touched is compared, and a new one is found.
    runs.touch("run-8/x.log", T0 + 3);
    runs.pass(now_ms);
    assert_eq!(runs.reloader.assembled(), 52);
    runs.write("run-50/x.log", "step=1 time=1 loss=1\n", T0);
    runs.pass(now_ms);
    assert_eq!(runs.reloader.assembled(), 53);
    std::fs::remove_file(runs.path("run-9/x.log")).unwrap();
    runs.pass(now_ms);
    assert_eq!(runs.reloader.assembled(), 53);
    assert_eq!(runs.reloader.shared().read().workloads.len(), 50);
}

#[test]
fn a_folder_that_was_away_is_served_again() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\n")]);
    let away = runs.dir.path().with_extension("away");
    std::fs::rename(runs.dir.path(), &away).unwrap();
    assert!(runs.reloader.pass(T0 + 100_000).is_err());
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
    std::fs::rename(&away, runs.dir.path()).unwrap();
    runs.pass(T0 + 100_000);
    assert_eq!(runs.steps_of("a", "loss", "log"), [1]);
}
