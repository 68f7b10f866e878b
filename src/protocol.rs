//! What the page and the engine say to each other: two enums, encoded with postcard.
//!
//! Both ends are built from this file, so the encoding never has to be compatible with anything.
//! The engine holds one open workload at a time; replies about a chart carry the chart's number.
//! What is said about a part whose code is loaded later ([`Part`]) is in the part's own two enums
//! and follows the message as bytes, so that only that part's code knows them.

pub mod compare;
pub mod data;
mod probes;

use parallax_api::catalog::Catalog;
use parallax_api::error::ApiError;
use parallax_api::wire::{Workload, WorkloadList};
use parallax_frame::Frame;
use parallax_series::Statistics;
use parallax_view::{Comparing, Pair, Span, XChoice, YChoice};
use serde::{Deserialize, Serialize};

/// One metric of one source.
pub use parallax_model::key::SeriesKey;
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
    /// Something about a part; what it is follows.
    Part(Part),
}

/// A part of the program whose code is loaded when it is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The compare page and the comparison behind it; see [`compare`].
    Compare,
    /// The data page and its rows; see [`data`].
    Data,
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

/// A raw point near the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The training step.
    pub step: i64,
    /// Milliseconds since the epoch.
    pub time_ms: Option<i64>,
    /// Its x on the chart's axis.
    pub x: f64,
    /// The raw value.
    pub value: f64,
}

impl Reading {
    /// Equal bit by bit: NaN is the same as itself.
    pub fn is_same(&self, other: &Self) -> bool {
        let bits = |reading: &Self| (reading.x.to_bits(), reading.value.to_bits());
        (self.step, self.time_ms, bits(self)) == (other.step, other.time_ms, bits(other))
    }
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
    /// The API's address is not known; what was asked is dropped.
    Unconfigured(ApiError),
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
    /// Something about a part; what it is follows.
    Part(Part),
    /// The engine can't do what a part asked: that part's code did not load.
    PartMissing(Part),
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

/// Encodes what is said about a part after the message that announces it.
pub fn encode_both<T: Serialize, P: Serialize>(message: &T, said: &P) -> Vec<u8> {
    let both = postcard::to_extend(said, encode(message));
    both.unwrap_or_default()
}

/// Decodes a message of the other end.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    decode_first(bytes).map(|(message, _)| message)
}

/// Decodes a message of the other end; gives the bytes that follow it too.
pub fn decode_first<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<(T, &'a [u8])> {
    postcard::take_from_bytes(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_api::wire::{FileNote, FileReport, MetricInfo};

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

    #[test]
    fn what_is_said_about_a_part_follows_its_message() {
        let said = data::FromData::CsvPart {
            number: 0,
            text: "a,b".into(),
            is_last: true,
        };
        let bytes = encode_both(&FromEngine::Part(Part::Data), &said);
        let (message, rest) = decode_first::<FromEngine>(&bytes).unwrap();
        assert_eq!(message, FromEngine::Part(Part::Data));
        assert_eq!(decode(rest), Some(said));
    }
}
