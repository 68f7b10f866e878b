//! Rows of a table that have no quotes: a line each, cut at its commas.
//!
//! Nearly all rows of metrics are such. They need no state from byte to byte; every other row is
//! left to the general reader.

use memchr::{memchr, memchr2};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES * 0x80;

/// The longest line that is read here, in bytes.
const MAX_LINE: usize = 1 << 16;

/// The lines at the start of some bytes that are plain rows.
pub(crate) struct PlainRows<'a> {
    bytes: &'a [u8],
    /// Where the first quote or carriage return is, else the end.
    plain_to: usize,
    at: usize,
}

impl<'a> PlainRows<'a> {
    /// The rows of bytes that begin with a row.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let plain_to = memchr2(b'"', b'\r', bytes).unwrap_or(bytes.len());
        Self {
            bytes,
            plain_to,
            at: 0,
        }
    }

    /// The bytes that are left.
    pub(crate) fn remaining(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes bytes that were read by other means.
    pub(crate) fn pass(&mut self, count: usize) {
        self.at += count;
        if self.at > self.plain_to {
            *self = Self::new(self.remaining());
        }
    }

    /// The next row without its line end, if it is whole and plain. An empty line is none.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.remaining();
        let length = memchr(b'\n', rest)?;
        let plain = (1..=MAX_LINE).contains(&length) && self.at + length < self.plain_to;
        if !plain {
            return None;
        }
        self.at += length + 1;
        rest.get(..length)
    }
}

/// The offsets of a line's commas, and its length.
#[inline]
pub(crate) fn cell_ends(line: &[u8], ends: &mut Vec<usize>) {
    ends.clear();
    let (words, tail) = line.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word) ^ (ONES * u64::from(b','));
        // The high bit of each byte that is a comma.
        let mut found = !(((word & !HIGHS) + !HIGHS) | word) & HIGHS;
        while found != 0 {
            ends.push(at + (found.trailing_zeros() / 8) as usize);
            found &= found - 1;
        }
        at += 8;
    }
    let commas = tail.iter().enumerate().filter(|(_, byte)| **byte == b',');
    ends.extend(commas.map(|(offset, _)| at + offset));
    ends.push(line.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_end_at_commas() {
        for line in [
            "",
            ",",
            "1",
            "1,2",
            ",,",
            "12345678,",
            "1234567,9,,10.5,abcdefghij,-",
            "\u{ac},\u{2c}",
        ] {
            let mut ends = vec![7];
            cell_ends(line.as_bytes(), &mut ends);
            let mut at = 0;
            let expected: Vec<usize> = line
                .split(',')
                .map(|cell| {
                    at += cell.len() + 1;
                    at - 1
                })
                .collect();
            assert_eq!(ends, expected, "{line}");
        }
    }

    #[test]
    fn only_whole_rows_without_quotes_are_plain() {
        let mut rows = PlainRows::new(b"1,2\n3,4\n\n5\n\"6\"\n7\r\n8\n9");
        assert_eq!(rows.next(), Some(&b"1,2"[..]));
        assert_eq!(rows.next(), Some(&b"3,4"[..]));
        assert_eq!(rows.next(), None);
        rows.pass(1);
        assert_eq!(rows.next(), Some(&b"5"[..]));
        assert_eq!(rows.next(), None);
        rows.pass(4);
        assert_eq!(rows.next(), None);
        rows.pass(3);
        assert_eq!(rows.next(), Some(&b"8"[..]));
        assert_eq!(rows.next(), None);
        assert_eq!(rows.remaining(), b"9");
    }
}
