//! One pass over a line → its fields: wordings with the numbers that belong to them.
//!
//! Knows the shapes that loggers use, not what they mean: `key: 1.5`, `key=1.5`, `key 1.5`,
//! `key: 210.5/217.3`, `key 6.93 (6.94)`, `key=[1e-5, 1e-5]`, `Iter [50/80000]`, `key #7`. What
//! stands in parentheses, braces and quotes belongs to no field (so a call in source code gives
//! none), and what is no number ends its field.

use std::borrow::Cow;

use super::super::number::{self, Number};

/// How the numbers of a field belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// One number.
    One,
    /// Numbers with `/` between them.
    Ratio,
    /// A number and, in parentheses, another one: its average, or the same as a percentage.
    Average,
    /// A list, flattened.
    List,
    /// A number or a ratio in brackets: `[50/80000]`.
    Bracket,
}

/// A wording and its numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// Where the key stands in the line; empty for a bracket behind another field.
    pub(crate) key: (usize, usize),
    /// Its numbers in [`Fields::numbers`].
    pub(crate) numbers: (usize, usize),
    /// How they belong together.
    pub(crate) kind: Kind,
    /// `:` or `=` stands between key and number.
    pub(crate) strong: bool,
    /// The field begins at the line's start, behind a delimiter or behind another field.
    pub(crate) opened: bool,
    /// A delimiter or the line's end stands behind the field.
    pub(crate) closed: bool,
}

/// The fields of a line; used again for the next one.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    /// In the order of the line.
    pub(crate) fields: Vec<Field>,
    numbers: Vec<Number>,
    /// The line has more fields than are read.
    pub(crate) is_cut: bool,
}

impl Fields {
    /// The key of a field as it is written in the line that was scanned.
    pub(crate) fn key<'a>(&self, field: &Field, line: &'a [u8]) -> &'a [u8] {
        line.get(field.key.0..field.key.1).unwrap_or_default()
    }

    /// The key as text; bytes that are not UTF-8 are replaced.
    pub(crate) fn text<'a>(&self, field: &Field, line: &'a [u8]) -> Cow<'a, str> {
        String::from_utf8_lossy(self.key(field, line))
    }

    /// The numbers of a field.
    pub(crate) fn numbers(&self, field: &Field) -> &[Number] {
        self.numbers
            .get(field.numbers.0..field.numbers.1)
            .unwrap_or_default()
    }

    /// The numbers of all fields, in the order of the line.
    pub(crate) fn all_numbers(&self) -> &[Number] {
        &self.numbers
    }

    /// Replaces their values by those of another line.
    #[cfg(test)]
    pub(crate) fn put(&mut self, values: &[f64]) {
        for (number, value) in self.numbers.iter_mut().zip(values) {
            number.value = *value;
        }
    }

    /// Scans a line.
    pub(crate) fn scan(&mut self, line: &[u8]) {
        self.fields.clear();
        self.numbers.clear();
        let mut scanner = Scanner {
            line,
            at: 0,
            key: None,
            opened: true,
            out: self,
        };
        while scanner.at < line.len() && scanner.out.fields.len() < MAX_FIELDS {
            scanner.step();
        }
        self.is_cut = self.fields.len() >= MAX_FIELDS;
    }
}

/// The most fields of a line.
const MAX_FIELDS: usize = 1024;

/// The longest key, in bytes.
const MAX_KEY: usize = 96;

/// The most numbers of a field.
const MAX_LIST: usize = 64;

struct Scanner<'a> {
    line: &'a [u8],
    at: usize,
    /// Where the key that is being read began.
    key: Option<usize>,
    opened: bool,
    out: &'a mut Fields,
}

/// What a byte can begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Digit,
    Sign,
    Space,
    Separator,
    Delimiter,
    Bracket,
    Paren,
    Brace,
    Hash,
    Other,
}

/// The class of each byte.
static CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => Class::Word,
            b'0'..=b'9' | b'.' => Class::Digit,
            b'-' | b'+' => Class::Sign,
            b' ' => Class::Space,
            b':' | b'=' => Class::Separator,
            b'|' | b',' | b';' | b'\t' => Class::Delimiter,
            b'[' => Class::Bracket,
            b'(' => Class::Paren,
            b'{' => Class::Brace,
            b'#' => Class::Hash,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    CLASSES
        .get(usize::from(byte))
        .copied()
        .unwrap_or(Class::Other)
}

/// Ends a word.
static BREAKS: [bool; 256] = {
    let mut breaks = [false; 256];
    let mut at = 0;
    let bytes = b" \t:=,|;()[]{}\"'`";
    while at < bytes.len() {
        breaks[bytes[at] as usize] = true;
        at += 1;
    }
    breaks
};

fn breaks(byte: u8) -> bool {
    BREAKS.get(usize::from(byte)).copied().unwrap_or(true)
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.line.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        let Some(byte) = self.peek(0) else { return };
        match class(byte) {
            Class::Word => self.word(),
            Class::Space => self.space(),
            Class::Digit => self.digit(),
            Class::Sign => self.sign(),
            Class::Separator => self.separator(byte),
            Class::Delimiter => self.delimit(1),
            Class::Bracket => self.bracket(),
            Class::Paren => self.paren(),
            Class::Brace => self.group(b'}'),
            Class::Hash => self.hash(),
            Class::Other => self.delimit(1),
        }
    }

    fn delimit(&mut self, length: usize) {
        self.at += length;
        self.key = None;
        self.opened = true;
    }

    fn skip_word(&mut self) {
        while self.peek(0).is_some_and(|byte| !breaks(byte)) {
            self.at += 1;
        }
    }

    /// Skips a token that is no field's: everything up to a space or a delimiter.
    fn skip_token(&mut self) {
        while self
            .peek(0)
            .is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'|' | b';'))
        {
            self.at += 1;
        }
        self.key = None;
        self.opened = false;
    }

    fn word(&mut self) {
        let start = self.at;
        self.skip_word();
        // `valid_0's auc`
        if self.peek(0) == Some(b'\'')
            && self.peek(1).is_some_and(|byte| byte.is_ascii_alphabetic())
        {
            self.at += 1;
            self.skip_word();
        }
        let length = self.at - start;
        // `loss nan, `, but not `number of nan iterations`.
        if self.key.is_some() && length <= 8 && is_named(self.line.get(start..self.at)) {
            let rest = self
                .line
                .get(self.at..)
                .unwrap_or_default()
                .trim_ascii_start();
            if matches!(rest.first(), None | Some(b',' | b'|' | b';')) {
                self.at = start;
                if self.weak() {
                    return;
                }
                self.at = start + length;
            }
        }
        if self.key.is_none() {
            self.key = Some(start);
        }
    }

    fn space(&mut self) {
        let start = self.at;
        while self.peek(0) == Some(b' ') {
            self.at += 1;
        }
        // Two spaces part fields, unless a number is set flush right behind its key.
        if self.at - start > 1 && self.peek(0).is_some_and(|byte| class(byte) == Class::Word) {
            self.key = None;
            self.opened = true;
        }
    }

    fn digit(&mut self) {
        let free = self.at == 0
            || self
                .line
                .get(self.at - 1)
                .is_some_and(|byte| breaks(*byte) && *byte != b'=');
        if free && self.weak() {
            return;
        }
        self.skip_token();
    }

    fn sign(&mut self) {
        match self.peek(1) {
            None | Some(b' ') => self.delimit(1),
            Some(byte) if byte.is_ascii_digit() || byte == b'.' => self.digit(),
            // nan and inf may have a sign; an option (`--step`) is no key.
            _ if is_named(self.line.get(self.at + 1..self.at + 4)) && self.key.is_some() => {
                self.digit();
            }
            _ => {
                self.skip_token();
                // Its argument is not the next field's key or value either.
                self.opened = false;
            }
        }
    }

    fn hash(&mut self) {
        if self.key.is_some() && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
            // The "#" stays in the key: it is how the format is known.
            if self.value(self.at, false) {
                return;
            }
        }
        self.delimit(1);
    }

    fn separator(&mut self, byte: u8) {
        let sep = self.at;
        if self.key.is_none() || matches!(self.peek(1), Some(b'=' | b':')) {
            self.delimit(if self.peek(1) == Some(byte) { 2 } else { 1 });
            return;
        }
        self.at += 1;
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        if self.value(sep, true) {
            return;
        }
        self.key = None;
        self.opened = true;
        if byte == b'=' && self.peek(0).is_some_and(|byte| class(byte) == Class::Word) {
            self.skip_word();
        }
    }

    /// A number behind a key without a separator.
    fn weak(&mut self) -> bool {
        self.key.is_some() && self.value(self.at, false)
    }

    /// Reads the value at the cursor for the key that ends at `key_end`. Moves only on success.
    fn value(&mut self, key_end: usize, strong: bool) -> bool {
        let Some(start) = self.key else { return false };
        let key = self.line.get(start..key_end).unwrap_or_default();
        let end = start + key.trim_ascii_end().len();
        if end - start > MAX_KEY || key.ends_with(b".") {
            return false;
        }
        let first = self.out.numbers.len();
        let Some((kind, at)) = self.numbers(strong) else {
            self.out.numbers.truncate(first);
            return false;
        };
        // `logging.py:96:log_dist`: a place in the code.
        let place = strong
            && self.line.get(key_end + 1).is_some_and(u8::is_ascii_digit)
            && self.line.get(key_end) == Some(&b':')
            && memchr::memchr(b'.', self.line.get(start..end).unwrap_or_default()).is_some()
            && self.out.numbers.last().is_some_and(|number| number.integer);
        if place {
            self.out.numbers.truncate(first);
            return false;
        }
        self.at = at;
        self.push((start, end), first, kind, strong);
        true
    }

    fn push(&mut self, key: (usize, usize), first: usize, kind: Kind, strong: bool) {
        let mut ahead = 0;
        while self.peek(ahead) == Some(b' ') {
            ahead += 1;
        }
        let closed = ahead > 1
            || matches!(
                self.peek(ahead),
                None | Some(b',' | b'|' | b';' | b'\t' | b':' | b'-' | b']')
            );
        self.out.fields.push(Field {
            key,
            numbers: (first, self.out.numbers.len()),
            kind,
            strong,
            opened: self.opened,
            closed,
        });
        self.key = None;
        self.opened = closed;
    }

    /// The numbers at the cursor, and where they end.
    fn numbers(&mut self, strong: bool) -> Option<(Kind, usize)> {
        match self.peek(0)? {
            b'[' | b'(' if strong => self.list().map(|end| (Kind::List, end)),
            b'[' => self.in_bracket().map(|end| (Kind::Bracket, end)),
            byte if strong && byte.is_ascii_alphabetic() && !matches!(byte | 0x20, b'n' | b'i') => {
                self.call().map(|end| (Kind::One, end))
            }
            b'n' if strong && self.peek(1) == Some(b'p') => self.call().map(|end| (Kind::One, end)),
            _ => self.plain(self.at),
        }
    }

    fn plain(&mut self, at: usize) -> Option<(Kind, usize)> {
        let number = number::read(self.line, at)?;
        let first = self.out.numbers.len();
        self.out.numbers.push(number);
        let mut end = number.end;
        let mut kind = Kind::One;
        while let Some(next) = slash(self.line, end).and_then(|at| number::read(self.line, at)) {
            if self.out.numbers.len() - first >= MAX_LIST {
                return None;
            }
            self.out.numbers.push(next);
            end = next.end;
            kind = Kind::Ratio;
        }
        if kind == Kind::One
            && let Some((average, behind)) = in_parens(self.line, end)
        {
            self.out.numbers.push(average);
            return Some((Kind::Average, behind));
        }
        Some((kind, end))
    }

    /// `[1e-5, 1e-5]`, `[(0.9, 0.95), (0.9, 0.95)]`.
    fn list(&mut self) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = self.at;
        let mut count = 0;
        loop {
            match self.line.get(at)? {
                b'[' | b'(' => depth += 1,
                b']' | b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return (count > 0).then_some(at + 1);
                    }
                }
                b',' | b' ' | b'/' => {}
                _ => {
                    let number = number::read(self.line, at).filter(|_| count < MAX_LIST)?;
                    self.out.numbers.push(number);
                    count += 1;
                    at = number.end;
                    continue;
                }
            }
            at += 1;
        }
    }

    /// `[50/80000]`, `[ 0/1251 (  0%)]`, `[1]`.
    fn in_bracket(&mut self) -> Option<usize> {
        let mut at = self.at + 1;
        while self.line.get(at) == Some(&b' ') {
            at += 1;
        }
        let (_, end) = self.plain(at)?;
        let rest = self.line.get(end..)?;
        let close = rest.iter().take(24).position(|byte| *byte == b']')?;
        let between = rest.get(..close)?;
        let percent = between
            .iter()
            .all(|byte| matches!(byte, b' ' | b'(' | b')' | b'%' | b'.' | b'0'..=b'9'));
        percent.then_some(end + close + 1)
    }

    /// `tensor(2.31, device='cuda:0')`, `np.float64(0.5)`.
    fn call(&mut self) -> Option<usize> {
        let rest = self.line.get(self.at..)?;
        let open = rest.iter().take(24).position(|byte| *byte == b'(')?;
        if !rest
            .get(..open)?
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
        {
            return None;
        }
        let number = number::read(self.line, self.at + open + 1)?;
        let close = memchr::memchr(b')', rest)?;
        self.out.numbers.push(number);
        Some(self.at + close + 1)
    }

    /// A bracket: the value of the key before it, the second part of a place (`Epoch [1][50/7330]`),
    /// or a label, which is skipped unless it states a step (`[step=10/1000]`).
    fn bracket(&mut self) {
        let first = self.out.numbers.len();
        if self.key.is_some() {
            if self.value(self.at, false) {
                return;
            }
        } else if let Some(end) = self.in_bracket().filter(|end| self.is_place(*end)) {
            let key = (self.at, self.at);
            self.at = end;
            self.push(key, first, Kind::Bracket, false);
            return;
        }
        self.out.numbers.truncate(first);
        let rest = self.line.get(self.at + 1..).unwrap_or_default();
        if states_step(rest) {
            self.delimit(1);
        } else {
            self.group(b']');
        }
    }

    /// A bracket without a key is a place behind another field, or at the line's start with a tab
    /// behind it.
    fn is_place(&self, end: usize) -> bool {
        !self.out.fields.is_empty() || (self.at == 0 && self.line.get(end) == Some(&b'\t'))
    }

    /// Parentheses: part of the key if the key goes on to a value, else skipped.
    fn paren(&mut self) {
        let rest = self.line.get(self.at..).unwrap_or_default();
        let close = rest.iter().take(64).position(|byte| *byte == b')');
        if let (Some(_), Some(close)) = (self.key, close) {
            let behind = rest.get(close + 1..).unwrap_or_default().trim_ascii_start();
            if matches!(behind.first(), Some(b':' | b'=' | b'[')) && behind.get(1) != Some(&b'=') {
                self.at += close + 1;
                return;
            }
        }
        self.group(b')');
    }

    /// Skips to the end of a group; one without an end hides the rest of the line.
    fn group(&mut self, close: u8) {
        let rest = self.line.get(self.at..).unwrap_or_default();
        match memchr::memchr(close, rest) {
            Some(length) => self.delimit(length + 1),
            None => self.at = self.line.len(),
        }
    }
}

fn is_named(word: Option<&[u8]>) -> bool {
    word.is_some_and(|word| match word.len() {
        3 => word.eq_ignore_ascii_case(b"nan") || word.eq_ignore_ascii_case(b"inf"),
        8 => word.eq_ignore_ascii_case(b"infinity"),
        _ => false,
    })
}

/// The offset behind a `/` that leads to another number.
fn slash(line: &[u8], at: usize) -> Option<usize> {
    let rest = line.get(at..)?;
    let start = rest
        .iter()
        .position(|byte| *byte != b' ')
        .filter(|start| *start <= 1)?;
    if rest.get(start) != Some(&b'/') {
        return None;
    }
    let behind = rest.get(start + 1..)?;
    let space = behind.iter().position(|byte| *byte != b' ')?;
    behind
        .get(space)?
        .is_ascii_digit()
        .then_some(at + start + 1 + space)
}

/// ` (6.94)`, `(  6.5%)`: a number alone in parentheses.
fn in_parens(line: &[u8], at: usize) -> Option<(Number, usize)> {
    let rest = line.get(at..)?;
    let open = rest
        .iter()
        .position(|byte| *byte != b' ')
        .filter(|open| *open <= 2)?;
    if rest.get(open) != Some(&b'(') {
        return None;
    }
    let inner = rest.get(open + 1..)?;
    let start = inner.iter().position(|byte| *byte != b' ')?;
    let number = number::read(line, at + open + 1 + start)?;
    let close = line
        .get(number.end..)?
        .iter()
        .position(|byte| *byte != b' ')?;
    (line.get(number.end + close) == Some(&b')')).then_some((number, number.end + close + 1))
}

fn states_step(label: &[u8]) -> bool {
    [
        &b"step="[..],
        b"iter=",
        b"batch=",
        b"global_step=",
        b"iteration=",
    ]
    .iter()
    .any(|start| label.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(line: &str) -> Vec<String> {
        let mut fields = Fields::default();
        fields.scan(line.as_bytes());
        fields
            .fields
            .iter()
            .map(|field| {
                let key = String::from_utf8_lossy(fields.key(field, line.as_bytes())).into_owned();
                let numbers: Vec<String> = fields
                    .numbers(field)
                    .iter()
                    .map(|number| number.value.to_string())
                    .collect();
                format!(
                    "{key}{}{}",
                    if field.strong { "=" } else { " " },
                    numbers.join(";")
                )
            })
            .collect()
    }

    #[test]
    fn shapes() {
        let cases: &[(&str, &[&str])] = &[
            (
                " [2026-11-23 07:57:47] iteration       10/    3000 | consumed samples:          160 | elapsed time per iteration (ms): 65.9 |",
                &[
                    "iteration 10;3000",
                    "consumed samples=160",
                    "elapsed time per iteration (ms)=65.9",
                ],
            ),
            (
                "hip mem usage/free/total/usage_ratio: 227.35GB/28.63GB/255.98GB/88.81% | lm loss: nan |",
                &[
                    "hip mem usage/free/total/usage_ratio=227.35;28.63;255.98;88.81",
                    "lm loss=NaN",
                ],
            ),
            (
                "s:0 trl:11.0091 lr:0.000001 norm:15.37",
                &["s=0", "trl=11.0091", "lr=0.000001", "norm=15.37"],
            ),
            (
                "step:13/6200 train_loss:6.5125 train_time:641ms step_avg:nanms",
                &[
                    "step=13;6200",
                    "train_loss=6.5125",
                    "train_time=641",
                    "step_avg=NaN",
                ],
            ),
            (
                "iter 0: loss 7.1736, time 17275.27ms, mfu -100.00%",
                &["iter 0", "loss 7.1736", "time 17275.27", "mfu -100"],
            ),
            (
                "I0429 20:20:04.287605 139761460909888 train.py:224] Step #1: rate 0.000000, accuracy 3.91%, cross entropy 2.522507",
                &[
                    "Step # 1",
                    "rate 0",
                    "accuracy 3.91",
                    "cross entropy 2.522507",
                ],
            ),
            (
                "[2023-04-18 01:46:59,142] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=6, lr=[9.6e-06, 9.7e-06], mom=[(0.9, 0.95), (0.9, 0.95)]",
                &[
                    "step=10",
                    "skipped=6",
                    "lr=0.0000096;0.0000097",
                    "mom=0.9;0.95;0.9;0.95",
                ],
            ),
            (
                "[INFO] [timer.py:199:stop] epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=173.4, MemAllocated=3.96GB",
                &[
                    "epoch=0",
                    "micro_step=10",
                    "global_step=10",
                    "RunningAvgSamplesPerSec=173.4",
                    "MemAllocated=3.96",
                ],
            ),
            (
                "epoch: 0|step: 9|act_loss: 0.5|cri_loss: -0.25",
                &["epoch=0", "step=9", "act_loss=0.5", "cri_loss=-0.25"],
            ),
            (
                "- root - INFO - step:  1  loss:  8.2448  grad_norm: 1.23  memory:  5.17GiB(6.5%)  tps: 1,234  mfu: 4.5%",
                &[
                    "step=1",
                    "loss=8.2448",
                    "grad_norm=1.23",
                    "memory=5.17;6.5",
                    "tps=1234",
                    "mfu=4.5",
                ],
            ),
            (
                "[08/01] eta: 0:12:34  iter: 19  total_loss: 1.2  max_mem: 2466M",
                &["iter=19", "total_loss=1.2", "max_mem=2466"],
            ),
            (
                "Train: 0 [   0/1251 (  0%)]  Loss: 6.943 (6.94)",
                &["Train=0", " 0;1251", "Loss=6.943;6.94"],
            ),
            (
                "Epoch [1][50/7330]\tlr: 1.978e-03, eta: 9:38:17, time: 0.395",
                &["Epoch 1", " 50;7330", "lr=0.001978", "time=0.395"],
            ),
            (
                "Epoch(train)  [1][  50/1000]  lr: 1.0e-02",
                &["Epoch(train) 1", " 50;1000", "lr=0.01"],
            ),
            (
                "| train_inner | epoch 001:    100 / 1000 loss=5.2, num_updates=100",
                &["epoch 1", "loss=5.2", "num_updates=100"],
            ),
            (
                "loss: tensor(2.31, device='cuda:0') step=4",
                &["loss=2.31", "step=4"],
            ),
            (
                "[10]\ttrain-rmse:0.5\tvalid_0's auc: 0.9",
                &[" 10", "train-rmse=0.5", "valid_0's auc=0.9"],
            ),
            (
                "step:1 - actor/entropy:0.4 - timing_s/gen:1.5",
                &["step=1", "actor/entropy=0.4", "timing_s/gen=1.5"],
            ),
            (
                "    System/Peak GPU Memory (MB)=42,133",
                &["System/Peak GPU Memory (MB)=42133"],
            ),
            (
                "INFO [olmo.train:816, rank=0] [step=1/739328]",
                &["step=1;739328"],
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(show(line), *expected, "{line}");
        }
    }

    #[test]
    fn what_gives_no_field() {
        for line in [
            "            print(f'step:{step}/{n} val_loss:{val_loss:.4f} train_time:{t:.0f}ms')",
            "optimizer = torch.optim.AdamW(params, lr=1e-3, step=5)",
            "  lr_warmup_iters ................................. 100",
            "| N/A   34C    P0    66W / 400W |      4MiB / 81920MiB |",
            "[2023-04-18 01:46:52,554] [INFO] [loss_scaler.py:188:update_scale] OVERFLOW!",
        ] {
            let fields = show(line);
            assert!(
                fields
                    .iter()
                    .all(|field| !field.contains("step") && !field.contains("loss")),
                "{line} {fields:?}"
            );
        }
    }
}
