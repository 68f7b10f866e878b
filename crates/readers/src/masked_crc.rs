//! The checksum of TFRecord files: CRC-32C (Castagnoli), rotated and offset.
//!
//! The mask exists because a CRC of data that itself holds CRCs is a weak check. (`.wandb` files
//! use a plain CRC-32 instead: see `wandb_block`.)

/// What is added, wrapping, to the rotated checksum.
const MASK_DELTA: u32 = 0xa282_ead8;

/// The masked CRC-32C of `bytes`, as it stands in the file (little-endian).
pub fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
        .rotate_right(15)
        .wrapping_add(MASK_DELTA)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The CRCs are the examples of RFC 3720 (iSCSI), appendix B.4; the mask was put on them by
    /// hand.
    #[test]
    fn equals_the_published_examples() {
        let ascending: Vec<u8> = (0..32).collect();
        let table: [(&[u8], u32); 4] = [
            (&[0; 32], 0x0fd7_fffa),
            (&[0xff; 32], 0xf909_b029),
            (&ascending, 0x951f_7892),
            (b"", 0xa282_ead8),
        ];
        for (bytes, masked) in table {
            assert_eq!(masked_crc(bytes), masked, "{bytes:?}");
        }
    }

    /// The first record of every TensorBoard file begins with these twelve bytes: length 24 and its
    /// masked checksum.
    #[test]
    fn equals_a_real_length_checksum() {
        assert_eq!(
            masked_crc(&24u64.to_le_bytes()),
            u32::from_le_bytes([0xa3, 0x7f, 0x4b, 0x22])
        );
    }
}
