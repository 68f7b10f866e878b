//! One listed file: not recognised (yet), or followed.

use std::io::Read;

use crate::follow::{Followed, OpenFile};
use crate::formats::{Formats, HEAD_BYTES, Verdict};
use crate::listing::{Listed, Stat};

/// What is known of a listed file.
pub enum Tracked {
    /// No training record as far as is known.
    Unknown {
        /// The file as it was when its format was asked for; `None` before that.
        asked: Option<Stat>,
        /// Why its beginning could not be read.
        error: Option<String>,
    },
    /// Of a known format, followed.
    Followed(Box<Followed>),
}

impl Tracked {
    /// A file that nobody has looked at yet.
    pub fn new() -> Self {
        Self::Unknown {
            asked: None,
            error: None,
        }
    }

    /// True if a pass could give anything new.
    pub fn is_due(&self, listed: &Listed, now_ms: i64) -> bool {
        match self {
            Self::Followed(followed) => followed.is_due(listed.stat, now_ms),
            Self::Unknown { error: Some(_), .. } | Self::Unknown { asked: None, .. } => true,
            Self::Unknown {
                asked: Some(asked), ..
            } => {
                let has_new_head = asked.size_bytes != listed.stat.size_bytes
                    && asked.size_bytes.min(listed.stat.size_bytes) < HEAD_BYTES as u64;
                has_new_head || asked.identity != listed.stat.identity
            }
        }
    }

    /// Recognises the file if that is still open, and reads what is new in it.
    pub fn pass(&mut self, listed: &Listed, now_ms: i64, formats: &dyn Formats, open: &OpenFile) {
        if let Self::Unknown { .. } = self {
            *self = recognise(listed, formats, open);
        }
        if let Self::Followed(followed) = self {
            followed.pass(listed, now_ms, open);
        }
    }

    /// The followed file, if it is one.
    pub fn followed(&self) -> Option<&Followed> {
        match self {
            Self::Followed(followed) => Some(followed),
            Self::Unknown { .. } => None,
        }
    }

    /// Why the beginning of an unrecognised file could not be read.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Unknown { error, .. } => error.as_deref(),
            Self::Followed(_) => None,
        }
    }
}

impl Default for Tracked {
    fn default() -> Self {
        Self::new()
    }
}

fn recognise(listed: &Listed, formats: &dyn Formats, open: &OpenFile) -> Tracked {
    let name = listed.relative.rsplit('/').next().unwrap_or_default();
    let mut head = Vec::new();
    let read =
        open(&listed.path).and_then(|file| file.take(HEAD_BYTES as u64).read_to_end(&mut head));
    let error = match read {
        Ok(_) => None,
        Err(error) => {
            // The name alone may tell it: then the error is reported on a file of its workload.
            head.clear();
            Some(format!("can't be read: {error}; it is tried again"))
        }
    };
    match formats.detect(name, &head) {
        Verdict::Known(format) => Tracked::Followed(Box::new(Followed::new(format))),
        Verdict::NotYet | Verdict::No => Tracked::Unknown {
            asked: Some(listed.stat),
            error,
        },
    }
}
