//! One key and value of a W&B history row, as the message has it.
//!
//! It borrows from the message; only a key of several parts is copied, to join it with `.`.

use crate::proto::{Fields, Malformed, Value};

/// What an item holds.
pub(crate) enum Content<'a> {
    /// Extended JSON, not parsed yet.
    Json(&'a [u8]),
    /// A typed number.
    Number(f64),
    /// Typed text, or nothing.
    Other,
}

/// A `HistoryItem`: key = 1, nested_key = 2 (repeated), and the value as JSON (value_json = 16) or,
/// by setting, typed: none = 3, boolean = 4, integer = 5, number = 6, text = 7, json = 8.
pub(crate) struct Item<'a> {
    /// The key, if it has one part.
    pub(crate) key: &'a [u8],
    /// The key has several parts; they stand joined in the scratch that was given.
    pub(crate) nested: bool,
    /// The value.
    pub(crate) content: Content<'a>,
}

impl<'a> Item<'a> {
    /// Reads the message; `joined` is the scratch for a key of several parts.
    #[inline]
    pub(crate) fn read(message: &'a [u8], joined: &mut Vec<u8>) -> Result<Self, Malformed> {
        let mut item = Self {
            key: &[],
            nested: false,
            content: Content::Other,
        };
        let mut parts = 0;
        for field in Fields::new(message) {
            match field? {
                (1, Value::Bytes(key)) if parts == 0 => item.key = key,
                (2, Value::Bytes(part)) => {
                    match parts {
                        0 => item.key = part,
                        1 => {
                            joined.clear();
                            joined.extend_from_slice(item.key);
                            item.nested = true;
                        }
                        _ => {}
                    }
                    if parts > 0 {
                        joined.push(b'.');
                        joined.extend_from_slice(part);
                    }
                    parts += 1;
                }
                (8 | 16, Value::Bytes(text)) => item.content = Content::Json(text),
                (3, _) => item.content = Content::Json(b"null"),
                (4, Value::Varint(value)) => {
                    item.content = Content::Number(if value == 0 { 0.0 } else { 1.0 });
                }
                (5, Value::Varint(value)) => item.content = Content::Number(zigzag(value) as f64),
                (6, Value::Fixed64(bits)) => {
                    item.content = Content::Number(f64::from_le_bytes(bits));
                }
                _ => {}
            }
        }
        Ok(item)
    }
}

/// Decodes a `sint64`.
fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}
