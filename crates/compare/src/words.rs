//! The words of a metric's name, in one spelling for all loggers.
//!
//! Names are split at `/ _ - . : space` and between camelCase words, lowered, and put into one
//! spelling (`lr` = `learning rate`, `acc` = `accuracy`). The phase (training or held-out data) is
//! kept apart from the words: a training and a validation metric are never one.

use parallax_model::order::sort;

/// On which data a metric was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The name does not say; in most logs that is training.
    Unsaid,
    Train,
    HeldOut,
}

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) phase: Phase,
    /// Sorted, without repetition.
    pub(crate) words: Vec<String>,
}

/// Words that several loggers write differently.
const SPELLINGS: &[(&str, &str)] = &[
    ("lr", "learning_rate"),
    ("acc", "accuracy"),
    ("top1", "accuracy"),
    ("ppl", "perplexity"),
    ("mem", "memory"),
    ("grads", "gradient"),
    ("grad", "gradient"),
    ("gnorm", "gradient norm"),
    ("gradnorm", "gradient norm"),
    ("ce", "loss"),
    ("nll", "loss"),
    ("xent", "loss"),
    ("avg", "mean"),
    ("average", "mean"),
    ("secs", "seconds"),
    ("sec", "seconds"),
    ("s", "seconds"),
    ("tok", "tokens"),
    ("token", "tokens"),
    ("sample", "samples"),
    ("iteration", "step"),
    ("iterations", "step"),
    ("iter", "step"),
    ("steps", "step"),
];

/// Two words that are one.
const PAIRS: &[(&str, &str, &str)] = &[
    ("learning", "rate", "learning_rate"),
    ("cross", "entropy", "loss"),
    ("mean", "loss", "loss"),
];

/// Words that say nothing about which metric it is.
const NOISE: &[&str] = &[
    "lm",
    "metrics",
    "metric",
    "value",
    "scalar",
    "perf",
    "performance",
];

const TRAIN: &[&str] = &["train", "training", "tr"];
const HELD_OUT: &[&str] = &[
    "val",
    "valid",
    "validation",
    "eval",
    "evaluation",
    "test",
    "testing",
    "dev",
    "heldout",
];

/// Reads a metric's name.
pub(crate) fn read(name: &str) -> Name {
    let mut phase = Phase::Unsaid;
    let mut words: Vec<String> = Vec::new();
    for word in split(name) {
        let word = word.as_str();
        if HELD_OUT.contains(&word) {
            phase = Phase::HeldOut;
        } else if TRAIN.contains(&word) {
            phase = if phase == Phase::Unsaid {
                Phase::Train
            } else {
                phase
            };
        } else if !NOISE.contains(&word) {
            let spelled = SPELLINGS
                .iter()
                .find(|(from, _)| *from == word)
                .map_or(word, |(_, to)| to);
            words.extend(spelled.split(' ').map(str::to_owned));
        }
    }
    for &(first, second, one) in PAIRS {
        let at = words.windows(2).position(|w| w.iter().eq([first, second]));
        if let Some(at) = at {
            words.splice(at..at + 2, [one.to_owned()]);
        }
    }
    sort(&mut words);
    words.dedup();
    Name { phase, words }
}

fn split(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower_before = false;
    for letter in name.chars() {
        let camel = lower_before && letter.is_uppercase();
        lower_before = letter.is_lowercase() || letter.is_ascii_digit();
        if camel || !letter.is_alphanumeric() {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

fn numbers(name: &Name) -> Vec<&str> {
    let words = name.words.iter().map(String::as_str);
    words
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

/// How alike two names are, 0 to 1: shared words of all words. 0 across phases, and where both
/// have numbers that differ (`layer.3.norm`, `layer.7.norm`).
pub(crate) fn likeness(a: &Name, b: &Name) -> f64 {
    let (in_a, in_b) = (numbers(a), numbers(b));
    if !in_a.is_empty() && !in_b.is_empty() && in_a != in_b {
        return 0.0;
    }
    let phase = match (a.phase, b.phase) {
        (p, q) if p == q => 1.0,
        (Phase::Unsaid, Phase::Train) | (Phase::Train, Phase::Unsaid) => 0.95,
        (Phase::Train, Phase::HeldOut) | (Phase::HeldOut, Phase::Train) => return 0.0,
        // `loss` beside `val/loss`: possible, but only where nothing better is there.
        _ => 0.4,
    };
    let shared = a.words.iter().filter(|word| b.words.contains(word)).count();
    let all = a.words.len() + b.words.len() - shared;
    if all == 0 {
        0.0
    } else {
        phase * shared as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_loggers() {
        let table = [
            ("lm_loss", "train/loss", 0.95),
            ("lm loss", "loss", 1.0),
            ("train/lm_loss", "loss", 0.95),
            ("cross entropy", "Training/loss", 0.95),
            ("learning_rate", "lr", 1.0),
            ("learningRate", "train/lr", 0.95),
            ("grad_norm", "train/gradNorm", 0.95),
            ("gnorm", "grad-norm", 1.0),
            ("eval_loss", "validation.loss", 1.0),
            ("val_accuracy", "epoch/val_acc", 0.5),
            ("train/loss", "val/loss", 0.0),
            ("train/accuracy", "accuracy/test", 0.0),
            ("loss", "val_loss", 0.4),
            ("loss", "accuracy", 0.0),
            ("throughput", "throughput/avg", 0.5),
            ("", "loss", 0.0),
            ("layer.3.norm", "layer_3/norm", 1.0),
            ("layer.3.norm", "layer.7.norm", 0.0),
            ("layer.norm", "layer.7.norm", 2.0 / 3.0),
        ];
        for (a, b, expected) in table {
            let got = likeness(&read(a), &read(b));
            assert!((got - expected).abs() < 1e-9, "{a} {b}: {got}");
            assert_eq!(got, likeness(&read(b), &read(a)), "{a} {b}");
        }
    }
}
