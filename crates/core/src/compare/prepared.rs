//! One pair of series on its way from rows to answers: cleaned, changed as the user accepted,
//! aligned. Every view of a comparison is a method of [`Prepared`], so all tell the same story.

use serde::{Deserialize, Serialize};

use super::agree::{Agreement, Rounding, Tolerance, agree};
use super::align::{Alignment, Method, align};
use super::attempts::{Attempt, Choice, CleanReport, SplitRule, choose, split};
use super::digits::detect;
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
        let attempts = (split(a, &options.split_a), split(b, &options.split_b));
        let (a, cleaned_a) = choose(a, &attempts.0, options.choice);
        let (b, cleaned_b) = choose(b, &attempts.1, options.choice);
        // Rounding is a fact of the numbers as logged, before any change.
        let map = options.transform.value;
        let rounding = Rounding {
            a: detect(&a.value),
            b: detect(&b.value),
            map,
        };
        let unchanged = options.transform.is_identity();
        let b = if unchanged {
            b
        } else {
            options.transform.apply(b.side())
        };
        let alignment = align(a.side(), b.side(), options.method);
        let cleaned = (cleaned_a, cleaned_b);
        Self {
            a,
            b,
            attempts,
            cleaned,
            alignment,
            rounding,
            tolerance: options.tolerance,
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
