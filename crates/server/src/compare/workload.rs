//! The comparison of one workload: of its sources, or of it with a baseline.

use parallax_compare::explain::GapReport;
use parallax_compare::matrix::{Matrix, MatrixBuilder, MatrixRow, NamedSeries};
use parallax_compare::report::Row;
use parallax_compare::{AlignedPair, Options};

use super::options::CompareOptions;
use super::runs::{Recorded, recorded};
use crate::store::snapshot::WorkloadSnapshot;

/// What is compared with what.
pub struct Task<'a> {
    /// The run.
    pub workload: &'a WorkloadSnapshot,
    /// The run that it is compared with; without one, its sources are compared with each other.
    pub baseline: Option<&'a WorkloadSnapshot>,
    /// The user's choices.
    pub options: &'a CompareOptions,
}

/// The result.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// UID of the workload.
    pub uid: String,
    /// Its name.
    pub name: String,
    /// UID of the baseline.
    pub baseline: Option<String>,
    /// Names of the sources that took part, in order.
    pub sources: Vec<String>,
    /// All rows.
    pub matrix: Matrix,
    /// Of each row, where it was asked for.
    pub gaps: Vec<GapReport>,
    /// The rows of the first pair, where an export was asked for.
    pub export: Vec<Row>,
    /// Metric and source of each position in the matrix.
    pub series: Vec<(String, String)>,
}

impl Task<'_> {
    /// Compares; `tick` is called after each step with the steps done and those known so far.
    pub fn compare(&self, tick: &mut dyn FnMut(usize, usize)) -> Compared {
        let (options, metrics) = (self.options, &self.options.metrics);
        let of = |workload| recorded(workload, &options.sources, metrics);
        let mut all = self.baseline.map(of).unwrap_or_default();
        let of_baseline = all.len();
        all.extend(of(self.workload));
        let labels = self.labels(&all, of_baseline);
        let both = all.iter().zip(&labels);
        let named: Vec<NamedSeries<'_>> = both
            .map(|(one, label)| NamedSeries {
                metric: &one.metric,
                source: label,
                side: one.side(),
            })
            .collect();
        let choices = options.choices();
        let kind_of = |index: usize| all.get(index).map_or("", |one| one.source.as_str());
        let builder = match self.baseline {
            Some(_) => MatrixBuilder::between(&named, of_baseline, kind_of, choices.clone()),
            None => MatrixBuilder::new(&named, choices.clone()),
        };
        let mut builder = builder.only(metrics);
        while let Some(progress) = builder.step() {
            tick(progress.done, progress.of);
        }
        let matrix = builder.finish();
        let aligned = |row: &MatrixRow| align(&named, row, &choices);
        let gaps = |row: &MatrixRow| Some(aligned(row)?.gaps());
        let gaps = match options.gaps {
            true => matrix.rows.iter().filter_map(gaps).collect(),
            false => Vec::new(),
        };
        let first = matrix.rows.first().filter(|_| options.export.is_some());
        let export = first.and_then(aligned).map(|pair| pair.rows());
        let mut sources = labels;
        sources.dedup();
        Compared {
            uid: self.workload.info.uid.clone(),
            name: self.workload.info.name.clone(),
            baseline: self.baseline.map(|baseline| baseline.info.uid.clone()),
            sources,
            matrix,
            gaps,
            export: export.unwrap_or_default(),
            series: all
                .into_iter()
                .map(|one| (one.metric, one.source))
                .collect(),
        }
    }

    /// The name of each series' source; of two runs with the run's name.
    fn labels(&self, all: &[Recorded], of_baseline: usize) -> Vec<String> {
        let label = |(at, one): (usize, &Recorded)| match self.baseline {
            None => one.source.clone(),
            Some(baseline) if at < of_baseline => format!("{}:{}", baseline.info.name, one.source),
            Some(_) => format!("{}:{}", self.workload.info.name, one.source),
        };
        all.iter().enumerate().map(label).collect()
    }
}

/// The pair of a row, once more, for what the matrix does not keep.
fn align<'a>(
    named: &[NamedSeries<'a>],
    row: &MatrixRow,
    choices: &Options,
) -> Option<AlignedPair<'a>> {
    let (a, b) = row.pairing.index;
    let (a, b) = (named.get(a)?, named.get(b)?);
    Some(AlignedPair::new(a.side, b.side, choices))
}
