//! Choices that could not be read.

use parallax_compare::ParseError;

/// What is wrong with a text that a user typed, and what was expected.
pub fn parse_error(text: &str, error: ParseError) -> String {
    let (what, expected) = match error {
        ParseError::Attempts => (
            "is no choice of attempts",
            "latest, first, all or a number from 1",
        ),
        ParseError::Method => (
            "is no alignment",
            "exact, nearest:STEPS, interpolate, time:MILLISECONDS or order",
        ),
        ParseError::MetricPair => ("names no metric", "a name, or two as in lm_loss=train/loss"),
        ParseError::Tolerance => (
            "is no tolerance",
            "a fraction (1e-3, 0.1%, rel:1e-3), an amount (abs:0.01) or both \
             (abs:0.01+rel:1e-3), neither below 0",
        ),
        ParseError::ToleranceTooLarge(relative) => {
            return format!(
                "a relative tolerance of {relative} accepts any two numbers; expected less than 2"
            );
        }
        ParseError::ValueMap => (
            "is no change of values",
            "same, one-minus, exp, ln, exp10, log10 or times:FACTOR",
        ),
    };
    format!("`{text}` {what}; expected {expected}")
}
