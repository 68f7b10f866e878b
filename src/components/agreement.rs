//! How far two series agree: a verdict in words, and the figures under it.

use leptos::prelude::*;
use parallax_core::compare::agree::{Agreement, Figures, Verdict};
use parallax_core::format::{count, number};
use parallax_core::view::Pair;

use crate::reactive::Read;

/// Digits of a difference.
const DIGITS: usize = 4;

/// The card below a comparison.
#[component]
pub fn AgreementCard(
    /// The comparison; `None` while it is made or one side has no points.
    #[prop(into)]
    report: Read<Option<Agreement>>,
    /// The two sides.
    #[prop(into)]
    pair: Read<Option<Pair>>,
) -> impl IntoView {
    move || {
        let (report, pair) = (report.get()?, pair.get()?);
        let (tone, icon, word) = verdict(&report.verdict);
        Some(view! {
            <section class="card" data-testid="agreement" aria-live="polite">
                <p class="verdict" data-tone=tone data-testid="verdict">
                    <span class="icon" aria-hidden="true">{icon}</span>
                    {word}
                </p>
                <p class="hint" data-testid="sentence">{report.sentence.clone()}</p>
                <dl class="facts">{facts(&report, &pair)}</dl>
            </section>
        })
    }
}

fn verdict(verdict: &Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Identical => ("good", "=", "Identical"),
        Verdict::EqualWithinRounding { .. } => ("good", "≈", "Equal within rounding"),
        Verdict::WithinTolerance => ("good", "~", "Within tolerance"),
        Verdict::DiffersFrom { .. } => ("bad", "≠", "Differs"),
        Verdict::DifferentMetric => ("bad", "?", "Different metric?"),
        Verdict::NothingShared => ("warn", "∅", "No shared step"),
    }
}

fn facts(report: &Agreement, pair: &Pair) -> impl IntoView + use<> {
    let fact = |id: &'static str, name: String, value: String| {
        view! { <div><dt>{name}</dt><dd data-testid=id>{value}</dd></div> }
    };
    let figure = |of: fn(&Figures) -> f64| {
        report
            .figures
            .as_ref()
            .map_or_else(|| "–".to_owned(), |figures| number(of(figures), DIGITS))
    };
    let max_at = report
        .figures
        .as_ref()
        .map(|f| format!(" at step {}", f.max_abs_at))
        .unwrap_or_default();
    // Sides that share a source are told apart by the metric.
    let (a, b) = if pair.a.source == pair.b.source {
        (&pair.a.metric, &pair.b.metric)
    } else {
        (&pair.a.source, &pair.b.source)
    };
    vec![
        fact("matched", "Matched points".into(), count(report.matched)),
        fact(
            "missing-b",
            format!("Missing from {b}"),
            count(report.only.0),
        ),
        fact(
            "missing-a",
            format!("Missing from {a}"),
            count(report.only.1),
        ),
        fact(
            "max-delta",
            format!("Largest |Δ|{max_at}"),
            figure(|f| f.max_abs),
        ),
        fact("mean-delta", "Mean |Δ|".into(), figure(|f| f.mae)),
        fact("bias", format!("Mean Δ ({b} − {a})"), figure(|f| f.bias)),
        fact("rmse", "RMSE".into(), figure(|f| f.rmse)),
    ]
}
