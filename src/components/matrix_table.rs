//! All pairs of a workload, one row each, worst first.

use leptos::prelude::*;
use parallax_compare::matrix::{Matrix, MatrixRow};
use parallax_model::format::{count, number};
use parallax_text::en;
use parallax_view::{Pair, Side};

use super::verdict::VerdictMark;
use crate::reactive::{Handler, on};

/// The table; a click opens a pair.
#[component]
pub fn MatrixTable(
    /// What was compared.
    matrix: Matrix,
    /// What sentences call the two sides; their sources where there is none.
    names: Option<(String, String)>,
    /// Called with the pair that was picked.
    #[prop(into)]
    on_pick: Handler<Pair>,
) -> impl IntoView {
    let summary = en::matrix_summary(&matrix);
    let rows: Vec<AnyView> = matrix
        .rows
        .into_iter()
        .map(|row| row_of(row, names.as_ref(), on_pick))
        .collect();
    view! {
        <p class="hint" data-testid="matrix-summary">{summary}</p>
        <div class="frame">
            <table class="table matrix" data-testid="matrix">
                <thead>
                    <tr>
                        <th>"A and B"</th>
                        <th>"Verdict"</th>
                        <th>"Sources"</th>
                        <th class="num">"Matched"</th>
                        <th class="num">"Covered A · B"</th>
                        <th class="num">"Largest |Δ|"</th>
                        <th>"Paired by"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row_of(row: MatrixRow, names: Option<&(String, String)>, on_pick: Handler<Pair>) -> AnyView {
    let (source_a, source_b) = &row.sources;
    let names = names.unwrap_or(&row.sources);
    let names = (names.0.as_str(), names.1.as_str());
    let sentence = en::agreement(&row.agreement, names);
    let hint = row.hint.map(|hint| en::suggestion(&hint, names));
    let why = en::pairing(&row.pairing);
    let sources = format!("{source_a} · {source_b}");
    let (a, b) = row.pairing.metrics;
    let name = if a == b {
        a.clone()
    } else {
        format!("{a} ↔ {b}")
    };
    let side = |metric: String, source: &str| Side {
        metric,
        source: source.to_owned(),
    };
    let pair = Pair {
        a: side(a, source_a),
        b: side(b, source_b),
    };
    let agreement = row.agreement;
    let percent = |share: f64| format!("{} %", number(share * 100.0, 3));
    let covered = agreement.coverage;
    let largest = agreement.figures.map_or_else(String::new, |figures| {
        format!(
            "{} at step {}",
            number(figures.max_abs, 4),
            figures.max_abs_at
        )
    });
    let testid = format!(
        "pair-{}@{}~{}@{}",
        pair.a.metric, pair.a.source, pair.b.metric, pair.b.source
    );
    view! {
        <tr data-testid="matrix-row" title=sentence>
            <td><button class="pick" data-testid=testid on:click=on(move |_| on_pick.run(pair.clone()))>{name}</button></td>
            <td><VerdictMark verdict=agreement.verdict /></td>
            <td class="hint">{sources}</td>
            <td class="num">{count(agreement.matched)}</td>
            <td class="num">{format!("{} · {}", percent(covered.0), percent(covered.1))}</td>
            <td class="num">{largest}</td>
            <td class="hint">{why} {hint.map(|hint| format!(" · {hint}"))}</td>
        </tr>
    }
    .into_any()
}
