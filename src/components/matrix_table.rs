//! All pairs of a workload, one row each, worst first.

use leptos::prelude::*;
use parallax_compare::matrix::{Matrix, MatrixRow};
use parallax_model::format::{count, number};
use parallax_view::{Pair, Side};

use super::verdict::VerdictMark;
use crate::reactive::{Handler, on};

/// The table; a click opens a pair.
#[component]
pub fn MatrixTable(
    /// What was compared.
    matrix: Matrix,
    /// Called with the pair that was picked.
    #[prop(into)]
    on_pick: Handler<Pair>,
) -> impl IntoView {
    let summary = summary(&matrix);
    let rows: Vec<AnyView> = matrix
        .rows
        .into_iter()
        .map(|row| row_of(row, on_pick))
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

fn summary(matrix: &Matrix) -> String {
    let differ = matrix
        .rows
        .iter()
        .filter(|row| row.agreement.verdict.is_difference())
        .count() as u64;
    let unshared = matrix
        .rows
        .iter()
        .filter(|row| row.agreement.matched == 0)
        .count() as u64;
    let all = matrix.rows.len() as u64;
    let mut text = format!(
        "{} pairs: {} agree, {} differ",
        count(all),
        count(all - differ - unshared),
        count(differ)
    );
    if unshared > 0 {
        text += &format!(", {} share no step", count(unshared));
    }
    text
}

fn row_of(row: MatrixRow, on_pick: Handler<Pair>) -> AnyView {
    let (a, b) = row.metrics;
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
        a: side(a, &row.sources.0),
        b: side(b, &row.sources.1),
    };
    let sources = format!("{} · {}", row.sources.0, row.sources.1);
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
    let (hint, why) = (row.hint.map(|hint| hint.reason), row.pairing);
    let testid = format!(
        "pair-{}@{}~{}@{}",
        pair.a.metric, pair.a.source, pair.b.metric, pair.b.source
    );
    view! {
        <tr data-testid="matrix-row" title=agreement.sentence>
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
