//! What one side of a comparison has and the other lacks, in sentences, and the attempts.

use leptos::prelude::*;
use parallax_compare::attempts::Attempt;
use parallax_compare::explain::{GapReport, SideGaps, findings};
use parallax_text::en;

use crate::reactive::Read;

/// What is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// Steps, cadences, clocks.
    pub report: GapReport,
    /// Attempts of A and B.
    pub attempts: (Vec<Attempt>, Vec<Attempt>),
    /// The names of the sides.
    pub names: (String, String),
}

/// The report.
#[component]
pub fn GapCard(
    /// What is reported; `None` while it is made.
    #[prop(into)]
    gaps: Read<Option<Gaps>>,
) -> impl IntoView {
    move || {
        let Some(Gaps {
            report,
            attempts,
            names,
        }) = gaps.get()
        else {
            return ().into_any();
        };
        let (a, b) = (names.0.as_str(), names.1.as_str());
        let findings: Vec<AnyView> = findings(&report)
            .iter()
            .map(|finding| en::finding(finding, (a, b)))
            .map(|text| view! { <li data-testid="finding">{text}</li> }.into_any())
            .collect();
        let nothing = findings.is_empty().then(|| {
            view! { <p class="hint">"No gaps, duplicates or late starts on either side."</p> }
                .into_any()
        });
        view! {
            <section class="card" data-testid="gaps" aria-label="Gaps">
                <h2>"Gaps, duplicates, clocks"</h2>
                {nothing}
                <ul class="findings">{findings}</ul>
                <dl class="facts">
                    {side(a, &report.a, &attempts.0)}
                    {side(b, &report.b, &attempts.1)}
                </dl>
            </section>
        }
        .into_any()
    }
}

fn side(name: &str, gaps: &SideGaps, attempts: &[Attempt]) -> AnyView {
    let (name, text) = (name.to_owned(), en::side_facts(gaps, attempts));
    view! { <div class="wide"><dt>{name}</dt><dd class="small">{text}</dd></div> }.into_any()
}
