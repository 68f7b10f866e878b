//! How far two series agree: a verdict in words, and the figures under it.

use leptos::prelude::*;
use parallax_compare::verdict::{Agreement, Figures};
use parallax_model::format::{count, number};
use parallax_text::en;

use super::verdict::VerdictMark;
use crate::reactive::{Handler, Read, on};

/// Digits of a difference.
const DIGITS: usize = 4;

/// The card beside a comparison.
#[component]
pub fn AgreementCard(
    /// The comparison; `None` while it is made or one side has no points.
    #[prop(into)]
    agreement: Read<Option<Agreement>>,
    /// The names of the two sides.
    #[prop(into)]
    names: Read<(String, String)>,
    /// Called with a step to look at.
    #[prop(into)]
    on_step: Handler<i64>,
) -> impl IntoView {
    move || {
        let Some(agreement) = agreement.get() else {
            return ().into_any();
        };
        let largest = agreement
            .figures
            .map(|figures| largest(&figures, on_step).into_any());
        let (a, b) = names.get();
        let sentence = en::agreement(&agreement, (&a, &b));
        let tolerance = en::tolerance(agreement.tolerance);
        let facts = facts(&agreement, (&a, &b));
        view! {
            <section class="card" data-testid="agreement" aria-live="polite">
                <p class="verdict" data-testid="verdict"><VerdictMark verdict=agreement.verdict /></p>
                <p class="hint" data-testid="sentence">{sentence}</p>
                <p class="hint" data-testid="tolerance-said">"Tolerated: " {tolerance}</p>
                <dl class="facts">{largest}{facts}</dl>
            </section>
        }
        .into_any()
    }
}

fn largest(figures: &Figures, on_step: Handler<i64>) -> impl IntoView + use<> {
    let step = figures.max_abs_at;
    view! {
        <div>
            <dt>"Largest |Δ|"</dt>
            <dd data-testid="max-delta">{number(figures.max_abs, DIGITS)}</dd>
            <button class="pick" data-testid="zoom-max" title="Look at it closely" on:click=on(move |_| on_step.run(step))>
                {format!("at step {step}")}
            </button>
        </div>
    }
}

fn facts(agreement: &Agreement, (a, b): (&str, &str)) -> Vec<AnyView> {
    let fact = |id: &'static str, name: String, value: String| {
        view! { <div><dt>{name}</dt><dd data-testid=id>{value}</dd></div> }.into_any()
    };
    let figure = |of: fn(&Figures) -> f64| {
        let figures = agreement.figures.as_ref();
        figures.map_or_else(|| "–".to_owned(), |figures| number(of(figures), DIGITS))
    };
    let pearson = agreement.figures.and_then(|figures| figures.pearson);
    let percent = |share: f64| format!("{} %", number(share * 100.0, DIGITS));
    let covered = agreement.coverage;
    vec![
        fact("matched", "Matched points".into(), count(agreement.matched)),
        fact(
            "coverage",
            format!("Covered of {a} · of {b}"),
            format!("{} · {}", percent(covered.0), percent(covered.1)),
        ),
        fact(
            "missing-b",
            format!("Missing from {b}"),
            count(agreement.only.0),
        ),
        fact(
            "missing-a",
            format!("Missing from {a}"),
            count(agreement.only.1),
        ),
        fact("mean-delta", "Mean |Δ| (MAE)".into(), figure(|f| f.mae)),
        fact("bias", format!("Mean Δ ({b} − {a})"), figure(|f| f.bias)),
        fact("rmse", "RMSE".into(), figure(|f| f.rmse)),
        fact(
            "max-relative",
            "Largest relative |Δ|".into(),
            figure(|f| f.max_relative),
        ),
        fact(
            "mean-relative",
            "Mean relative |Δ|".into(),
            figure(|f| f.mean_relative),
        ),
        fact(
            "pearson",
            "Pearson r".into(),
            pearson.map_or_else(|| "–".to_owned(), |r| number(r, 6)),
        ),
    ]
}
