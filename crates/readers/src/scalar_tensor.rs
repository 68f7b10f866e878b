//! The value of a rank-0 TensorFlow tensor (`TensorProto`).
//!
//! Newer TensorBoard writers store a scalar as a tensor without dimensions; its value is either raw
//! little-endian bytes (`tensor_content`, as Keras writes) or the one entry of a typed list
//! (`float_val` and its like). float32 and narrower values are widened exactly: 0.0002 as float32
//! reads 0.00019999999494757503.

use crate::proto::{Fields, Malformed, Value, varint};

/// What a tensor is to a reader of scalars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// Rank 0 and a number.
    Value(f64),
    /// Has dimensions, or is text, complex, …
    NotAScalar,
}

/// Numbers of `DataType`.
mod dtype {
    pub(super) const FLOAT: u64 = 1;
    pub(super) const DOUBLE: u64 = 2;
    pub(super) const INT32: u64 = 3;
    pub(super) const INT64: u64 = 9;
    pub(super) const BFLOAT16: u64 = 14;
    pub(super) const HALF: u64 = 19;
}

/// Reads a `TensorProto` message.
pub fn scalar(message: &[u8]) -> Result<Scalar, Malformed> {
    let (mut dtype, mut content) = (0, [].as_slice());
    let mut listed = None;
    for field in Fields::new(message) {
        match field? {
            (1, Value::Varint(value)) => dtype = value,
            (2, Value::Bytes(shape)) if !is_rank_0(shape)? => return Ok(Scalar::NotAScalar),
            (4, Value::Bytes(bytes)) => content = bytes,
            (number @ (5 | 6 | 7 | 10 | 13), value) => listed = Some((number, value)),
            _ => {}
        }
    }
    let value = if content.is_empty() {
        listed.and_then(|(number, value)| from_list(dtype, number, value))
    } else {
        from_content(dtype, content)
    };
    Ok(value.map_or(Scalar::NotAScalar, Scalar::Value))
}

/// A `TensorShapeProto` without dimensions (field 2) whose rank is known (field 3).
fn is_rank_0(shape: &[u8]) -> Result<bool, Malformed> {
    for field in Fields::new(shape) {
        if matches!(field?, (2, _) | (3, Value::Varint(1..))) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn from_content(dtype: u64, content: &[u8]) -> Option<f64> {
    Some(match dtype {
        dtype::FLOAT => f32::from_le_bytes(content.try_into().ok()?).into(),
        dtype::DOUBLE => f64::from_le_bytes(content.try_into().ok()?),
        dtype::INT32 => i32::from_le_bytes(content.try_into().ok()?).into(),
        dtype::INT64 => i64::from_le_bytes(content.try_into().ok()?) as f64,
        dtype::HALF => half(u16::from_le_bytes(content.try_into().ok()?)),
        dtype::BFLOAT16 => bfloat16(u16::from_le_bytes(content.try_into().ok()?)),
        _ => return None,
    })
}

/// The first entry of `float_val` (5), `double_val` (6), `int_val` (7), `int64_val` (10) or
/// `half_val` (13), packed or not.
fn from_list(dtype: u64, number: u32, value: Value<'_>) -> Option<f64> {
    let integer = |value| match value {
        Value::Varint(integer) => Some(integer),
        Value::Bytes(mut packed) => varint(&mut packed).ok(),
        _ => None,
    };
    Some(match (dtype, number) {
        (dtype::FLOAT, 5) => f32::from_le_bytes(match value {
            Value::Fixed32(bytes) => bytes,
            Value::Bytes(packed) => *packed.first_chunk()?,
            _ => return None,
        })
        .into(),
        (dtype::DOUBLE, 6) => f64::from_le_bytes(match value {
            Value::Fixed64(bytes) => bytes,
            Value::Bytes(packed) => *packed.first_chunk()?,
            _ => return None,
        }),
        (dtype::INT32, 7) => (integer(value)? as i32).into(),
        (dtype::INT64, 10) => integer(value)?.cast_signed() as f64,
        (dtype::HALF, 13) => half(integer(value)? as u16),
        (dtype::BFLOAT16, 13) => bfloat16(integer(value)? as u16),
        _ => return None,
    })
}

/// bfloat16 is the upper half of a float32.
fn bfloat16(bits: u16) -> f64 {
    f32::from_bits(u32::from(bits) << 16).into()
}

/// IEEE binary16: 1 sign, 5 exponent and 10 fraction bits.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match (bits >> 10) & 0x1f {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    };
    if bits & 0x8000 == 0 {
        magnitude
    } else {
        -magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages serialized with TensorBoard's `TensorProto`, values read back by its
    /// `make_ndarray(…).item()` (tensorboard 2.21.0).
    #[test]
    fn each_type_both_ways() {
        let table: [(&[u8], f64); 13] = [
            (
                b"\x08\x01\x12\x00\x22\x04\x17\xb7\x51\x39",
                0.000_199_999_994_947_575_03,
            ),
            (
                b"\x08\x01\x12\x00\x2a\x04\x17\xb7\x51\x39",
                0.000_199_999_994_947_575_03,
            ),
            (
                b"\x08\x02\x12\x00\x22\x08\x2d\x43\x1c\xeb\xe2\x36\x2a\x3f",
                0.0002,
            ),
            (
                b"\x08\x02\x12\x00\x32\x08\x35\x58\x00\x66\x2d\xeb\x41\xfe",
                -1.5e300,
            ),
            (
                b"\x08\x03\x12\x00\x3a\x0a\xf9\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                -7.0,
            ),
            (b"\x08\x03\x12\x00\x22\x04\xf9\xff\xff\xff", -7.0),
            (
                b"\x08\x09\x12\x00\x52\x06\x80\x80\x80\x80\x80\x20",
                1_099_511_627_776.0,
            ),
            (
                b"\x08\x09\x12\x00\x22\x08\x00\x00\x00\x00\x00\xff\xff\xff",
                -1_099_511_627_776.0,
            ),
            (b"\x08\x13\x12\x00\x6a\x02\xe6\x5c", 0.099_975_585_937_5),
            (b"\x08\x13\x12\x00\x22\x02\x00\xc3", -3.5),
            // bfloat16, which that reader does not know: 0.1 and -3.5 by the package ml_dtypes.
            (b"\x08\x0e\x12\x00\x6a\x02\xcd\x7b", 0.100_097_656_25),
            (b"\x08\x0e\x12\x00\x22\x02\x60\xc0", -3.5),
            // Not packed, as a hand-written encoder may leave it.
            (b"\x08\x01\x2d\x00\x00\xc0\x3f", 1.5),
        ];
        for (message, value) in table {
            assert_eq!(scalar(message), Ok(Scalar::Value(value)), "{message:x?}");
        }
    }

    /// Values by numpy's float16.
    #[test]
    fn half_precision() {
        assert_eq!(half(0x0001), 2f64.powi(-24));
        assert_eq!(half(0x03ff), 6.097555160522461e-5);
        assert_eq!(half(0x0400), 6.103515625e-5);
        assert_eq!(half(0x3555), 0.333_251_953_125);
        assert_eq!(half(0x7bff), 65504.0);
        assert_eq!(half(0xc000), -2.0);
        assert_eq!(half(0xfc00), f64::NEG_INFINITY);
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn what_is_not_a_scalar() {
        let table: [&[u8]; 5] = [
            b"\x08\x01\x12\x04\x12\x02\x08\x02\x22\x04\0\0\x80\x3f", // one dimension
            b"\x08\x07\x42\x02hi",                                   // text
            b"\x08\x01",                                             // no value
            b"\x08\x01\x22\x03\0\0\0",                               // three of four bytes
            b"\x08\x01\x12\x02\x18\x01\x22\x04\0\0\x80\x3f",         // unknown rank
        ];
        for message in table {
            assert_eq!(scalar(message), Ok(Scalar::NotAScalar), "{message:x?}");
        }
        assert_eq!(scalar(b"\x08"), Err(Malformed));
    }
}
