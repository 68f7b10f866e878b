//! The Training Performance API's types, as the bundled server writes them and the dashboard reads
//! them (generation A of the contract).
//!
//! Answers are read by [`crate::envelope::open`], which is lenient with what is missing or `null`.

use parallax_model::source::Source;
use serde::{Deserialize, Deserializer, Serialize};

/// One training job. Times are unix **seconds**; 0 or absent means unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Workload {
    /// The stable id that the other endpoints take.
    pub uid: String,
    /// The name for people.
    pub name: String,
    /// Kubernetes kind in the field; `Run` from the bundled server.
    pub kind: String,
    /// Kubernetes namespace in the field; the folder above the run from the bundled server.
    pub namespace: String,
    /// Running, Pending, Done, Deleted, Failed; absent where the server does not know.
    pub status: Option<String>,
    /// GPUs held by the job.
    pub gpu_allocated: i64,
    /// Start, unix seconds.
    pub start_at: i64,
    /// End, unix seconds; 0 while it runs.
    pub end_at: i64,
    /// Where the server has the workload from.
    pub source: String,
    /// Addition of the bundled server: the files that were read. Empty in lists, and elsewhere.
    pub files: Vec<FileReport>,
}

/// Addition of the bundled server: what became of one file of a run folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileReport {
    /// Path relative to the folder that is served, with `/`.
    pub path: String,
    /// The format it was read as, for people.
    pub format: String,
    /// The source that its points are listed under.
    pub data_source: String,
    /// Points read from it.
    #[serde(deserialize_with = "count")]
    pub points: u64,
    /// Bytes read so far.
    #[serde(deserialize_with = "count")]
    pub bytes: u64,
    /// `complete`, `waiting` (an unfinished end that may still grow) or `broken`.
    pub state: String,
    /// What was skipped and why, each kind once with its count.
    pub notes: Vec<FileNote>,
}

/// One kind of thing that a reader skipped or had to assume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileNote {
    /// What was found and what was expected, in one sentence.
    pub message: String,
    /// Byte offset of the first occurrence.
    #[serde(deserialize_with = "count")]
    pub byte: u64,
    /// How often it occurred.
    #[serde(deserialize_with = "count")]
    pub count: u64,
}

/// `/workloads`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkloadList {
    /// One page of workloads.
    pub data: Vec<Workload>,
    /// How many there are over all pages.
    #[serde(deserialize_with = "count")]
    pub total: u64,
}

/// `/workloads/{uid}/metrics/sources`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceList {
    /// The workload asked for.
    pub workload_uid: String,
    /// Its sources, in random order in the field.
    pub data_sources: Vec<SourceCount>,
    /// Points over all sources.
    #[serde(deserialize_with = "count")]
    pub total_count: u64,
}

/// One source and its number of points.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceCount {
    /// The source.
    pub name: Source,
    /// Its points.
    #[serde(deserialize_with = "count")]
    pub count: u64,
}

/// `/workloads/{uid}/metrics/available`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricList {
    /// The workload asked for.
    pub workload_uid: String,
    /// Its metrics, in random order in the field.
    pub metrics: Vec<MetricInfo>,
    /// How many metrics there are.
    #[serde(deserialize_with = "count")]
    pub total_count: u64,
}

/// One metric, who recorded it, and its number of points over those sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricInfo {
    /// The metric's name.
    pub name: String,
    /// The sources that recorded it.
    pub data_source: Vec<Source>,
    /// Points over those sources.
    #[serde(deserialize_with = "count")]
    pub count: u64,
}

/// The body of an error answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What was wrong, naming the parameter and what was expected.
    pub error: String,
}

/// A count; a negative one in JSON counts as none.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    if !deserializer.is_human_readable() {
        return u64::deserialize(deserializer);
    }
    i64::deserialize(deserializer).map(|count| u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_generation_a() {
        let list = SourceList {
            workload_uid: "u".into(),
            data_sources: vec![SourceCount {
                name: Source::LOG.into(),
                count: 3,
            }],
            total_count: 3,
        };
        assert_eq!(
            serde_json::to_string(&list).unwrap(),
            r#"{"workload_uid":"u","data_sources":[{"name":"log","count":3}],"total_count":3}"#
        );
    }
}
