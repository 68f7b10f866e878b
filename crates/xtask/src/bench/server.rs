//! How fast the server writes `metrics/data`: one core for it, a client that throws everything away.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::http;
use super::measure::{Measurement, Unit};
use crate::call::Failure;
use crate::project::{Project, which};
use crate::serve;

/// How long a server may take to read its runs.
const PATIENCE: Duration = Duration::from_secs(120);

/// The path of everything in the only run.
const RUN: &str = "/api/v1/workloads/run-1";

/// A server that ends with its value.
pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self
            .process
            .kill()
            .and_then(|()| self.process.wait().map(|_| ()));
    }
}

impl Server {
    /// Starts the release build over a folder of runs, on the first core alone where `taskset`
    /// exists, and waits until it has read them.
    pub(crate) fn start(project: &Project, runs: &Path) -> Result<Self, Failure> {
        let program = serve::server(project);
        let call = match which("taskset") {
            Some(_) => project
                .call("taskset")
                .words("-c 0")
                .arg(program.to_string_lossy()),
            None => project.call(&program.to_string_lossy()),
        };
        let call = call
            .arg("serve")
            .arg(runs.to_string_lossy())
            .words("--port 0 --reload 0");
        let fail = |error: io::Error| Failure::new(format!("{}: {error}", call.line()));
        let mut process = call
            .command()
            .stdout(Stdio::piped())
            .spawn()
            .map_err(fail)?;
        let printed = process.stdout.take();
        let mut server = Self {
            process,
            address: String::new(),
        };
        for line in
            BufReader::new(printed.ok_or_else(|| fail(io::ErrorKind::BrokenPipe.into()))?).lines()
        {
            if let Some((_, rest)) = line.map_err(fail)?.split_once("http://") {
                server.address = rest.split(['/', ' ']).next().unwrap_or_default().to_owned();
                break;
            }
        }
        server.wait().map_err(fail)?;
        Ok(server)
    }

    fn wait(&self) -> io::Result<()> {
        let start = Instant::now();
        loop {
            match http::get(&self.address, RUN, None, &mut io::sink()) {
                Ok(_) => return Ok(()),
                Err(error) if start.elapsed() > PATIENCE => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Gets all rows of the run; gives the bytes of the body.
    pub(crate) fn data(
        &self,
        encoding: Option<&str>,
        out: &mut impl Write,
    ) -> Result<u64, Failure> {
        self.get("/metrics/data", encoding, out)
    }

    fn get(
        &self,
        path: &str,
        encoding: Option<&str>,
        out: &mut impl Write,
    ) -> Result<u64, Failure> {
        http::get(&self.address, &format!("{RUN}{path}"), encoding, out)
            .map_err(|error| Failure::new(format!("http://{}{error}", self.address)))
    }

    /// Writes an answer about the run into a file.
    pub(crate) fn save(&self, path: &str, file: &Path) -> Result<u64, Failure> {
        let fail = |error: io::Error| Failure::file(file, &error);
        let mut out = BufWriter::new(File::create(file).map_err(fail)?);
        let bytes = self.get(path, None, &mut out)?;
        out.flush().map_err(fail)?;
        Ok(bytes)
    }
}

/// MB/s of JSON, plain and compressed, each as often as told.
pub(crate) fn measure(server: &Server, repetitions: usize) -> Result<Vec<Measurement>, Failure> {
    const ENCODINGS: [Option<&str>; 4] = [None, Some("zstd"), Some("gzip"), Some("br")];
    let json_bytes = server.data(None, &mut io::sink())?;
    let mut samples = vec![Vec::new(); ENCODINGS.len()];
    let mut sizes = vec![0; ENCODINGS.len()];
    for _ in 0..repetitions {
        for ((encoding, samples), size) in ENCODINGS.iter().zip(&mut samples).zip(&mut sizes) {
            let start = Instant::now();
            *size = server.data(*encoding, &mut io::sink())?;
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
