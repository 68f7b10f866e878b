//! Bytes → whole lines, for formats where a line is a record.
//!
//! A line ends at its line feed. The last one, if it has none, is offered once the file has come
//! to rest, and is kept if it turns out to be unfinished. Lines of more than 16 MiB are skipped.

use memchr::memchr;

/// The longest line that is read, in bytes.
const MAX_LINE: usize = 16 << 20;

/// A line without its line feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Its bytes.
    pub(crate) text: &'a [u8],
    /// Its byte offset.
    pub(crate) byte: u64,
    /// No line feed stands behind it: it may be unfinished.
    pub(crate) last: bool,
}

/// Cuts a stream of bytes into lines.
#[derive(Default)]
pub(crate) struct WholeLines {
    held: Vec<u8>,
    byte: u64,
    skipping: bool,
}

impl WholeLines {
    /// Takes the next bytes; gives the offsets of lines that were too long.
    pub(crate) fn feed(
        &mut self,
        mut bytes: &[u8],
        mut read: impl FnMut(Line<'_>) -> Option<()>,
    ) -> Vec<u64> {
        let mut too_long = Vec::new();
        while let Some(length) = memchr(b'\n', bytes) {
            let (line, rest) = bytes.split_at(length);
            bytes = rest.get(1..).unwrap_or_default();
            self.hold(line, &mut too_long);
            if !self.skipping {
                read(Line {
                    text: &self.held,
                    byte: self.byte,
                    last: false,
                });
            }
            self.byte += self.held.len() as u64 + 1;
            self.held.clear();
            self.skipping = false;
        }
        self.hold(bytes, &mut too_long);
        too_long
    }

    /// The file has come to rest: offers the last line, which is kept if `read` gives `None`.
    pub(crate) fn finish_idle(&mut self, mut read: impl FnMut(Line<'_>) -> Option<()>) {
        if !self.held.is_empty()
            && read(Line {
                text: &self.held,
                byte: self.byte,
                last: true,
            })
            .is_some()
        {
            self.byte += self.held.len() as u64;
            self.held.clear();
        }
    }

    /// Bytes of the unfinished line.
    pub(crate) fn pending_bytes(&self) -> u64 {
        self.held.len() as u64
    }

    fn hold(&mut self, bytes: &[u8], too_long: &mut Vec<u64>) {
        if self.skipping {
            self.byte += bytes.len() as u64;
        } else if self.held.len() + bytes.len() > MAX_LINE {
            too_long.push(self.byte);
            self.byte += (self.held.len() + bytes.len()) as u64;
            self.held = Vec::new();
            self.skipping = true;
        } else {
            self.held.extend_from_slice(bytes);
        }
    }
}
