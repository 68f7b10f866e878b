//! bytes → records of a `.wandb` file, checked, while it grows.
//!
//! The file begins with a 7-byte header and is laid out in blocks of 32 KiB, counted from the
//! start of the file. A block holds chunks: CRC (u32), payload length (u16), type (u8), payload,
//! little-endian; fewer than 7 bytes at its end are padding. A record is one *full* chunk, or a
//! *first*, any number of *middle*, and a *last* one. The CRC is plain CRC-32 (IEEE), over the type
//! byte and the payload.
//!
//! *Not yet* and *broken* are told apart: an unfinished chunk or record is held back; after a chunk
//! that can't be right, reading goes on with the next block that begins a record.

use crate::carry::{Carry, Progress};

/// `:W&B`, the magic 0xBEE1 (little-endian), version 0.
pub const HEADER: [u8; 7] = [b':', b'W', b'&', b'B', 0xe1, 0xbe, 0];
/// Bytes of a block.
pub const BLOCK_BYTES: usize = 32 * 1024;
/// Bytes of a chunk before its payload.
const CHUNK_HEADER_BYTES: usize = 7;
/// Memory that is kept for the next record of several chunks.
const KEPT_BYTES: usize = 1 << 20;

/// What stands in the file, in its order.
#[derive(Debug, PartialEq)]
pub enum Framed<'a> {
    /// A whole record.
    Record(&'a [u8]),
    /// A chunk with a wrong checksum, length or type: the rest of its block is skipped.
    BadChunk,
    /// A record that lacks its first or its last chunk.
    BadRecord,
    /// The file does not begin as a `.wandb` file of version 0 does: nothing of it can be read.
    BadHeader,
}

/// Splits a `.wandb` file into records.
#[derive(Default)]
pub struct WandbRecords {
    carry: Carry,
    state: State,
}

#[derive(Default)]
struct State {
    /// Offset in the file of the next byte to be parsed.
    byte: u64,
    /// Bytes still to be passed over: padding, or the rest of a broken block.
    skip_bytes: usize,
    /// Payload of the chunks of an unfinished record.
    record: Vec<u8>,
    /// Where the unfinished record begins, while there is one.
    record_byte: Option<u64>,
    /// After damage: chunks that continue a lost record are no news.
    lost: bool,
    ended: bool,
}

impl WandbRecords {
    /// Takes the next bytes of the file; `visit` gets what they complete, with its byte offset.
    pub fn feed(&mut self, bytes: &[u8], mut visit: impl FnMut(u64, Framed<'_>)) {
        let Self { carry, state } = self;
        if !state.ended {
            carry.feed(bytes, |shown| state.parse(shown, &mut visit));
        }
    }

    /// Bytes of the unfinished record (or chunk, or header) at the end.
    pub fn pending_bytes(&self) -> u64 {
        self.state.byte - self.byte() + self.carry.len() as u64
    }

    /// Where the unfinished end begins.
    pub fn byte(&self) -> u64 {
        self.state.record_byte.unwrap_or(self.state.byte)
    }
}

impl State {
    fn parse(&mut self, shown: &[u8], visit: &mut impl FnMut(u64, Framed<'_>)) -> Progress {
        if self.byte == 0 {
            return self.header(shown, visit);
        }
        let block_left = BLOCK_BYTES - (self.byte % BLOCK_BYTES as u64) as usize;
        if self.skip_bytes == 0 && block_left < CHUNK_HEADER_BYTES {
            self.skip_bytes = block_left;
        }
        if self.skip_bytes > 0 {
            let count = self.skip_bytes.min(shown.len());
            self.skip_bytes -= count;
            return self.took(count);
        }
        let Some((header, rest)) = shown.split_first_chunk::<CHUNK_HEADER_BYTES>() else {
            return Progress::Needs(CHUNK_HEADER_BYTES);
        };
        let [c0, c1, c2, c3, l0, l1, kind] = *header;
        let length = usize::from(u16::from_le_bytes([l0, l1]));
        if CHUNK_HEADER_BYTES + length > block_left || !(FULL..=LAST).contains(&kind) {
            return self.damage(block_left, shown.len(), visit);
        }
        let Some(payload) = rest.get(..length) else {
            return Progress::Needs(CHUNK_HEADER_BYTES + length);
        };
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&[kind]);
        hasher.update(payload);
        if hasher.finalize() != u32::from_le_bytes([c0, c1, c2, c3]) {
            return self.damage(block_left, shown.len(), visit);
        }
        self.chunk(kind, payload, visit);
        self.took(CHUNK_HEADER_BYTES + length)
    }

    fn header(&mut self, shown: &[u8], visit: &mut impl FnMut(u64, Framed<'_>)) -> Progress {
        let common = shown.len().min(HEADER.len());
        if shown.get(..common) != HEADER.get(..common) {
            self.ended = true;
            visit(0, Framed::BadHeader);
            return Progress::Stop;
        }
        if common < HEADER.len() {
            return Progress::Needs(HEADER.len());
        }
        self.took(HEADER.len())
    }

    fn took(&mut self, count: usize) -> Progress {
        self.byte += count as u64;
        Progress::Took(count)
    }

    /// Gives up the rest of the block, and the record that reached into it.
    fn damage(
        &mut self,
        block_left: usize,
        shown: usize,
        visit: &mut impl FnMut(u64, Framed<'_>),
    ) -> Progress {
        visit(self.byte, Framed::BadChunk);
        self.record_byte = None;
        self.lost = true;
        let count = block_left.min(shown);
        self.skip_bytes = block_left - count;
        self.took(count)
    }

    fn chunk(&mut self, kind: u8, payload: &[u8], visit: &mut impl FnMut(u64, Framed<'_>)) {
        match (kind, self.record_byte) {
            (FULL | FIRST, open) => {
                if let Some(byte) = open {
                    visit(byte, Framed::BadRecord);
                }
                self.lost = false;
                self.record_byte = None;
                if kind == FULL {
                    visit(self.byte, Framed::Record(payload));
                } else {
                    self.record_byte = Some(self.byte);
                    self.record.clear();
                    self.record.extend_from_slice(payload);
                }
            }
            (_, None) => {
                if !self.lost {
                    visit(self.byte, Framed::BadRecord);
                    self.lost = true;
                }
            }
            (_, Some(byte)) => {
                self.record.extend_from_slice(payload);
                if kind == LAST {
                    visit(byte, Framed::Record(&self.record));
                    self.record_byte = None;
                    self.record.shrink_to(KEPT_BYTES);
                }
            }
        }
    }
}

/// Chunk types; 3 is a middle one.
const FULL: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut checked = vec![kind];
        checked.extend(payload);
        let mut bytes = crc32fast::hash(&checked).to_le_bytes().to_vec();
        bytes.extend((payload.len() as u16).to_le_bytes());
        bytes.extend(checked);
        bytes
    }

    fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        bytes.extend(chunks.concat());
        bytes
    }

    /// (byte offset, length of a record or what is wrong) of each thing, and what is held.
    fn read(bytes: &[u8], chunk: usize) -> (Vec<(u64, String)>, u64, u64) {
        let (mut records, mut seen) = (WandbRecords::default(), Vec::new());
        for part in bytes.chunks(chunk) {
            records.feed(part, |byte, framed| {
                seen.push((
                    byte,
                    match framed {
                        Framed::Record(data) => data.len().to_string(),
                        other => format!("{other:?}"),
                    },
                ));
            });
        }
        (seen, records.byte(), records.pending_bytes())
    }

    fn expect(bytes: &[u8], list: &[(u64, &str)], held_from: u64) {
        let seen: Vec<_> = list.iter().map(|&(b, s)| (b, s.to_owned())).collect();
        let held = bytes.len() as u64 - held_from;
        for chunk in [
            1,
            2,
            3,
            7,
            8,
            100,
            4096,
            BLOCK_BYTES,
            BLOCK_BYTES + 1,
            bytes.len().max(1),
        ] {
            assert_eq!(
                read(bytes, chunk),
                (seen.clone(), held_from, held),
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn empty_and_header_only() {
        expect(b"", &[], 0);
        expect(&HEADER[..3], &[], 0);
        expect(&HEADER, &[], 7);
    }

    #[test]
    fn full_chunks_and_a_torn_one() {
        let mut bytes = file(&[chunk(FULL, b"one"), chunk(FULL, b""), chunk(FULL, b"torn")]);
        bytes.pop();
        expect(&bytes, &[(7, "3"), (17, "0")], 24);
    }

    #[test]
    fn a_record_over_three_blocks_and_padding() {
        let first = BLOCK_BYTES - HEADER.len() - CHUNK_HEADER_BYTES;
        let middle = BLOCK_BYTES - CHUNK_HEADER_BYTES;
        let last = BLOCK_BYTES - CHUNK_HEADER_BYTES - 6; // leaves 6 bytes of padding
        let mut bytes = file(&[
            chunk(FIRST, &vec![1; first]),
            chunk(3, &vec![2; middle]),
            chunk(LAST, &vec![3; last]),
        ]);
        let whole = (first + middle + last).to_string();
        expect(&bytes[..bytes.len() - 1], &[], 7);
        expect(&bytes, &[(7, &whole)], bytes.len() as u64);
        bytes.extend([0; 6]);
        bytes.extend(chunk(FULL, b"next"));
        let next = 3 * BLOCK_BYTES as u64;
        expect(&bytes, &[(7, &whole), (next, "4")], next + 11);
    }

    #[test]
    fn a_bad_chunk_loses_its_block_and_the_record_that_it_is_part_of() {
        let rest = BLOCK_BYTES - HEADER.len() - 2 * (CHUNK_HEADER_BYTES + 3) - CHUNK_HEADER_BYTES;
        let good = file(&[
            chunk(FULL, b"one"),
            chunk(FULL, b"two"),
            chunk(FIRST, &vec![0; rest]),
            chunk(LAST, b"end"),
            chunk(FULL, b"four"),
        ]);
        let block = BLOCK_BYTES as u64;
        for (flip, what) in [
            (20, "checksum"),
            (21, "length"),
            (23, "type"),
            (24, "payload"),
        ] {
            let mut bytes = good.clone();
            bytes[flip] ^= 0x40;
            let expected: [(u64, &str); 3] = [(7, "3"), (17, "BadChunk"), (block + 10, "4")];
            let seen = read(&bytes, bytes.len());
            // A length that is now too short for the checksum is the same damage.
            assert_eq!(seen.0, expected.map(|(b, s)| (b, s.to_owned())), "{what}");
        }
    }

    #[test]
    fn records_without_an_end_or_a_start() {
        let bytes = file(&[
            chunk(FIRST, b"lost"),
            chunk(FULL, b"one"),
            chunk(3, b"stray"),
            chunk(LAST, b"stray"),
            chunk(FULL, b"two"),
        ]);
        expect(
            &bytes,
            &[(7, "BadRecord"), (18, "3"), (28, "BadRecord"), (52, "3")],
            62,
        );
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [b"\x18\0\0\0\0\0\0\0".as_slice(), b":W&B\xe1\xbe\x01", b"x"] {
            assert_eq!(read(bytes, 1).0, [(0, "BadHeader".to_owned())]);
        }
    }
}
