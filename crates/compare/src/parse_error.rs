//! Why a text is none of the choices of a comparison.

/// What a text was expected to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParseError {
    /// A choice of attempts.
    Attempts,
    /// A way to match points.
    Method,
    /// One or two metric names.
    MetricPair,
    /// A tolerance, not below 0.
    Tolerance,
    /// A relative tolerance below 2: this one accepts any two numbers.
    ToleranceTooLarge(f64),
    /// A change of values.
    ValueMap,
}

/// Asserts that each text of `good` is what its value is printed as, and that `bad` is refused.
#[cfg(test)]
pub(crate) fn round_trip<T: std::str::FromStr + std::fmt::Display>(good: &[&str], bad: &[&str]) {
    for text in good {
        let read = text.parse::<T>().ok().map(|value| value.to_string());
        assert_eq!(read.as_deref(), Some(*text));
    }
    for text in bad {
        assert!(text.parse::<T>().is_err(), "{text}");
    }
}
