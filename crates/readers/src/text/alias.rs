//! The names of metrics: a log's wording → the name that the API lists it under.
//!
//! One table for the wordings that have a name of their own; every other wording becomes the
//! snake_case of its words, with the unit behind it. Names that a tracker made (`train/loss`,
//! `System/Peak GPU Memory (MB)`) stay as they are written.

use super::scan::Kind;
use crate::number::Unit;

/// Wordings in [`normal`] form → the names of their parts. Behind the last name the general rule
/// goes on (`…/avg`).
const NAMES: &[(&str, &[&str])] = &[
    ("lm loss", &["lm_loss"]),
    ("lm loss value", &["lm_loss"]),
    ("lm loss ppl", &["lm_loss_ppl"]),
    ("lm loss ppl value", &["lm_loss_ppl"]),
    ("learning rate", &["learning_rate"]),
    ("grad norm", &["grad_norm"]),
    ("consumed samples", &["consumed_samples"]),
    ("consumed tokens", &["consumed_tokens"]),
    (
        "elapsed time per iteration (ms)",
        &["elapsed_time_per_iteration_ms"],
    ),
    ("throughput per gpu (tflop/s/gpu)", &["tflops"]),
    ("tflop/s/device", &["tflops"]),
    ("tflops", &["tflops"]),
    ("approx flops per gpu", &["tflops"]),
    ("tokens per gpu (tokens/s/gpu)", &["tokens_per_gpu"]),
    ("tokens/s/gpu", &["tokens_per_gpu"]),
    ("tokens/sec/gpu", &["tokens_per_gpu"]),
    ("tokens per gpu per second (tgs)", &["tokens_per_gpu"]),
    ("samples per second", &["samples_per_second"]),
    ("loss scale", &["loss_scale"]),
    ("global batch size", &["global_batch_size"]),
    (
        "number of skipped iterations",
        &["skipped_iterations_number"],
    ),
    ("number of nan iterations", &["nan_iterations_number"]),
    ("hip mem usage/free/total/usage ratio", MEMORY),
    ("mem usage/free/total/usage ratio", MEMORY),
    ("rocm mem usage/free/total/usage ratio", MEMORY),
    ("max mem", &["max_mem_mb"]),
];

const MEMORY: &[&str] = &["mem_usages", "mem_free", "mem_total", "mem_usage_ratio"];

/// What may stand behind the `/` of a rate.
const PER: &[&str] = &[
    "s", "sec", "second", "ms", "step", "iter", "it", "gpu", "device", "epoch", "token", "sample",
    "day", "hour",
];

/// A wording in lower case, its words parted by one space.
pub(crate) fn normal(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    for letter in key.trim().chars() {
        let letter = if matches!(letter, '_' | '-' | '\t') {
            ' '
        } else {
            letter
        };
        if letter != ' ' || !text.ends_with(' ') {
            text.extend(letter.to_lowercase());
        }
    }
    text.trim().to_owned()
}

/// How a value belongs to its field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// How the field's numbers belong together.
    pub(crate) kind: Kind,
    /// How many there are.
    pub(crate) count: usize,
    /// Which one it is.
    pub(crate) index: usize,
    /// Its unit.
    pub(crate) unit: Unit,
}

/// The metric's name for one part of a field.
pub(crate) fn name(key: &str, part: Part) -> String {
    let normal = normal(key);
    // Megatron's validation lines: `lm loss value`.
    let key = match normal.ends_with(" loss value") {
        true => key.trim().get(..key.trim().len() - 6).unwrap_or(key),
        false => key,
    };
    let names = NAMES
        .iter()
        .find(|(wording, _)| *wording == normal)
        .map(|(_, names)| *names);
    if let Some(name) = names.and_then(|names| names.get(part.index)) {
        return (*name).to_owned();
    }
    let base = match names.and_then(|names| names.first()) {
        Some(name) => (*name).to_owned(),
        None => {
            if let Some(name) = part_of_key(key, part) {
                return name;
            }
            with_unit(spelled(key), part)
        }
    };
    match (part.index, part.kind, part.unit) {
        (0, ..) => base,
        (1, Kind::Average, Unit::Percent) => format!("{}_percent", spelled(key)),
        (1, Kind::Average | Kind::Ratio, _) => format!("{base}/avg"),
        (index, ..) => format!("{base}/{index}"),
    }
}

/// `mem usage/free/total: 1/2/3` names its parts itself.
fn part_of_key(key: &str, part: Part) -> Option<String> {
    let segments: Vec<&str> = key.trim().split('/').collect();
    if part.kind != Kind::Ratio || segments.len() != part.count || key.contains('(') || is_rate(key)
    {
        return None;
    }
    let segment = segments.get(part.index)?;
    if part.index == 0 {
        return Some(snake(segment));
    }
    let first = segments.first()?.trim();
    let stem = first.rsplit_once([' ', '_']).map_or("", |(stem, _)| stem);
    Some(snake(&format!("{stem} {segment}")))
}

fn with_unit(name: String, part: Part) -> String {
    let suffix = part.unit.suffix();
    let told = suffix == "_ms" && (name.ends_with("_ms") || name.contains("_per_ms"));
    if told || name.ends_with(suffix) {
        name
    } else {
        name + suffix
    }
}

fn is_rate(key: &str) -> bool {
    key.split('/')
        .skip(1)
        .any(|segment| PER.contains(&segment.trim_end_matches(')').to_lowercase().as_str()))
}

/// A tracker's name as it is written, a wording in snake_case.
fn spelled(key: &str) -> String {
    let key = key.trim();
    let outside = key.split('(').next().unwrap_or_default();
    if outside.contains('/') && !is_rate(outside) {
        key.to_owned()
    } else {
        snake(key)
    }
}

/// `RunningAvgSamplesPerSec`, `lm-loss`, `iter time (s)`, `samples/sec` → `running_avg_samples_per_sec`,
/// `lm_loss`, `iter_time_s`, `samples_per_sec`.
fn snake(key: &str) -> String {
    let key = without_remark(key);
    let letters: Vec<char> = key.trim().chars().collect();
    let mut name = String::with_capacity(key.len() + 8);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        // Not behind a single letter: `aAcc`, `mIoU`.
        let in_word = at
            .checked_sub(2)
            .and_then(|at| letters.get(at))
            .is_some_and(|letter| letter.is_alphanumeric());
        let camel = letter.is_uppercase()
            && in_word
            && before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
            && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let word = match letter {
            '/' => "_per_",
            letter if letter.is_alphanumeric() || matches!(letter, '@' | '.') => "",
            _ => "_",
        };
        if (camel || word == "_") && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        match word {
            "" => name.extend(letter.to_lowercase()),
            "_per_" => name.push_str(word),
            _ => {}
        }
    }
    name.trim_matches('_').to_owned()
}

/// Takes out a parenthesis that is a remark and no unit: `acc (higher is better)`.
fn without_remark(key: &str) -> String {
    match (key.find('('), key.rfind(')')) {
        (Some(open), Some(close))
            if open < close && key.get(open..close).is_some_and(|text| text.contains(' ')) =>
        {
            let head = key.get(..open).unwrap_or_default();
            let tail = key.get(close + 1..).unwrap_or_default();
            format!("{head}{tail}")
        }
        _ => key.to_owned(),
    }
}

/// Words that training metrics are made of: a field whose key has one is a metric even where
/// nothing but a space stands between key and number.
const VOCABULARY: &[&str] = &[
    "acc",
    "accuracy",
    "auc",
    "bleu",
    "bpb",
    "bpc",
    "ce",
    "cer",
    "clip",
    "clipfrac",
    "consumed",
    "duration",
    "elapsed",
    "entropy",
    "err",
    "error",
    "f1",
    "fid",
    "flops",
    "fps",
    "grad",
    "gnorm",
    "iou",
    "kl",
    "lr",
    "mae",
    "map",
    "mem",
    "memory",
    "mfu",
    "mom",
    "momentum",
    "mse",
    "nll",
    "norm",
    "perplexity",
    "ppl",
    "precision",
    "psnr",
    "rate",
    "recall",
    "return",
    "reward",
    "rewards",
    "rmse",
    "rouge",
    "samples",
    "scale",
    "score",
    "scores",
    "sec",
    "seconds",
    "skipped",
    "speed",
    "ssim",
    "temperature",
    "tflops",
    "throughput",
    "time",
    "tokens",
    "top1",
    "top5",
    "tel",
    "tps",
    "trl",
    "ups",
    "wd",
    "wer",
    "wpb",
    "wps",
    "bsz",
    "xent",
    "sparsity",
];

/// Word parts with the same weight: `train_loss`, `loss_cls`, `Acc@1`, `samplespersec`.
const STEMS: &[&str] = &[
    "loss", "acc@", "persec", "accuracy", "flop", "gnorm", "rmse", "logloss",
];

/// Whether a wording names a training metric.
pub(crate) fn is_known(key: &str) -> bool {
    let normal = snake(key).to_lowercase();
    STEMS.iter().any(|stem| normal.contains(stem))
        || normal
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| VOCABULARY.binary_search(&word).is_ok() || VOCABULARY.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(key: &str, kind: Kind, units: &[Unit]) -> Vec<String> {
        (0..units.len())
            .map(|index| {
                name(
                    key,
                    Part {
                        kind,
                        count: units.len(),
                        index,
                        unit: units[index],
                    },
                )
            })
            .collect()
    }

    #[test]
    fn wordings() {
        use Unit::{Amount, Ms, Percent, Plain};
        let gb = Amount("_gb");
        let cases: &[(&str, Kind, &[Unit], &[&str])] = &[
            ("lm loss", Kind::One, &[Plain], &["lm_loss"]),
            ("lm-loss", Kind::One, &[Plain], &["lm_loss"]),
            (
                "elapsed time per iteration (ms)",
                Kind::Ratio,
                &[Plain, Plain],
                &[
                    "elapsed_time_per_iteration_ms",
                    "elapsed_time_per_iteration_ms/avg",
                ],
            ),
            (
                "throughput per GPU (TFLOP/s/GPU)",
                Kind::Ratio,
                &[Plain, Plain],
                &["tflops", "tflops/avg"],
            ),
            (
                "hip mem usage/free/total/usage_ratio",
                Kind::Ratio,
                &[gb, gb, gb, Percent],
                &["mem_usages", "mem_free", "mem_total", "mem_usage_ratio"],
            ),
            (
                "disk usage/free",
                Kind::Ratio,
                &[gb, gb],
                &["disk_usage", "disk_free"],
            ),
            (
                "RunningAvgSamplesPerSec",
                Kind::One,
                &[Plain],
                &["running_avg_samples_per_sec"],
            ),
            ("MemAllocated", Kind::One, &[gb], &["mem_allocated_gb"]),
            ("lr", Kind::List, &[Plain, Plain], &["lr", "lr/1"]),
            ("train_time", Kind::One, &[Ms], &["train_time_ms"]),
            (
                "Time",
                Kind::Average,
                &[Ms, Ms],
                &["time_ms", "time_ms/avg"],
            ),
            (
                "memory",
                Kind::Average,
                &[Amount("_gib"), Percent],
                &["memory_gib", "memory_percent"],
            ),
            ("train/loss", Kind::One, &[Plain], &["train/loss"]),
            (
                "System/Peak GPU Memory (MB)",
                Kind::One,
                &[Plain],
                &["System/Peak GPU Memory (MB)"],
            ),
            ("samples/sec", Kind::One, &[Plain], &["samples_per_sec"]),
            (
                "Tokens/s/device",
                Kind::One,
                &[Plain],
                &["tokens_per_s_per_device"],
            ),
            ("iter time (s)", Kind::One, &[Plain], &["iter_time_s"]),
            ("acc (higher is better)", Kind::One, &[Plain], &["acc"]),
            (
                "Acc@1",
                Kind::Average,
                &[Plain, Plain],
                &["acc@1", "acc@1/avg"],
            ),
            ("bbox_mAP_50", Kind::One, &[Plain], &["bbox_map_50"]),
            (
                "Validation accuracy",
                Kind::One,
                &[Percent],
                &["validation_accuracy"],
            ),
            ("Average Loss", Kind::One, &[Plain], &["average_loss"]),
        ];
        for (key, kind, units, expected) in cases {
            assert_eq!(named(key, *kind, units), *expected, "{key}");
        }
    }

    #[test]
    fn known_words() {
        for key in [
            "loss",
            "train loss",
            "loss_cls",
            "lr",
            "cross entropy",
            "Acc@1",
            "CurrSamplesPerSec",
            "mfu",
        ] {
            assert!(is_known(key), "{key}");
        }
        for key in [
            "saved checkpoint",
            "port",
            "rank",
            "number of parameters",
            "lrx",
        ] {
            assert!(!is_known(key), "{key}");
        }
    }
}
