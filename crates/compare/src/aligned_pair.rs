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
    /// How attempts of A are told apart.
    pub split_a: SplitRule,
    /// How attempts of B are told apart.
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
    /// A's points.
    pub a: Points<'a>,
    /// B's points, changed.
    pub b: Points<'a>,
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// What cleaning left out of A and B.
    pub cleaned: (CleanReport, CleanReport),
    /// Which point is which.
    pub alignment: Alignment,
    /// How the sources round.
    pub rounding: Rounding,
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
    pub fn of_clean(a: CleanSeries<'a>, b: CleanSeries<'a>, options: &Options) -> Self {
        // Rounding is a fact of the numbers as logged, before any change.
        let rounding = Rounding {
            a: a.precision,
            b: b.precision,
            map: options.transform.value,
        };
        let changed = if options.transform.is_identity() {
            b.points
        } else {
            options.transform.apply(b.points.side())
        };
        let alignment = align(a.points.side(), changed.side(), options.method);
        Self {
            a: a.points,
            b: changed,
            attempts: (a.attempts, b.attempts),
            cleaned: (a.report, b.report),
            alignment,
            rounding,
            tolerance: options.tolerance,
        }
    }

    /// Everything that a page shows of a pair, in one go.
    pub fn report(&self) -> PairReport {
        PairReport {
            attempts: self.attempts.clone(),
            agreement: self.agreement(),
            gaps: self.gaps(),
            offers: self.suggestions(),
        }
    }

    /// Figures and verdict.
    pub fn agreement(&self) -> Agreement {
        let (a, b) = (self.a.side(), self.b.side());
        agree(a, b, &self.alignment, self.rounding, self.tolerance)
    }

    /// What one side has and the other lacks.
    pub fn gaps(&self) -> GapReport {
        gaps(self.a.side(), self.b.side(), &self.alignment, self.cleaned)
    }

    /// What would bring the sides closer, on top of what was already accepted.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        suggest(self.a.side(), self.b.side())
    }

    /// Δ for the strip under the chart.
    pub fn residual(&self, relative: bool) -> Residual {
        residual(self.a.side(), self.b.side(), &self.alignment, relative)
    }

    /// Rows for the export.
    pub fn rows(&self) -> Vec<Row> {
        let (a, b) = (self.a.side(), self.b.side());
        rows(a, b, &self.alignment, &self.rounding, self.tolerance)
    }
}
