//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::{LevelFilter, Targets};

pub use crate::compare::options::CompareOptions;
use crate::http::access::is_origin;

/// Shows training runs from every source that recorded them.
#[derive(Debug, Parser)]
#[command(name = "parallax", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves run folders as they are: the API and the dashboard on one port.
    Serve(ServeOptions),
    /// Compares what the sources of a run say of the same metric, as a table or as JSON.
    Compare(Box<CompareOptions>),
}

/// Options of `parallax serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// The folder with the runs, or one run. Each folder with training records in it is a
    /// workload; files are followed while they grow.
    pub runs_dir: PathBuf,
    /// Address to listen on. Only this machine can reach the default; there is no login.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Path of the API; may be given several times.
    #[arg(long = "api-base", value_name = "PATH", default_value = "/api/v1", value_parser = api_base)]
    pub api_bases: Vec<String>,
    /// Seconds between two looks at the folder; 0 reads it once.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub reload: f64,
    /// Serves the dashboard from this folder instead of the one in the binary.
    #[arg(long, value_name = "DIR")]
    pub dashboard: Option<PathBuf>,
    /// Lets pages of this origin read the API (`https://portal.example`, or `*`); may be given
    /// several times.
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    pub allow_origins: Vec<String>,
    /// Answers requests for this host name too (`portal.example`), beside localhost and the address
    /// that it listens on; with `--host 0.0.0.0` beside all addresses and this machine's name. May
    /// be given several times.
    #[arg(long = "allow-host", value_name = "NAME", value_parser = host)]
    pub allow_hosts: Vec<String>,
    /// Pages of these origins may show the dashboard in a frame: `https://portal.example`, `*`,
    /// `self` or `none`; may be given several times. By default any may show what has `?embed=1`,
    /// and only the server's own pages the rest.
    #[arg(long = "frame-ancestors", value_name = "ORIGIN", value_parser = frame_ancestor)]
    pub frame_ancestors: Vec<String>,
    /// What is logged on stderr: `off`, `error`, `warn`, `info`, `debug` (each request) or `trace`,
    /// also by module, as in `warn,tower_http=debug`.
    #[arg(long, value_name = "LEVEL", default_value = "warn", value_parser = log)]
    pub log: Targets,
}

fn api_base(text: &str) -> Result<String, String> {
    let base = text.trim_end_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    let is_path = base.len() > 1 && base.starts_with('/') && !base.contains("//");
    if is_path && base.chars().all(is_plain) {
        Ok(base.to_owned())
    } else {
        Err("expected a path such as /api/v1".to_owned())
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected seconds from 0 to 86400".to_owned()),
    }
}

fn origin(text: &str) -> Result<String, String> {
    if text == "*" || is_origin(text) {
        Ok(text.to_owned())
    } else {
        Err("expected an origin such as https://portal.example, without a path".to_owned())
    }
}

fn host(text: &str) -> Result<String, String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(ip.to_string());
    }
    if is_origin(&format!("http://{text}")) && !text.contains(':') {
        Ok(text.to_owned())
    } else {
        Err("expected a name such as portal.example, without scheme and port".to_owned())
    }
}

fn frame_ancestor(text: &str) -> Result<String, String> {
    match text {
        "self" | "none" => Ok(format!("'{text}'")),
        _ => origin(&text.replacen("://*.", "://", 1)).map(|_| text.to_owned()),
    }
}

fn log(text: &str) -> Result<Targets, String> {
    // A level with a typing error would be taken for the name of a module.
    let is_level = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    let targets = text.split(',').all(is_level).then(|| text.parse().ok());
    targets.flatten().ok_or_else(|| {
        "expected off, error, warn, info, debug or trace, or MODULE=LEVEL, separated by commas"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<ServeOptions, clap::Error> {
        let all = ["parallax", "serve", "runs"].iter().chain(arguments);
        Cli::try_parse_from(all).map(|cli| match cli.command {
            Command::Serve(options) => options,
            Command::Compare(_) => panic!("parsed as another command"),
        })
    }

    #[test]
    fn defaults_are_private() {
        let options = parse(&[]).unwrap();
        assert!(options.host.is_loopback());
        assert_eq!(options.port, 8080);
        assert_eq!(options.api_bases, ["/api/v1"]);
        assert_eq!(options.reload, 2.0);
        assert!(options.allow_origins.is_empty() && options.dashboard.is_none());
        assert!(options.allow_hosts.is_empty() && options.frame_ancestors.is_empty());
    }

    #[test]
    fn values_are_checked() {
        let options = parse(&["--api-base", "/v1/", "--api-base", "/lens/v1"]).unwrap();
        assert_eq!(options.api_bases, ["/v1", "/lens/v1"]);
        for (arguments, is_ok) in [
            (["--api-base", "v1"], false),
            (["--api-base", "/"], false),
            (["--api-base", "/{uid}"], false),
            (["--reload", "0"], true),
            (["--reload", "-1"], false),
            (["--reload", "NaN"], false),
            (["--allow-origin", "*"], true),
            (["--allow-origin", "https://a.example:8443"], true),
            (["--allow-origin", "a.example"], false),
            (["--allow-origin", "https://a.example/"], false),
            (["--host", "nowhere"], false),
            (["--allow-host", "portal.example"], true),
            (["--allow-host", "192.168.1.5"], true),
            (["--allow-host", "2001:db8::1"], true),
            (["--allow-host", "portal.example:80"], false),
            (["--allow-host", "https://portal.example"], false),
            (["--allow-host", ""], false),
            (["--frame-ancestors", "https://*.portal.example:8443"], true),
            (["--frame-ancestors", "self"], true),
            (["--frame-ancestors", "*"], true),
            (["--frame-ancestors", "https://a.example;script-src"], false),
            (
                ["--frame-ancestors", "https://a.example https://b.example"],
                false,
            ),
            (["--frame-ancestors", "portal.example"], false),
            (["--log", "off"], true),
            (["--log", "warn,tower_http=debug"], true),
            (["--log", "wran"], false),
            (["--log", "tower_http=loud"], false),
        ] {
            assert_eq!(parse(&arguments).is_ok(), is_ok, "{arguments:?}");
        }
    }
}
