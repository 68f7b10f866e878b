//! The formats that the readers know, as the server sees them.

use std::sync::Arc;

use crate::formats::{Formats, Verdict};

struct Known;

impl Formats for Known {
    fn detect(&self, _file_name: &str, _head: &[u8]) -> Verdict {
        Verdict::No
    }
}

/// The readers' formats.
pub fn formats() -> Arc<dyn Formats> {
    Arc::new(Known)
}
