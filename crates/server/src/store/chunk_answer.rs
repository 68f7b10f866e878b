//! The body of `metrics/chunks`: the series of a workload from where a client has them.
//!
//! The body is never whole in memory: an iterator gives it in pieces. Chunks are sent as they are
//! stored, without copying; only the first one of a series may be cut, where the client has its
//! first rows, and small ones are joined.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use parallax_api::chunks::{SeriesHeader, write_header, write_series};
use parallax_model::chunk::Chunk;
use parallax_model::key::SeriesKey;

use crate::store::cursor::Cursor;
use crate::store::series::Series;
use crate::store::snapshot::WorkloadSnapshot;

/// Chunks of at least this size are pieces of their own.
const SHARED_BYTES: usize = 8 * 1024;

/// How large a piece of headers and small chunks is, about.
const PIECE_BYTES: usize = 64 * 1024;

/// The body in pieces.
pub struct ChunkAnswer {
    /// Series with how many of their rows the client keeps.
    series: VecDeque<(Arc<Series>, u64)>,
    /// Chunks of the series that was begun last.
    chunks: VecDeque<Chunk>,
    /// What comes before the next chunk.
    joined: Vec<u8>,
}

impl ChunkAnswer {
    /// What a client that has `after` lacks of the series that are wanted.
    pub fn new(
        workload: &WorkloadSnapshot,
        after: &HashMap<u64, Cursor>,
        is_wanted: impl Fn(&Series) -> bool,
    ) -> Self {
        let cursor = |series: &Series| after.get(&series.number()).copied();
        let series: VecDeque<_> = workload
            .series
            .iter()
            .filter(|series| is_wanted(series) && cursor(series) != Some(series.cursor()))
            .map(|series| {
                let kept = cursor(series).map_or(0, |cursor| series.rows_kept_by(cursor));
                (Arc::clone(series), kept)
            })
            .collect();
        Self {
            joined: write_header(u32::try_from(series.len()).unwrap_or(u32::MAX)),
            chunks: VecDeque::new(),
            series,
        }
    }

    /// Bytes of the chunks, about: those that are cut count whole.
    pub fn chunk_bytes(&self) -> usize {
        let lacking = |(series, keep): &(Arc<Series>, u64)| -> usize {
            let mut row = 0;
            let chunks = series.rows.chunks().iter();
            let lacking = chunks.filter(|chunk| {
                row += chunk.rows() as u64;
                row > *keep
            });
            lacking.map(|chunk| chunk.as_bytes().len()).sum()
        };
        self.series.iter().map(lacking).sum()
    }

    /// Writes the header of a series and puts the chunks that the client lacks in line.
    fn begin(&mut self, series: &Series, keep: u64) {
        self.chunks = series.rows.chunks_from(keep).into();
        let header = SeriesHeader {
            key: SeriesKey {
                metric: series.metric.clone(),
                source: series.source.clone(),
            },
            cursor: series.cursor().to_string(),
            keep,
            rows: series.rows.rows(),
            attempts: series.attempts.clone(),
            chunks: u32::try_from(self.chunks.len()).unwrap_or(u32::MAX),
        };
        write_series(&header, &mut self.joined);
    }
}

impl Iterator for ChunkAnswer {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        loop {
            let is_large = |chunk: &Chunk| chunk.as_bytes().len() >= SHARED_BYTES;
            let is_next_large = self.chunks.front().is_some_and(is_large);
            if self.joined.len() >= PIECE_BYTES || (is_next_large && !self.joined.is_empty()) {
                return Some(std::mem::take(&mut self.joined).into());
            }
            match self.chunks.pop_front() {
                Some(chunk) if is_next_large => {
                    return Some(Bytes::from_owner(chunk.to_shared_bytes()));
                }
                Some(chunk) => self.joined.extend_from_slice(chunk.as_bytes()),
                None => match self.series.pop_front() {
                    Some((series, keep)) => self.begin(&series, keep),
                    None if self.joined.is_empty() => return None,
                    None => return Some(std::mem::take(&mut self.joined).into()),
                },
            }
        }
    }
}
