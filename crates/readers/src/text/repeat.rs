//! Metric lines that differ from an earlier one in nothing but their numbers (see `template`).
//!
//! A line is cut at the numbers of its fields. A later line that has the same text between the cuts
//! gives the same fields as a scan would. Where a number stands elsewhere (a time, a rank, a place
//! in the code) any digits of the same count will do; within a key they have to be the same.
//!
//! A scan decides by the bytes around a number and by what `number` says of it, never by its
//! digits; what has no such simple shape (`nan`, `.5`, a sign that comes or goes, `%|` of a bar) is
//! no template or does not fit one, and is scanned.

use super::collect::Layout;
use super::scan::Fields;
use crate::number::{self, Number};
use crate::template::{MAX_LENGTH, Numbers, Slot, Template};

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

/// A metric line that is expected again.
pub(super) struct MetricLine {
    /// What it means.
    pub(super) decision: Decision,
    /// The numbers of its fields in the first such line, and their values in the last one.
    pub(super) numbers: Vec<Number>,
    pub(super) values: Vec<f64>,
    /// How much text stands in front of its first field.
    pub(super) head: usize,
}

impl Numbers for MetricLine {
    fn values(&mut self) -> &mut [f64] {
        &mut self.values
    }
}

/// A line as a template; `None` if its numbers are not plain enough.
pub(super) fn of_fields(line: &[u8], fields: &Fields) -> Option<Template> {
    if line.len() > MAX_LENGTH || memchr::memmem::find(line, b"%|").is_some() {
        return None;
    }
    let mut template = Template::default();
    let mut keys = fields.fields.iter().map(|field| field.key).peekable();
    let mut at = 0;
    for number in fields.all_numbers() {
        let negative = line.get(number.start) == Some(&b'-');
        let signed = negative || line.get(number.start) == Some(&b'+');
        let start = number.start + usize::from(signed);
        let (end, shift) = number::parts(line, start)?;
        while let Some(key) = keys.next_if(|key| key.1 <= start) {
            template.literal(between(line, at, key.0), true);
            template.literal(between(line, at.max(key.0), key.1), false);
            at = at.max(key.1);
        }
        template.literal(between(line, at, start), true);
        template.number(Slot::Field {
            negative,
            integer: number.integer,
            shift,
        });
        at = end;
    }
    template.literal(between(line, at, line.len()), true);
    Some(template)
}

/// The text between two offsets; nothing if it was passed already.
fn between(line: &[u8], start: usize, end: usize) -> &[u8] {
    line.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::formats::FORMATS;
    use super::*;

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
        let Some(template) = of_fields(known, &fields) else {
            return false;
        };
        let mut values = vec![0.0; fields.all_numbers().len()];
        let fits = template.fits(line, &mut values);
        if fits {
            let mut found = fields.clone();
            found.put(&values);
            let shown = String::from_utf8_lossy(line);
            let expected = told(line, &scanned(line));
            assert_eq!(told(known, &found), expected, "{shown}");
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
