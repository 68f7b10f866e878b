//! `metrics/chunks` and the additional fields of `metrics/data`: what clients that hold rows get.

use std::fs;
use std::path::{Path, PathBuf};

use parallax_fixtures::random::Random;
use parallax_server::discovery::known;
use parallax_server::reload::Reloader;

use crate::chunk_client::{ChunkClient, data_rows};
use crate::support::{Runs, Server, T0, formats, plain_app};

fn polled(list: &[(&str, &str, u64, u64)]) -> Vec<(String, String, u64, u64)> {
    let series = list.iter();
    series
        .map(|(metric, source, keep, sent)| ((*metric).into(), (*source).into(), *keep, *sent))
        .collect()
}

#[test]
fn a_poll_gets_what_comes_after_what_it_holds() {
    let mut runs = Runs::new(&[
        (
            "a/x.log",
            "step=1 time=1 loss=1 lr=2\nstep=2 time=2 loss=1\n",
        ),
        ("a/run-r1.wandb", "step=1 time=1 loss=3\n"),
    ]);
    let server = runs.serve();
    let mut client = ChunkClient::default();
    let all = polled(&[
        ("loss", "log", 0, 2),
        ("loss", "wandb", 0, 1),
        ("lr", "log", 0, 1),
    ]);
    assert_eq!(client.poll(&server, "a", "").series, all);
    assert_eq!(client.poll(&server, "a", "").series, []);
    assert_eq!(client.rows(|_| true), data_rows(&server, "a", ""));

    runs.append(
        "a/x.log",
        "step=3 time=3 loss=0.5 acc=9\nstep=1 time=4 loss=7\n",
        T0 + 1,
    );
    runs.pass(T0 + 200_000);
    let news = polled(&[("acc", "log", 0, 1), ("loss", "log", 2, 2)]);
    assert_eq!(client.poll(&server, "a", "").series, news);
    assert_eq!(client.rows(|_| true), data_rows(&server, "a", ""));
    let loss = &client.series[&("loss".to_owned(), "log".to_owned())];
    assert_eq!(
        loss.attempts
            .iter()
            .map(|start| start.first_row)
            .collect::<Vec<_>>(),
        [0, 3]
    );

    // The file is written anew: what is the same is kept.
    runs.write(
        "a/x.log",
        "step=1 time=1 loss=1 lr=2\nstep=2 time=2 loss=8\n",
        T0 + 2,
    );
    runs.pass(T0 + 200_000);
    let news = polled(&[("loss", "log", 1, 1)]);
    assert_eq!(client.poll(&server, "a", "").series, news);
    assert_eq!(client.poll(&server, "a", "").series, []);
    assert_eq!(client.rows(|_| true), data_rows(&server, "a", ""));
    assert_eq!(ChunkClient::default().poll(&server, "a", "").series, all);
}

#[test]
fn series_are_chosen_as_those_of_data() {
    let runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1 d=1\n")]);
    let server = runs.serve();
    for (choice, expected) in [
        ("metrics=loss", &[("loss", "log", 0, 1)][..]),
        (
            "metrics=loss,d",
            &[("d", "log", 0, 1), ("loss", "log", 0, 1)],
        ),
        ("metric=d", &[("d", "log", 0, 1)]),
        ("metric=a,b&metric=loss", &[("loss", "log", 0, 1)]),
        ("metrics=", &[]),
        ("data_source=wandb", &[]),
        ("data_source=log&metric=d", &[("d", "log", 0, 1)]),
    ] {
        let got = ChunkClient::default().poll(&server, "a", choice);
        assert_eq!(got.series, polled(expected), "{choice}");
    }
    let path = "/api/v1/workloads/a/metrics/chunks";
    for (query, status) in [("data_source=x", 400), ("after=nonsense,,1.2", 200)] {
        assert_eq!(server.get(&format!("{path}?{query}")).status, status);
    }
    assert_eq!(server.get("/api/v1/workloads/b/metrics/chunks").status, 404);
    let answer = server.get(path);
    assert_eq!(answer.header("x-parallax"), env!("CARGO_PKG_VERSION"));
    let etag = answer.header("etag").to_owned();
    let again = server.request("GET", path, &[("if-none-match", &etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn short_answers_are_compressed_and_long_ones_sent_as_they_are() {
    let row = |step: u32| format!("step={step} loss={}\n", 1.0 / f64::from(step + 3));
    let rows: String = (0..150_000).map(row).collect();
    let server = Runs::new(&[("a/x.log", &rows), ("b/x.log", &rows[..10_000])]).serve();
    for (uid, encoding) in [("a", ""), ("b", "zstd")] {
        let path = format!("/api/v1/workloads/{uid}/metrics/chunks");
        let answer = server.request("GET", &path, &[("accept-encoding", "zstd")]);
        assert_eq!(answer.header("content-encoding"), encoding, "{uid}");
    }
    let mut client = ChunkClient::default();
    client.poll(&server, "a", "");
    assert_eq!(client.series.values().next().unwrap().rows.len(), 150_000);
}

#[test]
fn a_restarted_server_sends_everything_anew() {
    let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\nstep=2 time=2 loss=1\n")]);
    let mut client = ChunkClient::default();
    client.poll(&runs.serve(), "a", "");
    runs.write(
        "a/x.log",
        "step=5 time=1 loss=5\nstep=6 time=2 loss=6\n",
        T0,
    );
    let mut reloader = Reloader::new(runs.dir.path(), formats(), T0 + 1);
    reloader.pass(T0 + 300_000).unwrap();
    let server = Server::start(plain_app(reloader.shared()));
    let all = polled(&[("loss", "log", 0, 2)]);
    assert_eq!(client.poll(&server, "a", "").series, all);
    assert_eq!(client.rows(|_| true), data_rows(&server, "a", ""));
    runs.pass(T0 + 300_000);
}

#[test]
fn rows_say_their_attempt_and_whether_their_time_is_their_own() {
    let log = "step=1 loss=1\nstep=2 time=5 loss=1\nstep=1 loss=2\n";
    let server = Runs::new(&[("a/x.log", log)]).serve();
    let rows = |query: &str| -> Vec<String> {
        let path = format!("/api/v1/workloads/a/metrics/data{query}");
        let body = String::from_utf8(server.get(&path).body).unwrap();
        let rows = body.split("\"data_source\":\"log\"").skip(1);
        rows.map(|end| end.split('}').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(rows(""), ["", "", ""]);
    let timed = ",\"timed\":false";
    assert_eq!(rows("?with=timed"), [timed, "", timed]);
    let attempts = [
        format!(",\"attempt\":1,\"row\":0{timed}"),
        ",\"attempt\":1,\"row\":1".to_owned(),
        format!(",\"attempt\":2,\"row\":2{timed}"),
    ];
    assert_eq!(rows("?with=attempt"), attempts);
    // Listed times choose rows; their numbers stay.
    assert_eq!(rows("?with=attempt&start=5&end=5"), attempts);
    assert_eq!(rows("?with=attempt&start=6"), [""; 0]);
    assert_eq!(
        server.get("/api/v1/workloads/a/metrics/data?with=x").status,
        400
    );
}

/// The demo runs, and the shared data where it is there.
fn real_folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("examples/runs")];
    for name in ["cases", "log", "tensorflow", "twin", "wandb"] {
        let folder = root.join("../shared/data").join(name);
        folders.extend(folder.is_dir().then_some(folder));
    }
    folders
}

#[test]
fn chunks_have_the_rows_of_data_for_every_real_run() {
    for folder in real_folders() {
        let mut reloader = Reloader::new(&folder, known::formats(), T0);
        // Any time at which the files are idle.
        reloader.pass(T0).unwrap();
        let uids: Vec<String> = reloader.shared().read().workloads.keys().cloned().collect();
        assert!(!uids.is_empty(), "{}", folder.display());
        let server = Server::start(plain_app(reloader.shared()));
        for uid in uids {
            let mut client = ChunkClient::default();
            client.poll(&server, &uid, "");
            let (held, listed) = (client.rows(|_| true), data_rows(&server, &uid, ""));
            assert!(held == listed, "{} {uid}", folder.display());
            assert!(
                !listed.is_empty() || uid.contains("kwt_2zuxwf70") || uid.contains("g9dvvkua"),
                "{uid}"
            );
        }
    }
}

/// Files of one run that change at random.
struct Writer {
    random: Random,
    mtime_ms: i64,
    step: i64,
}

const FILES: [&str; 7] = [
    "a/x.log",
    "a/part-2.log",
    "a/part-10.log",
    "a/tb/e.tfevents.1",
    "a/tb/e.tfevents.2",
    "a/run-r1.wandb",
    "a/table.csv",
];

impl Writer {
    fn rows(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.random.below(6) {
            self.step += match self.random.below(10) {
                0 => -(self.random.below(30) as i64),
                1 => 0,
                _ => 1 + self.random.below(3) as i64,
            };
            let time = match self.random.below(4) {
                0 => String::new(),
                _ => format!(" time={}", T0 + self.step * 1_000),
            };
            let metric = ["loss", "lr", "acc"][self.random.below(3)];
            let value = ["1", "0.5", "nan", "inf", "null", "7e-3"][self.random.below(6)];
            text.push_str(&format!(
                "step={}{time} {metric}={value} both=1\n",
                self.step
            ));
        }
        if self.random.below(5) == 0 {
            // Half a line.
            text.push_str(&format!("step={} loss=", self.step));
        }
        text
    }

    fn change(&mut self, runs: &Runs) {
        let path = FILES[self.random.below(FILES.len())];
        self.mtime_ms += 1;
        let content = fs::read_to_string(runs.path(path)).unwrap_or_default();
        let rows = self.rows();
        let text = match self.random.below(12) {
            // Other rows under the old name.
            0 => rows,
            // An old line changes, as long as before or not, and more may follow.
            1 => content.replacen("=1", "=2", 1 + self.random.below(3)) + &rows,
            2 => content.replacen("step=", "step=1", 1) + &rows,
            // The file loses its end, in the middle of a line or not.
            3 => content
                .get(..self.random.below(content.len() + 1))
                .unwrap_or("")
                .to_owned(),
            4 => {
                let _ = fs::remove_file(runs.path(path));
                return;
            }
            // Touched only.
            5 => content,
            _ => {
                runs.write(path, &content, self.mtime_ms);
                runs.append(path, &rows, self.mtime_ms);
                return;
            }
        };
        runs.write(path, &text, self.mtime_ms);
    }
}

#[test]
fn clients_always_come_to_hold_exactly_the_rows_of_the_api() {
    for seed in 0..12 {
        let mut runs = Runs::new(&[("a/x.log", "step=1 time=1 loss=1\n")]);
        let mut writer = Writer {
            random: Random::new(seed),
            mtime_ms: T0,
            step: 1,
        };
        let mut server = runs.serve();
        // One asks for everything, one for another metric each time, one only now and then.
        let mut clients = [0, 1, 2].map(|_| ChunkClient::default());
        for round in 0..25 {
            for _ in 0..writer.random.below(4) {
                writer.change(&runs);
            }
            // Sometimes files are young, sometimes idle.
            let mut now_ms = writer.mtime_ms + [1_000, 100_000][writer.random.below(2)];
            runs.pass(now_ms);
            if writer.random.below(40) == 0 {
                now_ms += 1;
                runs.reloader = Reloader::new(runs.dir.path(), formats(), now_ms);
                runs.pass(now_ms);
                server = runs.serve();
            }
            if !runs.reloader.shared().read().workloads.contains_key("a") {
                continue;
            }
            let metric = ["loss", "lr", "acc", "both"][writer.random.below(4)];
            let choices = ["".to_owned(), format!("metric={metric}"), "".to_owned()];
            let polling = 2 + usize::from(writer.random.below(5) == 0);
            for (client, choice) in clients.iter_mut().zip(&choices).take(polling) {
                client.poll(&server, "a", choice);
                let is_wanted = |name: &str| choice.is_empty() || name == metric;
                let expected = data_rows(&server, "a", choice);
                assert_eq!(
                    client.rows(is_wanted),
                    expected,
                    "seed {seed}, round {round}"
                );
                assert_eq!(client.poll(&server, "a", choice).series, [], "{seed}");
            }
        }
    }
}
