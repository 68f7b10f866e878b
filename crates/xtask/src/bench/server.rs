//! How fast the server writes `metrics/data`: one core for it, a client that discards the body.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use duct::ReaderHandle;

use super::measure::{Measurement, Unit};
use crate::project::Project;
use crate::serve;

/// How long a server may take to read its runs.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// The path of the only run.
const RUN: &str = "/api/v1/workloads/run-1";

/// A running server; it is killed when this is dropped.
pub(crate) struct Server {
    process: ReaderHandle,
    origin: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.process.kill();
    }
}

impl Server {
    /// Starts the release build over a folder of runs, on the first core alone where `taskset`
    /// exists, and waits until it has read them.
    pub(crate) fn start(project: &Project, runs: &Path) -> Result<Self> {
        let program = serve::server(project);
        let command = match which::which("taskset") {
            Ok(taskset) => project.command(taskset).words("-c 0").arg(program),
            Err(_) => project.command(program),
        };
        let command = command.arg("serve").arg(runs).words("--port 0 --reload 0");
        let mut server = Self {
            process: command.reader()?,
            origin: String::new(),
        };
        let mut lines = BufReader::new(&server.process)
            .lines()
            .map_while(Result::ok);
        let address = lines.find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split(['/', ' ']).next()?.to_owned())
        });
        drop(lines);
        let address =
            address.with_context(|| format!("no address printed by {}", command.line()))?;
        server.origin = format!("http://{address}");
        let start = Instant::now();
        while let Err(error) = server.get("", None, &mut io::sink()) {
            if start.elapsed() > START_TIMEOUT {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Gets an answer about the run; gives the bytes of the body as it was sent.
    fn get(&self, path: &str, encoding: Option<&str>, out: &mut impl Write) -> Result<u64> {
        let url = format!("{}{RUN}{path}", self.origin);
        let request = ureq::get(&url).header("Accept-Encoding", encoding.unwrap_or("identity"));
        let response = request.call().with_context(|| url.clone())?;
        let mut body = response.into_body().into_reader();
        io::copy(&mut body, out).with_context(|| url)
    }

    /// Writes an answer about the run into a file.
    pub(crate) fn save(&self, path: &str, file: &Path) -> Result<u64> {
        self.get(path, None, &mut fs_err::File::create(file)?)
    }
}

/// MB/s of JSON, plain and compressed, each `repetitions` times.
pub(crate) fn measure(server: &Server, repetitions: usize) -> Result<Vec<Measurement>> {
    const DATA: &str = "/metrics/data";
    const ENCODINGS: [Option<&str>; 4] = [None, Some("zstd"), Some("gzip"), Some("br")];
    let json_bytes = server.get(DATA, None, &mut io::sink())?;
    let mut samples = vec![Vec::new(); ENCODINGS.len()];
    let mut sizes = vec![0; ENCODINGS.len()];
    for _ in 0..repetitions {
        for ((encoding, samples), size) in ENCODINGS.iter().zip(&mut samples).zip(&mut sizes) {
            let start = Instant::now();
            *size = server.get(DATA, *encoding, &mut io::sink())?;
            samples.push(json_bytes as f64 / start.elapsed().as_secs_f64() / 1e6);
        }
    }
    let side = |encoding: Option<&str>| {
        encoding.map_or("Parallax".to_owned(), |name| format!("Parallax, {name}"))
    };
    let speeds = ENCODINGS.iter().zip(samples).map(|(encoding, samples)| {
        Measurement::new(
            "metrics/data of 1M rows",
            &side(*encoding),
            Unit::MegabytesPerSecond,
            samples,
        )
    });
    let sizes = ENCODINGS.iter().zip(sizes).map(|(encoding, size)| {
        Measurement::new(
            "size of these rows",
            &side(*encoding),
            Unit::Bytes,
            vec![size as f64],
        )
    });
    Ok(speeds.chain(sizes).collect())
}
