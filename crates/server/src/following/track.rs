//! One listed file: not recognised (yet), followed, or given up.

use std::io::Read;
use std::panic::{self, AssertUnwindSafe};

use crate::discovery::formats::{Format, Formats, HEAD_BYTES, Verdict};
use crate::discovery::listing::{Listed, Stat};
use crate::following::follow::{Followed, OpenFile};

/// What is known of a listed file.
pub enum Tracked {
    /// No training record as far as is known.
    Unknown {
        /// The file as it was when its format was looked for; `None` before that.
        examined: Option<Stat>,
        /// With more of the file it may be recognised.
        is_undecided: bool,
        /// Why its beginning could not be read.
        error: Option<String>,
    },
    /// Of a known format, followed.
    Followed(Box<Followed>),
    /// Its reader failed, which is a bug in the reader: left alone until it is replaced.
    GivenUp(Stat),
}

const GIVEN_UP: &str = "its reader failed on it (a bug in the reader): it is not read";

impl Tracked {
    /// A file that nobody has looked at yet.
    pub fn new() -> Self {
        Self::Unknown {
            examined: None,
            is_undecided: true,
            error: None,
        }
    }

    /// True if a pass could give anything new.
    pub fn is_due(&self, listed: &Listed, now_ms: i64) -> bool {
        match self {
            Self::Followed(followed) => followed.is_due(listed.stat, now_ms),
            Self::GivenUp(stat) => {
                stat.identity != listed.stat.identity || listed.stat.size_bytes < stat.size_bytes
            }
            Self::Unknown { error: Some(_), .. } | Self::Unknown { examined: None, .. } => true,
            Self::Unknown {
                examined: Some(examined),
                is_undecided,
                ..
            } => {
                let longest = if *is_undecided {
                    HEAD_BYTES[1]
                } else {
                    HEAD_BYTES[0]
                };
                let has_new_head = examined.size_bytes != listed.stat.size_bytes
                    && examined.size_bytes.min(listed.stat.size_bytes) < longest;
                has_new_head || examined.identity != listed.stat.identity
            }
        }
    }

    /// Recognises the file if that is still open, and reads what is new in it. A panic of its
    /// reader is the end of this file only.
    pub fn pass(&mut self, listed: &Listed, now_ms: i64, formats: &dyn Formats, open: &OpenFile) {
        let read = || self.read(listed, now_ms, formats, open);
        if panic::catch_unwind(AssertUnwindSafe(read)).is_err() {
            *self = Self::GivenUp(listed.stat);
        }
    }

    fn read(&mut self, listed: &Listed, now_ms: i64, formats: &dyn Formats, open: &OpenFile) {
        if let Self::Unknown { .. } | Self::GivenUp(_) = self {
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
            Self::Unknown { .. } | Self::GivenUp(_) => None,
        }
    }

    /// As [`Tracked::followed`], to be changed.
    pub fn followed_mut(&mut self) -> Option<&mut Followed> {
        match self {
            Self::Followed(followed) => Some(followed),
            Self::Unknown { .. } | Self::GivenUp(_) => None,
        }
    }

    /// Why a file that is not followed could not be read.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Unknown { error, .. } => error.as_deref(),
            Self::Followed(_) => None,
            Self::GivenUp(_) => Some(GIVEN_UP),
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
    let mut verdict = Verdict::NotYet;
    let mut is_undecided = false;
    for length in HEAD_BYTES {
        match read_head(listed, length, open) {
            Ok(head) => verdict = formats.detect(name, &head),
            // The name alone may be enough: then the error is reported on a file of its workload.
            Err(error) => {
                return match formats.detect(name, &[]) {
                    Verdict::Known(format) => follow(format),
                    Verdict::NotYet | Verdict::No => unknown(listed, Some(error), true),
                };
            }
        }
        is_undecided = matches!(verdict, Verdict::NotYet);
        if !is_undecided || listed.stat.size_bytes <= length {
            break;
        }
    }
    match verdict {
        Verdict::Known(format) => follow(format),
        Verdict::NotYet | Verdict::No => unknown(listed, None, is_undecided),
    }
}

fn read_head(listed: &Listed, length: u64, open: &OpenFile) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    open(&listed.path)
        .and_then(|file| file.take(length).read_to_end(&mut head))
        .map(|_| head)
        .map_err(|error| format!("can't be read: {error}; it is tried again"))
}

fn follow(format: Format) -> Tracked {
    Tracked::Followed(Box::new(Followed::new(format)))
}

fn unknown(listed: &Listed, error: Option<String>, is_undecided: bool) -> Tracked {
    Tracked::Unknown {
        examined: Some(listed.stat),
        is_undecided,
        error,
    }
}
