//! `parallax serve` as a process: its start text and its log.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::support::{Runs, request};

#[test]
fn the_start_text_stays_and_requests_are_logged_on_demand() {
    let runs = Runs::new(&[("a/x.log", "nothing of a known format\n")]);
    for (level, is_logged) in [(None, false), (Some("debug"), true), (Some("off"), false)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command
            .arg("serve")
            .arg(runs.dir.path())
            .args(["--port", "0"]);
        command.args(["--api-base", "/v1", "--api-base", "/v1/"]);
        command.args(level.iter().flat_map(|level| ["--log", level]));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let started = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("Parallax is on http://")?;
            rest.split_once(" (API: /v1)")
                .map(|(address, _)| address.to_owned())
        });
        let address = started.unwrap().parse().unwrap();
        assert_eq!(
            request(address, "GET", "/v1/workloads?name=logged", &[]).status,
            200
        );
        server.kill().unwrap();
        server.wait().unwrap();
        let mut log = String::new();
        server
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        assert_eq!(
            log.contains("/v1/workloads?name=logged"),
            is_logged,
            "{level:?}: {log}"
        );
        assert_eq!(log.is_empty(), !is_logged, "{log}");
    }
}
