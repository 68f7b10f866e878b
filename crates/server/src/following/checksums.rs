//! Checksums of what was read of a file, to notice that it was written anew in place.
//!
//! One CRC-32 for each block of [`BLOCK_BYTES`]; 4 bytes of memory for 64 KiB of file.
//!
//! A file that has grown is compared at its two ends (the first block, and from the last whole
//! block up to where reading stopped): 192 KiB at most, whatever its size. A rewrite that changes
//! the length of anything moves what follows, so it shows there. What does not show: bytes changed
//! in the middle of a file longer than that, in the same moment as it grew, with everything behind
//! them at its old place. A file that was modified without having grown is compared whole.

use std::io::{self, Read, Seek, SeekFrom};

use crc32fast::Hasher;

/// Length of a block.
pub const BLOCK_BYTES: usize = 64 * 1024;

/// How much of a file is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The first block, and from the last whole block to the end of what was read.
    Ends,
    /// Everything that was read.
    All,
}

/// Checksums of the first bytes of a file, as many as were added.
#[derive(Clone, Debug, Default)]
pub struct Checksums {
    whole_blocks: Vec<u32>,
    /// Of the bytes behind the last whole block.
    tail: Hasher,
    tail_bytes: usize,
}

impl Checksums {
    /// Adds the next bytes of the file.
    pub fn add(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.tail_bytes;
            let (block, next) = bytes.split_at(room.min(bytes.len()));
            self.tail.update(block);
            self.tail_bytes += block.len();
            if self.tail_bytes == BLOCK_BYTES {
                let tail = std::mem::take(&mut self.tail);
                self.whole_blocks.push(tail.finalize());
                self.tail_bytes = 0;
            }
            bytes = next;
        }
    }

    /// How many bytes were added.
    pub fn bytes(&self) -> u64 {
        (self.whole_blocks.len() * BLOCK_BYTES + self.tail_bytes) as u64
    }

    /// True if the file still has the bytes that were added.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn match_file(
        &self,
        file: &mut (impl Read + Seek + ?Sized),
        extent: Extent,
    ) -> io::Result<bool> {
        let last = self.whole_blocks.len().saturating_sub(1);
        let mut buffer = vec![0; BLOCK_BYTES];
        for (index, &checksum) in self.whole_blocks.iter().enumerate() {
            let is_chosen = extent == Extent::All || index == 0 || index == last;
            if is_chosen && !has_block(file, index, &mut buffer, checksum)? {
                return Ok(false);
            }
        }
        buffer.truncate(self.tail_bytes);
        let checksum = self.tail.clone().finalize();
        has_block(file, self.whole_blocks.len(), &mut buffer, checksum)
    }
}

/// True if the block, as long as the buffer, is there and has this checksum.
fn has_block(
    file: &mut (impl Read + Seek + ?Sized),
    index: usize,
    buffer: &mut [u8],
    checksum: u32,
) -> io::Result<bool> {
    file.seek(SeekFrom::Start((index * BLOCK_BYTES) as u64))?;
    match file.read_exact(buffer) {
        Ok(()) => Ok(crc32fast::hash(buffer) == checksum),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn matches(checksums: &Checksums, bytes: &[u8], extent: Extent) -> bool {
        checksums
            .match_file(&mut Cursor::new(bytes), extent)
            .unwrap()
    }

    #[test]
    fn a_changed_byte_shows_where_it_is_looked_for() {
        let bytes: Vec<u8> = (0..5 * BLOCK_BYTES + 100)
            .map(|at| (at % 251) as u8)
            .collect();
        let mut checksums = Checksums::default();
        for piece in bytes.chunks(10_007) {
            checksums.add(piece);
        }
        assert_eq!(checksums.bytes(), bytes.len() as u64);
        let grown = [bytes.as_slice(), b"more"].concat();
        for extent in [Extent::Ends, Extent::All] {
            assert!(matches(&checksums, &bytes, extent));
            assert!(matches(&checksums, &grown, extent));
            assert!(!matches(&checksums, &bytes[..bytes.len() - 1], extent));
        }
        for (at, shows_at_ends) in [
            (0, true),
            (BLOCK_BYTES - 1, true),
            (BLOCK_BYTES, false),
            (4 * BLOCK_BYTES - 1, false),
            (4 * BLOCK_BYTES, true),
            (5 * BLOCK_BYTES + 99, true),
        ] {
            let mut changed = grown.clone();
            changed[at] ^= 1;
            assert_eq!(
                !matches(&checksums, &changed, Extent::Ends),
                shows_at_ends,
                "{at}"
            );
            assert!(!matches(&checksums, &changed, Extent::All), "{at}");
        }
    }

    #[test]
    fn nothing_read_matches_anything() {
        assert!(matches(&Checksums::default(), b"", Extent::All));
        assert!(matches(&Checksums::default(), b"x", Extent::Ends));
    }
}
