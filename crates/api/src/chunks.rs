//! The answer of `GET …/workloads/{uid}/metrics/chunks`: rows of several series as frozen chunks.
//!
//! # Request
//! `metrics`, `metric` and `data_source` choose series as in `metrics/data`; `after` names what the
//! client holds: the cursors of its series, separated by commas, as earlier answers gave them. A
//! series of which the client holds everything is left out of the answer.
//!
//! # Format, version 1
//! All numbers are little-endian; a text is a u16 length and that many bytes of UTF-8.
//!
//! | what | how |
//! |---|---|
//! | header | the bytes `PLXC`, u32 version (1), u32 number of series |
//! | a series | text metric, text source, text cursor for the next request |
//! | | u64 `keep`: the client keeps so many of its rows and puts the rows that follow behind them |
//! | | u64 rows of the series altogether |
//! | | u32 number of attempts, each: u64 first row, u8 cause, i64 `from`, i64 `to` |
//! | | u32 number of chunks, each as [`parallax_model::chunk`] has it |
//!
//! Causes: 0 start, 1 the step went back (`from`, `to`), 2 a new file begins before the end of the
//! one before (`from`, `to`), 3 the source says that the run was resumed.

use std::fmt;

use parallax_model::attempts::{AttemptStart, Cause};
use parallax_model::chunk::{Chunk, ChunkError};
use parallax_model::key::SeriesKey;
use parallax_model::source::Source;

/// The content type of the answer.
pub const CONTENT_TYPE: &str = "application/vnd.parallax.chunks";

const MAGIC: &[u8; 4] = b"PLXC";
const VERSION: u32 = 1;

/// The most that a series' part before its chunks can take: texts, counts, and attempts, of which
/// there can't be more than a few for each row of a real run.
const MAX_SERIES_HEADER_BYTES: usize = 64 << 20;

/// What an answer says of one series before its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesHeader {
    /// Which series.
    pub key: SeriesKey,
    /// For the next request's `after`.
    pub cursor: String,
    /// Rows that the client keeps; what follows comes behind them.
    pub keep: u64,
    /// Rows of the series altogether.
    pub rows: u64,
    /// Where its attempts begin, all of them.
    pub attempts: Vec<AttemptStart>,
    /// Chunks that follow.
    pub chunks: u32,
}

/// The header of an answer with so many series.
pub fn write_header(series: u32) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&series.to_le_bytes());
    out
}

/// What comes before a series' chunks. Texts are cut at 65,535 bytes.
pub fn write_series(header: &SeriesHeader, out: &mut Vec<u8>) {
    for text in [&header.key.metric, &header.key.source.0, &header.cursor] {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(
            text.as_bytes()
                .get(..usize::from(length))
                .unwrap_or_default(),
        );
    }
    out.extend_from_slice(&header.keep.to_le_bytes());
    out.extend_from_slice(&header.rows.to_le_bytes());
    out.extend_from_slice(&(header.attempts.len() as u32).to_le_bytes());
    for start in &header.attempts {
        let (cause, from, to) = match start.cause {
            Cause::Start => (0, 0, 0),
            Cause::WentBack { from, to } => (1, from, to),
            Cause::NewFile { from, to } => (2, from, to),
            Cause::Resumed => (3, 0, 0),
        };
        out.extend_from_slice(&start.first_row.to_le_bytes());
        out.push(cause);
        out.extend_from_slice(&i64::to_le_bytes(from));
        out.extend_from_slice(&i64::to_le_bytes(to));
    }
    out.extend_from_slice(&header.chunks.to_le_bytes());
}

/// Why bytes are no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerError {
    /// Offset in the answer.
    pub byte: u64,
    /// What was expected there.
    pub expected: String,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "byte {}: expected {}", self.byte, self.expected)
    }
}

impl std::error::Error for AnswerError {}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A series begins.
    Series(SeriesHeader),
    /// Rows of the series that began last.
    Rows(Chunk),
}

/// Reads an answer while it arrives, split anywhere.
#[derive(Debug, Default)]
pub struct AnswerReader {
    /// Bytes that are not read yet.
    pending: Vec<u8>,
    /// Offset of the first pending byte in the answer.
    byte: u64,
    /// Bytes that have to be there before it is worth looking again.
    need: usize,
    /// Series that have not begun; `None` before the header.
    series_left: Option<u32>,
    chunks_left: u32,
}

impl AnswerReader {
    /// Takes the next bytes; gives the parts that they complete to `see`.
    ///
    /// # Errors
    /// If the bytes are no answer of version 1; nothing can be read after that.
    pub fn feed(&mut self, bytes: &[u8], mut see: impl FnMut(Part)) -> Result<(), AnswerError> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < self.need {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        let outcome = loop {
            match self.part(rest) {
                Ok(Some((part, after))) => {
                    self.byte += (rest.len() - after.len()) as u64;
                    rest = after;
                    part.into_iter().for_each(&mut see);
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.pending = rest.to_vec();
        outcome
    }

    /// The end of the answer.
    ///
    /// # Errors
    /// If it ended too early.
    pub fn finish(&self) -> Result<(), AnswerError> {
        if self.series_left == Some(0) && self.chunks_left == 0 && self.pending.is_empty() {
            return Ok(());
        }
        Err(AnswerError {
            byte: self.byte + self.pending.len() as u64,
            expected: "the rest of the answer".to_owned(),
        })
    }

    /// The next part and what follows it; `None` if more bytes are needed.
    #[expect(clippy::type_complexity, reason = "used by one function, right above")]
    fn part<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<Option<(Option<Part>, &'a [u8])>, AnswerError> {
        self.need = bytes.len() + 1;
        let Some(series_left) = self.series_left else {
            return self.header(bytes);
        };
        if self.chunks_left > 0 {
            return match Chunk::split_first(bytes) {
                Ok((chunk, rest)) => {
                    self.chunks_left -= 1;
                    Ok(Some((Some(Part::Rows(chunk)), rest)))
                }
                Err(ChunkError { byte, .. }) if byte == bytes.len() => {
                    self.need = Chunk::length(bytes).unwrap_or(self.need);
                    Ok(None)
                }
                Err(error) => Err(AnswerError {
                    byte: self.byte + error.byte as u64,
                    expected: error.expected.to_owned(),
                }),
            };
        }
        if series_left == 0 {
            return match bytes {
                [] => Ok(None),
                _ => self.fail("the end of the answer"),
            };
        }
        let mut fields = Fields(bytes);
        match fields.series() {
            Ok(header) => {
                self.series_left = Some(series_left - 1);
                self.chunks_left = header.chunks;
                Ok(Some((Some(Part::Series(header)), fields.0)))
            }
            Err(Missing::Bytes) if bytes.len() <= MAX_SERIES_HEADER_BYTES => Ok(None),
            Err(Missing::Bytes) => self.fail("a series whose header is shorter than 64 MiB"),
            Err(Missing::Valid(expected)) => self.fail(expected),
        }
    }

    #[expect(clippy::type_complexity, reason = "as AnswerReader::part")]
    fn header<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<Option<(Option<Part>, &'a [u8])>, AnswerError> {
        let mut fields = Fields(bytes);
        let magic = bytes
            .get(..MAGIC.len().min(bytes.len()))
            .unwrap_or_default();
        if !MAGIC.starts_with(magic) {
            return self.fail("`PLXC`, the start of an answer with chunks");
        }
        let (Ok(_), Ok(version), Ok(series)) = (fields.take::<4>(), fields.u32(), fields.u32())
        else {
            return Ok(None);
        };
        if version != VERSION {
            return self.fail("version 1");
        }
        self.series_left = Some(series);
        Ok(Some((None, fields.0)))
    }

    fn fail<T>(&self, expected: &str) -> Result<T, AnswerError> {
        Err(AnswerError {
            byte: self.byte,
            expected: expected.to_owned(),
        })
    }
}

/// Why a field can't be read.
enum Missing {
    /// More bytes are needed.
    Bytes,
    /// Its bytes are wrong: what was expected.
    Valid(&'static str),
}

/// Takes fields off the front of bytes.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Missing> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Missing::Bytes)?;
        self.0 = rest;
        Ok(*first)
    }

    fn u32(&mut self) -> Result<u32, Missing> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Missing> {
        self.take().map(u64::from_le_bytes)
    }

    fn i64(&mut self) -> Result<i64, Missing> {
        self.take().map(i64::from_le_bytes)
    }

    fn text(&mut self) -> Result<String, Missing> {
        let length = usize::from(self.take().map(u16::from_le_bytes)?);
        let (text, rest) = self.0.split_at_checked(length).ok_or(Missing::Bytes)?;
        self.0 = rest;
        let text = str::from_utf8(text).map_err(|_| Missing::Valid("a text in UTF-8"))?;
        Ok(text.to_owned())
    }

    fn series(&mut self) -> Result<SeriesHeader, Missing> {
        let key = SeriesKey {
            metric: self.text()?,
            source: Source(self.text()?),
        };
        let cursor = self.text()?;
        let (keep, rows) = (self.u64()?, self.u64()?);
        let mut attempts = Vec::new();
        for _ in 0..self.u32()? {
            attempts.push(self.attempt()?);
        }
        Ok(SeriesHeader {
            key,
            cursor,
            keep,
            rows,
            attempts,
            chunks: self.u32()?,
        })
    }

    fn attempt(&mut self) -> Result<AttemptStart, Missing> {
        let first_row = self.u64()?;
        let [cause] = self.take()?;
        let (from, to) = (self.i64()?, self.i64()?);
        let cause = match cause {
            0 => Cause::Start,
            1 => Cause::WentBack { from, to },
            2 => Cause::NewFile { from, to },
            3 => Cause::Resumed,
            _ => return Err(Missing::Valid("a cause of an attempt, 0 to 3")),
        };
        Ok(AttemptStart { first_row, cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_model::chunk_list::ChunkList;
    use parallax_model::columns::Columns;
    use parallax_model::row::Row;

    fn series(metric: &str, rows: i64, attempts: Vec<AttemptStart>) -> (SeriesHeader, Vec<Chunk>) {
        let columns: Columns = (0..rows)
            .map(|step| Row {
                step,
                time_ms: (step % 2 == 0).then_some(step),
                value: 0.1,
            })
            .collect();
        let chunks = ChunkList::from(&columns).chunks().to_vec();
        let header = SeriesHeader {
            key: SeriesKey {
                metric: metric.to_owned(),
                source: "log".into(),
            },
            cursor: "a.1.2".to_owned(),
            keep: 3,
            rows: rows as u64 + 3,
            attempts,
            chunks: chunks.len() as u32,
        };
        (header, chunks)
    }

    fn answer() -> (Vec<u8>, Vec<Part>) {
        let start = |first_row, cause| AttemptStart { first_row, cause };
        let all = [
            series(
                "loss, é",
                5_000,
                vec![
                    start(0, Cause::Start),
                    start(7, Cause::WentBack { from: 9, to: -1 }),
                    start(9, Cause::NewFile { from: 1, to: 0 }),
                    start(11, Cause::Resumed),
                ],
            ),
            series("", 0, vec![]),
            series("b", 3, vec![start(0, Cause::Start)]),
        ];
        let (mut bytes, mut parts) = (write_header(3), Vec::new());
        for (header, chunks) in all {
            write_series(&header, &mut bytes);
            parts.push(Part::Series(header));
            for chunk in chunks {
                bytes.extend_from_slice(chunk.as_bytes());
                parts.push(Part::Rows(chunk));
            }
        }
        (bytes, parts)
    }

    fn read(pieces: &[&[u8]]) -> (Vec<Part>, Result<(), AnswerError>) {
        let (mut reader, mut parts) = (AnswerReader::default(), Vec::new());
        for piece in pieces {
            if let Err(error) = reader.feed(piece, |part| parts.push(part)) {
                return (parts, Err(error));
            }
        }
        (parts, reader.finish())
    }

    #[test]
    fn an_answer_split_at_any_byte_reads_the_same() {
        let (bytes, parts) = answer();
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(read(&[before, after]), (parts.clone(), Ok(())), "{at}");
            let (_, outcome) = read(&[before]);
            assert_eq!(outcome.is_ok(), at == bytes.len(), "cut at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), (parts, Ok(())));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let (bytes, _) = answer();
        for (byte, value, expected) in [
            (0, b'[', "`PLXC`"),
            (4, 2, "version 1"),
            (14, 0xff, "a text in UTF-8"),
        ] {
            let mut bad = bytes.clone();
            bad[byte] = value;
            let (_, outcome) = read(&[&bad]);
            let error = outcome.expect_err("broken");
            assert!(error.to_string().contains(expected), "{error}");
        }
        let more = [bytes.as_slice(), b"x"].concat();
        let error = read(&[&more]).1.expect_err("more than an answer");
        assert_eq!(error.byte, bytes.len() as u64);
    }
}
