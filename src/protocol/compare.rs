//! The messages between the compare page and the engine.

use parallax_api::error::ApiError;
use parallax_compare::PairReport;
use parallax_compare::matrix::Matrix;
use parallax_view::Comparing;
use serde::{Deserialize, Serialize};

use super::{Opened, PairSpec};

/// A request of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToCompare {
    /// Open the workload that the open one is compared with, or close it. Answer:
    /// [`FromCompare::BaselineOpened`].
    Baseline {
        /// Its uid.
        uid: Option<String>,
    },
    /// The baseline's metrics that are compared. Answer: [`FromCompare::BaselineGrew`], whenever
    /// more of them are there.
    WantBaseline {
        /// Their names.
        metrics: Vec<String>,
    },
    /// Compare two series. Answer: [`FromCompare::Compared`].
    Pair(PairSpec),
    /// The aligned pair as a file. Answer: [`FromCompare::Exported`].
    Export {
        /// What is compared.
        spec: PairSpec,
        /// JSON instead of CSV.
        json: bool,
    },
    /// Compare everything that can be paired. Answer: [`FromCompare::Matrix`], also on the way.
    Matrix(MatrixSpec),
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

/// A matrix, or the progress towards it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MatrixState {
    /// Steps done, and steps known so far.
    Working(u64, u64),
    /// All pairs, and what is missing among them.
    Done(Matrix, Option<Incomplete>),
}

/// What a matrix lacks, because rows of some metrics could not be loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incomplete {
    /// Pairs that are not compared, as far as the names of the metrics tell.
    pub pairs: u64,
    /// Metrics of which rows are missing.
    pub metrics: u64,
    /// Why they could not be loaded; of several reasons one.
    pub error: ApiError,
}

/// An answer of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromCompare {
    /// How two series compare.
    Compared {
        /// As asked.
        spec: PairSpec,
        /// `None`: one side has no points.
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
    /// The matrix, or the progress towards it.
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
}
