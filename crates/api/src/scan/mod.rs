//! `metrics/data` bodies to rows in columns, while they arrive, in chunks of any size.
//!
//! # Contract
//! - Any valid JSON is read: any key order, white space, unknown keys and nesting, escapes, a byte
//!   order mark, the rows bare in `data` or in the `data` of an envelope, other keys before or
//!   behind them. Values are bit-equal to `JSON.parse`; where a key of a row repeats, the last
//!   one counts; a second list of rows adds to the first.
//! - A value may be a number, a text that is one (`"NaN"`, `"-Infinity"`, any case), or `null`
//!   ([`parallax_model::value::MISSING`]). Anything else there, or no value at all, is missing too, and
//!   counted as odd.
//! - A row without `metric_name` is skipped and counted. One without `iteration` gets 0 (what a
//!   logger without explicit steps sends), one without `timestamp`, or with 0 there, has no time; both are
//!   counted. One without `data_source` has the source "". Fractions of either integer are cut off.
//! - After the first malformed byte nothing more is read; the rows before it are kept.
//!
//! # Layout
//! `lex` (words) → `machine` (the document, any form; with `place` and `open_row`) and `shape` (the
//! fast path for rows like the one before) → `names` (rows by series); `text` (escapes), `answer`
//! (error answers).

mod answer;
pub(crate) mod lex;
mod machine;
mod names;
mod open_row;
mod place;
mod shape;
pub(crate) mod text;

#[cfg(test)]
mod tests;

use machine::Machine;
use parallax_model::columns::Columns;
use parallax_model::key::SeriesKey;
use std::fmt;

/// Reads one body. See the module.
#[derive(Debug)]
pub struct Scanner {
    machine: Machine,
    /// The start of a token that the last chunk cut off.
    carry: Vec<u8>,
    /// The carry is read again once it is this long: it doubles, so that a long token costs a
    /// multiple of its length however it is split.
    retry_bytes: usize,
    /// Bytes behind us, without `carry`.
    taken_bytes: u64,
    error: Option<ScanError>,
    /// Bytes looked at, those that were looked at again included.
    #[cfg(test)]
    work_bytes: u64,
}

/// What a body was, once it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanSummary {
    /// Rows read.
    pub rows: u64,
    /// Bytes read.
    pub bytes: u64,
    /// `total_count` as the server said it.
    pub total_count: Option<u64>,
    /// `workload_uid` as the server said it.
    pub workload_uid: Option<String>,
    /// Rows left out: no metric name, or not an object.
    pub skipped_rows: u64,
    /// Rows that got iteration 0 for want of one.
    pub rows_without_iteration: u64,
    /// Rows without a `timestamp`.
    pub rows_without_timestamp: u64,
    /// Rows whose value was absent, or neither a number nor `null`; they count as missing.
    pub odd_values: u64,
}

/// Why a body gave no, or not all, rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanError {
    /// The body is not JSON, or not an answer with rows, from this byte on.
    Malformed {
        /// Offset of the first byte that does not fit.
        byte: u64,
        /// What would have fitted.
        expected: &'static str,
        /// The first characters of what stands there.
        found: String,
    },
    /// The body ends before its end: the connection broke, or the server did.
    Truncated {
        /// Where it ends.
        byte: u64,
    },
    /// The body is an error answer.
    Api {
        /// The server's code; 0 if it gave none, or a word (which is then in the message).
        code: i64,
        /// The server's message.
        message: String,
    },
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed {
                byte,
                expected,
                found,
            } => write!(f, "byte {byte}: expected {expected}, found {found:?}"),
            Self::Truncated { byte } => write!(f, "the body ends early, after {byte} bytes"),
            Self::Api { code: 0, message } => write!(f, "the server answered: {message}"),
            Self::Api { code, message } => write!(f, "the server answered {code}: {message}"),
        }
    }
}

impl std::error::Error for ScanError {}

/// Bytes of the next chunk that are first tried to complete a cut-off word.
const BRIDGE_BYTES: usize = 64;
/// From this length on a cut-off token is not looked at again with each chunk.
const LONG_TOKEN_BYTES: usize = 4096;
/// Bytes of a malformed body that an error quotes.
const EXCERPT_BYTES: usize = 24;

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    /// Before the first chunk.
    pub fn new() -> Self {
        Self {
            machine: Machine::new(),
            carry: Vec::new(),
            retry_bytes: 0,
            taken_bytes: 0,
            error: None,
            #[cfg(test)]
            work_bytes: 0,
        }
    }

    /// Reads a chunk. Never fails: the first error is kept for [`Self::finish`], and what comes
    /// after it is ignored.
    pub fn feed(&mut self, chunk: &[u8]) {
        let Some(rest) = self.bridge(chunk) else {
            return;
        };
        if let Some(taken) = self.run(rest, rest.len()) {
            self.carry
                .extend_from_slice(rest.get(taken..).unwrap_or(&[]));
        }
    }

    /// Completes the cut-off word with the start of `chunk`; what is left of the chunk, or `None`
    /// if it is used up.
    fn bridge<'a>(&mut self, chunk: &'a [u8]) -> Option<&'a [u8]> {
        if self.error.is_some() {
            return None;
        }
        if !self.carry.is_empty() && self.carry.len() + chunk.len() < self.retry_bytes {
            self.carry.extend_from_slice(chunk);
            return None;
        }
        let mut bridge_bytes = BRIDGE_BYTES;
        while !self.carry.is_empty() {
            let head = chunk.get(..bridge_bytes).unwrap_or(chunk);
            let mut word = std::mem::take(&mut self.carry);
            let cut_off = word.len();
            word.extend_from_slice(head);
            let taken = self.run(&word, cut_off)?;
            if taken >= cut_off {
                return chunk.get(taken - cut_off..);
            }
            if head.len() == chunk.len() {
                word.drain(..taken);
                self.carry = word;
                self.retry_bytes = if self.carry.len() < LONG_TOKEN_BYTES {
                    0
                } else {
                    2 * self.carry.len()
                };
                return None;
            }
            word.truncate(cut_off);
            word.drain(..taken);
            self.carry = word;
            bridge_bytes *= 4;
        }
        Some(chunk)
    }

    /// Reads what [`Self::bridge`] has put off.
    fn read_carry(&mut self) {
        let token = std::mem::take(&mut self.carry);
        if let Some(taken) = self.run(&token, token.len()) {
            self.carry = token.get(taken..).unwrap_or_default().to_vec();
        }
    }

    fn run(&mut self, slice: &[u8], stop_after: usize) -> Option<usize> {
        #[cfg(test)]
        {
            self.work_bytes += slice.len() as u64;
        }
        match self.machine.run(slice, stop_after) {
            Ok(taken) => {
                self.taken_bytes += taken as u64;
                Some(taken)
            }
            Err((at, expected)) => {
                let found = slice.get(at..).unwrap_or(&[]);
                let found = found.get(..EXCERPT_BYTES).unwrap_or(found);
                self.taken_bytes += at as u64;
                self.error = Some(ScanError::Malformed {
                    byte: self.taken_bytes,
                    expected,
                    found: String::from_utf8_lossy(found).into_owned(),
                });
                None
            }
        }
    }

    /// Rows read so far, taken ones included.
    pub fn rows(&self) -> u64 {
        self.machine.counts.rows
    }

    /// Bytes read so far; up to the malformed byte if there is one.
    pub fn bytes(&self) -> u64 {
        self.taken_bytes + self.carry.len() as u64
    }

    /// Tells the rows since the last time, by series in order of first appearance; their room is then
    /// used for the next ones.
    pub fn hand_over(&mut self, take: impl FnMut(&SeriesKey, &Columns)) {
        self.machine.names.hand_over(take);
    }

    /// Says what the body was, after its last chunk and after [`Self::hand_over`].
    ///
    /// # Errors
    /// If the body was malformed, ended early or was an error answer. Rows that were read before
    /// stay good.
    pub fn finish(mut self) -> Result<ScanSummary, ScanError> {
        self.read_carry();
        let bytes = self.bytes();
        if let Some(error) = self.error {
            return Err(error);
        }
        if !self.machine.is_complete() {
            return Err(ScanError::Truncated { byte: bytes });
        }
        let (answer, counts) = (self.machine.answer, self.machine.counts);
        if let Some(error) = answer.error() {
            return Err(error);
        }
        if !answer.has_rows && !answer.has_data {
            return Err(ScanError::Malformed {
                byte: bytes,
                expected: "a list of rows in \"data\"",
                found: "an object without one".to_owned(),
            });
        }
        let mut summary = ScanSummary {
            rows: counts.rows,
            bytes,
            skipped_rows: counts.skipped_rows,
            rows_without_iteration: counts.without_iteration,
            rows_without_timestamp: counts.without_timestamp,
            odd_values: counts.odd_values,
            ..ScanSummary::default()
        };
        answer.describe(&mut summary);
        Ok(summary)
    }
}
