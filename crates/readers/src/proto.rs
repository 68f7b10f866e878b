//! A cursor over the fields of a protocol buffer message.
//!
//! It borrows, allocates nothing, and trusts no length: whatever the bytes, it ends, either with
//! all fields read or with [`Malformed`]. Only the wire is read; what a field means is up to the
//! caller, who skips the fields that it does not know.

/// The bytes are not a message: a field is cut off, a number has more than ten bytes, or a wire
/// type is none of varint, 64-bit, length-delimited, 32-bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// The value of one field, as the wire has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Wire type 0: integers, booleans, enums.
    Varint(u64),
    /// Wire type 1: `double`, `fixed64`.
    Fixed64([u8; 8]),
    /// Wire type 2: strings, bytes, messages, packed lists.
    Bytes(&'a [u8]),
    /// Wire type 5: `float`, `fixed32`.
    Fixed32([u8; 4]),
}

/// The fields of a message: (number, value), in the order of the wire.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Over the bytes of one message.
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    #[inline]
    fn read(&mut self) -> Result<(u32, Value<'a>), Malformed> {
        let key = varint(&mut self.rest)?;
        let number = u32::try_from(key >> 3).map_err(|_| Malformed)?;
        if number == 0 {
            return Err(Malformed);
        }
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.rest)?),
            1 => Value::Fixed64(array(&mut self.rest)?),
            2 => {
                let length = usize::try_from(varint(&mut self.rest)?).map_err(|_| Malformed)?;
                let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
                self.rest = rest;
                Value::Bytes(bytes)
            }
            5 => Value::Fixed32(array(&mut self.rest)?),
            _ => return Err(Malformed),
        };
        Ok((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// Takes a varint off the front of `bytes`.
#[inline]
pub fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    match bytes.split_first() {
        // Keys, lengths and small numbers: nearly all varints are one byte.
        Some((&byte, rest)) if byte < 0x80 => {
            *bytes = rest;
            Ok(byte.into())
        }
        _ => long_varint(bytes),
    }
}

fn long_varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0u64;
    for (index, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            *bytes = bytes.get(index + 1..).unwrap_or_default();
            return Ok(value);
        }
    }
    Err(Malformed)
}

/// Takes `N` bytes off the front of `bytes`.
#[inline]
fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (array, rest) = bytes.split_first_chunk::<N>().ok_or(Malformed)?;
    *bytes = rest;
    Ok(*array)
}

/// A `google.protobuf.Timestamp` (seconds = 1, nanos = 2) in milliseconds since the epoch, rounded
/// down. `None` if it is malformed or out of range.
pub fn timestamp_ms(message: &[u8]) -> Option<i64> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    for field in Fields::new(message) {
        match field {
            Ok((1, Value::Varint(value))) => seconds = value.cast_signed(),
            Ok((2, Value::Varint(value))) => nanos = value.cast_signed(),
            Ok(_) => {}
            Err(Malformed) => return None,
        }
    }
    seconds
        .checked_mul(1000)?
        .checked_add(nanos.div_euclid(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<(u32, Value<'_>), Malformed>> {
        Fields::new(bytes).collect()
    }

    /// The examples of the protocol buffer encoding guide, and ours of each wire type.
    #[test]
    fn reads_each_wire_type() {
        assert_eq!(read(b"\x08\x96\x01"), [Ok((1, Value::Varint(150)))]);
        assert_eq!(
            read(b"\x12\x07testing"),
            [Ok((2, Value::Bytes(b"testing")))]
        );
        assert_eq!(
            read(b"\x09\0\0\0\0\0\0\xf0\x3f\x15\0\0\x80\x3f"),
            [
                Ok((1, Value::Fixed64(1f64.to_le_bytes()))),
                Ok((2, Value::Fixed32(1f32.to_le_bytes()))),
            ]
        );
        assert_eq!(read(b""), []);
    }

    #[test]
    fn minus_two_is_ten_bytes() {
        let bytes = b"\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01";
        assert_eq!(
            read(bytes),
            [Ok((1, Value::Varint((-2i64).cast_unsigned())))]
        );
    }

    #[test]
    fn hostile_bytes_are_malformed_and_end() {
        let table: [&[u8]; 9] = [
            b"\x08",                                             // no value
            b"\x08\x80",                                         // unfinished varint
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", // eleven bytes
            b"\x12\x05abcd",                                     // one byte short
            b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",     // length 2^64 - 1
            b"\x09\0\0\0\0\0\0\0",                               // seven of eight
            b"\x15\0\0\0",                                       // three of four
            b"\x0b\x0c",                                         // a group
            b"\0\0",                                             // field number 0
        ];
        for bytes in table {
            assert_eq!(read(bytes), [Err(Malformed)], "{bytes:x?}");
        }
    }

    #[test]
    fn timestamps_in_milliseconds() {
        // 1696061323 s, 29931000 ns: printed by W&B's own reader for a console record.
        let bytes = b"\x08\x8b\xaf\xdf\xa8\x06\x10\xf8\xeb\xa2\x0e";
        assert_eq!(timestamp_ms(bytes), Some(1_696_061_323_029));
        assert_eq!(timestamp_ms(b""), Some(0));
        assert_eq!(
            timestamp_ms(b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
            None
        );
    }
}
