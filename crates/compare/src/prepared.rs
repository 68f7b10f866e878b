//! One pair of series on its way from rows to answers: cleaned, changed as the user accepted,
//! aligned. Every view of a comparison is a method of [`Prepared`], so all tell the same story.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::agree::{Agreement, Rounding, Tolerance, agree};
use super::align::{Alignment, Method, align};
use super::attempts::{Attempt, Choice, CleanReport, SplitRule, choose, split};
use super::digits::{Precision, detect};
use super::export::{Row, rows};
use super::gaps::{GapReport, gaps};
use super::residual::{Residual, residual};
use super::side::{Points, Side};
use super::suggest::{Suggestion, suggest};
use super::transform::Transform;

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
pub struct Cleaned<'a> {
    /// The points, sorted.
    pub points: Points<'a>,
    /// The attempts of the rows.
    pub attempts: Vec<Attempt>,
    /// What was left out.
    pub report: CleanReport,
    /// How the source rounds, as it logged the numbers.
    pub precision: Precision,
}

impl<'a> Cleaned<'a> {
    /// Cleans rows in arrival order.
    pub fn new(side: Side<'a>, rule: &SplitRule, choice: Choice) -> Self {
        let attempts = split(side, rule);
        let (points, report) = choose(side, &attempts, choice);
        let precision = detect(&points.value);
        Self {
            points,
            attempts,
            report,
            precision,
        }
    }

    /// The same without a copy of the points, for one comparison of several.
    pub fn borrowed(&self) -> Cleaned<'_> {
        let Points {
            iteration,
            timestamp_ms,
            value,
        } = &self.points;
        Cleaned {
            points: Points {
                iteration: Cow::Borrowed(iteration),
                timestamp_ms: Cow::Borrowed(timestamp_ms),
                value: Cow::Borrowed(value),
            },
            attempts: self.attempts.clone(),
            report: self.report,
            precision: self.precision,
        }
    }
}

/// All that is said about one pair; rows for an export are made apart ([`Prepared::rows`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// Figures and verdict.
    pub agreement: Agreement,
    /// What one side has and the other lacks.
    pub gaps: GapReport,
    /// What would bring the sides closer; applied only if the user accepts.
    pub offers: Vec<Suggestion>,
    /// Δ for the strip under the chart.
    pub residual: Residual,
}

/// A pair, ready for questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared<'a> {
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

impl<'a> Prepared<'a> {
    /// Cleans, changes and aligns rows in arrival order.
    pub fn new(a: Side<'a>, b: Side<'a>, options: &Options) -> Self {
        let a = Cleaned::new(a, &options.split_a, options.choice);
        let b = Cleaned::new(b, &options.split_b, options.choice);
        Self::of(a, b, options)
    }

    /// Changes and aligns series that are clean already.
    pub fn of(a: Cleaned<'a>, b: Cleaned<'a>, options: &Options) -> Self {
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
    pub fn report(&self, names: (&str, &str), relative: bool) -> Report {
        Report {
            attempts: self.attempts.clone(),
            agreement: self.agreement(names),
            gaps: self.gaps(names),
            offers: self.suggestions(names),
            residual: self.residual(relative),
        }
    }

    /// Figures and verdict.
    pub fn agreement(&self, names: (&str, &str)) -> Agreement {
        let (a, b) = (self.a.side(), self.b.side());
        agree(a, b, &self.alignment, self.rounding, self.tolerance, names)
    }

    /// What one side has and the other lacks.
    pub fn gaps(&self, names: (&str, &str)) -> GapReport {
        gaps(
            self.a.side(),
            self.b.side(),
            &self.alignment,
            self.cleaned,
            names,
        )
    }

    /// What would bring the sides closer, on top of what was already accepted.
    pub fn suggestions(&self, names: (&str, &str)) -> Vec<Suggestion> {
        suggest(self.a.side(), self.b.side(), names)
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
