//! How far two series agree: the verdict and its figures.

use leptos::prelude::*;
use parallax_compare::verdict::{Agreement, Figures};
use parallax_model::format::{count, number};
use parallax_text::en;

use super::verdict::VerdictMark;

/// Significant digits of a difference.
const DIGITS: usize = 4;

/// The card beside a comparison.
#[component]
pub fn AgreementCard(
    /// The comparison; `None` while it is computed or one side has no points.
    #[prop(into)]
    agreement: Signal<Option<Agreement>>,
    /// The names of the two sides.
    #[prop(into)]
    names: Signal<(String, String)>,
    /// Called with the step of the largest difference to zoom in on it.
    #[prop(into)]
    on_step: Callback<i64>,
) -> impl IntoView {
    move || {
        let agreement = agreement.get()?;
        let (a, b) = names.get();
        let sentence = en::agreement(&agreement, (&a, &b));
        let tolerance = en::tolerance(agreement.tolerance);
        let largest = agreement.figures.map(|figures| {
            let step = figures.max_abs_at;
            view! {
                <div>
                    <dt>"Largest |Δ|"</dt>
                    <dd data-testid="max-delta">{number(figures.max_abs, DIGITS)}</dd>
                    <button class="pick" data-testid="zoom-max" title="Look at it closely" on:click=move |_| on_step.run(step)>
                        {format!("at step {step}")}
                    </button>
                </div>
            }
        });
        let facts = facts(&agreement, &names.get()).map(|(id, name, value)| {
            view! { <div><dt>{name}</dt><dd data-testid=id>{value}</dd></div> }
        });
        Some(view! {
            <section class="card" data-testid="agreement" aria-live="polite">
                <p class="verdict" data-testid="verdict"><VerdictMark verdict=agreement.verdict /></p>
                <p class="hint" data-testid="sentence">{sentence}</p>
                <p class="hint" data-testid="tolerance-used">"Tolerated: " {tolerance}</p>
                <dl class="facts">{largest} {facts.collect_view()}</dl>
            </section>
        })
    }
}

/// Test id, name and value of each figure.
fn facts(agreement: &Agreement, (a, b): &(String, String)) -> [(&'static str, String, String); 10] {
    let percent = |share: f64| format!("{} %", number(share * 100.0, DIGITS));
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    let figure = |of: fn(&Figures) -> f64| {
        let figures = agreement.figures.as_ref();
        or_dash(figures.map(|figures| number(of(figures), DIGITS)))
    };
    let pearson = agreement.figures.and_then(|figures| figures.pearson);
    let (covered_a, covered_b) = agreement.coverage;
    let (only_a, only_b) = agreement.only;
    let coverage = format!("{} · {}", percent(covered_a), percent(covered_b));
    [
        ("matched", "Matched points".into(), count(agreement.matched)),
        ("coverage", format!("Covered of {a} · of {b}"), coverage),
        ("missing-b", format!("Missing from {b}"), count(only_a)),
        ("missing-a", format!("Missing from {a}"), count(only_b)),
        ("mean-delta", "Mean |Δ| (MAE)".into(), figure(|f| f.mae)),
        ("bias", format!("Mean Δ ({b} − {a})"), figure(|f| f.bias)),
        ("rmse", "RMSE".into(), figure(|f| f.rmse)),
        (
            "max-relative",
            "Largest relative |Δ|".into(),
            figure(|f| f.max_relative),
        ),
        (
            "mean-relative",
            "Mean relative |Δ|".into(),
            figure(|f| f.mean_relative),
        ),
        (
            "pearson",
            "Pearson r".into(),
            or_dash(pearson.map(|r| number(r, 6))),
        ),
    ]
}
