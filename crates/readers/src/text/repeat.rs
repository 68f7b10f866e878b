//! Lines that differ from an earlier one in nothing but their numbers.
//!
//! A program prints its metrics with one format string, so the text between the numbers repeats
//! byte by byte. A metric line is kept as a template: its text, cut at the numbers of its fields.
//! A later line that has the same text between the cuts gives the same fields as a scan would, so
//! only its numbers are read. Where a number stands elsewhere (a time, a rank, a place in the code)
//! any digits of the same count will do; within a key they have to be the same.
//!
//! A scan decides by the bytes around a number and by what `number` says of it, never by its
//! digits; what has no such simple shape (`nan`, `.5`, a sign that comes or goes, `%|` of a bar) is
//! no template or does not fit one, and is scanned.

use super::collect::Layout;
use super::scan::Fields;
use crate::number;

/// How many templates are remembered: more than the kinds of lines that logs go round.
const MAX_TEMPLATES: usize = 8;

/// The longest line that is kept, in bytes.
const MAX_LENGTH: usize = 4096;

/// Text that has to be the same, and the number behind it.
struct Part {
    length: usize,
    /// Other digits will do.
    any_digit: bool,
    number: Option<Slot>,
}

/// What is known of a number before it is read.
#[derive(Clone, Copy)]
struct Slot {
    negative: bool,
    /// Its unit's decimal exponent.
    shift: i32,
}

/// What of a line, beside its text, its decision depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// The plan's place among the plans.
    pub(super) plan: usize,
    /// The layout that is found there.
    pub(super) layout: Layout,
    /// Whether steps had been seen, where that matters.
    pub(super) steps_seen: Option<bool>,
}

/// A line that is expected again.
pub(super) struct Template {
    /// What it means.
    pub(super) decision: Decision,
    /// Its fields, with the numbers of the line that fitted last.
    pub(super) fields: Fields,
    /// How much text stands in front of its first field.
    pub(super) head: usize,
    text: Vec<u8>,
    parts: Vec<Part>,
    /// Which template fitted behind it the last time.
    follower: usize,
}

impl Template {
    /// A line as a template; `None` if its numbers are not plain enough.
    fn new(line: &[u8], fields: &Fields, decision: Decision) -> Option<Self> {
        let simple = line.len() <= MAX_LENGTH && memchr::memmem::find(line, b"%|").is_none();
        if !simple {
            return None;
        }
        let mut template = Self {
            decision,
            fields: fields.clone(),
            head: fields.fields.first()?.key.0,
            text: Vec::with_capacity(line.len()),
            parts: Vec::new(),
            follower: 0,
        };
        let mut keys = fields.fields.iter().map(|field| field.key).peekable();
        let mut at = 0;
        for number in fields.all_numbers() {
            let negative = line.get(number.start) == Some(&b'-');
            let signed = negative || line.get(number.start) == Some(&b'+');
            let start = number.start + usize::from(signed);
            let (end, shift) = number::parts(line, start)?;
            while let Some(key) = keys.next_if(|key| key.1 <= start) {
                template.literal(line, at, key.0, true)?;
                template.literal(line, at.max(key.0), key.1, false)?;
                at = at.max(key.1);
            }
            template.literal(line, at, start, true)?;
            template.number(Slot { negative, shift });
            at = end;
        }
        template.literal(line, at, line.len(), true)?;
        Some(template)
    }

    /// Adds text that stands between two cuts; joins what has no digits to the text before it.
    fn literal(&mut self, line: &[u8], start: usize, end: usize, any_digit: bool) -> Option<()> {
        if start >= end {
            return Some(());
        }
        let text = line.get(start..end)?;
        self.text.extend_from_slice(text);
        let any_digit = any_digit && text.iter().any(u8::is_ascii_digit);
        match self.parts.last_mut() {
            Some(last) if last.number.is_none() && !last.any_digit && !any_digit => {
                last.length += text.len();
            }
            _ => self.parts.push(Part {
                length: text.len(),
                any_digit,
                number: None,
            }),
        }
        Some(())
    }

    fn number(&mut self, slot: Slot) {
        match self.parts.last_mut() {
            Some(last) if last.number.is_none() => last.number = Some(slot),
            _ => self.parts.push(Part {
                length: 0,
                any_digit: false,
                number: Some(slot),
            }),
        }
    }

    /// Whether a line differs in its numbers alone; takes them if so.
    fn fits(&mut self, line: &[u8]) -> bool {
        let (mut line, mut text) = (line, self.text.as_slice());
        let mut numbers = self.fields.all_numbers_mut().iter_mut();
        for part in &self.parts {
            let (Some((here, behind)), Some((known, rest))) = (
                line.split_at_checked(part.length),
                text.split_at_checked(part.length),
            ) else {
                return false;
            };
            let same = match part.any_digit {
                true => same_but_digits(here, known),
                false => here == known,
            };
            if !same {
                return false;
            }
            (line, text) = (behind, rest);
            let Some(slot) = part.number else { continue };
            let (Some(number), Some(bare)) = (numbers.next(), number::bare(line, 0, slot.shift))
            else {
                return false;
            };
            if bare.integer != number.integer {
                return false;
            }
            number.value = if slot.negative {
                -bare.value
            } else {
                bare.value
            };
            line = line.get(bare.end..).unwrap_or_default();
        }
        line.is_empty()
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

/// The templates of a log.
#[derive(Default)]
pub(super) struct Repeats {
    templates: Vec<Template>,
    last: usize,
    oldest: usize,
}

impl Repeats {
    /// The template that a line fits, with the line's numbers in it.
    pub(super) fn find(&mut self, line: &[u8]) -> Option<&Template> {
        let guess = self.templates.get(self.last)?.follower;
        let found = if self.fits(guess, line) {
            guess
        } else {
            (0..self.templates.len()).find(|at| *at != guess && self.fits(*at, line))?
        };
        self.follow(found);
        self.templates.get(found)
    }

    /// Gives the fields of the template that was found for others, or takes them back.
    pub(super) fn swap(&mut self, fields: &mut Fields) {
        if let Some(template) = self.templates.get_mut(self.last) {
            std::mem::swap(&mut template.fields, fields);
        }
    }

    fn fits(&mut self, at: usize, line: &[u8]) -> bool {
        self.templates
            .get_mut(at)
            .is_some_and(|template| template.fits(line))
    }

    fn follow(&mut self, at: usize) {
        if let Some(last) = self.templates.get_mut(self.last) {
            last.follower = at;
        }
        self.last = at;
    }

    /// Keeps a line that was scanned and decided.
    pub(super) fn keep(&mut self, line: &[u8], fields: &Fields, decision: Decision) {
        let Some(template) = Template::new(line, fields, decision) else {
            return;
        };
        let at = match self.templates.len() {
            count if count < MAX_TEMPLATES => {
                self.templates.push(template);
                count
            }
            _ => {
                // A line that only became wider takes the place of its like.
                let like = |old: &Template| old.decision == decision;
                let at = self.templates.iter().position(like).unwrap_or_else(|| {
                    self.oldest = (self.oldest + 1) % MAX_TEMPLATES;
                    self.oldest
                });
                if let Some(old) = self.templates.get_mut(at) {
                    *old = template;
                }
                at
            }
        };
        self.follow(at);
    }
}

#[cfg(test)]
mod tests {
    use super::super::formats::FORMATS;
    use super::*;

    const ANY: Decision = Decision {
        plan: 0,
        layout: 0,
        steps_seen: None,
    };

    fn scanned(line: &[u8]) -> Fields {
        let mut fields = Fields::default();
        fields.scan(line);
        fields
    }

    /// What a line's fields are, independent of where they stand.
    fn told(line: &[u8], fields: &Fields) -> Vec<String> {
        let tell = |field| {
            let numbers = fields.numbers(field).iter();
            let numbers = numbers.map(|n| (n.value.to_bits(), n.unit, n.integer));
            format!(
                "{} {:?} {} {} {} {:?}",
                fields.text(field, line),
                field.kind,
                field.strong,
                field.opened,
                field.closed,
                numbers.collect::<Vec<_>>()
            )
        };
        fields.fields.iter().map(tell).collect()
    }

    /// Checks what a template made of the first line says of the second; true if it fits.
    fn check(known: &[u8], line: &[u8]) -> bool {
        let fields = scanned(known);
        let Some(mut template) = Template::new(known, &fields, ANY) else {
            return false;
        };
        let fits = template.fits(line);
        if fits {
            let shown = String::from_utf8_lossy(line);
            let expected = told(line, &scanned(line));
            assert_eq!(told(known, &template.fields), expected, "{shown}");
        }
        fits
    }

    #[test]
    fn lines_of_one_shape_fit() {
        let cases = [
            (
                "iter 9: loss 1.5, mfu -1%",
                "iter 10: loss 21.25, mfu -1.5%",
                false,
            ),
            (
                "iter 9: loss 1.5, mfu -1.0%",
                "iter 10: loss 21.25, mfu -1.5%",
                true,
            ),
            (
                "s:1 lr:1.5e-05 norm:2.5",
                "s:20 lr:0.5 norm:123456789012345678901.5",
                true,
            ),
            (
                "[12:00:01] step=1, loss=2.5",
                "[13:59:59] step=7, loss=3.25",
                true,
            ),
            (
                "[12:00:01] step=1, loss=2.5",
                "[9:59:59] step=7, loss=3.25",
                false,
            ),
            ("step=1, loss_1=2.5", "step=1, loss_2=2.5", false),
            ("step=1, loss=2.5", "step=1, loss=nan", false),
            ("step=1, loss=2.5", "step=1, loss=-2.5", false),
            ("step=1, tps=1,234", "step=1, tps=12,234,567", true),
            ("step=1, time=1.5s", "step=1, time=1.5ms", false),
            ("step=1, loss=2.5", "step=1, loss=2.5 ", false),
            ("step=1, loss=2.5", "step=1, loss=2.5.1", false),
        ];
        for (known, line, fits) in cases {
            assert_eq!(check(known.as_bytes(), line.as_bytes()), fits, "{line}");
        }
    }

    /// Every sample line of the table, with digits, counts of digits and other bytes changed.
    #[test]
    fn what_fits_is_what_a_scan_finds() {
        let mut state = 11_u64;
        let mut random = move |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % below
        };
        let (mut fitted, mut tried) = (0, 0);
        for line in FORMATS.iter().flat_map(|format| format.sample.lines()) {
            for round in 0..400 {
                let mut other = line.trim_ascii().as_bytes().to_vec();
                for _ in 0..=random(6) {
                    let at = random(other.len());
                    let digit = b"0123456789"[random(10)];
                    match (random(3), other[at].is_ascii_digit()) {
                        (0, true) => other.insert(at, digit),
                        (1, true) => other[at] = digit,
                        (2, true) => drop(other.remove(at)),
                        (_, false) if round % 8 == 0 => other[at] = b" ,.:/%|e-([n"[random(12)],
                        _ => {}
                    }
                    if other.is_empty() {
                        other.push(b'x');
                    }
                }
                let other = other.trim_ascii();
                tried += 1;
                fitted += u32::from(check(line.trim_ascii().as_bytes(), other));
                fitted += u32::from(check(other, line.trim_ascii().as_bytes()));
            }
        }
        assert!(fitted > tried / 4, "{fitted} of {tried}");
    }
}
