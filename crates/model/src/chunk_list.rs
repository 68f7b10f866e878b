//! The rows of a series as a list of frozen chunks that can be shared and appended to.
//!
//! Cloning the list shares the chunks. An append encodes the new rows and at most one earlier
//! chunk anew (the last one, while it is shorter than [`CHUNK_ROWS`]).

use crate::chunk::{CHUNK_ROWS, Chunk};
use crate::columns::Columns;

/// Rows in the order of recording, frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChunkList {
    chunks: Vec<Chunk>,
    rows: u64,
}

impl ChunkList {
    /// Appends rows, keeping their order.
    pub fn append(&mut self, columns: &Columns) {
        self.rows += columns.len() as u64;
        let joined;
        let columns = match self.chunks.pop_if(|last| last.rows() < CHUNK_ROWS) {
            Some(last) if !columns.is_empty() => {
                let mut rows = Columns::with_capacity(last.rows() + columns.len());
                last.decode_into(&mut rows);
                rows.extend_from(columns);
                joined = rows;
                &joined
            }
            Some(last) => return self.chunks.push(last),
            None => columns,
        };
        for from in (0..columns.len()).step_by(CHUNK_ROWS) {
            let to = (from + CHUNK_ROWS).min(columns.len());
            self.chunks.extend(Chunk::encode(columns, from, to));
        }
    }

    /// Puts another list's chunks, shared, behind these.
    pub fn share(&mut self, other: &Self) {
        self.chunks.extend(other.chunks.iter().cloned());
        self.rows += other.rows;
    }

    /// Adds a chunk behind these.
    pub fn push(&mut self, chunk: Chunk) {
        self.rows += chunk.rows() as u64;
        self.chunks.push(chunk);
    }

    /// The chunks in order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// All rows.
    pub fn decode(&self) -> Columns {
        let mut columns = Columns::with_capacity(usize::try_from(self.rows).unwrap_or(0));
        self.chunks
            .iter()
            .for_each(|chunk| chunk.decode_into(&mut columns));
        columns
    }

    /// The chunks from row `from` on; the first one is cut there, and so encoded anew, unless a
    /// chunk begins there.
    pub fn chunks_from(&self, from: u64) -> Vec<Chunk> {
        let mut first_row = 0;
        let mut out = Vec::new();
        for chunk in &self.chunks {
            let end = first_row + chunk.rows() as u64;
            if first_row >= from {
                out.push(chunk.clone());
            } else if end > from {
                let cut = usize::try_from(from - first_row).unwrap_or(0);
                out.extend(
                    chunk
                        .decode()
                        .ok()
                        .and_then(|rows| Chunk::encode(&rows, cut, rows.len())),
                );
            }
            first_row = end;
        }
        out
    }

    /// Bytes of the encoded rows.
    pub fn memory_bytes(&self) -> usize {
        let chunks = self.chunks.iter().map(|chunk| chunk.as_bytes().len());
        chunks.sum::<usize>() + self.chunks.capacity() * size_of::<Chunk>()
    }
}

impl From<&Columns> for ChunkList {
    fn from(columns: &Columns) -> Self {
        let mut list = Self::default();
        list.append(columns);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;

    fn rows(from: i64, to: i64) -> Columns {
        (from..to)
            .map(|step| Row {
                step,
                time_ms: (step % 5 > 0).then_some(step * 1_000),
                value: step as f64 / 3.0,
            })
            .collect()
    }

    #[test]
    fn appends_in_any_pieces_give_the_same_rows_and_share_what_is_full() {
        let mut list = ChunkList::default();
        let (mut at, mut size) = (0, 1);
        while at < 20_000 {
            let before = list.clone();
            list.append(&rows(at, at + size));
            let full = before
                .chunks()
                .iter()
                .take_while(|chunk| chunk.rows() == CHUNK_ROWS);
            for (chunk, same) in full.zip(list.chunks()) {
                assert!(std::ptr::eq(chunk.as_bytes(), same.as_bytes()));
            }
            (at, size) = (at + size, size * 3 % 5_000 + 1);
        }
        list.append(&Columns::new());
        assert_eq!(list.decode(), rows(0, at));
        assert_eq!(list.rows(), at as u64);
        assert_eq!(list, ChunkList::from(&rows(0, at)));
    }

    #[test]
    fn chunks_from_any_row_hold_the_rows_from_there_on() {
        let list = ChunkList::from(&rows(0, 10_000));
        for from in [0, 1, 4_095, 4_096, 4_097, 8_192, 9_999, 10_000, 20_000] {
            let mut columns = Columns::new();
            let chunks = list.chunks_from(from);
            chunks
                .iter()
                .for_each(|chunk| chunk.decode_into(&mut columns));
            let expected = rows((from as i64).min(10_000), 10_000);
            assert_eq!(
                columns.rows().collect::<Vec<_>>(),
                expected.rows().collect::<Vec<_>>()
            );
        }
    }
}
