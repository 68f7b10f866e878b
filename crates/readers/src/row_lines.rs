//! Objects that stand on one line each and are rows of numbers: JSON lines, printed dicts.
//!
//! A program writes the same keys line after line. An object that differs from an earlier one in
//! its numbers alone is read by its template (see `template`), any other one is walked.

use crate::literal::{self, Path, Scalar, Stop, Visit};
use crate::row::JsonRow;
use crate::template::{MAX_LENGTH, Numbers, Repeats, Slot, Template};

/// How many elements of a list become metrics.
const MAX_LIST: u64 = 16;

/// Fills a row from an object.
struct IntoRow<'a> {
    row: &'a mut JsonRow,
    texts: u64,
    /// Where the scalar stands that is told next.
    place: (usize, usize),
    /// Where the row's numbers stand.
    places: &'a mut Vec<(usize, usize)>,
}

impl Visit for IntoRow<'_> {
    fn place(&mut self, start: usize, end: usize) {
        self.place = (start, end);
    }

    fn scalar(&mut self, path: &Path, value: &Scalar<'_>) {
        let mut indices = (0..path.depth()).filter_map(|depth| path.index(depth));
        if path.lists() > 1 || indices.any(|index| index >= MAX_LIST) {
            return;
        }
        match (value.number(), value) {
            (Some(number), _) => {
                self.row.number(path.name(), number);
                self.places.push(self.place);
            }
            (None, Scalar::Text(text)) => {
                self.texts += 1;
                self.row.text(path.name(), text);
            }
            (None, Scalar::Null) => self.row.missing += 1,
            _ => {}
        }
    }

    fn unnamed_scalar(&mut self) {
        self.row.unnamed += 1;
    }
}

/// An object that is expected again.
struct RowLine {
    row: JsonRow,
    texts: u64,
    numbers: Vec<f64>,
}

impl Numbers for RowLine {
    fn values(&mut self) -> &mut [f64] {
        &mut self.numbers
    }
}

/// Reads such objects.
#[derive(Default)]
pub(crate) struct RowLines {
    path: Path,
    row: JsonRow,
    texts: u64,
    places: Vec<(usize, usize)>,
    repeats: Repeats<RowLine>,
    /// The last object was read by its template.
    repeated: bool,
}

impl RowLines {
    /// Reads the value that the text starts with; tells where it ends.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<usize, Stop> {
        let found = self.repeats.find(text);
        self.repeated = found.is_some_and(|line| line.row.put_all(&line.numbers));
        if self.repeated {
            return Ok(text.len());
        }
        self.row.clear();
        self.places.clear();
        let mut into = IntoRow {
            row: &mut self.row,
            texts: 0,
            place: (0, 0),
            places: &mut self.places,
        };
        let end = literal::walk_with(&mut self.path, "", text, &mut into)?;
        self.texts = into.texts;
        if end == text.len()
            && text.first() == Some(&b'{')
            && self.repeats.are_worth_it()
            && let Some(template) = template(text, &self.places)
        {
            let line = RowLine {
                row: self.row.to_put(),
                texts: self.texts,
                numbers: vec![0.0; self.places.len()],
            };
            let names = |row: &JsonRow| {
                row.metrics()
                    .map(|(name, _)| name.to_owned())
                    .collect::<Vec<_>>()
            };
            let like = names(&self.row);
            self.repeats
                .keep(template, line, |old| names(&old.row) == like);
        }
        Ok(end)
    }

    /// What the last object gave.
    pub(crate) fn row(&self) -> &JsonRow {
        match self.repeats.last() {
            Some(line) if self.repeated => &line.row,
            _ => &self.row,
        }
    }

    /// How many texts it has that are no numbers: a configuration has them, a row of metrics
    /// hardly.
    pub(crate) fn texts(&self) -> u64 {
        match self.repeats.last() {
            Some(line) if self.repeated => line.texts,
            _ => self.texts,
        }
    }
}

/// An object, cut at the numbers that became part of its row; `None` if they are not plain enough.
fn template(text: &[u8], places: &[(usize, usize)]) -> Option<Template> {
    if text.len() > MAX_LENGTH || places.is_empty() {
        return None;
    }
    let mut template = Template::default();
    let mut at = 0;
    for (start, end) in places {
        template.literal(text.get(at..*start)?, false);
        template.number(Slot::Value);
        at = *end;
    }
    template.literal(text.get(at..)?, false);
    // What a template reads of its own line is what was walked.
    let mut numbers = vec![0.0; places.len()];
    template.fits(text, &mut numbers).then_some(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of an object: by the reader that read others before it, and by a new one.
    fn told(lines: &mut RowLines, text: &str) -> String {
        let end = lines.read(text.as_bytes());
        let row = lines.row();
        let metrics: Vec<_> = row
            .metrics()
            .map(|(name, value)| (name.to_owned(), value.to_bits()))
            .collect();
        if end.is_err() {
            return format!("{end:?}");
        }
        let places = (
            row.step(),
            row.epoch.map(f64::to_bits),
            row.time_ms,
            row.total,
            row.missing,
        );
        format!("{end:?} {metrics:?} {places:?} {}", lines.texts())
    }

    const LINES: &[&str] = &[
        r#"{"step": 1, "loss": 2.5, "lr": 1.5e-05, "grad_norm": 0.36070946607342436}"#,
        r#"{"step":10,"loss":-0.25,"eval":null,"mode":"train","_timestamp":1795420667.5}"#,
        "{'loss': '4.289', 'grad_norm': 1.5, 'learning_rate': '2e-05', 'epoch': '0.01'}",
        "{'loss': tensor(2.31, device='cuda:0'), 'lr': [1e-05, 2e-05], 'time': 0.5, 'step': 7}",
        r#"{"_step": 3, "train/global_step": 40, "a": {"b": 1, "c": [1, 2, 3]}, "x": True}"#,
    ];

    #[test]
    fn lines_of_one_kind_are_read_by_their_template() {
        for line in LINES {
            let mut lines = RowLines::default();
            let first = told(&mut lines, line);
            assert!(!lines.repeated);
            assert_eq!(told(&mut lines, line), first, "{line}");
            assert!(lines.repeated, "{line}");
        }
    }

    /// Every line with other bytes, after the line itself was seen.
    #[test]
    fn what_a_template_gives_is_what_a_walk_gives() {
        let mut state = 5_u64;
        let mut random = move |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % below
        };
        let (mut repeated, mut tried) = (0, 0);
        for line in LINES {
            let mut lines = RowLines::default();
            for round in 0..3000 {
                let mut other = (*line).to_owned().into_bytes();
                for _ in 0..=random(5) {
                    let at = random(other.len());
                    let digit = b"0123456789"[random(10)];
                    match (random(3), other[at].is_ascii_digit()) {
                        (0, true) => other.insert(at, digit),
                        (1, true) => other[at] = digit,
                        (2, true) if other.len() > 2 => drop(other.remove(at)),
                        (_, false) if round % 4 == 0 => {
                            other[at] = b" ,.:'\"-+e(n[]{}"[random(15)];
                        }
                        _ => {}
                    }
                }
                let other = String::from_utf8_lossy(&other);
                told(&mut lines, line);
                let found = told(&mut lines, &other);
                repeated += u32::from(lines.repeated);
                tried += 1;
                assert_eq!(found, told(&mut RowLines::default(), &other), "{other}");
            }
        }
        assert!(repeated > tried / 4, "{repeated} of {tried}");
    }
}
