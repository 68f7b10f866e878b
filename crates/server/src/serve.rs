//! `parallax serve`: binds, reads the runs, says what it found, serves until it is stopped.
//!
//! The only place that knows the clock.

use std::collections::BTreeSet;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::ServeOptions;
use crate::discovery::known;
use crate::http::access::Access;
use crate::http::app::App;
use crate::http::dashboard::Dashboard;
use crate::http::routes::router;
use crate::reload::Reloader;
use crate::reload_thread;
use crate::store::snapshot::Catalog;
use crate::terminal::printable;

/// How long open requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// How many remarks on files the start prints.
const MOST_REMARKS: usize = 10;

/// Why the server did not start, in one line.
#[derive(Debug)]
pub enum ServeError {
    /// The folder to serve can't be read.
    RunsDir(PathBuf, io::Error),
    /// The dashboard's folder has no page in it.
    Dashboard(PathBuf),
    /// The address can't be listened on.
    Bind(SocketAddr, io::Error),
    /// The server could not run.
    Run(io::Error),
}

/// What is said of a folder with runs that can't be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> String {
    let path = printable(path.display());
    format!("can't read the folder `{path}`: {error}; expected a folder with training runs")
}

impl fmt::Display for ServeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RunsDir(path, error) => out.write_str(&unreadable(path, error)),
            Self::Dashboard(path) => write!(
                out,
                "no index.html in `{}`; expected the folder that `cargo xtask trunk build --release` writes",
                printable(path.display())
            ),
            Self::Bind(address, error) if error.kind() == io::ErrorKind::AddrInUse => write!(
                out,
                "{address} is in use; stop what listens there, or choose another port with --port"
            ),
            Self::Bind(address, error) => write!(out, "can't listen on {address}: {error}"),
            Self::Run(error) => write!(out, "the server stopped: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// Serves until Ctrl-C or SIGTERM.
pub fn run(options: ServeOptions) -> Result<(), ServeError> {
    let log = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let log = log.with_filter(options.log.clone());
    tracing_subscriber::registry().with(log).init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Run)?;
    runtime.block_on(start(options))
}

async fn start(options: ServeOptions) -> Result<(), ServeError> {
    let runs_dir = options.runs_dir.as_path();
    let unreadable = |error| ServeError::RunsDir(runs_dir.to_owned(), error);
    std::fs::read_dir(runs_dir).map_err(unreadable)?;
    let dashboard = dashboard(options.dashboard.clone())?;
    let wanted = SocketAddr::new(options.host, options.port);
    let listener = TcpListener::bind(wanted)
        .await
        .map_err(|error| ServeError::Bind(wanted, error))?;
    let address = listener.local_addr().map_err(ServeError::Run)?;

    println!("Reading {} …", printable(runs_dir.display()));
    let api_bases = BTreeSet::from_iter(options.api_bases);
    let mut reloader = Reloader::new(runs_dir, known::formats(), now_ms());
    reloader.pass(now_ms()).map_err(unreadable)?;
    let shared = reloader.shared();
    print!("{}", found(&shared.read(), runs_dir));
    println!("{}", where_to_look(address, &api_bases));
    let every = Duration::from_secs_f64(options.reload);
    let pass = move || reloader.pass(now_ms());
    let _stop_reloading = (!every.is_zero())
        .then(|| reload_thread::repeat(pass, Arc::clone(&shared), every))
        .transpose()
        .map_err(ServeError::Run)?;
    let app = App {
        shared,
        dashboard: Arc::new(dashboard),
        api_bases,
        allow_origins: options.allow_origins,
        access: Access::new(options.host, options.allow_hosts, options.frame_ancestors),
    };
    serve_on(listener, app, stopped())
        .await
        .map_err(ServeError::Run)
}

fn dashboard(folder: Option<PathBuf>) -> Result<Dashboard, ServeError> {
    let Some(folder) = folder else {
        return Ok(Dashboard::Embedded);
    };
    let dashboard = Dashboard::Folder(folder.clone());
    if dashboard.is_built() {
        Ok(dashboard)
    } else {
        Err(ServeError::Dashboard(folder))
    }
}

/// Serves on a bound listener until `stop` is ready, then lets open requests finish for a short
/// while.
pub async fn serve_on(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (told, is_told) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
        stop.await;
        let _ = told.send(());
    });
    let grace = async {
        match is_told.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = server => result,
        () = grace => Ok(()),
    }
}

async fn stopped() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

fn where_to_look(address: SocketAddr, api_bases: &BTreeSet<String>) -> String {
    let bases: Vec<&str> = api_bases.iter().map(String::as_str).collect();
    let host = match address.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) => format!("[{ip}]"),
        IpAddr::V4(ip) => ip.to_string(),
    };
    let port = address.port();
    let mut text = format!(
        "Parallax is on http://{host}:{port} (API: {})",
        bases.join(", ")
    );
    if !address.ip().is_loopback() {
        text.push_str("\nOther machines can reach it, and there is no login.");
    }
    text
}

/// What a catalog holds, for people.
pub fn found(catalog: &Catalog, runs_dir: &Path) -> String {
    let workloads = catalog.workloads.values();
    let files = || workloads.clone().flat_map(|workload| &workload.info.files);
    let points: u64 = files().map(|file| file.points).sum();
    let mut text = format!(
        "{} in {}, {}\n",
        counted(catalog.workloads.len() as u64, "workload"),
        counted(files().count() as u64, "file"),
        counted(points, "point"),
    );
    if catalog.workloads.is_empty() {
        text.push_str(&format!(
            "Nothing found in {}. Looked for folders with W&B run files (*.wandb), TensorBoard \
             event files (*tfevents*), training logs (*.log, *.txt, *.out), or metrics as JSON \
             lines, CSV or trainer_state.json. It is looked at again while the server runs.\n",
            printable(runs_dir.display())
        ));
    }
    let remarks = remarks(catalog);
    for remark in remarks.iter().take(MOST_REMARKS) {
        text.push_str(&format!("  {}\n", printable(remark)));
    }
    if remarks.len() > MOST_REMARKS {
        let more = counted((remarks.len() - MOST_REMARKS) as u64, "more remark");
        text.push_str(&format!("  {more}: see /workloads/{{uid}}\n"));
    }
    if catalog.unrecognised > 0 {
        let count = counted(catalog.unrecognised, "file");
        text.push_str(&format!("  {count} of no known format passed over\n"));
    }
    text
}

/// What could not be read, then what was skipped: a line each.
pub(crate) fn remarks(catalog: &Catalog) -> Vec<String> {
    let files = || catalog.workloads.values().flat_map(|w| &w.info.files);
    let line = |path: &str, message: &str| format!("{path}: {message}");
    let mut remarks: Vec<String> = catalog
        .unreadable
        .iter()
        .map(|(path, reason)| line(path, reason))
        .collect();
    for file in files().filter(|file| file.state == "broken") {
        remarks.extend(
            file.notes
                .iter()
                .map(|note| line(&file.path, &note.message)),
        );
    }
    for file in files().filter(|file| file.state != "broken") {
        let skipped = file
            .notes
            .iter()
            .filter(|note| note.message.starts_with("skipped"));
        remarks.extend(skipped.map(|note| line(&file.path, &note.message)));
    }
    // A file that could not be recognised is reported with its workload too.
    let mut met = BTreeSet::new();
    remarks.retain(|remark| met.insert(remark.clone()));
    remarks
}

/// `1 file`, `12,345 points`.
fn counted(count: u64, noun: &str) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let plural = if count == 1 { "" } else { "s" };
    format!("{text} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_for_people() {
        for (count, expected) in [
            (0, "0 points"),
            (1, "1 point"),
            (999, "999 points"),
            (1_000, "1,000 points"),
            (1_234_567, "1,234,567 points"),
        ] {
            assert_eq!(counted(count, "point"), expected);
        }
    }

    #[test]
    fn addresses_for_people() {
        let bases = BTreeSet::from(["/api/v1".to_owned()]);
        let line = |address: &str| where_to_look(address.parse().unwrap(), &bases);
        assert_eq!(
            line("127.0.0.1:8080"),
            "Parallax is on http://127.0.0.1:8080 (API: /api/v1)"
        );
        assert!(line("0.0.0.0:80").contains("http://127.0.0.1:80 "));
        assert!(line("0.0.0.0:80").contains("no login"));
        assert!(line("[::1]:80").contains("http://[::1]:80 "));
    }
}
