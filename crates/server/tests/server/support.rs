//! What the tests share: a small real reader, a folder with a clock, a server on a free port.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use parallax_model::row::Row;
use parallax_model::value;
use parallax_readers::{ParsedFile, Reader};
use parallax_server::discovery::formats::{Format, Formats, Kind, Verdict};
use parallax_server::following::follow::OpenFile;
use parallax_server::http::access::Access;
use parallax_server::http::app::App;
use parallax_server::http::dashboard::Dashboard;
use parallax_server::reload::Reloader;
use parallax_server::serve::serve_on;
use parallax_server::store::snapshot::Shared;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// Lines of `key=value`: `step=1 time=1700000000000 loss=0.5`. `run=`, `exit=`, `target=` and
/// `start=` are facts; a line that begins with `console ` is listed under `log`; `bad` is noted,
/// `END` ends a document.
struct KeyValue {
    source: &'static str,
    held: Vec<u8>,
    needs_end: bool,
}

impl Reader for KeyValue {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        self.held.extend_from_slice(bytes);
        while let Some(end) = self.held.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.held.drain(..=end).collect();
            self.line(&String::from_utf8_lossy(&line), parsed);
        }
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        let line = std::mem::take(&mut self.held);
        self.line(&String::from_utf8_lossy(&line), parsed);
        if self.needs_end {
            parsed.fatal("a document without END", 0);
        }
    }

    fn pending_bytes(&self) -> u64 {
        self.held.len() as u64
    }
}

impl KeyValue {
    fn line(&mut self, line: &str, parsed: &mut ParsedFile) {
        let (source, line) = match line.strip_prefix("console ") {
            Some(rest) => ("log", rest),
            None => (self.source, line),
        };
        let (mut step, mut time_ms) = (0, None);
        for (key, text) in line
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
        {
            match key {
                "step" if text == "panic" => panic!("a reader that fails"),
                "step" => step = text.parse().unwrap_or(0),
                "time" => time_ms = text.parse().ok(),
                "run" => parsed.facts.run_id = Some(text.to_owned()),
                "exit" => parsed.facts.exit_code = text.parse().ok(),
                "start" => parsed.facts.start_ms = text.parse().ok(),
                "target" => parsed.facts.target_step = text.parse().ok(),
                metric => {
                    let value = match text {
                        "null" => Some(value::MISSING),
                        text => value::parse(text),
                    };
                    if let Some(value) = value {
                        let row = Row {
                            step,
                            time_ms,
                            value,
                        };
                        parsed.push(source, metric, row);
                    }
                }
            }
        }
        match line.trim() {
            "bad" => parsed.note("a bad line", 0),
            "END" => self.needs_end = false,
            _ => {}
        }
    }
}

struct TestFormats;

impl Formats for TestFormats {
    fn detect(&self, file_name: &str, head: &[u8]) -> Verdict {
        let known = |name: &str, source: &'static str, kind, is_whole_document| {
            Verdict::Known(Format {
                name: name.to_owned(),
                source: source.to_owned(),
                kind,
                is_whole_document,
                open: Arc::new(move || {
                    Box::new(KeyValue {
                        source,
                        held: Vec::new(),
                        needs_end: is_whole_document,
                    })
                }),
            })
        };
        match file_name {
            name if name.ends_with(".wandb") => known("run file", "wandb", Kind::Wandb, false),
            "wandb-summary.json" => known("summary", "wandb", Kind::WandbSummary, false),
            name if name.contains("tfevents") => known("events", "tensorflow", Kind::Events, false),
            name if name.ends_with(".csv") => known("table", "log", Kind::Table, false),
            name if name.ends_with(".doc") => known("document", "log", Kind::Table, true),
            name if name.ends_with(".other") => known("other", "mlflow", Kind::Table, false),
            name if name.ends_with(".log") && head.contains(&b'=') => {
                known("log", "log", Kind::TextLog, false)
            }
            name if name.ends_with(".log") => Verdict::NotYet,
            _ => Verdict::No,
        }
    }
}

/// The formats above.
pub(crate) fn formats() -> Arc<dyn Formats> {
    Arc::new(TestFormats)
}

/// The time at which the folder's files were last modified, unless a test says otherwise.
pub(crate) const T0: i64 = 1_700_000_000_000;

/// A folder of runs with a reloader over it.
pub(crate) struct Runs {
    pub(crate) dir: TempDir,
    pub(crate) reloader: Reloader,
}

impl Runs {
    /// Writes the files (path, content), all modified at [`T0`], and reads them 100 s later.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::opening_with(files, parallax_server::following::follow::open_file())
    }

    /// The same with another way to open files.
    pub(crate) fn opening_with(files: &[(&str, &str)], open: OpenFile) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let reloader = Reloader::new(dir.path(), formats(), T0).opening_with(open);
        let mut runs = Self { dir, reloader };
        for (path, content) in files {
            runs.write(path, content, T0);
        }
        runs.pass(T0 + 100_000);
        runs
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, content: &str, mtime_ms: i64) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.touch(relative, mtime_ms);
    }

    pub(crate) fn append(&self, relative: &str, content: &str, mtime_ms: i64) {
        let mut file = OpenOptions::new()
            .append(true)
            .open(self.path(relative))
            .unwrap();
        file.write_all(content.as_bytes()).unwrap();
        drop(file);
        self.touch(relative, mtime_ms);
    }

    pub(crate) fn touch(&self, relative: &str, mtime_ms: i64) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(mtime_ms as u64);
        let file = File::options()
            .write(true)
            .open(self.path(relative))
            .unwrap();
        file.set_modified(time).unwrap();
    }

    pub(crate) fn pass(&mut self, now_ms: i64) {
        self.reloader.pass(now_ms).unwrap();
    }

    /// (metric, source, steps) of a workload.
    pub(crate) fn steps(&self, uid: &str) -> Vec<(String, String, Vec<i64>)> {
        let catalog = self.reloader.shared().read();
        let series = catalog.workloads[uid].series.iter();
        series
            .map(|series| {
                let steps = series.rows.decode().steps().to_vec();
                (series.metric.clone(), series.source.0.clone(), steps)
            })
            .collect()
    }

    /// The steps of one series, empty if there is no such series.
    pub(crate) fn steps_of(&self, uid: &str, metric: &str, source: &str) -> Vec<i64> {
        let all = self.steps(uid).into_iter();
        let mut found = all.filter(|(m, s, _)| m == metric && s == source);
        found.next().map(|(_, _, steps)| steps).unwrap_or_default()
    }

    /// Messages of a file's notes, and its state.
    pub(crate) fn report(&self, uid: &str, path: &str) -> (String, Vec<String>) {
        let catalog = self.reloader.shared().read();
        let files = &catalog.workloads[uid].info.files;
        let file = files.iter().find(|file| file.path == path).unwrap();
        let notes = file.notes.iter().map(|note| note.message.clone());
        (file.state.clone(), notes.collect())
    }

    /// The API alone, at its default base.
    pub(crate) fn app(&self) -> App {
        plain_app(self.reloader.shared())
    }

    pub(crate) fn serve(&self) -> Server {
        Server::start(self.app())
    }

    pub(crate) fn serve_as(
        &self,
        bases: &[&str],
        origins: &[&str],
        dashboard: Dashboard,
    ) -> Server {
        let own = |list: &[&str]| -> Vec<String> { list.iter().map(|&text| text.into()).collect() };
        Server::start(App {
            dashboard: Arc::new(dashboard),
            api_bases: own(bases).into_iter().collect(),
            allow_origins: own(origins),
            ..self.app()
        })
    }
}

/// The API alone, at its default base.
pub(crate) fn plain_app(shared: Arc<Shared>) -> App {
    App {
        shared,
        dashboard: Arc::new(Dashboard::Folder(PathBuf::from("no-dashboard"))),
        api_bases: ["/api/v1".to_owned()].into(),
        allow_origins: Vec::new(),
        access: Access::new([127, 0, 0, 1].into(), Vec::new(), Vec::new()),
    }
}

/// A server on a free port of this machine; stops when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// Sends a request and gives what came back, whatever its status.
pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build();
    let agent: ureq::Agent = config.into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = agent.run(request.body(()).unwrap()).unwrap();
    let (parts, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().read_to_end(&mut bytes).unwrap();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: bytes,
    }
}

impl Server {
    pub(crate) fn start(app: App) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let stop = async { drop(stopped.await) };
                serve_on(listener, app, stop).await.unwrap();
            });
        });
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        request(self.address, method, path, headers)
    }

    /// Sends these bytes; gives all that comes until the server closes.
    pub(crate) fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[])
    }

    /// A body that must be a success.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        let answer = self.get(path);
        assert_eq!(
            answer.status,
            200,
            "{path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(answer.header("content-type"), "application/json");
        answer.json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
