//! The words of a metric's name, in one spelling for all loggers.
//!
//! Names are split at `/ _ - . : space` and between camelCase words, lowered, and put into one
//! spelling (`lr` = `learning rate`, `acc` = `accuracy`). The phase (training or held-out data) is
//! kept apart from the words: a training and a validation metric are never one.

/// On which data a metric was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Not in the name; in most logs that is training.
    Unknown,
    Train,
    HeldOut,
}

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MetricName {
    pub(super) phase: Phase,
    /// Sorted, without repetition.
    pub(super) words: Vec<String>,
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

/// Words that don't identify a metric.
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

impl MetricName {
    pub(super) fn parse(name: &str) -> Self {
        let mut phase = Phase::Unknown;
        let mut words: Vec<String> = Vec::new();
        for word in split(name) {
            let word = word.as_str();
            if HELD_OUT.contains(&word) {
                phase = Phase::HeldOut;
            } else if TRAIN.contains(&word) {
                if phase == Phase::Unknown {
                    phase = Phase::Train;
                }
            } else if !NOISE.contains(&word) {
                let mut spellings = SPELLINGS.iter();
                let spelling = spellings.find(|(from, _)| *from == word);
                let spelling = spelling.map_or(word, |(_, to)| to);
                words.extend(spelling.split(' ').map(str::to_owned));
            }
        }
        for &(first, second, one) in PAIRS {
            let at = words.windows(2).position(|w| w.iter().eq([first, second]));
            if let Some(at) = at {
                words.splice(at..at + 2, [one.to_owned()]);
            }
        }
        words.sort_unstable();
        words.dedup();
        Self { phase, words }
    }

    /// How alike two names are, 0 to 1: shared words of all words. 0 across phases, and where both
    /// have numbers that differ (`layer.3.norm`, `layer.7.norm`).
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let (ours, theirs) = (self.numbers(), other.numbers());
        if !ours.is_empty() && !theirs.is_empty() && ours != theirs {
            return 0.0;
        }
        let phase = match (self.phase, other.phase) {
            (p, q) if p == q => 1.0,
            (Phase::Unknown, Phase::Train) | (Phase::Train, Phase::Unknown) => 0.95,
            (Phase::Train, Phase::HeldOut) | (Phase::HeldOut, Phase::Train) => return 0.0,
            // `loss` beside `val/loss`: possible, but only where nothing better is there.
            _ => 0.4,
        };
        let words = self.words.iter();
        let shared = words.filter(|word| other.words.contains(word)).count();
        let all = self.words.len() + other.words.len() - shared;
        phase * shared as f64 / all.max(1) as f64
    }

    fn numbers(&self) -> Vec<&str> {
        let words = self.words.iter().map(String::as_str);
        words
            .filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
            .collect()
    }
}

/// The words of a name in lower case.
fn split(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut after_lower = false;
    for letter in name.chars() {
        let is_camel = after_lower && letter.is_uppercase();
        after_lower = letter.is_lowercase() || letter.is_ascii_digit();
        if is_camel || !letter.is_alphanumeric() {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
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
            let (a, b) = (MetricName::parse(a), MetricName::parse(b));
            let got = a.likeness(&b);
            assert!((got - expected).abs() < 1e-9, "{a:?} {b:?}: {got}");
            assert_eq!(got, b.likeness(&a), "{a:?} {b:?}");
        }
    }
}
