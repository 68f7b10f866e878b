//! Cells of CSV files (RFC 4180) that spreadsheets read as data and not as formulas.

use std::borrow::Cow;

/// A cell that begins with one of these may be evaluated as a formula (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text as a cell: quoted where RFC 4180 requires it, after an apostrophe where a spreadsheet
/// could evaluate it.
pub fn text_cell(text: &str) -> Cow<'_, str> {
    let apostrophe = if text.starts_with(FORMULA_STARTS) {
        "'"
    } else {
        ""
    };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")).into();
    }
    if apostrophe.is_empty() {
        return text.into();
    }
    format!("{apostrophe}{text}").into()
}

/// Appends a number with the fewest digits that read back as the same f64, else `NaN`, `Infinity`
/// or `-Infinity`.
pub fn push_number(out: &mut String, value: f64) {
    match value {
        v if v.is_nan() => out.push_str("NaN"),
        f64::INFINITY => out.push_str("Infinity"),
        f64::NEG_INFINITY => out.push_str("-Infinity"),
        v => {
            let text = format!("{v:?}");
            out.push_str(text.strip_suffix(".0").unwrap_or(&text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_rfc_4180_says() {
        for (text, cell) in [
            ("train/lm_loss", "train/lm_loss"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("cr\r", "\"cr\r\""),
            ("ä ö", "ä ö"),
            ("a-b=c", "a-b=c"),
            ("", ""),
        ] {
            assert_eq!(text_cell(text), cell, "{text:?}");
        }
    }

    /// A cell as a spreadsheet reads it: without quotes.
    fn unquoted(cell: &str) -> String {
        let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
        inner.map_or(cell.to_owned(), |inner| inner.replace("\"\"", "\""))
    }

    #[test]
    fn no_text_is_a_formula() {
        for text in [
            "=HYPERLINK(\"http://x.example\",\"loss\")",
            "=1+1",
            "+1",
            "-loss",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "-1,5",
        ] {
            let cell = text_cell(text);
            assert_eq!(unquoted(&cell), format!("'{text}"), "{text:?}");
        }
    }

    #[test]
    fn numbers_read_back_as_the_same_number() {
        for (value, text) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (-1.5, "-1.5"),
            (-0.0, "-0"),
            (1e300, "1e300"),
            (-1.25e-7, "-1.25e-7"),
            (123_456_789.5, "123456789.5"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut out = String::new();
            push_number(&mut out, value);
            assert_eq!(out, text, "{value}");
            assert!(value.is_nan() || out.parse() == Ok(value), "{value}");
        }
    }
}
