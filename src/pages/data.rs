//! The points behind the charts as a table and as CSV, and the files that they came from.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use parallax_api::wire::FileReport;
use parallax_model::format::{bytes, count, exact, utc};
use parallax_model::key::SeriesKey;

use super::panel::series_id;
use crate::protocol::data::{TableSpec, ToData};
use crate::state::points::use_points;
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::use_view;
use crate::state::wanted::use_metrics;

/// Rows on one page of the table.
const PAGE_ROWS: u64 = 200;

/// The data page.
#[component]
pub fn Data() -> impl IntoView {
    let (run, view, selection, points) = (use_run(), use_view(), use_selection(), use_points());
    let hide = view.part(|v| v.hide.clone());
    let series = Memo::new(move |_| {
        let (metrics, sources, hide) = (
            selection.metrics.read(),
            selection.sources.read(),
            hide.read(),
        );
        let all = metrics.iter().flat_map(|metric| selection.series(metric));
        all.filter(|key| sources.contains(&key.source) && !hide.contains(&series_id(key)))
            .collect::<Vec<SeriesKey>>()
    });
    use_metrics(move || selection.metrics.get());
    let offset = RwSignal::new(0);
    Effect::watch(move || series.get(), move |_, _, _| offset.set(0), false);
    let window = view.part(|v| (v.span, v.x));
    let spec = Memo::new(move |_| {
        let (span, x) = window.get();
        TableSpec {
            series: series.get(),
            span,
            x,
            offset: offset.get(),
            limit: PAGE_ROWS,
        }
    });
    Effect::new(move || {
        run.grown.track();
        points.send(&ToData::Table(spec.get()));
    });
    view! {
        <div class="page" data-testid="data">
            <div class="filters">
                <h1 class="grow">"Points"</h1>
                <Pager offset />
                <button class="button" data-testid="csv" on:click=move |_| points.send(&ToData::Csv(spec.get_untracked()))>"Download CSV"</button>
                <Show when=move || points.csv_failed.get()><span class="hint" role="alert">"The browser refused the download."</span></Show>
            </div>
            <Table />
            <Files />
        </div>
    }
}

#[component]
fn Pager(offset: RwSignal<u64>) -> impl IntoView {
    let points = use_points();
    let total = Memo::new(move |_| points.table.with(|t| t.as_ref().map_or(0, |t| t.total)));
    let end = move || (offset.get() + PAGE_ROWS).min(total.get());
    let range = move || match total.get() {
        0 => "no rows".to_owned(),
        total => format!(
            "{}–{} of {}",
            count(offset.get() + 1),
            count(end()),
            count(total)
        ),
    };
    let previous = move |_: MouseEvent| offset.update(|o| *o = o.saturating_sub(PAGE_ROWS));
    let next = move |_: MouseEvent| offset.update(|o| *o += PAGE_ROWS);
    view! {
        <div class="pager">
            <span class="hint" data-testid="rows" data-total=move || total.get().to_string()>{range}</span>
            <button class="button" aria-label="Previous rows" data-testid="rows-previous" disabled=move || offset.get() == 0 on:click=previous>"‹"</button>
            <button class="button" aria-label="Next rows" data-testid="rows-next" disabled=move || { end() >= total.get() } on:click=next>"›"</button>
        </div>
    }
}

#[component]
fn Table() -> impl IntoView {
    let points = use_points();
    let rows = move || {
        let page = points.table.get()?;
        let rows = page.rows.into_iter().map(|row| {
            let key = page.spec.series.get(row.series as usize).cloned();
            let (metric, source) = key.map(|key| (key.metric, key.source.0)).unzip();
            view! {
                <tr>
                    <td>{metric}</td>
                    <td>{source}</td>
                    <td class="num">{row.attempt}</td>
                    <td class="num">{row.step}</td>
                    <td class="num">{row.time_ms.map_or("–".to_owned(), utc)}</td>
                    <td class="num">{exact(row.value)}</td>
                </tr>
            }
        });
        Some(rows.collect_view())
    };
    view! {
        <div class="frame scroll">
            <table class="table" data-testid="points">
                <thead>
                    <tr>
                        <th>"Metric"</th>
                        <th>"Source"</th>
                        <th class="num">"Attempt"</th>
                        <th class="num">"Step"</th>
                        <th class="num">"Time (UTC)"</th>
                        <th class="num">"Value"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The files that the bundled server read; other servers do not report any.
#[component]
fn Files() -> impl IntoView {
    let run = use_run();
    let files = Memo::new(move |_| {
        let files = run.opened.with(|o| Some(o.value()?.workload.files.clone()));
        files.unwrap_or_default()
    });
    view! {
        <Show when=move || !files.with(Vec::is_empty)>
            <h1>"Files"</h1>
            <div class="frame">
                <table class="table" data-testid="files">
                    <thead>
                        <tr><th>"File"</th><th>"Read as"</th><th>"Source"</th><th class="num">"Points"</th><th class="num">"Size"</th><th>"State and what was skipped"</th></tr>
                    </thead>
                    <tbody>
                        {move || files.get().into_iter().map(|file| view! { <File file /> }).collect_view()}
                    </tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn File(file: FileReport) -> impl IntoView {
    let notes = file.notes.into_iter().map(|note| {
        let times = (note.count > 1).then(|| format!(" ({} times)", count(note.count)));
        view! { <div class="hint">{note.message}{times} ", from byte " {count(note.byte)}</div> }
    });
    view! {
        <tr>
            <td>{file.path}</td>
            <td>{file.format}</td>
            <td>{file.data_source}</td>
            <td class="num">{count(file.points)}</td>
            <td class="num">{bytes(file.bytes)}</td>
            <td>{file.state}{notes.collect_view()}</td>
        </tr>
    }
}
