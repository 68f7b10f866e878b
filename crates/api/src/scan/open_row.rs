//! The row that the general path is in the middle of, and the values that it takes.

use super::lex::Number;
use super::shape::Field;
use super::text::decode;
use parallax_model::value;

/// A value that is not a container.
pub(super) enum Scalar<'a> {
    Null,
    Bool,
    Number(Number, &'a [u8]),
    /// The string as written, with its quotes.
    Text(&'a [u8]),
}

/// The fields of the row that is open; `None` is a key that did not occur or had no such value.
#[derive(Debug, Default)]
pub(super) struct OpenRow {
    pub(super) metric: Vec<u8>,
    pub(super) source: Vec<u8>,
    pub(super) value: Option<f64>,
    pub(super) timestamp_ms: Option<i64>,
    pub(super) iteration: Option<i64>,
}

impl OpenRow {
    pub(super) fn clear(&mut self) {
        self.metric.clear();
        self.source.clear();
        self.value = None;
        self.timestamp_ms = None;
        self.iteration = None;
    }

    /// A field of the open row; `None` for a container, which no field can be.
    pub(super) fn assign(&mut self, field: Field, scalar: Option<&Scalar<'_>>) {
        match field {
            Field::Metric => set_text(&mut self.metric, scalar),
            Field::Source => set_text(&mut self.source, scalar),
            Field::Timestamp => self.timestamp_ms = scalar.and_then(Scalar::integer),
            Field::Iteration => self.iteration = scalar.and_then(Scalar::integer),
            Field::Value => {
                self.value = match scalar {
                    Some(Scalar::Null) => Some(value::MISSING),
                    Some(Scalar::Number(number, text)) => Some(number.to_f64(text)),
                    Some(text @ Scalar::Text(_)) => {
                        text.text().and_then(|t| value::parse(t.trim()))
                    }
                    _ => None,
                };
            }
            Field::Other => {}
        }
    }
}

impl Scalar<'_> {
    /// What a text says; a number as it is written.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(raw) => Some(decode(raw.get(1..raw.len() - 1)?)),
            Self::Number(_, written) => Some(String::from_utf8_lossy(written).into_owned()),
            Self::Null | Self::Bool => None,
        }
    }

    /// An integer, also one written as a text.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(number, text) => Some(number.to_i64(text)),
            Self::Text(_) => self.text()?.trim().parse().ok(),
            Self::Null | Self::Bool => None,
        }
    }
}

fn set_text(out: &mut Vec<u8>, scalar: Option<&Scalar<'_>>) {
    out.clear();
    if let Some(Scalar::Text(raw)) = scalar {
        out.extend_from_slice(raw);
    }
}
