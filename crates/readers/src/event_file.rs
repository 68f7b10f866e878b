//! TensorBoard event files (`events.out.tfevents.*`) → points of source `tensorflow`.
//!
//! A point is a `simple_value`, or a rank-0 tensor of the plugin `scalars` (or of no plugin: a
//! tag's metadata may stand on its first value only, which can be in an earlier file).
//! - Values: float32 is widened exactly, so 0.0002 reads 0.00019999999494757503. The file holds the
//!   float32 and nothing else; whoever shows or compares values knows that grid.
//! - Times: `wall_time`, seconds as a double, in milliseconds rounded to nearest; none where it is 0
//!   or not finite.
//! - Order: as in the file. A restart can repeat steps; they stay as they are.
//! - Images, histograms, text and the like are counted in a note, not taken for errors.

use parallax_model::source::Source;

use crate::Reader;
use crate::parsed_file::ParsedFile;
use crate::proto::{Fields, Malformed, Value};
use crate::row_buffer::RowBuffer;
use crate::scalar_tensor::{Scalar, scalar};
use crate::tf_record::{Framed, TfRecords};
use parallax_model::row::Row;

/// `DataClass.DATA_CLASS_SCALAR` of a summary's metadata.
const CLASS_SCALAR: u64 = 1;
/// The plugin that scalars of newer writers belong to.
const PLUGIN_SCALARS: &[u8] = b"scalars";

const BAD_DATA: &str = "a record's data does not match its checksum: the record is skipped";
const BAD_LENGTH: &str = "a record's length does not match its checksum (or is over 2 GiB): the file can't be read on from here";
const NOT_AN_EVENT: &str =
    "a record is not a TensorBoard event message: what follows in it is skipped";
const UNFINISHED: &str = "the file ends inside a record: what was written of it is held back";
const NOT_SCALAR: &str = "a value is not a scalar (an image, a histogram, text, …): skipped";
const NOT_NUMBER: &str = "a scalar's tensor is not a number of rank 0 (float, double, half, bfloat16, int32, int64): skipped";

/// Reads one event file.
#[derive(Default)]
pub struct EventFile {
    records: TfRecords,
    values: Values,
    /// Where the unfinished end that was noted last begins, so that it is noted once.
    noted_end: Option<u64>,
}

impl Reader for EventFile {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let values = &mut self.values;
        self.records.feed(bytes, |byte, framed| match framed {
            Framed::Record(data) => {
                if values.take(data, byte, parsed).is_err() {
                    parsed.note(NOT_AN_EVENT, byte);
                }
            }
            Framed::BadData => parsed.note(BAD_DATA, byte),
            Framed::BadLength => parsed.fatal(BAD_LENGTH, byte),
        });
        values.rows.move_into(Source::TENSORFLOW, parsed);
    }

    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        let end = Some(self.records.byte());
        if self.records.pending_bytes() > 0 && self.noted_end != end {
            parsed.note(UNFINISHED, self.records.byte());
            self.noted_end = end;
        }
    }

    fn pending_bytes(&self) -> u64 {
        self.records.pending_bytes()
    }
}

/// What a tag's metadata says of its values.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Unknown,
    Scalar,
    Other,
}

/// Events → points.
#[derive(Default)]
struct Values {
    rows: RowBuffer,
    /// By column; only tags that had metadata need an entry.
    classes: Vec<Class>,
}

impl Values {
    /// Reads an `Event`: wall_time = 1, step = 2, summary = 5.
    fn take(&mut self, event: &[u8], byte: u64, parsed: &mut ParsedFile) -> Result<(), Malformed> {
        let (mut wall_time_s, mut step, mut summary) = (0.0, 0, None);
        for field in Fields::new(event) {
            match field? {
                (1, Value::Fixed64(bits)) => wall_time_s = f64::from_le_bytes(bits),
                (2, Value::Varint(value)) => step = value.cast_signed(),
                (5, Value::Bytes(message)) => summary = Some(message),
                _ => {}
            }
        }
        let Some(summary) = summary else {
            return Ok(());
        };
        let time_ms = millis(wall_time_s);
        for field in Fields::new(summary) {
            if let (1, Value::Bytes(message)) = field? {
                let value = SummaryValue::read(message)?;
                let column = match self.rows.find(value.tag) {
                    Ok(column) => column,
                    Err(reason) => {
                        parsed.note(reason, byte);
                        continue;
                    }
                };
                match self.number(&value, column)? {
                    Ok(number) => self.rows.push(
                        column,
                        Row {
                            step,
                            time_ms,
                            value: number,
                        },
                    ),
                    Err(reason) => parsed.note(reason, byte),
                }
            }
        }
        Ok(())
    }

    /// The value as a number, or why it is none.
    #[inline]
    fn number(
        &mut self,
        value: &SummaryValue<'_>,
        column: usize,
    ) -> Result<Result<f64, &'static str>, Malformed> {
        if let Some(class) = value.class {
            if self.classes.len() <= column {
                self.classes.resize(column + 1, Class::Unknown);
            }
            if let Some(slot) = self.classes.get_mut(column) {
                *slot = class;
            }
        }
        Ok(match value.content {
            Content::Simple(number) => Ok(number),
            Content::Other => Err(NOT_SCALAR),
            Content::Tensor(message) => {
                let class = self.classes.get(column).copied().unwrap_or(Class::Unknown);
                match (class, scalar(message)?) {
                    (Class::Other, _) | (Class::Unknown, Scalar::NotAScalar) => Err(NOT_SCALAR),
                    (Class::Scalar, Scalar::NotAScalar) => Err(NOT_NUMBER),
                    (_, Scalar::Value(number)) => Ok(number),
                }
            }
        })
    }
}

enum Content<'a> {
    Simple(f64),
    Tensor(&'a [u8]),
    Other,
}

/// A `Summary.Value`: tag = 1, simple_value = 2, tensor = 8, metadata = 9.
struct SummaryValue<'a> {
    tag: &'a [u8],
    class: Option<Class>,
    content: Content<'a>,
}

impl<'a> SummaryValue<'a> {
    #[inline]
    fn read(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut value = Self {
            tag: &[],
            class: None,
            content: Content::Other,
        };
        for field in Fields::new(message) {
            match field? {
                (1, Value::Bytes(tag)) => value.tag = tag,
                (2, Value::Fixed32(bits)) => {
                    value.content = Content::Simple(f32::from_le_bytes(bits).into());
                }
                (8, Value::Bytes(tensor)) => value.content = Content::Tensor(tensor),
                (9, Value::Bytes(metadata)) => value.class = class(metadata)?,
                _ => {}
            }
        }
        Ok(value)
    }
}

/// The class that a `SummaryMetadata` gives: plugin_data = 1 {plugin_name = 1}, data_class = 4.
/// `None` if it names neither.
fn class(metadata: &[u8]) -> Result<Option<Class>, Malformed> {
    let mut class = None;
    for field in Fields::new(metadata) {
        match field? {
            (1, Value::Bytes(plugin_data)) => {
                for field in Fields::new(plugin_data) {
                    if let (1, Value::Bytes(name)) = field?
                        && !name.is_empty()
                        && class.is_none()
                    {
                        class = Some(match name {
                            PLUGIN_SCALARS => Class::Scalar,
                            _ => Class::Other,
                        });
                    }
                }
            }
            (4, Value::Varint(CLASS_SCALAR)) => class = Some(Class::Scalar),
            (4, Value::Varint(2..)) => class = Some(Class::Other),
            _ => {}
        }
    }
    Ok(class)
}

/// Seconds since the epoch as whole milliseconds; 0 is what an event without a time reads as.
fn millis(seconds: f64) -> Option<i64> {
    let is_time = seconds.is_finite() && seconds != 0.0;
    is_time.then(|| (seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_to_milliseconds() {
        let table = [
            (1_614_177_634.256_5, Some(1_614_177_634_257)),
            (1_585_769_947.0, Some(1_585_769_947_000)),
            (0.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (seconds, expected) in table {
            assert_eq!(millis(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn classes_of_metadata() {
        let table: [(&[u8], Option<Class>); 5] = [
            (b"", None),
            (b"\x0a\x09\x0a\x07scalars", Some(Class::Scalar)),
            (b"\x0a\x08\x0a\x06images", Some(Class::Other)),
            (b"\x0a\x05\x0a\x03own\x20\x01", Some(Class::Scalar)),
            (b"\x20\x03", Some(Class::Other)),
        ];
        for (metadata, expected) in table {
            assert!(class(metadata) == Ok(expected), "{metadata:x?}");
        }
    }
}
