//! Names like one that was mistyped, escaped for a terminal.

use crate::terminal::printable;

/// Names that a message lists at most.
pub(super) const MOST_NAMES: usize = 10;
/// Names less alike than this are not suggested.
const ALIKE: f64 = 0.75;

/// For a message: `did you mean …?`, or what there is.
pub(super) fn instead(name: &str, known: &[String]) -> String {
    let near = near(name, known);
    if !near.is_empty() {
        return format!("did you mean {}?", quoted(&near, " or "));
    }
    let listed: Vec<&str> = known.iter().take(MOST_NAMES).map(String::as_str).collect();
    match known.len() {
        0 => "there is none".to_owned(),
        all if all > listed.len() => {
            let more = all - listed.len();
            format!("there are {} and {more} more", quoted(&listed, ", "))
        }
        1 => format!("there is {}", quoted(&listed, ", ")),
        _ => format!("there are {}", quoted(&listed, ", ")),
    }
}

/// At most three, the most alike first.
fn near<'a>(name: &str, known: &'a [String]) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let scored = known.iter().map(|other| {
        let lower = other.to_lowercase();
        let is_part = name.len() > 1 && (lower.contains(&name) || name.contains(&lower));
        let score = strsim::jaro_winkler(&name, &lower);
        (if is_part { score.max(0.9) } else { score }, other.as_str())
    });
    let mut scored: Vec<(f64, &str)> = scored.filter(|(score, _)| *score >= ALIKE).collect();
    scored.sort_by(|p, q| q.0.total_cmp(&p.0).then(p.1.cmp(q.1)));
    scored.into_iter().take(3).map(|(_, other)| other).collect()
}

fn quoted(names: &[&str], between: &str) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", printable(name)))
        .collect();
    names.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_and_unknown_names() {
        let known = ["charlm-clean", "charlm-resume", "hf-trainer"].map(str::to_owned);
        for (name, expected) in [
            (
                "charlm-clena",
                "did you mean `charlm-clean` or `charlm-resume`?",
            ),
            ("HF-Trainer", "did you mean `hf-trainer`?"),
            ("resume", "did you mean `charlm-resume`?"),
            (
                "zzz",
                "there are `charlm-clean`, `charlm-resume`, `hf-trainer`",
            ),
        ] {
            assert_eq!(instead(name, &known), expected, "{name}");
        }
        assert_eq!(instead("x", &[]), "there is none");
        let many: Vec<String> = (0..12).map(|i| format!("run{i}")).collect();
        assert!(instead("zzz", &many).ends_with("`run9` and 2 more"));
    }
}
