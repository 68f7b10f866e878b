//! What the compare page and the engine say to each other.

use parallax_api::error::ApiError;
use parallax_compare::agree::Agreement;
use parallax_compare::attempts::Attempt;
use parallax_compare::gaps::GapReport;
use parallax_compare::matrix::Matrix;
use parallax_compare::suggest::Suggestion;
use parallax_view::Comparing;
use serde::{Deserialize, Serialize};

use super::{Opened, PairSpec};

/// What the page asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToCompare {
    /// Open the workload that the open one is held against, or close it. Answer:
    /// [`FromCompare::BaselineOpened`].
    Baseline {
        /// Its uid.
        uid: Option<String>,
    },
    /// The baseline's metrics that are compared. Answer: [`FromCompare::BaselineGrew`], whenever
    /// more of them is there.
    WantBaseline {
        /// Their names.
        metrics: Vec<String>,
    },
    /// Hold two series against each other. Answer: [`FromCompare::Compared`].
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

/// What the engine answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromCompare {
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
}
