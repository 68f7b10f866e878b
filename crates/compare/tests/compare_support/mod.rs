//! Reads the committed columns and figures of `tests/figures`.
#![expect(dead_code, reason = "each test file uses its own part of this")]

use std::path::PathBuf;

use parallax_compare::Side;
use parallax_compare::align::{Alignment, Method, align};
use parallax_compare::attempts::{Choice, CleanReport, SplitRule, clean};
use parallax_compare::side::Points;
use parallax_compare::verdict::{Agreement, Rounding, Tolerance, agree, detect_precision};
use parallax_model::value;

/// The columns of one metric of one source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) source: String,
    pub(crate) metric: String,
    pub(crate) iteration: Vec<i64>,
    pub(crate) timestamp_ms: Vec<i64>,
    pub(crate) value: Vec<f64>,
}

impl Columns {
    pub(crate) fn side(&self) -> Side<'_> {
        Side::new(&self.iteration, &self.timestamp_ms, &self.value)
    }

    pub(crate) fn clean(&self) -> (Points<'_>, CleanReport) {
        clean(self.side(), &SplitRule::default(), Choice::Latest)
    }
}

fn read(name: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/figures")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All series of one file of columns.
pub(crate) fn columns(name: &str) -> Vec<Columns> {
    let mut out: Vec<Columns> = Vec::new();
    for line in read(name).lines() {
        if let Some(head) = line.strip_prefix("# ") {
            let (source, metric) = head.split_once('\t').unwrap();
            let (source, metric) = (source.to_owned(), metric.to_owned());
            out.push(Columns {
                source,
                metric,
                ..Columns::default()
            });
            continue;
        }
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap();
        let last = out.last_mut().unwrap();
        last.iteration.push(next().parse().unwrap());
        last.timestamp_ms.push(next().parse().unwrap());
        last.value.push(value::parse(next()).unwrap());
    }
    out
}

/// One series of a file of columns.
pub(crate) fn series(name: &str, source: &str, metric: &str) -> Columns {
    let wanted = |c: &Columns| c.source == source && c.metric == metric;
    columns(name)
        .into_iter()
        .find(wanted)
        .unwrap_or_else(|| panic!("{name}: {source} {metric}"))
}

/// One row of `compare_figures.tsv` by column name.
pub(crate) struct Row(Vec<(String, String)>);

impl Row {
    pub(crate) fn text(&self, column: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == column)
            .map(|(_, cell)| cell.as_str())
            .unwrap()
    }

    pub(crate) fn number(&self, column: &str) -> f64 {
        value::parse(self.text(column)).unwrap()
    }
}

/// The table that `compare_figures.py` wrote.
pub(crate) fn figures() -> Vec<Row> {
    let text = read("compare_figures.tsv");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .zip(line.split('\t').map(str::to_owned))
            .collect()
    };
    lines.map(|line| Row(row(line))).collect()
}

/// The usual comparison: latest attempts, equal steps, rounding detected.
pub(crate) fn compare(a: &Columns, b: &Columns) -> (Agreement, Alignment) {
    let ((x, _), (y, _)) = (a.clean(), b.clean());
    let alignment = align(x.side(), y.side(), Method::Exact);
    let rounding = Rounding {
        a: detect_precision(&x.value),
        b: detect_precision(&y.value),
        ..Rounding::default()
    };
    let agreement = agree(
        x.side(),
        y.side(),
        &alignment,
        rounding,
        Tolerance::default(),
    );
    (agreement, alignment)
}
