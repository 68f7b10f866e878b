//! All metrics of a workload, or of two: which belong together, and how each pair compares.

mod builder;
mod metric_name;
mod metric_pair;
mod pairing;
mod probe;
mod rows;

pub use builder::{MatrixBuilder, Progress, matrix};
pub use metric_pair::MetricPair;
pub use pairing::{Basis, NamedSeries, Pairing, pair};
pub use rows::{Matrix, MatrixRow};
