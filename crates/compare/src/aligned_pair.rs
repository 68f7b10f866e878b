//! One pair of series on its way from rows to answers: cleaned, changed as the user accepted,
//! aligned. Every view of a comparison is a method of [`AlignedPair`], so all agree.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::align::{Alignment, Method, Transform, align};
use crate::attempts::{Attempt, Choice, CleanReport, SplitRule, choose, split};
use crate::explain::{GapReport, Suggestion, gaps, suggest};
use crate::report::{Residual, Row, residual, rows};
use crate::side::{Points, Side};
use crate::verdict::{Agreement, Precision, Rounding, Tolerance, agree, detect_precision};

/// What the user chose.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Options {
    /// How attempts of A are found.
    pub split_a: SplitRule,
    /// How attempts of B are found.
    pub split_b: SplitRule,
    /// Which attempts count.
    pub choice: Choice,
    /// How points are matched.
    pub method: Method,
    /// What B goes through first; identity unless the user accepted an offer.
    pub transform: Transform,
    /// What counts as agreement.
    pub tolerance: Tolerance,
}

/// One series as a comparison takes it: its chosen points, and what choosing left out.
#[derive(Debug, Clone, PartialEq)]
pub struct CleanSeries<'a> {
    /// The points, sorted.
    pub points: Points<'a>,
    /// The attempts of the rows.
    pub attempts: Vec<Attempt>,
    /// What was left out.
    pub report: CleanReport,
    /// How the source rounds, as it logged the numbers.
    pub precision: Precision,
}

impl<'a> CleanSeries<'a> {
    /// Cleans rows in the order of recording.
    pub fn new(side: Side<'a>, rule: &SplitRule, choice: Choice) -> Self {
        let attempts = split(side, rule);
        let (points, report) = choose(side, &attempts, choice);
        let precision = detect_precision(&points.value);
        Self {
            points,
            attempts,
            report,
            precision,
        }
    }

    /// The same without a copy of the points, for one comparison of several.
    pub fn borrowed(&self) -> CleanSeries<'_> {
        let side = self.points.side();
        CleanSeries {
            points: Points {
                iteration: Cow::Borrowed(side.iteration),
                timestamp_ms: Cow::Borrowed(side.timestamp_ms),
                value: Cow::Borrowed(side.value),
            },
            attempts: self.attempts.clone(),
            report: self.report,
            precision: self.precision,
        }
    }
}

/// What a page shows of a pair; curves, strip and rows are made apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairReport {
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// Figures and verdict.
    pub agreement: Agreement,
    /// What one side has and the other lacks.
    pub gaps: GapReport,
    /// What would bring the sides closer; applied only if the user accepts.
    pub offers: Vec<Suggestion>,
}

/// A pair of cleaned and aligned series.
#[derive(Debug, Clone, PartialEq)]
pub struct AlignedPair<'a> {
    /// A.
    pub a: CleanSeries<'a>,
    /// B, its points changed.
    pub b: CleanSeries<'a>,
    /// Which point is which.
    pub alignment: Alignment,
    rounding: Rounding,
    tolerance: Tolerance,
}

impl<'a> AlignedPair<'a> {
    /// Cleans, changes and aligns rows in the order of recording.
    pub fn new(a: Side<'a>, b: Side<'a>, options: &Options) -> Self {
        let a = CleanSeries::new(a, &options.split_a, options.choice);
        let b = CleanSeries::new(b, &options.split_b, options.choice);
        Self::of_clean(a, b, options)
    }

    /// Changes and aligns series that are clean already.
    pub fn of_clean(a: CleanSeries<'a>, mut b: CleanSeries<'a>, options: &Options) -> Self {
        if !options.transform.is_identity() {
            b.points = options.transform.apply(b.points.side());
        }
        Self {
            alignment: align(a.points.side(), b.points.side(), options.method),
            // Rounding is a fact of the numbers as logged, before any change.
            rounding: Rounding {
                a: a.precision,
                b: b.precision,
                map: options.transform.value,
            },
            tolerance: options.tolerance,
            a,
            b,
        }
    }

    /// Everything that a page shows of a pair, in one go.
    pub fn report(&self) -> PairReport {
        PairReport {
            attempts: (self.a.attempts.clone(), self.b.attempts.clone()),
            agreement: self.agreement(),
            gaps: self.gaps(),
            offers: self.suggestions(),
        }
    }

    /// Figures and verdict.
    pub fn agreement(&self) -> Agreement {
        let (a, b) = self.sides();
        agree(a, b, &self.alignment, self.rounding, self.tolerance)
    }

    /// What one side has and the other lacks.
    pub fn gaps(&self) -> GapReport {
        let (a, b) = self.sides();
        gaps(a, b, &self.alignment, (self.a.report, self.b.report))
    }

    /// What would bring the sides closer, on top of what was already accepted.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let (a, b) = self.sides();
        suggest(a, b)
    }

    /// Δ for the strip under the chart.
    pub fn residual(&self, relative: bool) -> Residual {
        let (a, b) = self.sides();
        residual(a, b, &self.alignment, relative)
    }

    /// Rows for the export.
    pub fn rows(&self) -> Vec<Row> {
        let (a, b) = self.sides();
        rows(a, b, &self.alignment, &self.rounding, self.tolerance)
    }

    fn sides(&self) -> (Side<'_>, Side<'_>) {
        (self.a.points.side(), self.b.points.side())
    }
}
