//! Progress bars: tqdm's and Keras's.
//!
//! ` 45%|████▌     | 10/22 [00:01<00:01,  8.90it/s, loss=0.2, v_num=1]` and
//! `45/45 ━━━━━━ 1s 3ms/step - accuracy: 0.15 - loss: 2.35`.

use memchr::{memchr, memmem};

use crate::number;

/// One frame of a tqdm bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// The text in front of the percentage, without its colon.
    pub(crate) title: &'a [u8],
    /// How far it is.
    pub(crate) count: i64,
    /// How far it goes.
    pub(crate) total: i64,
    /// The values behind the rate: `loss=0.2, v_num=1`; empty if there are none.
    pub(crate) values: &'a [u8],
    /// Where the text goes on behind the frame.
    pub(crate) end: usize,
}

/// The first tqdm frame of a text.
pub(crate) fn frame(text: &[u8]) -> Option<Frame<'_>> {
    let percent = percent_bar(text)?;
    let head = text.get(..percent)?;
    let digits = head
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let title = head
        .get(..head.len() - digits)
        .filter(|_| digits > 0)?
        .trim_ascii();
    let title = title.strip_suffix(b":").unwrap_or(title);
    let bar = percent + 2;
    let counts = bar + memchr(b'|', text.get(bar..)?)? + 1;
    let (count, slash) = whole_number(text, counts + spaces(text, counts))?;
    if text.get(slash) != Some(&b'/') {
        return None;
    }
    let (total, end) = whole_number(text, slash + 1 + spaces(text, slash + 1))?;
    let open = end + spaces(text, end);
    if text.get(open) != Some(&b'[') {
        return None;
    }
    let close = open + memchr(b']', text.get(open..)?)?;
    Some(Frame {
        title,
        count,
        total,
        values: values(text.get(open + 1..close)?),
        end: close + 1,
    })
}

/// Where the `%|` of a bar is.
fn percent_bar(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr(b'%', text.get(at..)?)?;
        if text.get(at + 1) == Some(&b'|') {
            return Some(at);
        }
        at += 1;
    }
}

/// What stands behind the rate: `00:01<00:01, 8.9it/s, loss=0.2` → `loss=0.2`.
fn values(inside: &[u8]) -> &[u8] {
    let Some(equals) = memchr(b'=', inside) else {
        return b"";
    };
    let head = inside.get(..equals).unwrap_or_default();
    let start = head
        .iter()
        .rposition(|byte| *byte == b',')
        .map_or(0, |comma| comma + 1);
    inside.get(start..).unwrap_or_default()
}

/// The whole number at `at`, and where it ends.
fn whole_number(text: &[u8], at: usize) -> Option<(i64, usize)> {
    let number = number::read(text, at)?;
    Some((number.as_step()?, number.end))
}

fn spaces(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| **byte == b' ').count()
}

/// The epoch that a bar's title states, and whether it says of how many: `Epoch 3`, `Epoch 3/10`.
pub(crate) fn epoch_of_title(title: &[u8]) -> Option<(i64, bool)> {
    let start = memmem::find(title, b"poch")? + 4;
    let rest = title.get(start..)?;
    let digit = rest
        .iter()
        .position(u8::is_ascii_digit)
        .filter(|at| *at <= 3)?;
    let number = number::read(rest, digit)?;
    Some((number.as_step()?, rest.get(number.end) == Some(&b'/')))
}

/// Whether a title is of something else than training: `Map`, `Validation DataLoader 0`.
pub(crate) fn is_of_training(title: &[u8]) -> bool {
    if title.is_empty() {
        return true;
    }
    let title = title.to_ascii_lowercase();
    let has = |word: &str| memmem::find(&title, word.as_bytes()).is_some();
    (has("epoch") || has("train") || has("step") || has("iter"))
        && !["valid", "eval", "test", "sanity", "predict", "infer"]
            .iter()
            .any(|word| has(word))
}

/// `Epoch 3/25` alone on a line: Keras.
pub(crate) fn keras_epoch(text: &[u8]) -> Option<(i64, i64)> {
    let rest = text.strip_prefix(b"Epoch ")?;
    let (epoch, slash) = whole_number(rest, 0)?;
    if rest.get(slash) != Some(&b'/') {
        return None;
    }
    let (total, end) = whole_number(rest, slash + 1)?;
    (end == rest.len()).then_some((epoch, total))
}

/// One frame of a Keras bar: count, total, and the text behind them.
pub(crate) fn keras_frame(text: &[u8]) -> Option<(i64, i64, &[u8])> {
    if !text.first()?.is_ascii_digit() {
        return None;
    }
    let (count, slash) = whole_number(text, 0)?;
    if text.get(slash) != Some(&b'/') {
        return None;
    }
    let (total, end) = whole_number(text, slash + 1)?;
    let rest = text.get(end..)?.strip_prefix(b" ")?;
    let bar = matches!(rest.first(), Some(b'[' | b'-' | 0xe2));
    bar.then_some((count, total, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        let text = b" 45%|####5     | 10/22 [00:01<00:01,  8.90it/s, loss=0.2, v_num=1] x";
        let found = frame(text).unwrap();
        assert_eq!((found.title, found.count, found.total), (&b""[..], 10, 22));
        assert_eq!(found.values, b" loss=0.2, v_num=1");
        assert_eq!(&text[found.end..], b" x");
        let found = frame("Epoch 3:   0%|          | 0/1500 [00:00<?, ?it/s]".as_bytes()).unwrap();
        assert_eq!(
            (found.title, found.count, found.total, found.values),
            (&b"Epoch 3"[..], 0, 1500, &b""[..])
        );
        for text in [
            "a 10%| b",
            "45% done",
            "10%|##| 1.2k/3.4M [00:01<?]",
            "  3it [00:00, 1.2it/s]",
        ] {
            assert_eq!(frame(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn titles() {
        assert_eq!(epoch_of_title(b"Epoch 3"), Some((3, false)));
        assert_eq!(epoch_of_title(b"Training Epoch: 3/10"), Some((3, true)));
        assert_eq!(epoch_of_title(b"Map"), None);
        for (title, expected) in [
            ("", true),
            ("Epoch 1", true),
            ("Steps", true),
            ("Map", false),
            ("Validation step", false),
        ] {
            assert_eq!(is_of_training(title.as_bytes()), expected, "{title}");
        }
    }

    #[test]
    fn keras() {
        assert_eq!(keras_epoch(b"Epoch 1/25"), Some((1, 25)));
        assert_eq!(keras_epoch(b"Epoch 1/25 x"), None);
        let (count, total, rest) =
            keras_frame("45/45 \u{2501}\u{2501} 1s 3ms/step - loss: 2.35".as_bytes()).unwrap();
        assert_eq!((count, total), (45, 45));
        assert!(rest.ends_with(b"loss: 2.35"));
        assert_eq!(keras_frame(b"45/45 x"), None);
    }
}
