//! The points behind the charts as a table, as CSV, and the files that they came from.

use leptos::prelude::*;
use parallax_api::wire::FileReport;
use parallax_model::format::{bytes, count, exact, utc};
use parallax_model::key::SeriesKey;

use super::panel::series_id;
use crate::components::flow::When;
use crate::hooks::download;
use crate::protocol::Part;
use crate::protocol::data::{TableSpec, ToData};
use crate::reactive::{Read, State, effect, memo, on};
use crate::state::points::use_points;
use crate::state::run::use_run;
use crate::state::selection::use_selection;
use crate::state::view::use_view;

/// Rows on one page of the table.
const PAGE_ROWS: u64 = 200;

/// The data page.
#[component]
pub fn Data() -> impl IntoView {
    let (run, view, selection) = (use_run(), use_view(), use_selection());
    use_points();
    let offset = State::new(0_u64);
    let looked_at = view.part(|v| (v.span, v.x, v.hide.clone()));
    let shown = memo(move || {
        let (_, _, hide) = looked_at.get();
        let (metrics, sources) = (selection.metrics.get(), selection.sources.get());
        let all = metrics.iter().flat_map(|metric| selection.series(metric));
        all.filter(|key| sources.contains(&key.source) && !hide.contains(&series_id(key)))
            .collect::<Vec<SeriesKey>>()
    });
    let spec = memo(move || {
        let (span, x, _) = looked_at.get();
        TableSpec {
            series: shown.get(),
            span,
            x,
            offset: offset.get(),
            limit: PAGE_ROWS,
        }
    });
    effect(move || {
        run.grown.track();
        run.ask(Part::Data, &ToData::Table(spec.get()));
    });
    let mut before = shown.peek();
    effect(move || {
        let now = shown.get();
        if before != now {
            offset.set(0);
            before = now;
        }
    });
    view! {
        <div class="page" data-testid="data">
            <div class="filters">
                <h1 class="grow">"Points"</h1>
                <Pager offset />
                <SaveCsv spec />
            </div>
            <Table />
            <Files />
        </div>
    }
}

#[component]
fn Pager(offset: State<u64>) -> impl IntoView {
    let points = use_points();
    let total = memo(move || points.table.with(|t| t.as_ref().map_or(0, |t| t.total)));
    let end = move || (offset.get() + PAGE_ROWS).min(total.get());
    let text = move || match total.get() {
        0 => "no rows".to_owned(),
        total => format!(
            "{}–{} of {}",
            count(offset.get() + 1),
            count(end()),
            count(total)
        ),
    };
    let at_start = move || offset.get() == 0;
    let at_end = move || end() >= total.get();
    let previous = move |_| offset.update(|o| *o = o.saturating_sub(PAGE_ROWS));
    let next = move |_| offset.update(|o| *o += PAGE_ROWS);
    view! {
        <div class="pager">
            <span class="hint" data-testid="rows" data-total=move || total.get().to_string()>{move || text()}</span>
            <button class="button" aria-label="Previous rows" data-testid="rows-previous" disabled=at_start on:click=on(previous)>"‹"</button>
            <button class="button" aria-label="Next rows" data-testid="rows-next" disabled=at_end on:click=on(next)>"›"</button>
        </div>
    }
}

#[component]
fn SaveCsv(spec: Read<TableSpec>) -> impl IntoView {
    let (run, points) = (use_run(), use_points());
    let failed = State::new(false);
    effect(move || {
        let Some(text) = points.csv.get() else { return };
        points.csv.set(None);
        let name = format!("{}.csv", run.uid.peek().unwrap_or_default());
        failed.set(download::save(&name, "text/csv", &text).is_err());
    });
    view! {
        <button class="button" data-testid="csv" on:click=on(move |_| run.ask(Part::Data, &ToData::Csv(spec.peek())))>"Download CSV"</button>
        <When on=failed.into()><span class="hint" role="alert">"The browser refused the download."</span></When>
    }
}

#[component]
fn Table() -> impl IntoView {
    let points = use_points();
    let body = move || {
        let Some(part) = points.table.get() else {
            return ().into_any();
        };
        let key = |series: u32| part.spec.series.get(series as usize).cloned();
        let rows = part.rows.iter().map(|row| {
            let key = key(row.series);
            let (metric, source) = key.map(|k| (k.metric, k.source.0)).unwrap_or_default();
            view! {
                <tr>
                    <td>{metric}</td>
                    <td>{source}</td>
                    <td class="num">{row.attempt}</td>
                    <td class="num">{row.iteration}</td>
                    <td class="num">{utc(row.timestamp_ms)}</td>
                    <td class="num">{exact(row.value)}</td>
                </tr>
            }
        });
        rows.collect_view().into_any()
    };
    view! {
        <div class="frame" style="max-height:60vh">
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
                <tbody>{move || body()}</tbody>
            </table>
        </div>
    }
}

/// The files that the bundled server read; other servers do not tell.
#[component]
fn Files() -> impl IntoView {
    let run = use_run();
    let files = memo(move || {
        run.opened.with(|o| {
            o.value()
                .map(|o| o.workload.files.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <When on=memo(move || !files.with(Vec::is_empty))>
            <h1>"Files"</h1>
            <div class="frame">
                <table class="table" data-testid="files">
                    <thead>
                        <tr><th>"File"</th><th>"Read as"</th><th>"Source"</th><th class="num">"Points"</th><th class="num">"Size"</th><th>"State and what was skipped"</th></tr>
                    </thead>
                    <tbody>
                        {move || files.get().into_iter().map(file_row).collect_view()}
                    </tbody>
                </table>
            </div>
        </When>
    }
}

fn file_row(file: FileReport) -> impl IntoView {
    let notes = file.notes.into_iter().map(|note| {
        let times = if note.count > 1 {
            format!(" ({} times)", count(note.count))
        } else {
            String::new()
        };
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
