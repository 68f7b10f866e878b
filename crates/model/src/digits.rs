//! Runs of ASCII digits, eight at a time as numbers in one machine word.

const TENS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Appends the digits from `at` on to `value` (wrapping past 19 of them) and tells where they end.
#[inline]
pub fn digit_run(bytes: &[u8], mut at: usize, value: &mut u64) -> usize {
    while let Some(word) = eight_bytes(bytes, at) {
        let nibbles = word ^ (ONES * 0x30);
        // The high bit of each byte that is not 0–9; exact up to and with the first such byte.
        let others = (nibbles.wrapping_add(ONES * 0x76) | nibbles) & HIGHS;
        if others == 0 {
            *value = value
                .wrapping_mul(100_000_000)
                .wrapping_add(eight_digits(nibbles));
            at += 8;
            continue;
        }
        let count = (others.trailing_zeros() / 8) as usize;
        let Some(&scale) = TENS.get(count).filter(|_| count > 0) else {
            return at;
        };
        let word = eight_digits(nibbles << (64 - 8 * count));
        *value = value.wrapping_mul(scale).wrapping_add(word);
        return at + count;
    }
    while let Some(byte @ b'0'..=b'9') = bytes.get(at) {
        *value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        at += 1;
    }
    at
}

/// The eight bytes from `at` on, NULs behind the end; `None` if there is none, or too few of them
/// in front of `at` to read eight at once.
#[inline]
fn eight_bytes(bytes: &[u8], at: usize) -> Option<u64> {
    if let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        return Some(u64::from_le_bytes(*eight));
    }
    let last = u64::from_le_bytes(*bytes.last_chunk::<8>()?);
    let behind = (at + 8).checked_sub(bytes.len())?;
    last.checked_shr(8 * u32::try_from(behind).ok()?)
}

/// The number that eight digit values spell, the first in the lowest byte.
#[inline]
pub fn eight_digits(nibbles: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = nibbles.wrapping_mul(10).wrapping_add(nibbles >> 8);
    let high = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_every_length_end_where_they_end() {
        let digits = "12345678901234567890123";
        for length in 0..digits.len() {
            for behind in ["", ".", "/", ":", "e", "\u{b0}12345678", "-7654321"] {
                for before in ["", "7", "x.y"] {
                    let text = format!("{before}{}{behind}", &digits[..length]);
                    let mut value = 0;
                    let end = digit_run(text.as_bytes(), before.len(), &mut value);
                    assert_eq!(end, before.len() + length, "{text}");
                    let spelled: u128 = digits[..length].parse().unwrap_or(0);
                    // Wrapping is what a cast does.
                    assert_eq!(value, spelled as u64, "{text}");
                }
            }
        }
    }
}
