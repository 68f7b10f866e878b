//! How much of a file is kept, whatever it holds: memory and work stay within its size.

/// The longest name of a metric, in bytes. The names of nested objects are joined, so that a short
/// text could spell many long ones.
pub(crate) const MAX_NAME_BYTES: usize = 512;

pub(crate) const TOO_MANY: &str =
    "More than 20,000 different metrics, or 2 MiB of their names: the others are skipped.";
pub(crate) const NAME_TOO_LONG: &str =
    "A metric's name has more than 512 bytes: the metric is skipped.";

/// How many metrics there are, in a file or in one row of it.
#[derive(Default)]
pub(crate) struct Names {
    count: usize,
    bytes: usize,
}

impl Names {
    const MAX_COUNT: usize = 20_000;
    const MAX_BYTES: usize = 2 << 20;

    /// Counts a metric of that name; an error says why there can't be one more.
    pub(crate) fn add(&mut self, name_bytes: usize) -> Result<(), &'static str> {
        if name_bytes > MAX_NAME_BYTES {
            return Err(NAME_TOO_LONG);
        }
        if self.count >= Self::MAX_COUNT || self.bytes + name_bytes > Self::MAX_BYTES {
            return Err(TOO_MANY);
        }
        self.count += 1;
        self.bytes += name_bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_limited_by_number_and_by_names() {
        let mut names = Names::default();
        assert_eq!(names.add(MAX_NAME_BYTES + 1), Err(NAME_TOO_LONG));
        for _ in 0..Names::MAX_COUNT {
            assert_eq!(names.add(10), Ok(()));
        }
        assert_eq!(names.add(10), Err(TOO_MANY));
        let mut names = Names::default();
        for _ in 0..4096 {
            assert_eq!(names.add(MAX_NAME_BYTES), Ok(()));
        }
        assert_eq!(names.add(1), Err(TOO_MANY));
    }
}
