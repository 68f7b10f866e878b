//! Where the control characters of a text are.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES * 0x80;

/// How many bytes are looked at together.
const BLOCK: usize = 32;

/// The offset of the first control character that is no tab, from `start` on.
#[inline]
pub(super) fn next_control(text: &[u8], start: usize) -> Option<usize> {
    let (blocks, tail) = text.get(start..)?.as_chunks::<BLOCK>();
    let mut at = start;
    for block in blocks {
        // Without a branch a byte, so that it is vectorised.
        let found = block
            .iter()
            .fold(false, |found, byte| found | (*byte < 0x20));
        if found && let Some(offset) = in_words(block) {
            return Some(at + offset);
        }
        at += BLOCK;
    }
    in_words(tail).map(|offset| at + offset)
}

/// The same where the next one is expected to be near.
#[inline]
pub(super) fn near_control(text: &[u8], start: usize) -> Option<usize> {
    in_words(text.get(start..)?).map(|offset| start + offset)
}

/// The first one by machine words.
#[inline]
fn in_words(text: &[u8]) -> Option<usize> {
    let (words, tail) = text.as_chunks::<8>();
    let mut at = 0;
    for bytes in words {
        let word = u64::from_le_bytes(*bytes);
        // The high bit of each byte that is below a space.
        let mut found = !(((word & !HIGHS) + ONES * 0x60) | word) & HIGHS;
        while found != 0 {
            let offset = (found.trailing_zeros() / 8) as usize;
            if bytes.get(offset).is_some_and(is_control) {
                return Some(at + offset);
            }
            found &= found - 1;
        }
        at += 8;
    }
    tail.iter().position(is_control).map(|offset| at + offset)
}

fn is_control(byte: &u8) -> bool {
    *byte < 0x20 && *byte != b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_offset() {
        for byte in 0..=u8::MAX {
            for (length, other) in [(1, b'a'), (7, 0xff), (8, b'\t'), (45, 0x80), (100, b' ')] {
                for at in 0..length {
                    let mut text = vec![other; length];
                    text[at] = byte;
                    let expected = (byte < 0x20 && byte != b'\t').then_some(at);
                    assert_eq!(
                        next_control(&text, 0),
                        expected,
                        "{byte} at {at} of {length}"
                    );
                    assert_eq!(next_control(&text, at), expected, "{byte} from {at}");
                    assert_eq!(next_control(&text, at + 1), None, "{byte} behind {at}");
                    assert_eq!(near_control(&text, at), expected, "{byte} near {at}");
                }
            }
        }
        assert_eq!(next_control(b"a", 2), None);
    }
}
