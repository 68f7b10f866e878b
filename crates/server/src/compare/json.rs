//! The comparison as JSON, for programs.
//!
//! Field names and codes never change within a `version`; new fields may come. Numbers that do not
//! exist (no finite pair, a constant side) and those that JSON can't write are `null`. Steps are
//! A's; Δ is `b − a`; relative figures are shares of the larger of both values; coverage is 0 to 1.

use parallax_compare::explain::{GapReport, findings};
use parallax_compare::matrix::{Basis, MatrixRow};
use parallax_compare::verdict::{Agreement, Verdict};
use parallax_text::en;
use serde::Serialize;

use super::options::{CompareOptions, to_accept};
use super::workload::Compared;

/// Grows when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// Something differs beyond the tolerance; the exit code is then 1.
    differs: bool,
    tolerance: Allowed,
    align: String,
    attempts: String,
    workloads: Vec<Workload<'a>>,
    /// Files, or parts of them, that could not be read.
    skipped: &'a [String],
}

#[derive(Serialize)]
struct Allowed {
    absolute: f64,
    relative: f64,
}

#[derive(Serialize)]
struct Workload<'a> {
    uid: &'a str,
    name: &'a str,
    /// UID of the run that it is compared with; A is the baseline then.
    baseline: Option<&'a str>,
    differs: bool,
    /// Worst first.
    rows: Vec<Row<'a>>,
    /// Metrics without a partner.
    unpaired: Vec<Unpaired<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    metric_a: &'a str,
    metric_b: &'a str,
    source_a: &'a str,
    source_b: &'a str,
    /// `identical`, `equal_within_rounding`, `within_tolerance`, `differs`, `different_metric` or
    /// `nothing_shared`.
    verdict: &'static str,
    differs: bool,
    sentence: String,
    points_a: u64,
    points_b: u64,
    matched: u64,
    only_a: u64,
    only_b: u64,
    coverage_a: f64,
    coverage_b: f64,
    /// Matched points that differ beyond the tolerance, or where one side alone is not finite.
    differing: u64,
    first_differing_step: Option<i64>,
    last_differing_step: Option<i64>,
    both_non_finite: u64,
    one_non_finite: u64,
    precision_a: String,
    precision_b: String,
    #[serde(flatten)]
    figures: Figures,
    /// `names_and_values`, `names`, `names_against_values`, `values` or `asked`.
    paired_by: &'static str,
    pairing: String,
    hint: Option<Hint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gaps: Option<Gaps<'a>>,
}

/// Over pairs of finite values.
#[derive(Default, Serialize)]
struct Figures {
    bias: Option<f64>,
    mae: Option<f64>,
    rmse: Option<f64>,
    max_abs: Option<f64>,
    max_abs_step: Option<i64>,
    mean_relative: Option<f64>,
    max_relative: Option<f64>,
    max_relative_step: Option<i64>,
    pearson: Option<f64>,
}

#[derive(Serialize)]
struct Gaps<'a> {
    #[serde(flatten)]
    report: &'a GapReport,
    /// What is notable in the report, in sentences.
    findings: Vec<String>,
}

#[derive(Serialize)]
struct Hint {
    reason: String,
    /// Options that apply it; empty where nothing has to change.
    options: String,
}

#[derive(Serialize)]
struct Unpaired<'a> {
    metric: &'a str,
    source: &'a str,
}

/// The whole document, indented, with a line feed at the end.
pub fn json(compared: &[Compared], options: &CompareOptions, skipped: &[String]) -> String {
    let document = Document {
        version: VERSION,
        differs: compared.iter().any(|one| one.matrix.differs()),
        tolerance: Allowed {
            absolute: options.tolerance.absolute,
            relative: options.tolerance.relative,
        },
        align: options.align.to_string(),
        attempts: options.attempts.to_string(),
        workloads: compared.iter().map(workload).collect(),
        skipped,
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn workload(one: &Compared) -> Workload<'_> {
    let rows = one.matrix.rows.iter().enumerate();
    let unpaired = one
        .matrix
        .unpaired
        .iter()
        .filter_map(|index| one.series.get(*index));
    Workload {
        uid: &one.uid,
        name: &one.name,
        baseline: one.baseline.as_deref(),
        differs: one.matrix.differs(),
        rows: rows
            .map(|(at, found)| row(found, one.gaps.get(at)))
            .collect(),
        unpaired: unpaired
            .map(|(metric, source)| Unpaired { metric, source })
            .collect(),
    }
}

fn row<'a>(row: &'a MatrixRow, gaps: Option<&'a GapReport>) -> Row<'a> {
    let (agreement, pairing) = (&row.agreement, &row.pairing);
    let names = (row.sources.0.as_str(), row.sources.1.as_str());
    let [.., one_non_finite] = agreement.by_status;
    let steps = differing_steps(&agreement.verdict);
    Row {
        metric_a: &pairing.metrics.0,
        metric_b: &pairing.metrics.1,
        source_a: names.0,
        source_b: names.1,
        verdict: agreement.verdict.code(),
        differs: agreement.verdict.is_difference(),
        sentence: en::agreement(agreement, names),
        points_a: agreement.points.0,
        points_b: agreement.points.1,
        matched: agreement.matched,
        only_a: agreement.only.0,
        only_b: agreement.only.1,
        coverage_a: agreement.coverage.0,
        coverage_b: agreement.coverage.1,
        differing: agreement.differing(),
        first_differing_step: steps.map(|(first, _)| first),
        last_differing_step: steps.map(|(_, last)| last),
        both_non_finite: agreement.both_non_finite,
        one_non_finite,
        precision_a: en::precision(agreement.rounding.a),
        precision_b: en::precision(agreement.rounding.b),
        figures: figures(agreement),
        paired_by: paired_by(pairing.basis),
        pairing: en::pairing(pairing),
        hint: row.hint.as_ref().map(|hint| Hint {
            reason: en::suggestion(hint, names),
            options: to_accept(&hint.transform, hint.method),
        }),
        gaps: gaps.map(|report| Gaps {
            report,
            findings: findings(report)
                .iter()
                .map(|finding| en::finding(finding, names))
                .collect(),
        }),
    }
}

fn differing_steps(verdict: &Verdict) -> Option<(i64, i64)> {
    match verdict {
        Verdict::DiffersFrom { step, last, .. } => Some((*step, *last)),
        _ => None,
    }
}

fn figures(agreement: &Agreement) -> Figures {
    let Some(figures) = agreement.figures else {
        return Figures::default();
    };
    Figures {
        bias: Some(figures.bias),
        mae: Some(figures.mae),
        rmse: Some(figures.rmse),
        max_abs: Some(figures.max_abs),
        max_abs_step: Some(figures.max_abs_at),
        mean_relative: Some(figures.mean_relative),
        max_relative: Some(figures.max_relative),
        max_relative_step: Some(figures.max_relative_at),
        pearson: figures.pearson,
    }
}

fn paired_by(basis: Basis) -> &'static str {
    match basis {
        Basis::NamesAndValues => "names_and_values",
        Basis::Names => "names",
        Basis::NamesAgainstValues => "names_against_values",
        Basis::Values => "values",
        Basis::Asked => "asked",
    }
}
