//! What one side of a comparison has and the other lacks, and the attempts of both.

use leptos::prelude::*;
use parallax_compare::attempts::Attempt;
use parallax_compare::explain::{GapReport, findings};
use parallax_text::en;

/// The contents of the card.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// Steps, cadences, clocks.
    pub report: GapReport,
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// The names of the two sides.
    pub names: (String, String),
}

/// The card.
#[component]
pub fn GapCard(
    /// Its contents; `None` while they are computed.
    #[prop(into)]
    gaps: Signal<Option<Gaps>>,
) -> impl IntoView {
    move || {
        let Gaps {
            report,
            attempts,
            names,
        } = gaps.get()?;
        let (a, b) = names;
        let findings: Vec<String> = findings(&report)
            .iter()
            .map(|finding| en::finding(finding, (&a, &b)))
            .collect();
        let nothing = findings.is_empty().then(|| {
            view! { <p class="hint">"No gaps, duplicates or late starts on either side."</p> }
        });
        let finding = |text: String| view! { <li data-testid="finding">{text}</li> };
        let findings = findings.into_iter().map(finding).collect_view();
        let sides = [
            (a, en::side_facts(&report.a, &attempts.0)),
            (b, en::side_facts(&report.b, &attempts.1)),
        ];
        let sides = sides.map(|(name, text)| {
            view! { <div class="wide"><dt>{name}</dt><dd class="small">{text}</dd></div> }
        });
        Some(view! {
            <section class="card" data-testid="gaps" aria-label="Gaps">
                <h2>"Gaps, duplicates, clocks"</h2>
                {nothing}
                <ul class="findings">{findings}</ul>
                <dl class="facts">{sides.collect_view()}</dl>
            </section>
        })
    }
}
