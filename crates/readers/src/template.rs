//! Lines that differ from an earlier one in nothing but their numbers.
//!
//! A program prints its metrics with one format string, so the text between the numbers repeats
//! byte by byte. A line that was read in full is kept as a template: its text, cut at its numbers.
//! Of a later line that has the same text between the cuts only the numbers are read; what they
//! mean is known.

use crate::number;
use crate::shape::Shape;
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
    length: usize,
    /// Other digits will do.
    any_digit: bool,
    number: Option<Slot>,
    /// The shape of the number that fitted last.
    shape: Option<Shape>,
    /// The first byte behind the number; `None` at the end of the line.
    behind: Option<u8>,
    /// With the text behind it the number could be another one (`1,` and `234`).
    goes_on: bool,
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
        let Some(first) = text.first() else { return };
        if let Some(last) = self.parts.last_mut().filter(|last| last.number.is_some()) {
            last.behind = Some(*first);
            last.goes_on = match first {
                b'.' | b'e' | b'E' => true,
                b',' => text.get(1).is_none_or(u8::is_ascii_digit),
                _ => false,
            };
        }
        self.text.extend_from_slice(text);
        let any_digit = any_digit && text.iter().any(u8::is_ascii_digit);
        match self.parts.last_mut() {
            Some(last) if last.number.is_none() && !last.any_digit && !any_digit => {
                last.length += text.len();
            }
            _ => self.parts.push(Part {
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
    pub(crate) fn fits<'a>(
        &mut self,
        line: &[u8],
        mut values: impl Iterator<Item = &'a mut f64>,
    ) -> bool {
        let (mut at, mut known) = (0, 0);
        for part in &mut self.parts {
            let (Some(here), Some(text)) = (
                line.get(at..at + part.length),
                self.text.get(known..known + part.length),
            ) else {
                return false;
            };
            let same = match part.any_digit {
                true => same_but_digits(here, text),
                false => same(here, text),
            };
            if !same {
                return false;
            }
            (at, known) = (at + part.length, known + part.length);
            if let Some(slot) = part.number {
                let (Some(to), Some((value, end))) = (values.next(), part.value(slot, line, at))
                else {
                    return false;
                };
                (*to, at) = (value, end);
            }
        }
        at == line.len()
    }
}

impl Part {
    /// The number at `at` and where it ends.
    #[inline]
    fn value(&mut self, slot: Slot, line: &[u8], at: usize) -> Option<(f64, usize)> {
        let (start, negative) = match slot {
            Slot::Field { negative, .. } => (at, negative),
            Slot::Value => {
                let minus = line.get(at) == Some(&b'-');
                (at + usize::from(minus), minus)
            }
        };
        let shape = self.shape.as_ref();
        let (value, end) = match shape.and_then(|shape| shape.read(line, start)) {
            // Else it goes on: `1.25` as `1.25e-05`.
            Some((value, end)) if line.get(end).copied() == self.behind => (value, end),
            _ => self.other_value(slot, line, start)?,
        };
        Some((if negative { -value } else { value }, end))
    }

    /// The same, without a sign, for a number of another shape than the one before.
    #[inline(never)]
    fn other_value(&mut self, slot: Slot, line: &[u8], at: usize) -> Option<(f64, usize)> {
        let (value, end, shift) = match slot {
            Slot::Field { integer, shift, .. } => {
                let bare = number::bare(line, at, shift).filter(|bare| bare.integer == integer)?;
                (bare.value, bare.end, shift)
            }
            Slot::Value => {
                let short = Short::read(line, at).filter(|short| short.end - at <= MAX_NUMBER)?;
                (short.value(0)?, short.end, 0)
            }
        };
        let number = line.get(at..end).filter(|_| !self.goes_on);
        self.shape = number.and_then(|number| Shape::of(number, shift));
        Some((value, end))
    }
}

/// Whether two texts of one length are the same: most are too short for a call to be worth it.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    // Two chunks that may overlap hold all of it.
    match one.len() {
        0 => true,
        1 => one == other,
        2..4 => same_ends::<2>(one, other),
        4..8 => same_ends::<4>(one, other),
        8..=16 => same_ends::<8>(one, other),
        17..=32 => same_ends::<16>(one, other),
        _ => one == other,
    }
}

#[inline]
fn same_ends<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk::<N>()
        && one.last_chunk::<N>() == other.last_chunk::<N>()
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
    fn values(&mut self) -> impl Iterator<Item = &mut f64>;
}

struct Known<T> {
    template: Template,
    meaning: T,
    /// Which one fitted behind it the last time.
    follower: usize,
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
        let guess = self.known.get(self.last)?.follower;
        let found = match self.fits(guess, line) {
            true => guess,
            false => (0..self.known.len()).find(|at| *at != guess && self.fits(*at, line))?,
        };
        self.fitted += 1;
        self.follow(found);
        self.known.get_mut(found).map(|known| &mut known.meaning)
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

    fn follow(&mut self, at: usize) {
        if let Some(last) = self.known.get_mut(self.last) {
            last.follower = at;
        }
        self.last = at;
    }

    /// Whether it is worth to make templates: some file has none that fit.
    pub(crate) fn are_worth_it(&self) -> bool {
        self.kept < TRIALS + self.fitted
    }

    /// Keeps a line that was read in full. One that is `like` it, only of another width perhaps,
    /// makes room for it first.
    pub(crate) fn keep(&mut self, template: Template, meaning: T, like: impl Fn(&T) -> bool) {
        self.kept += 1;
        let new = Known {
            template,
            meaning,
            follower: 0,
        };
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
        self.follow(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_or_not() {
        for length in 0..70 {
            let one: Vec<u8> = (0..length).collect();
            assert!(same(&one, &one.clone()));
            for at in 0..one.len() {
                let mut other = one.clone();
                other[at] ^= 0x80;
                assert!(!same(&one, &other), "{at} of {length}");
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
            let fits = template.fits(line.as_bytes(), found.iter_mut());
            let found = fits.then_some(found.map(f64::to_bits));
            assert_eq!(
                found,
                expected.map(|values| values.map(f64::to_bits)),
                "{line}"
            );
        }
    }
}
