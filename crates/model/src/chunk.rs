//! A frozen block of rows: what the server holds in memory and what it sends, without a second
//! form.
//!
//! # Format, version 1
//! All numbers are little-endian. `n` is the number of rows, 1 to [`MAX_ROWS`].
//!
//! | byte | what |
//! |---|---|
//! | 0 | u32 `n` |
//! | 4 | u8 flags: bit 0 values are f32; bits 1–2 times: 0 every row has one, 1 none has, 2 some have |
//! | 5 | u8 `ws`, bytes of a step offset: 0, 1, 2, 4 or 8 |
//! | 6 | u8 `wt`, the same for times |
//! | 7 | u8 0 |
//! | 8 | i64 first step, i64 smallest step difference |
//! | 24 | i64 first time, i64 smallest time difference |
//! | 40 | i64 smallest step, i64 largest step |
//! | 56 | i64 earliest and i64 latest time that a row has; the first is larger where no row has one |
//! | 72 | where some rows have a time: one bit a row, set if it has, ⌈n/8⌉ bytes, low bit first |
//! | | `n − 1` step offsets of `ws` bytes: difference to the row before less the smallest difference |
//! | | `n − 1` time offsets of `wt` bytes, likewise |
//! | | `n` values, f32 or f64 |
//!
//! Differences wrap around in 64 bits. Times are those under which the JSON API lists the rows; for
//! a row without a time that is its listed time, see [`crate::time_column`]. Values are f32 only if
//! each reads back as the same f64, bit by bit.
//!
//! A run that records every n-th step at a steady pace costs 4 or 8 bytes a row for the value, 0
//! for the step and 1 or 2 for the time.

use std::fmt;
use std::sync::Arc;

use crate::columns::Columns;
use crate::time_column::TimeColumn;

/// The most rows of a chunk that is written; a reader accepts [`MAX_ROWS`].
pub const CHUNK_ROWS: usize = 4096;

/// The most rows that a reader accepts in a chunk.
pub const MAX_ROWS: usize = 1 << 20;

const HEADER_BYTES: usize = 72;
const F32: u8 = 1;
const NONE_TIMED: u8 = 1 << 1;
const SOME_TIMED: u8 = 2 << 1;

/// Rows that never change, at least one, encoded. Cloning shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk(Arc<[u8]>);

/// Why bytes are no chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkError {
    /// Offset of what is wrong, from the start of the chunk.
    pub byte: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for ChunkError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "byte {} of a chunk: expected {}",
            self.byte, self.expected
        )
    }
}

impl std::error::Error for ChunkError {}

impl Chunk {
    /// Encodes the rows `from..to`; `None` if there are none or more than [`MAX_ROWS`].
    pub fn encode(columns: &Columns, from: usize, to: usize) -> Option<Self> {
        let steps = columns.steps().get(from..to)?;
        let values = columns.values().get(from..to)?;
        let times = columns.times().slots_ms().get(from..to)?;
        let timed = columns.times().validity().get(from..to).unwrap_or_default();
        let rows = u32::try_from(values.len()).ok()?;
        if rows == 0 || values.len() > MAX_ROWS {
            return None;
        }
        let times_flag = match timed.iter().filter(|timed| !**timed).count() {
            0 => 0,
            untimed if untimed == values.len() => NONE_TIMED,
            _ => SOME_TIMED,
        };
        let is_f32 = values.iter().all(|&value| f32_of(value).is_some());
        let (step_offsets, time_offsets) = (Offsets::of(steps), Offsets::of(times));
        let own_times = || (from..to).filter_map(|row| columns.times().get(row));
        let value_bytes = if is_f32 { 4 } else { 8 };
        let mut out = Vec::with_capacity(
            HEADER_BYTES
                + values.len().div_ceil(8)
                + values.len() * (step_offsets.width + time_offsets.width + value_bytes),
        );
        out.extend_from_slice(&rows.to_le_bytes());
        let flags = times_flag | if is_f32 { F32 } else { 0 };
        out.extend_from_slice(&[flags, step_offsets.width as u8, time_offsets.width as u8, 0]);
        for number in [
            step_offsets.first,
            step_offsets.smallest,
            time_offsets.first,
            time_offsets.smallest,
            steps.iter().copied().min().unwrap_or(0),
            steps.iter().copied().max().unwrap_or(0),
            own_times().min().unwrap_or(i64::MAX),
            own_times().max().unwrap_or(i64::MIN),
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        if times_flag == SOME_TIMED {
            for eight in timed.chunks(8) {
                let bits = eight
                    .iter()
                    .rev()
                    .fold(0, |bits, &timed| bits << 1 | u8::from(timed));
                out.push(bits);
            }
        }
        step_offsets.write(steps, &mut out);
        time_offsets.write(times, &mut out);
        if is_f32 {
            for value in values.iter().filter_map(|&value| f32_of(value)) {
                out.extend_from_slice(&value.to_le_bytes());
            }
        } else {
            for value in values {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
        Some(Self(out.into()))
    }

    /// Takes a chunk off the front of `bytes`; gives it and what follows.
    ///
    /// # Errors
    /// If the bytes end too early or a field has a value that no writer gives it.
    pub fn split_first(bytes: &[u8]) -> Result<(Self, &[u8]), ChunkError> {
        let length = Layout::read(bytes)?.end;
        match bytes.split_at_checked(length) {
            Some((chunk, rest)) => Ok((Self(chunk.into()), rest)),
            None => Err(ChunkError {
                byte: bytes.len(),
                expected: "the rest of the chunk's rows",
            }),
        }
    }

    /// How many bytes the chunk at the front of `bytes` takes, from its header; `None` if the header
    /// is not there or not valid.
    pub fn length(bytes: &[u8]) -> Option<usize> {
        Layout::read(bytes).ok().map(|layout| layout.end)
    }

    /// The encoded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The encoded bytes, shared.
    pub fn to_shared_bytes(&self) -> Arc<[u8]> {
        Arc::clone(&self.0)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        number(&self.0, 0, 4) as usize
    }

    /// The smallest and the largest step.
    pub fn step_range(&self) -> (i64, i64) {
        (signed(&self.0, 40), signed(&self.0, 48))
    }

    /// The earliest and the latest time that a row has; `None` if no row has one.
    pub fn time_range_ms(&self) -> Option<(i64, i64)> {
        let (earliest, latest) = (signed(&self.0, 56), signed(&self.0, 64));
        (earliest <= latest).then_some((earliest, latest))
    }

    /// True if every row has a time of its own.
    pub fn is_timed(&self) -> bool {
        self.0.get(4).is_some_and(|flags| flags & !F32 == 0)
    }

    /// Appends the rows to `columns`.
    pub fn decode_into(&self, columns: &mut Columns) {
        if let Ok(decoded) = self.decode() {
            columns.extend_from(&decoded);
        }
    }

    /// The rows.
    ///
    /// # Errors
    /// None for a chunk that [`Chunk::encode`] or [`Chunk::split_first`] gave.
    pub fn decode(&self) -> Result<Columns, ChunkError> {
        let bytes = &*self.0;
        let layout = Layout::read(bytes)?;
        let rows = layout.rows;
        let part = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
        let steps = decode_numbers(
            signed(bytes, 8),
            signed(bytes, 16),
            part(layout.steps, layout.times),
            layout.step_width,
            rows,
        );
        let times = decode_numbers(
            signed(bytes, 24),
            signed(bytes, 32),
            part(layout.times, layout.values),
            layout.time_width,
            rows,
        );
        let values = part(layout.values, layout.end);
        let values: Vec<f64> = if layout.flags & F32 == 0 {
            let eights = values.as_chunks::<8>().0.iter();
            eights.map(|eight| f64::from_le_bytes(*eight)).collect()
        } else {
            let fours = values.as_chunks::<4>().0.iter();
            fours
                .map(|four| f64_of(f32::from_le_bytes(*four)))
                .collect()
        };
        let bits = part(HEADER_BYTES, layout.steps);
        let time = match layout.flags & !F32 {
            0 => TimeColumn::from(times),
            flag => {
                let is_timed = |row: usize| {
                    flag == SOME_TIMED && bits.get(row / 8).is_some_and(|b| b >> (row % 8) & 1 == 1)
                };
                let mut column = TimeColumn::with_capacity(rows);
                for (row, &ms) in times.iter().enumerate() {
                    if is_timed(row) {
                        column.push(Some(ms));
                    } else {
                        column.push_untimed(ms);
                    }
                }
                column
            }
        };
        Columns::from_parts(steps, time, values).ok_or(ChunkError {
            byte: 0,
            expected: "columns of one length",
        })
    }
}

/// Where the parts of a chunk lie, as byte offsets, from a header that was checked.
struct Layout {
    rows: usize,
    flags: u8,
    step_width: usize,
    time_width: usize,
    steps: usize,
    times: usize,
    values: usize,
    end: usize,
}

impl Layout {
    fn read(bytes: &[u8]) -> Result<Self, ChunkError> {
        let fail = |byte: usize, expected: &'static str| Err(ChunkError { byte, expected });
        let Some(&[flags, step_width, time_width, zero]) =
            bytes.get(4..8).and_then(<[u8]>::first_chunk::<4>)
        else {
            return fail(bytes.len(), "a chunk header of 72 bytes");
        };
        if bytes.len() < HEADER_BYTES {
            return fail(bytes.len(), "a chunk header of 72 bytes");
        }
        let rows = number(bytes, 0, 4) as usize;
        if rows == 0 || rows > MAX_ROWS {
            return fail(0, "1 to 1,048,576 rows");
        }
        if flags > SOME_TIMED | F32 {
            return fail(4, "flags of version 1");
        }
        for (byte, width) in [(5, step_width), (6, time_width)] {
            if !matches!(width, 0 | 1 | 2 | 4 | 8) {
                return fail(byte, "a width of 0, 1, 2, 4 or 8 bytes");
            }
        }
        if zero != 0 {
            return fail(7, "0");
        }
        let bitmap = if flags & !F32 == SOME_TIMED {
            rows.div_ceil(8)
        } else {
            0
        };
        let (step_width, time_width) = (usize::from(step_width), usize::from(time_width));
        let steps = HEADER_BYTES + bitmap;
        let times = steps + (rows - 1) * step_width;
        let values = times + (rows - 1) * time_width;
        let end = values + rows * if flags & F32 == 0 { 8 } else { 4 };
        Ok(Self {
            rows,
            flags,
            step_width,
            time_width,
            steps,
            times,
            values,
            end,
        })
    }
}

/// How a column of integers is written: frame of reference over the differences.
struct Offsets {
    first: i64,
    smallest: i64,
    width: usize,
}

impl Offsets {
    fn of(numbers: &[i64]) -> Self {
        let smallest = differences(numbers).min().unwrap_or(0);
        let largest = differences(numbers).max().unwrap_or(0);
        let width = match largest.wrapping_sub(smallest) as u64 {
            0 => 0,
            1..=0xff => 1,
            0x100..=0xffff => 2,
            0x1_0000..=0xffff_ffff => 4,
            _ => 8,
        };
        Self {
            first: numbers.first().copied().unwrap_or(0),
            smallest,
            width,
        }
    }

    fn write(&self, numbers: &[i64], out: &mut Vec<u8>) {
        if self.width == 0 {
            return;
        }
        for difference in differences(numbers) {
            let offset = (difference.wrapping_sub(self.smallest) as u64).to_le_bytes();
            out.extend_from_slice(offset.get(..self.width).unwrap_or_default());
        }
    }
}

fn differences(numbers: &[i64]) -> impl Iterator<Item = i64> + '_ {
    let pairs = numbers.iter().zip(numbers.iter().skip(1));
    pairs.map(|(before, after)| after.wrapping_sub(*before))
}

fn decode_numbers(
    first: i64,
    smallest: i64,
    offsets: &[u8],
    width: usize,
    rows: usize,
) -> Vec<i64> {
    let mut out = Vec::with_capacity(rows);
    let mut last = first;
    out.push(last);
    let mut next = |offset: u64| {
        last = last.wrapping_add(smallest).wrapping_add(offset as i64);
        out.push(last);
    };
    // One loop a width, so that each is compiled for its own.
    match width {
        1 => offsets.iter().for_each(|&offset| next(u64::from(offset))),
        2 => {
            let twos = offsets.as_chunks::<2>().0.iter();
            twos.for_each(|two| next(u64::from(u16::from_le_bytes(*two))));
        }
        4 => {
            let fours = offsets.as_chunks::<4>().0.iter();
            fours.for_each(|four| next(u64::from(u32::from_le_bytes(*four))));
        }
        8 => {
            let eights = offsets.as_chunks::<8>().0.iter();
            eights.for_each(|eight| next(u64::from_le_bytes(*eight)));
        }
        _ => (1..rows).for_each(|_| next(0)),
    }
    out
}

/// The f32 that reads back as the same f64.
fn f32_of(value: f64) -> Option<f32> {
    let short = value as f32;
    (f64_of(short).to_bits() == value.to_bits()).then_some(short)
}

fn f64_of(short: f32) -> f64 {
    // Widening a NaN may change its bits from one machine to the other.
    if short.is_nan() {
        f64::NAN
    } else {
        f64::from(short)
    }
}

/// The number of `width` bytes at `at`; 0 outside.
fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let bytes = bytes.get(at..at + width).unwrap_or_default();
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn signed(bytes: &[u8], at: usize) -> i64 {
    number(bytes, at, 8) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
    use crate::value::MISSING;
    use parallax_fixtures::random::Random;

    fn bits(columns: &Columns) -> Vec<(i64, Option<i64>, i64, u64)> {
        let slots = columns.times().slots_ms();
        columns
            .rows()
            .zip(slots)
            .map(|(row, &slot)| (row.step, row.time_ms, slot, row.value.to_bits()))
            .collect()
    }

    fn round_trip(columns: &Columns) -> Chunk {
        let chunk = Chunk::encode(columns, 0, columns.len()).expect("rows");
        assert_eq!(bits(&chunk.decode().expect("a chunk")), bits(columns));
        let mut bytes = chunk.as_bytes().to_vec();
        bytes.extend([1, 2, 3]);
        let (read, rest) = Chunk::split_first(&bytes).expect("a chunk");
        assert_eq!((read, rest), (chunk.clone(), [1, 2, 3].as_slice()));
        chunk
    }

    fn row(step: i64, time_ms: Option<i64>, value: f64) -> Row {
        Row {
            step,
            time_ms,
            value,
        }
    }

    #[test]
    fn a_steady_run_costs_five_to_ten_bytes_a_row() {
        let rows = |value: fn(i64) -> f64| -> Columns {
            (0..4096)
                .map(|n| {
                    row(
                        n * 10,
                        Some(1_763_727_029_000 + n * 1_500 + n * n % 97),
                        value(n),
                    )
                })
                .collect()
        };
        let exact = round_trip(&rows(|n| f64::from(n as f32 / 7.0)));
        assert_eq!(exact.as_bytes().len(), 72 + 4095 + 4 * 4096);
        let double = round_trip(&rows(|n| 1.0 / (n as f64 + 3.0)));
        assert_eq!(double.as_bytes().len(), 72 + 4095 + 8 * 4096);
        assert_eq!(
            (double.step_range(), double.is_timed()),
            ((0, 40_950), true)
        );
    }

    #[test]
    fn every_kind_of_row_comes_back_bit_by_bit() {
        let odd = [
            row(i64::MIN, Some(i64::MIN), f64::NAN),
            row(i64::MAX, Some(i64::MAX), f64::INFINITY),
            row(0, None, MISSING),
            row(-1, Some(0), -0.0),
            row(7, None, f64::NEG_INFINITY),
            row(7, Some(-5), f64::MIN_POSITIVE),
        ];
        for count in 1..=odd.len() {
            round_trip(&odd[..count].iter().copied().collect());
        }
        let mut untimed = Columns::new();
        for step in 0..20 {
            untimed.push_untimed(step, 5_000, 0.5);
        }
        let chunk = round_trip(&untimed);
        assert_eq!((chunk.time_range_ms(), chunk.is_timed()), (None, false));
        assert_eq!(chunk.as_bytes().len(), 72 + 20 * 4);
    }

    #[test]
    fn random_rows_come_back() {
        let mut random = Random::new(4);
        for _ in 0..500 {
            let spread = 1_u64 << random.below(63);
            let mut columns = Columns::new();
            for _ in 0..=random.below(40) {
                let mut number = || (random.bits() % spread) as i64;
                let (step, time) = (number(), number());
                let value = f64::from_bits(random.bits());
                match random.below(3) {
                    0 => columns.push_untimed(step, time, value),
                    _ => columns.push(row(step, Some(time), value)),
                }
            }
            round_trip(&columns);
        }
    }

    #[test]
    fn broken_bytes_are_refused_with_their_place() {
        let columns: Columns = (0..9)
            .map(|n| row(n * n, (n % 3 > 0).then_some(n), n as f64 / 3.0))
            .collect();
        let good = Chunk::encode(&columns, 0, 9).expect("rows");
        for length in 0..good.as_bytes().len() {
            let error = Chunk::split_first(&good.as_bytes()[..length]).expect_err("too short");
            assert_eq!(error.byte, length);
        }
        for (byte, value) in [(0, 0), (3, 255), (4, 6), (5, 3), (6, 9), (7, 1)] {
            let mut bad = good.as_bytes().to_vec();
            bad[byte] = value;
            if byte == 0 {
                bad[..4].fill(0);
            }
            let error = Chunk::split_first(&bad).expect_err("broken");
            assert_eq!(
                error.byte,
                byte - byte % 8 * usize::from(byte < 4),
                "{byte}"
            );
        }
    }
}
