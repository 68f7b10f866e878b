//! A verdict: an icon and a word, so that colour is never the only cue.

use leptos::prelude::*;
use parallax_compare::verdict::Verdict;
use parallax_text::en;

/// The icon and the word.
#[component]
pub fn VerdictMark(
    /// The verdict.
    verdict: Verdict,
) -> impl IntoView {
    let (tone, icon) = look(&verdict);
    let mut word = en::verdict(&verdict);
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    view! {
        <span class="verdict-mark" data-tone=tone data-verdict=verdict.code()>
            <span class="icon" aria-hidden="true">{icon}</span>
            {word}
        </span>
    }
}

fn look(verdict: &Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Identical => ("good", "="),
        Verdict::EqualWithinRounding { .. } => ("good", "≈"),
        Verdict::WithinTolerance => ("good", "~"),
        Verdict::DiffersFrom { .. } => ("bad", "≠"),
        Verdict::DifferentMetric => ("bad", "?"),
        Verdict::NothingShared => ("warn", "∅"),
    }
}
