//! bytes → records of a TFRecord file, checked, while it grows.
//!
//! A record is a length (u64), the masked CRC of the length (u32), the data, and the masked CRC of
//! the data (u32), all little-endian. *Not yet* and *broken* are told apart: an unfinished record
//! is held back; a wrong data checksum loses that record only; a wrong length checksum ends the
//! file, because nothing says where the next record begins.

use crate::carry::{Carry, Progress};
use crate::masked_crc::masked_crc;

/// Bytes of the length and its checksum.
const HEADER_BYTES: usize = 12;
/// Bytes of the data's checksum.
const FOOTER_BYTES: usize = 4;
/// The largest message that protocol buffers allow; a longer record can't be an event.
const MAX_DATA_BYTES: u64 = 0x7fff_ffff;

/// What stands in the file, in its order.
#[derive(Debug, PartialEq)]
pub enum Framed<'a> {
    /// The data of a record whose checksums are right.
    Record(&'a [u8]),
    /// A record whose data does not have the checksum that follows it. The next one may be whole.
    BadData,
    /// A length whose checksum is wrong, or one over 2 GiB: the file can't be read on from here.
    BadLength,
}

/// Splits a TFRecord file into records.
#[derive(Default)]
pub struct TfRecords {
    carry: Carry,
    /// Offset in the file of the first byte that is not part of a complete record.
    byte: u64,
    ended: bool,
}

impl TfRecords {
    /// Takes the next bytes of the file; `visit` gets what they complete, with its byte offset.
    pub fn feed(&mut self, bytes: &[u8], mut visit: impl FnMut(u64, Framed<'_>)) {
        if self.ended {
            return;
        }
        let Self { carry, byte, ended } = self;
        carry.feed(bytes, |shown| {
            let (framed, size) = match parse(shown) {
                Parsed::Truncated(need) => return Progress::Needs(need),
                Parsed::Framed(framed, size) => (framed, size),
            };
            *ended = framed == Framed::BadLength;
            visit(*byte, framed);
            if *ended {
                return Progress::Stop;
            }
            *byte += size as u64;
            Progress::Took(size)
        });
    }

    /// Bytes of the unfinished record at the end.
    pub fn pending_bytes(&self) -> u64 {
        self.carry.len() as u64
    }

    /// Where the unfinished record begins.
    pub fn byte(&self) -> u64 {
        self.byte
    }
}

enum Parsed<'a> {
    /// Not yet: that many bytes are needed.
    Truncated(usize),
    /// A record, and its size in the file.
    Framed(Framed<'a>, usize),
}

#[inline]
fn parse(bytes: &[u8]) -> Parsed<'_> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Parsed::Truncated(HEADER_BYTES);
    };
    let [l0, l1, l2, l3, l4, l5, l6, l7, length_crc @ ..] = *header;
    let length_bytes = [l0, l1, l2, l3, l4, l5, l6, l7];
    let length = u64::from_le_bytes(length_bytes);
    if masked_crc(&length_bytes) != u32::from_le_bytes(length_crc) || length > MAX_DATA_BYTES {
        return Parsed::Framed(Framed::BadLength, HEADER_BYTES);
    }
    let length = length as usize;
    let size = HEADER_BYTES + length + FOOTER_BYTES;
    let Some((data, rest)) = rest.split_at_checked(length) else {
        return Parsed::Truncated(size);
    };
    let Some((data_crc, _)) = rest.split_first_chunk::<FOOTER_BYTES>() else {
        return Parsed::Truncated(size);
    };
    if masked_crc(data) != u32::from_le_bytes(*data_crc) {
        return Parsed::Framed(Framed::BadData, size);
    }
    Parsed::Framed(Framed::Record(data), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &[u8] = b"event data";

    fn record(data: &[u8]) -> Vec<u8> {
        let length = (data.len() as u64).to_le_bytes();
        let mut bytes = length.to_vec();
        bytes.extend(masked_crc(&length).to_le_bytes());
        bytes.extend(data);
        bytes.extend(masked_crc(data).to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8], chunk: usize) -> (Vec<(u64, String)>, u64) {
        let (mut records, mut seen) = (TfRecords::default(), Vec::new());
        for part in bytes.chunks(chunk) {
            records.feed(part, |byte, framed| {
                seen.push((
                    byte,
                    match framed {
                        Framed::Record(data) => String::from_utf8_lossy(data).into_owned(),
                        other => format!("{other:?}"),
                    },
                ));
            });
        }
        (seen, records.pending_bytes())
    }

    fn named(list: &[(u64, &str)]) -> Vec<(u64, String)> {
        list.iter().map(|&(b, s)| (b, s.to_owned())).collect()
    }

    #[test]
    fn whole_torn_and_empty_records() {
        let mut bytes = record(SENTENCE);
        bytes.extend(record(b""));
        bytes.extend(&record(b"torn")[..15]);
        let expected = named(&[(0, "event data"), (26, "")]);
        for chunk in 1..=bytes.len() {
            assert_eq!(
                read(&bytes, chunk),
                (expected.clone(), 15),
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn bad_data_loses_one_record() {
        let mut bytes = record(SENTENCE);
        bytes[12] ^= 1;
        bytes.extend(record(b"next"));
        let expected = (named(&[(0, "BadData"), (26, "next")]), 0);
        for chunk in 1..=bytes.len() {
            assert_eq!(read(&bytes, chunk), expected, "chunks of {chunk}");
        }
    }

    #[test]
    fn bad_length_ends_the_file() {
        let mut bytes = record(SENTENCE);
        let start = bytes.len();
        bytes.extend(record(b"lost"));
        bytes[start + 3] ^= 0x80;
        bytes.extend(record(b"lost too"));
        let expected = (named(&[(0, "event data"), (26, "BadLength")]), 0);
        for chunk in 1..=bytes.len() {
            assert_eq!(read(&bytes, chunk), expected, "chunks of {chunk}");
        }
    }

    #[test]
    fn a_length_over_2_gib_is_not_waited_for() {
        let length = (1u64 << 40).to_le_bytes();
        let mut bytes = length.to_vec();
        bytes.extend(masked_crc(&length).to_le_bytes());
        assert_eq!(read(&bytes, 99), (named(&[(0, "BadLength")]), 0));
    }
}
