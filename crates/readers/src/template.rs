//! Lines that differ from an earlier one in nothing but their numbers.
//!
//! A program prints its metrics with one format string, so the text between the numbers repeats
//! byte by byte. A line that was read in full is kept as a template: its text, cut at its numbers.
//! Of a later line that has the same text between the cuts only the numbers are read; what they
//! mean is known.

use crate::number;
use crate::short::Short;

/// How many templates are remembered: more than the kinds of lines that files go round.
const MAX_TEMPLATES: usize = 8;

/// The longest line that is kept, in bytes.
pub(crate) const MAX_LENGTH: usize = 4096;

/// How many templates are tried out before they have to have fitted once in a while.
const TRIALS: u64 = 64;

/// The longest number of an object that is read here, in bytes.
const MAX_NUMBER: usize = 32;

/// Text that has to be the same, and the number behind it.
#[derive(Default)]
struct Part {
    /// Where the text stands in that of the template, and how long it is.
    start: usize,
    length: usize,
    /// Other digits will do.
    any_digit: bool,
    number: Option<Slot>,
}

/// What is known of a number before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Of a field: its sign stands in the text before it, and it stays a whole number or none.
    Field {
        /// The sign is a minus.
        negative: bool,
        /// It has digits only.
        integer: bool,
        /// Its unit's decimal exponent.
        shift: i32,
    },
    /// A value of an object, perhaps with a minus.
    Value,
}

/// The text of a line, cut at its numbers.
#[derive(Default)]
pub(crate) struct Template {
    text: Vec<u8>,
    parts: Vec<Part>,
}

impl Template {
    /// Adds text that stands between two cuts; joins what has no digits to the text before it.
    pub(crate) fn literal(&mut self, text: &[u8], any_digit: bool) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.extend_from_slice(text);
        let any_digit = any_digit && text.iter().any(u8::is_ascii_digit);
        match self.parts.last_mut() {
            Some(last) if last.number.is_none() && !last.any_digit && !any_digit => {
                last.length += text.len();
            }
            _ => self.parts.push(Part {
                start,
                length: text.len(),
                any_digit,
                ..Part::default()
            }),
        }
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, slot: Slot) {
        match self.parts.last_mut() {
            Some(last) if last.number.is_none() => last.number = Some(slot),
            _ => self.parts.push(Part {
                number: Some(slot),
                ..Part::default()
            }),
        }
    }

    /// Whether a line differs in its numbers alone; puts them into `values` if so, which has one
    /// place for each. Else some of them may have been put there.
    pub(crate) fn fits(&self, line: &[u8], values: &mut [f64]) -> bool {
        let mut rest = line;
        let mut values = values.iter_mut();
        for part in &self.parts {
            let same = part.is_at(rest, &self.text);
            rest = match rest.get(part.length..) {
                Some(behind) if same => behind,
                _ => return false,
            };
            if let Some(slot) = part.number {
                let (Some(to), Some((value, length))) = (values.next(), slot.read(rest)) else {
                    return false;
                };
                *to = value;
                rest = rest.get(length..).unwrap_or_default();
            }
        }
        rest.is_empty()
    }
}

impl Part {
    /// Whether `rest` starts with its text, which stands in `texts`.
    fn is_at(&self, rest: &[u8], texts: &[u8]) -> bool {
        let text = texts.get(self.start..self.start + self.length);
        let pair = rest.get(..self.length).zip(text);
        pair.is_some_and(|(here, text)| match self.any_digit {
            true => same_but_digits(here, text),
            false => here == text,
        })
    }
}

impl Slot {
    /// The number that `rest` starts with, and how long it is.
    #[inline(always)]
    fn read(self, rest: &[u8]) -> Option<(f64, usize)> {
        match self {
            Self::Field {
                negative,
                integer,
                shift,
            } => {
                let bare = number::bare(rest, 0, shift).filter(|bare| bare.integer == integer)?;
                Some((if negative { -bare.value } else { bare.value }, bare.end))
            }
            Self::Value => {
                let negative = rest.first() == Some(&b'-');
                let short = Short::read(rest, usize::from(negative))?;
                let value = short.value(0).filter(|_| short.end <= MAX_NUMBER)?;
                Some((if negative { -value } else { value }, short.end))
            }
        }
    }
}

/// The same bytes, or digits at the same places.
fn same_but_digits(one: &[u8], other: &[u8]) -> bool {
    // Without a branch a byte, so that it is vectorised.
    !one.iter().zip(other).fold(false, |found, (one, other)| {
        let digits = (one.wrapping_sub(b'0') <= 9) & (other.wrapping_sub(b'0') <= 9);
        found | ((one != other) & !digits)
    })
}

/// What a line that is expected again means, with the numbers of the one that fitted last.
pub(crate) trait Numbers {
    /// Its numbers in the order of the line.
    fn values(&mut self) -> &mut [f64];
}

struct Known<T> {
    template: Template,
    meaning: T,
}

/// The lines of a file that are expected again.
pub(crate) struct Repeats<T> {
    known: Vec<Known<T>>,
    last: usize,
    oldest: usize,
    kept: u64,
    fitted: u64,
}

impl<T> Default for Repeats<T> {
    fn default() -> Self {
        Self {
            known: Vec::new(),
            last: 0,
            oldest: 0,
            kept: 0,
            fitted: 0,
        }
    }
}

impl<T: Numbers> Repeats<T> {
    /// What a line means that is like an earlier one; its numbers are those of this line.
    #[inline]
    pub(crate) fn find(&mut self, line: &[u8]) -> Option<&mut T> {
        self.last = (0..self.known.len()).find(|at| self.fits(*at, line))?;
        self.fitted += 1;
        self.known
            .get_mut(self.last)
            .map(|known| &mut known.meaning)
    }

    /// The one that was found last.
    pub(crate) fn last(&self) -> Option<&T> {
        self.known.get(self.last).map(|known| &known.meaning)
    }

    fn fits(&mut self, at: usize, line: &[u8]) -> bool {
        self.known
            .get_mut(at)
            .is_some_and(|known| known.template.fits(line, known.meaning.values()))
    }

    /// Whether it is worth to make templates: some file has none that fit.
    pub(crate) fn are_worth_it(&self) -> bool {
        self.kept < TRIALS + self.fitted
    }

    /// Keeps a line that was read in full. One that is `like` it, only of another width perhaps,
    /// makes room for it first.
    pub(crate) fn keep(&mut self, template: Template, meaning: T, like: impl Fn(&T) -> bool) {
        self.kept += 1;
        let new = Known { template, meaning };
        let at = match self.known.len() {
            count if count < MAX_TEMPLATES => {
                self.known.push(new);
                count
            }
            _ => {
                let mut known = self.known.iter();
                let at = known.position(|old| like(&old.meaning)).unwrap_or_else(|| {
                    self.oldest = (self.oldest + 1) % MAX_TEMPLATES;
                    self.oldest
                });
                if let Some(old) = self.known.get_mut(at) {
                    *old = new;
                }
                at
            }
        };
        self.last = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_or_not() {
        for length in 1..40 {
            let one: Vec<u8> = (1..=length).collect();
            let mut template = Template::default();
            template.literal(&one, false);
            template.number(Slot::Value);
            for behind in ["5", "1.25 and more", ""] {
                for at in 0..=one.len() {
                    let mut other = one.clone();
                    if let Some(byte) = other.get_mut(at) {
                        *byte ^= 0x80;
                    }
                    other.extend_from_slice(behind.as_bytes());
                    let expected = at == one.len() && behind == "5";
                    assert_eq!(
                        template.fits(&other, &mut [0.0]),
                        expected,
                        "{at} of {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn values_of_objects() {
        let mut template = Template::default();
        template.literal(b"[", false);
        template.number(Slot::Value);
        template.literal(b", ", false);
        template.number(Slot::Value);
        template.literal(b"]", false);
        for (line, expected) in [
            ("[1, 2]", Some([1.0, 2.0])),
            ("[-1.5e-05, 12345678.25]", Some([-1.5e-5, 12_345_678.25])),
            ("[-0.0, 7]", Some([-0.0, 7.0])),
            // A comma parts values of an object, it never stands within a number.
            ("[1,234, 2]", None),
            ("[1, 2] ", None),
            ("[1, 2", None),
            ("[1, nan]", None),
            ("[1, +2]", None),
            ("[1, 2.]", None),
            ("[0.0000000000000000000000000000000001, 2]", None),
        ] {
            let mut found = [0.0; 2];
            let fits = template.fits(line.as_bytes(), &mut found);
            let found = fits.then_some(found.map(f64::to_bits));
            assert_eq!(
                found,
                expected.map(|values| values.map(f64::to_bits)),
                "{line}"
            );
        }
    }
}
