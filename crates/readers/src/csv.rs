//! Metrics as comma-separated values (RFC 4180; LF or CRLF), with a header.
//!
//! One column is the step (`step`, `Step`, `global_step`, `trainer/global_step`, …; `epoch` where
//! there is none), one may be the time; the others are metrics under their header's name, as it is
//! written. Empty cells give no point; cells that are no number are skipped and counted. Source
//! `csv`.
//!
//! An export of the W&B page (`"Step","<run> - train/loss","<run> - train/loss__MIN",…`) has source
//! `wandb`. Its metrics are `<run>/train/loss`, or `train/loss` if the file has one run only.
//! `__MIN` and `__MAX` are points only where they differ from the value: else they say nothing.

use std::collections::HashMap;

use csv_core::{ReadRecordResult, Reader as Machine};
use parallax_model::row::Row;
use parallax_model::source::Source;

use crate::number::{self, step_of};
use crate::plain_rows::{PlainRows, cell_ends};
use crate::row::{Axis, axis};
use crate::row_buffer::RowBuffer;
use crate::{ParsedFile, Reader, stamp};

/// The source that general tables are listed under.
pub(crate) const SOURCE: &str = "csv";

const NO_STEP: &str = "A row has no step: skipped.";
const NO_STEP_COLUMN: &str = "The header names no step: expected a column \"step\", \"global_step\", \"iteration\" or \"epoch\".";
const NO_NUMBER: &str = "A cell is not a number: skipped.";
const TOO_LONG: &str = "A row of more than 16 MiB or 65,536 cells was skipped.";

/// The longest row that is read, in bytes and in cells.
const MAX_ROW: usize = 16 << 20;
const MAX_CELLS: usize = 1 << 16;

/// How many columns may state the step.
const MAX_STEPS: usize = 32;

/// Reads a CSV file.
pub struct Csv {
    machine: Machine,
    /// Cells of the row that is being read, one behind the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// Where the cells of a plain row end.
    commas: Vec<usize>,
    used: usize,
    ended: usize,
    /// Bytes of the file taken so far, and where the row began.
    taken: u64,
    row_byte: u64,
    header: Option<Header>,
    rows: RowBuffer,
    too_long: bool,
    fatal: bool,
}

/// What the columns are.
struct Header {
    source: &'static str,
    width: usize,
    steps: Vec<(u8, usize)>,
    epoch: Option<usize>,
    time: Option<usize>,
    metrics: Vec<Column>,
}

struct Column {
    cell: usize,
    name: String,
    /// Its number among the columns of points.
    place: usize,
    /// The column whose value makes this one worth a point only where they differ.
    unlike: Option<usize>,
}

impl Csv {
    /// A reader at the start of a file.
    pub fn new() -> Self {
        Self {
            machine: Machine::new(),
            cells: vec![0; 1 << 12],
            ends: vec![0; 1 << 6],
            commas: Vec::new(),
            used: 0,
            ended: 0,
            taken: 0,
            row_byte: 0,
            header: None,
            rows: RowBuffer::default(),
            too_long: false,
            fatal: false,
        }
    }

    /// Whether the header, once read, is that of a W&B export.
    pub(crate) fn is_wandb_export(&self) -> bool {
        self.header
            .as_ref()
            .is_some_and(|header| header.source == Source::WANDB)
    }

    /// Reads the plain rows that come next.
    fn plain_rows(&mut self, rows: &mut PlainRows<'_>, parsed: &mut ParsedFile) {
        let between = self.used == 0 && self.ended == 0 && self.taken == self.row_byte;
        let Some(header) = self.header.as_ref().filter(|_| between && !self.too_long) else {
            return;
        };
        while let Some(row) = rows.next() {
            cell_ends(row, &mut self.commas);
            let cells = Cells {
                bytes: row,
                ends: &self.commas,
                gap: 1,
            };
            header.row(&cells, self.row_byte, &mut self.rows, parsed);
            self.taken += row.len() as u64 + 1;
            self.row_byte = self.taken;
        }
    }

    /// Reads rows by the machine where they are not plain; empty `bytes` tell it that the file has
    /// ended.
    fn run(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        let line_end = bytes.last() == Some(&b'\n');
        let mut rows = PlainRows::new(bytes);
        while !self.fatal {
            self.plain_rows(&mut rows, parsed);
            if rows.remaining().is_empty() && !bytes.is_empty() {
                return;
            }
            let cells = self.cells.get_mut(self.used..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, read, wrote, ended) =
                self.machine.read_record(rows.remaining(), cells, ends);
            rows.pass(read);
            self.taken += read as u64;
            self.used += wrote;
            self.ended += ended;
            match result {
                ReadRecordResult::OutputFull if self.cells.len() >= MAX_ROW => {
                    // The rest of the row goes to the same place over and over.
                    self.too_long = true;
                    self.used = 0;
                }
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_CELLS => {
                    self.too_long = true;
                    self.ended = 0;
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    self.record(parsed);
                    (self.used, self.ended, self.row_byte) = (0, 0, self.taken);
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                    // The LF of a CRLF belongs to no row.
                    if self.used == 0
                        && self.ended == 0
                        && self.taken - self.row_byte <= 1
                        && line_end
                    {
                        self.row_byte = self.taken;
                    }
                    return;
                }
            }
        }
    }

    /// Hands over what was found.
    fn flush(&mut self, parsed: &mut ParsedFile) {
        if let Some(header) = &self.header {
            self.rows.move_into(header.source, parsed);
        }
    }

    fn record(&mut self, parsed: &mut ParsedFile) {
        if std::mem::take(&mut self.too_long) {
            parsed.note(TOO_LONG, self.row_byte);
            return;
        }
        let cells = Cells {
            bytes: &self.cells,
            ends: self.ends.get(..self.ended).unwrap_or_default(),
            gap: 0,
        };
        match &self.header {
            Some(header) => header.row(&cells, self.row_byte, &mut self.rows, parsed),
            None => match Header::new(&cells) {
                Some(mut header) => {
                    header.metrics.retain_mut(|column| {
                        match self.rows.find(column.name.as_bytes()) {
                            Ok(place) => column.place = place,
                            Err(reason) => {
                                parsed.note(reason, self.row_byte);
                                return false;
                            }
                        }
                        true
                    });
                    self.header = Some(header);
                }
                None => {
                    parsed.fatal(NO_STEP_COLUMN, self.row_byte);
                    self.fatal = true;
                }
            },
        }
    }
}

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

/// The cells of one row.
struct Cells<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
    /// How many bytes part them.
    gap: usize,
}

impl<'a> Cells<'a> {
    fn get(&self, cell: usize) -> &'a [u8] {
        let start = cell
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| end + self.gap);
        let end = self.ends.get(cell).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default().trim_ascii()
    }

    fn number(&self, cell: usize) -> Option<f64> {
        number::all_of(self.get(cell))
    }
}

impl Header {
    fn new(cells: &Cells<'_>) -> Option<Self> {
        let names: Vec<String> = (0..cells.ends.len())
            .map(|cell| {
                let name = cells.get(cell);
                let name = name.strip_prefix(b"\xef\xbb\xbf").unwrap_or(name);
                String::from_utf8_lossy(name).trim_matches('"').to_owned()
            })
            .collect();
        let mut header = Self {
            source: SOURCE,
            width: names.len(),
            steps: Vec::new(),
            epoch: None,
            time: None,
            metrics: Vec::new(),
        };
        for (cell, name) in names.iter().enumerate() {
            match axis(name) {
                Axis::Step(rank) => header.steps.push((rank, cell)),
                Axis::Epoch => header.epoch = Some(cell),
                Axis::Time => header.time = Some(cell),
                Axis::Metric if !name.is_empty() => {
                    header.metrics.push(Column {
                        cell,
                        name: name.clone(),
                        place: 0,
                        unlike: None,
                    });
                }
                _ => {}
            }
        }
        header.steps.sort_by(|one, other| other.cmp(one));
        header.steps.truncate(MAX_STEPS);
        if header.steps.is_empty() && header.epoch.is_none() {
            return None;
        }
        if is_wandb_export(&names) {
            header.wandb(&names);
        }
        Some(header)
    }

    /// Names the columns of a W&B export.
    fn wandb(&mut self, names: &[String]) {
        self.source = Source::WANDB;
        let runs: Vec<&str> = names
            .iter()
            .filter_map(|name| split(name))
            .map(|(run, _)| run)
            .collect();
        let one = runs.iter().all(|run| Some(run) == runs.first());
        let cells = names.iter().enumerate().rev();
        let cells: HashMap<&str, usize> = cells.map(|(cell, name)| (name.as_str(), cell)).collect();
        self.metrics.retain(|column| {
            split(&column.name).is_none_or(|(_, metric)| !metric.starts_with('_'))
        });
        for column in &mut self.metrics {
            let plain = column
                .name
                .strip_suffix("__MIN")
                .or_else(|| column.name.strip_suffix("__MAX"));
            column.unlike = plain.and_then(|plain| cells.get(plain).copied());
            if let Some((run, metric)) = split(&column.name) {
                column.name = if one {
                    metric.to_owned()
                } else {
                    format!("{run}/{metric}")
                };
            }
        }
    }

    fn step(&self, cells: &Cells<'_>) -> Option<i64> {
        let step = self
            .steps
            .iter()
            .find_map(|(_, cell)| cells.number(*cell).and_then(step_of));
        step.or_else(|| {
            self.epoch
                .and_then(|cell| cells.number(cell))
                .and_then(step_of)
        })
    }

    fn row(&self, cells: &Cells<'_>, byte: u64, rows: &mut RowBuffer, parsed: &mut ParsedFile) {
        let Some(step) = self.step(cells) else {
            parsed.note(NO_STEP, byte);
            return;
        };
        let time = self.time.map(|cell| cells.get(cell));
        let time_ms = time.and_then(|time| {
            number::all_of(time).map_or_else(|| stamp::read(time), stamp::from_number)
        });
        // In the order of the cells, of which a row may have fewer.
        let metrics = self.metrics.iter();
        for column in metrics.take_while(|column| column.cell < cells.ends.len()) {
            let cell = cells.get(column.cell);
            if cell.is_empty() || column.unlike.is_some_and(|other| cells.get(other) == cell) {
                continue;
            }
            match number::all_of(cell) {
                Some(value) => {
                    let row = Row {
                        step,
                        time_ms,
                        value,
                    };
                    rows.push(column.place, row);
                }
                None => parsed.note(NO_NUMBER, byte),
            }
        }
    }
}

/// Whether a header is of the W&B page.
fn is_wandb_export(names: &[String]) -> bool {
    let ranged = |name: &String| name.ends_with("__MIN") || name.ends_with("__MAX");
    names.iter().any(|name| split(name).is_some()) && names.iter().any(ranged)
}

/// `<run> - <metric>`; a run's name can hold ` - ` itself.
fn split(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once(" - ")
}

impl Reader for Csv {
    fn feed(&mut self, bytes: &[u8], parsed: &mut ParsedFile) {
        if !bytes.is_empty() && !self.fatal {
            self.run(bytes, parsed);
            self.flush(parsed);
        }
    }

    /// A last row without a line end is read if it has all its cells; else it stays held.
    fn finish_idle(&mut self, parsed: &mut ParsedFile) {
        let cells = self.header.as_ref().map_or(0, |header| header.width);
        if !self.fatal && self.pending_bytes() > 0 && self.ended + 1 >= cells {
            self.run(&[], parsed);
            self.flush(parsed);
            self.machine.reset();
            (self.used, self.ended, self.row_byte) = (0, 0, self.taken);
        }
    }

    fn pending_bytes(&self) -> u64 {
        if self.fatal {
            0
        } else {
            self.taken - self.row_byte
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]]) -> ParsedFile {
        let mut parsed = ParsedFile::default();
        let mut csv = Csv::new();
        for chunk in chunks {
            csv.feed(chunk, &mut parsed);
        }
        csv.finish_idle(&mut parsed);
        assert_eq!(csv.pending_bytes(), 0);
        parsed
    }

    fn points(parsed: &mut ParsedFile, source: &str) -> Vec<String> {
        let metrics = parsed.metrics(source).iter();
        let rows = metrics.flat_map(|(name, rows)| rows.rows().map(move |row| (name, row)));
        rows.map(|(name, row)| format!("{name} {} {}", row.step, row.value))
            .collect()
    }

    #[test]
    fn lightning_has_empty_cells() {
        let mut parsed =
            read(&[b"epoch,step,train_loss,val_loss\r\n0,49,0.5,\r\n0,49,,0.6\r\n1,99,nan,"]);
        assert_eq!(
            points(&mut parsed, "csv"),
            ["train_loss 49 0.5", "train_loss 99 NaN", "val_loss 49 0.6"]
        );
    }

    #[test]
    fn wandb_exports() {
        let header = b"\"Step\",\"a - b - loss\",\"a - b - loss__MIN\",\"a - b - loss__MAX\",\"a - b - _step\"\n";
        let mut parsed = read(&[
            header,
            b"\"1\",\"0.5\",\"0.5\",\"0.75\",\"1\"\n\"2\",\"\",\"\",\"\",\"\"\n",
        ]);
        assert_eq!(
            points(&mut parsed, "wandb"),
            ["loss 1 0.5", "loss__MAX 1 0.75"]
        );
        let mut parsed =
            read(&[b"\"Step\",\"a - x/loss\",\"a - x/loss__MIN\",\"b - x/loss\"\n3,1,1,2\n"]);
        assert_eq!(
            points(&mut parsed, "wandb"),
            ["a/x/loss 3 1", "b/x/loss 3 2"]
        );
    }

    #[test]
    fn every_split_gives_the_same() {
        let text = b"Wall time,Step,\"a \"\"b\"\", c\"\r\n1795420667.5,1,0.25\r\n1795420668.5,2,\"0.5\"\r\n";
        let whole = read(&[text]);
        assert_eq!(whole.columns[&Source::from("csv")]["a \"b\", c"].len(), 2);
        for at in 0..=text.len() {
            assert_eq!(read(&[&text[..at], &text[at..]]), whole, "{at}");
        }
    }

    #[test]
    fn a_table_without_steps_is_no_record() {
        let parsed = read(&[b"name,size\na,1\n"]);
        assert!(parsed.notes[0].fatal && parsed.row_count() == 0);
    }
}
