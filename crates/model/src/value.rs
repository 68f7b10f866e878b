//! What a recorded value can be: a number, a non-finite number, or missing.
//!
//! All three are kept in one `f64` so that a column stays 8 bytes a value. *Missing* (a row whose
//! value is JSON `null`: recorded, but without a number) is one particular NaN bit pattern; every
//! other NaN is a NaN that the training run really produced.

/// A row that has no value. Compare with [`is_missing`], never with `==`.
pub const MISSING: f64 = f64::from_bits(0x7ff8_4d49_5353_0001);

/// True for [`MISSING`] and for nothing else.
pub fn is_missing(value: f64) -> bool {
    value.to_bits() == MISSING.to_bits()
}

/// Reads a value written as text by a logger or a server: any float, and `nan`, `inf`, `infinity`
/// in any case and with a sign. `None` if the text is not a number.
pub fn parse(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    // The parser gives the sign of "-nan" to the NaN; one NaN is enough.
    Some(if value.is_nan() { f64::NAN } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_is_not_nan() {
        assert!(is_missing(MISSING) && MISSING.is_nan());
        assert!(!is_missing(f64::NAN) && !is_missing(-f64::NAN) && !is_missing(0.0));
    }

    #[test]
    fn text_of_every_logger() {
        assert_eq!(parse("2.352391E+00"), Some(2.352391));
        for text in ["nan", "NaN", "NAN", "-nan", "+NaN"] {
            let value = parse(text).unwrap();
            assert!(value.is_nan() && !is_missing(value), "{text}");
        }
        assert_eq!(parse("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse("Infinity"), Some(f64::INFINITY));
        assert_eq!(parse("INF"), Some(f64::INFINITY));
        assert_eq!(parse("1,5"), None);
        assert_eq!(parse(""), None);
    }
}
