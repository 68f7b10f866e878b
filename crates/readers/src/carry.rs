//! Holds back the unfinished unit (record, chunk, header) between two feeds.
//!
//! Whole units are handed on as slices of what was fed, without a copy; only the bytes of a unit
//! that two feeds share are copied, each once, so that a file fed byte by byte costs no more than
//! its length.

/// Memory that may be kept for the next unfinished unit; more is given back once it was read.
const KEPT_BYTES: usize = 1 << 20;

/// What the parser made of the bytes that it was shown.
pub(crate) enum Progress {
    /// It is done with that many bytes (at least 1).
    Took(usize),
    /// It has to see at least that many bytes at once, counted from the first one shown.
    Needs(usize),
    /// Nothing that follows can be read.
    Stop,
}

/// The bytes of one unit that is not complete yet.
#[derive(Default)]
pub(crate) struct Carry {
    held: Vec<u8>,
    need: usize,
}

impl Carry {
    /// Bytes held back.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Shows `parse` the unread bytes, from the start of a unit, until it needs more than there is.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut parse: impl FnMut(&[u8]) -> Progress) {
        loop {
            if self.held.is_empty() {
                if bytes.is_empty() {
                    return;
                }
                match parse(bytes) {
                    Progress::Took(count) => bytes = bytes.get(count.max(1)..).unwrap_or_default(),
                    Progress::Needs(need) => {
                        self.need = need;
                        self.held.extend_from_slice(bytes);
                        return;
                    }
                    Progress::Stop => return,
                }
            } else {
                let missing = self.need.saturating_sub(self.held.len());
                let Some((now, later)) = bytes.split_at_checked(missing) else {
                    self.held.extend_from_slice(bytes);
                    return;
                };
                self.held.extend_from_slice(now);
                bytes = later;
                match parse(&self.held) {
                    Progress::Took(count) => self.drop_front(count.max(1)),
                    Progress::Needs(need) => self.need = need.max(self.held.len() + 1),
                    Progress::Stop => return self.clear(),
                }
            }
        }
    }

    fn drop_front(&mut self, count: usize) {
        if count >= self.held.len() {
            self.clear();
        } else {
            self.held.drain(..count);
            self.need = 0;
        }
    }

    fn clear(&mut self) {
        self.held.clear();
        self.held.shrink_to(KEPT_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of one length byte and that many bytes behind it.
    fn units(bytes: &[u8], chunk: usize) -> (Vec<Vec<u8>>, usize) {
        let (mut carry, mut seen) = (Carry::default(), Vec::new());
        for part in bytes.chunks(chunk) {
            carry.feed(part, |shown| {
                let size = 1 + usize::from(shown[0]);
                match shown.get(1..size) {
                    Some(unit) => {
                        seen.push(unit.to_vec());
                        Progress::Took(size)
                    }
                    None => Progress::Needs(size),
                }
            });
        }
        (seen, carry.len())
    }

    #[test]
    fn every_chunk_size_sees_the_same_units() {
        let bytes = b"\x03abc\x00\x01d\x05efg";
        let expected = vec![b"abc".to_vec(), vec![], b"d".to_vec()];
        for chunk in 1..=bytes.len() {
            assert_eq!(
                units(bytes, chunk),
                (expected.clone(), 4),
                "chunks of {chunk}"
            );
        }
    }
}
