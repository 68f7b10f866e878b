//! What the page and the engine say to each other: two enums, encoded with postcard.
//!
//! Both ends are built from this file, so the encoding never has to be compatible with anything.
//! The engine holds one open workload at a time; replies about a chart carry the chart's number.

mod probes;

use parallax_core::catalog::Catalog;
use parallax_core::compare::agree::Agreement;
use parallax_core::compare::attempts::Attempt;
use parallax_core::compare::gaps::GapReport;
use parallax_core::compare::matrix::Matrix;
use parallax_core::compare::suggest::Suggestion;
use parallax_core::error::ApiError;
use parallax_core::frame::Frame;
use parallax_core::series::Statistics;
use parallax_core::view::{Comparing, Pair, Span, XChoice, YChoice};
use parallax_core::wire::{Workload, WorkloadList};
use serde::{Deserialize, Serialize};

/// One metric of one source.
pub use parallax_core::columns::SeriesKey;
pub use probes::Probes;

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToEngine {
    /// Where the page is (its `config.json` names the API) and the view's own API path, if any.
    Connect {
        /// The page's address without query.
        page_url: String,
        /// A path on the same origin instead of config.json's.
        api: Option<String>,
    },
    /// List workloads. Answer: [`FromEngine::Listed`].
    List(ListQuery),
    /// Open a workload and forget the one before. Answer: [`FromEngine::Opened`].
    Open {
        /// Its uid.
        uid: String,
    },
    /// The metrics that the page shows; those that are not held yet are loaded.
    Want {
        /// Their names.
        metrics: Vec<String>,
    },
    /// Load again what failed or was cancelled.
    Retry,
    /// Stop the running load; what has arrived is kept.
    Cancel,
    /// Ask the API for what is new. Answer: [`FromEngine::Polled`].
    Poll,
    /// What a chart draws. Answer: [`FromEngine::Chart`].
    Chart {
        /// The chart's number.
        chart: u32,
        /// What it shows.
        spec: ChartSpec,
    },
    /// The raw points nearest to each place of the pointer. Answer: [`FromEngine::Probed`].
    Probe {
        /// The chart's number.
        chart: u32,
        /// The x axis, as it was drawn.
        x_domain: (f64, f64),
        /// What the chart shows.
        spec: ChartSpec,
    },
    /// Open the workload that the open one is held against, or close it. Answer:
    /// [`FromEngine::BaselineOpened`].
    Baseline {
        /// Its uid.
        uid: Option<String>,
    },
    /// The baseline's metrics that are compared. Answer: [`FromEngine::BaselineGrew`], whenever more
    /// of them is there.
    WantBaseline {
        /// Their names.
        metrics: Vec<String>,
    },
    /// Hold two series against each other. Answer: [`FromEngine::Compared`].
    Compare(PairSpec),
    /// The aligned pair as a file. Answer: [`FromEngine::Exported`].
    Export {
        /// What is compared.
        spec: PairSpec,
        /// JSON instead of CSV.
        json: bool,
    },
    /// Compare everything that can be paired. Answer: [`FromEngine::Matrix`], also on the way.
    Matrix(MatrixSpec),
    /// Rows for the table. Answer: [`FromEngine::Table`].
    Table(TableSpec),
    /// Rows as CSV. Answer: [`FromEngine::Csv`].
    Csv(TableSpec),
}

/// Filters of the workload list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    /// Part of a name.
    pub name: String,
    /// A status, or empty for all.
    pub status: String,
    /// Page, from 1.
    pub page: u32,
}

/// Two series that are held against each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairSpec {
    /// The two sides.
    pub pair: Pair,
    /// How they are compared.
    pub comparing: Comparing,
    /// The part that is compared.
    pub span: Span,
    /// The unit of the span.
    pub x: XChoice,
}

impl PairSpec {
    /// What the sides are called: by source, by metric where that is the same, by run where there
    /// is a baseline.
    pub fn names(&self) -> (String, String) {
        let (a, b) = (&self.pair.a, &self.pair.b);
        if let Some(baseline) = &self.comparing.baseline {
            return (format!("the baseline {baseline}"), "this run".to_owned());
        }
        if a.source == b.source {
            return (a.metric.clone(), b.metric.clone());
        }
        (a.source.clone(), b.source.clone())
    }
}

/// All that can be paired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixSpec {
    /// The metrics that are compared, of the open workload.
    pub metrics: Vec<String>,
    /// Those of the baseline, where there is one.
    pub baseline: Vec<String>,
    /// How they are compared.
    pub comparing: Comparing,
}

/// What a chart of the compare page shows of its pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairPart {
    /// Both curves, B as it is compared.
    Curves,
    /// Δ, and the steps of one side alone.
    Strip,
}

/// What a chart shows, at which size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartSpec {
    /// Its series; on the compare page those of the pair.
    pub series: Vec<SeriesKey>,
    /// On the compare page: what of the pair is drawn.
    pub pair: Option<Box<(PairSpec, PairPart)>>,
    /// Width of the plot area, device pixels.
    pub width_px: u32,
    /// Height of the plot area, device pixels.
    pub height_px: u32,
    /// Width of a line, device pixels.
    pub line_width_px: u32,
    /// The x axis.
    pub x: XChoice,
    /// The part that is shown.
    pub span: Span,
    /// The y axis.
    pub y: YChoice,
    /// EMA weight, 0 for off.
    pub smooth: f64,
}

impl ChartSpec {
    /// The metrics that it is drawn from.
    pub fn metrics(&self) -> Vec<String> {
        match &self.pair {
            Some(pair) => vec![pair.0.pair.a.metric.clone(), pair.0.pair.b.metric.clone()],
            None => self.series.iter().map(|key| key.metric.clone()).collect(),
        }
    }

    /// Whether it is the strip under a comparison.
    pub fn is_strip(&self) -> bool {
        matches!(self.pair.as_deref(), Some((_, PairPart::Strip)))
    }
}

/// What a chart draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartReply {
    /// What was asked.
    pub spec: ChartSpec,
    /// The geometry.
    pub frame: Frame,
    /// Raw statistics in the shown part, one for each series of the spec; `None`: not held.
    pub statistics: Vec<Option<Statistics>>,
    /// The newest raw point in the shown part, one for each series of the spec.
    pub newest: Vec<Option<Reading>>,
    /// Points held of these series, inside the shown part or not.
    pub held_points: u64,
}

/// What is said of a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairReport {
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// Figures and verdict.
    pub agreement: Agreement,
    /// What one side has and the other lacks.
    pub gaps: GapReport,
    /// What would bring the sides closer; nothing of it is applied.
    pub offers: Vec<Suggestion>,
}

/// How far a matrix is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MatrixState {
    /// Steps done, and steps known so far.
    Working(u64, u64),
    /// All pairs.
    Done(Matrix),
}

/// A raw point near the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// Its x on the chart's axis.
    pub x: f64,
    /// The raw value.
    pub value: f64,
}

impl Reading {
    /// Equal bit by bit: NaN is the same as itself.
    pub fn is_same(&self, other: &Self) -> bool {
        let bits = |reading: &Self| (reading.x.to_bits(), reading.value.to_bits());
        (self.iteration, self.timestamp_ms, bits(self))
            == (other.iteration, other.timestamp_ms, bits(other))
    }
}

/// Rows of series in a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableSpec {
    /// The series, in the order of the rows.
    pub series: Vec<SeriesKey>,
    /// The part that is shown.
    pub span: Span,
    /// The unit of the span.
    pub x: XChoice,
    /// First row.
    pub offset: u64,
    /// Rows at most.
    pub limit: u64,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableRow {
    /// Index into the spec's series.
    pub series: u32,
    /// Which attempt, from 0.
    pub attempt: u32,
    /// The training step.
    pub iteration: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// The raw value.
    pub value: f64,
}

/// How the loading of one metric stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MetricState {
    /// Asked for; rows may have arrived.
    Loading,
    /// All there.
    Ready,
    /// Not all there: what arrived is kept.
    Partial(ApiError),
}

/// A load while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows so far.
    pub rows: u64,
    /// Bytes of body so far.
    pub bytes: u64,
}

/// What the engine answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromEngine {
    /// It listens.
    Started,
    /// The API's address, from config.json or the view.
    Connected {
        /// Without a slash at the end.
        api: String,
    },
    /// One page of workloads.
    Listed(Result<WorkloadList, ApiError>),
    /// A workload and what exists in it.
    Opened {
        /// The uid that was asked for.
        uid: String,
        /// The answer.
        result: Result<Opened, ApiError>,
    },
    /// A load goes on, or has ended (`None`).
    Progress(Option<Progress>),
    /// How the loading of metrics stands, for those that changed.
    States(Vec<(String, MetricState)>),
    /// Points were added.
    Grew {
        /// Timestamp of the newest point, ms since the epoch.
        newest_ms: Option<i64>,
        /// The metrics that have more points now.
        metrics: Vec<String>,
    },
    /// A poll has ended; the workload and its catalog as they are now.
    Polled(Result<Opened, ApiError>),
    /// What a chart draws.
    Chart {
        /// The chart's number.
        chart: u32,
        /// What it draws.
        reply: Box<ChartReply>,
    },
    /// The raw points near each place of the pointer.
    Probed {
        /// The chart's number.
        chart: u32,
        /// The points.
        probes: Probes,
    },
    /// How two series compare.
    Compared {
        /// As asked.
        spec: PairSpec,
        /// `None`: one side holds no points.
        report: Option<Box<PairReport>>,
    },
    /// The baseline and what exists in it.
    BaselineOpened {
        /// The uid that was asked for.
        uid: String,
        /// The answer.
        result: Result<Opened, ApiError>,
    },
    /// More of the baseline's wanted metrics is there, or they have all ended, well or not.
    BaselineGrew {
        /// True while a load runs.
        loading: bool,
        /// Why the last load ended early, if it did.
        error: Option<ApiError>,
    },
    /// How far the matrix is.
    Matrix {
        /// As asked.
        spec: MatrixSpec,
        /// The rows so far, or all of them.
        state: Box<MatrixState>,
    },
    /// The aligned pair as a file.
    Exported {
        /// JSON instead of CSV.
        json: bool,
        /// What is in it.
        text: String,
    },
    /// A part of the table.
    Table {
        /// As asked.
        spec: TableSpec,
        /// The rows.
        rows: Vec<TableRow>,
        /// How many rows there are in all.
        total: u64,
    },
    /// The table as CSV.
    Csv(String),
}

/// An open workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The workload itself.
    pub workload: Workload,
    /// What exists in it.
    pub catalog: Catalog,
}

/// Encodes a message. Encoding into memory can't fail for these types; an empty buffer would be
/// refused by [`decode`].
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).unwrap_or_default()
}

/// Decodes a message of the other end.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_core::wire::{FileNote, FileReport, MetricInfo};

    fn opened() -> Opened {
        let note = FileNote {
            message: "half a record".into(),
            byte: 7,
            count: 2,
        };
        let file = FileReport {
            path: "a/b.log".into(),
            notes: vec![note],
            ..FileReport::default()
        };
        let metric = MetricInfo {
            name: "loss".into(),
            data_source: vec!["log".into()],
            count: 3,
        };
        Opened {
            workload: Workload {
                uid: "u".into(),
                files: vec![file],
                ..Workload::default()
            },
            catalog: Catalog::new(vec![metric]),
        }
    }

    #[test]
    fn messages_cross_the_worker_boundary() {
        let status = Workload {
            status: Some("Done".into()),
            ..opened().workload
        };
        let list = WorkloadList {
            data: vec![opened().workload, status],
            total: 2,
        };
        let failed = ApiError::Truncated { bytes: 5, rows: 1 };
        for message in [
            FromEngine::Started,
            FromEngine::Listed(Ok(list)),
            FromEngine::Opened {
                uid: "u".into(),
                result: Ok(opened()),
            },
            FromEngine::Polled(Err(failed.clone())),
            FromEngine::States(vec![("loss".into(), MetricState::Partial(failed))]),
            FromEngine::Progress(Some(Progress { rows: 1, bytes: 2 })),
            FromEngine::Grew {
                newest_ms: Some(-1),
                metrics: vec!["loss".into()],
            },
        ] {
            assert_eq!(decode(&encode(&message)), Some(message));
        }
    }
}
