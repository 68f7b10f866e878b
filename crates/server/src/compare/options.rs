//! The options of `parallax compare`, and the choices of `parallax_compare` that they are.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use parallax_compare::align::{Method, Transform, ValueMap};
use parallax_compare::attempts::Choice;
use parallax_compare::matrix::MetricPair;
use parallax_compare::verdict::Tolerance;
use parallax_compare::{Options, ParseError};
use parallax_text::en;

const AFTER_HELP: &str = "\
Exit code: 0 where everything that was compared agrees, 1 where something differs beyond the
tolerance, 2 where the command line is wrong or nothing could be read or compared.

Marks: = identical, ~ equal within the digits that the sources print, < within the tolerance,
! differs, ? a different metric, or no step in common.

Examples:
  parallax compare runs
  parallax compare runs --workload charlm --sources log,wandb --tolerance 0.1%
  parallax compare runs --metric lm_loss=train/loss --gaps
  parallax compare runs --workload new --baseline old --tolerance rel:0.02
  parallax compare runs --format json";

/// Options of `parallax compare`.
#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CompareOptions {
    /// The folder with the runs, or one run: as `parallax serve` takes it.
    pub runs_dir: PathBuf,
    /// Name or UID of a workload; may be given several times. Without it, all are compared.
    #[arg(long = "workload", value_name = "W")]
    pub workloads: Vec<String>,
    /// Metric names of A and B, as in lm_loss=train/loss; may be given several times. One name
    /// alone: the same in both, or what it is paired with. Without it, all that can be paired.
    #[arg(long = "metric", value_name = "A=B", value_parser = choice::<MetricPair>)]
    pub metrics: Vec<MetricPair>,
    /// Sources to compare, A first. Without it, all of them, each with each.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub sources: Vec<String>,
    /// What still counts as agreement: a fraction of the larger value (1e-3, 0.1%, rel:1e-3), an
    /// amount (abs:0.01), or both (abs:0.01+rel:1e-3).
    #[arg(
        long,
        value_name = "T",
        default_value = "1e-3",
        allow_hyphen_values = true,
        value_parser = choice::<Tolerance>
    )]
    pub tolerance: Tolerance,
    /// Of a restarted run: latest, first, all, or one attempt by its number.
    #[arg(
        long,
        value_name = "WHICH",
        default_value = "latest",
        allow_hyphen_values = true,
        value_parser = choice::<Choice>
    )]
    pub attempts: Choice,
    /// Which points belong together: exact (equal steps), nearest:STEPS, interpolate (B at A's
    /// steps), time:MILLISECONDS, or order (row by row).
    #[arg(long, value_name = "HOW", default_value = "exact", value_parser = choice::<Method>)]
    pub align: Method,
    /// Steps to add to those of B.
    #[arg(
        long,
        value_name = "STEPS",
        default_value_t = 0,
        allow_hyphen_values = true
    )]
    pub offset: i64,
    /// Multiplies the steps of B, before the offset: 10, or 1/8192 where B counts tokens.
    #[arg(long, value_name = "RATIO", default_value = "1")]
    pub step_ratio: Ratio,
    /// Milliseconds to add to the times of B.
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 0,
        allow_hyphen_values = true
    )]
    pub clock: i64,
    /// Multiplies the values of B; needs --metric.
    #[arg(long, value_name = "FACTOR", allow_hyphen_values = true, value_parser = factor, requires = "metrics")]
    pub scale: Option<f64>,
    /// Changes the values of B: one-minus, exp, ln, exp10 or log10; needs --metric.
    #[arg(
        long,
        value_name = "MAP",
        conflicts_with = "scale",
        requires = "metrics",
        value_parser = choice::<ValueMap>
    )]
    pub map: Option<ValueMap>,
    /// Compares each workload with this one instead of its own sources: A is the baseline.
    #[arg(long, value_name = "W")]
    pub baseline: Option<String>,
    /// Writes the aligned rows of the one pair that is compared: FILE.csv or FILE.json.
    #[arg(long, value_name = "FILE", value_parser = export_file)]
    pub export: Option<PathBuf>,
    /// Adds to each pair how often its sources log and which steps they lack.
    #[arg(long)]
    pub gaps: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs; see `compare::json`.
    Json,
}

/// A ratio of steps, both parts above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Multiplies.
    pub times: i64,
    /// Divides.
    pub over: i64,
}

impl FromStr for Ratio {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (times, over) = text.split_once('/').unwrap_or((text, "1"));
        let whole = |part: &str| part.trim().parse().ok().filter(|number: &i64| *number > 0);
        match (whole(times), whole(over)) {
            (Some(times), Some(over)) => Ok(Self { times, over }),
            _ => Err("expected whole numbers above 0, as in 10, 1/8192 or 3/2".to_owned()),
        }
    }
}

/// Reads a choice of the comparison.
fn choice<T: FromStr<Err = ParseError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| en::parse_error(text, error))
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if f64::is_normal(factor) => Ok(factor),
        _ => Err("expected a number that is not 0, as in 100 or 0.01".to_owned()),
    }
}

fn export_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some("csv" | "json") => Ok(path),
        _ => Err("expected a file that ends in .csv or .json".to_owned()),
    }
}

impl CompareOptions {
    /// The choices as the comparison takes them.
    pub fn choices(&self) -> Options {
        let scale = self.scale.map(ValueMap::Times);
        Options {
            choice: self.attempts,
            method: self.align,
            transform: Transform {
                step_times: self.step_ratio.times,
                step_over: self.step_ratio.over,
                step_plus: self.offset,
                time_plus_ms: self.clock,
                value: scale.or(self.map).unwrap_or_default(),
            },
            tolerance: self.tolerance,
            ..Options::default()
        }
    }
}

/// The options that accept an offer, as one would type them; empty where there is nothing to do.
pub fn to_accept(transform: &Transform, method: Method) -> String {
    let mut out: Vec<String> = Vec::new();
    let default = Transform::default();
    if (transform.step_times, transform.step_over) != (1, 1) {
        out.push(match transform.step_over {
            1 => format!("--step-ratio {}", transform.step_times),
            over => format!("--step-ratio {}/{over}", transform.step_times),
        });
    }
    if transform.step_plus != default.step_plus {
        out.push(format!("--offset {}", transform.step_plus));
    }
    if transform.time_plus_ms != default.time_plus_ms {
        out.push(format!("--clock {}", transform.time_plus_ms));
    }
    match transform.value {
        ValueMap::Same => {}
        ValueMap::Times(factor) => out.push(format!("--scale {factor}")),
        map => out.push(format!("--map {map}")),
    }
    if method != Method::Exact {
        out.push(format!("--align {method}"));
    }
    out.join(" ")
}
