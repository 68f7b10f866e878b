//! A whole JSON document: kept until the file has come to rest, then read at once.
//!
//! A document that ends too early is not yet whole: it stays held and is read when the rest has
//! come. One that is wrong is noted as fatal, with the byte and what was expected there.

use crate::ParsedFile;
use crate::literal::{self, Stop, Visit};

/// The largest document that is read, in bytes.
const MAX_BYTES: usize = 512 << 20;

const TOO_LARGE: &str = "The document is larger than 512 MiB.";
const UNFINISHED: &str = "The JSON document is unfinished: it is read once it is whole.";
const MORE: &str = "Bytes behind the end of the JSON document were skipped.";

/// The bytes of a document.
#[derive(Default)]
pub(crate) struct Document {
    held: Vec<u8>,
    read: bool,
    refused: bool,
    noted: bool,
}

impl Document {
    /// Takes the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        if self.refused || self.read {
            if self.read && !bytes.trim_ascii().is_empty() {
                parsed.note(MORE, 0);
            }
        } else if self.held.len() + bytes.len() > MAX_BYTES {
            parsed.fatal(TOO_LARGE, 0);
            self.refused = true;
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Reads the document if it is whole: `visit` sees it, then `done` is told.
    pub(crate) fn finish_idle<V: Visit>(
        &mut self,
        mut visit: V,
        parsed: &mut ParsedFile,
        done: impl FnOnce(V, &mut ParsedFile),
    ) {
        if self.read || self.refused || self.held.is_empty() {
            return;
        }
        match literal::walk(&self.held, &mut visit) {
            Ok(_) => {
                done(visit, parsed);
                self.read = true;
                self.held = Vec::new();
            }
            Err(Stop::Unfinished) => {
                if !self.noted {
                    parsed.note(UNFINISHED, self.held.len() as u64);
                    self.noted = true;
                }
            }
            Err(Stop::Broken { byte, expected }) => {
                parsed.fatal(
                    &format!("The JSON document is broken: expected {expected}."),
                    byte as u64,
                );
                self.refused = true;
                self.held = Vec::new();
            }
        }
    }

    /// Bytes of the document while it is not read.
    pub(crate) fn pending_bytes(&self) -> u64 {
        self.held.len() as u64
    }
}
