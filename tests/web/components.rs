//! Components in a real document: what they show, and what they call.

use std::collections::BTreeMap;

use leptos::prelude::*;
use parallax_api::catalog::Catalog;
use parallax_api::wire::MetricInfo;
use parallax_model::source::Source;
use parallax_view::{Last, Span, XChoice};
use parallax_web::chart::style::{SeriesStyle, Stroke};
use parallax_web::components::choice::Choice;
use parallax_web::components::legend::{Entry, Figure, Legend};
use parallax_web::components::metric_picker::MetricPicker;
use parallax_web::components::span_picker::SpanPicker;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

use crate::page::{all, by_id, check, click, fill, mount, one, settle, texts};

/// What a callback was called with.
fn calls<T: Clone + Send + Sync + 'static>() -> (RwSignal<Vec<T>>, Callback<T>) {
    let calls = RwSignal::new(Vec::new());
    (
        calls,
        Callback::new(move |value| calls.update(|calls| calls.push(value))),
    )
}

fn entry(source: &str, stroke: Stroke) -> Entry {
    Entry {
        id: format!("loss@{source}"),
        label: source.into(),
        style: SeriesStyle { colour: 3, stroke },
        shown: true,
    }
}

fn figure(value: &str, at: &str) -> Figure {
    Figure {
        value: value.into(),
        at: at.into(),
    }
}

#[wasm_bindgen_test]
async fn a_legend_has_a_row_for_each_series_and_toggles_it() {
    let (toggled, on_toggle) = calls::<String>();
    let entries = RwSignal::new(vec![
        entry("log", Stroke::Solid),
        entry("wandb", Stroke::Dashed),
    ]);
    let figures = RwSignal::new(vec![figure("2.5", "step 10"), figure("2.25", "step 10")]);
    let (place, _handle) = mount(move || view! { <Legend entries figures on_toggle /> });
    settle().await;
    assert_eq!(texts(&place, "li .clip"), ["log", "wandb"]);
    assert_eq!(texts(&place, "li .value"), ["2.5", "2.25"]);
    assert_eq!(texts(&place, "li .at"), ["step 10", "step 10"]);
    let row = by_id(&place, "legend-loss@wandb");
    let button = one(&row, "button");
    assert_eq!(
        button.get_attribute("aria-pressed").as_deref(),
        Some("true")
    );
    click(&button).await;
    assert_eq!(toggled.get_untracked(), ["loss@wandb"]);

    // New values change the text in place; the rows stay the elements that they are.
    entries.update(|rows| rows[1].shown = false);
    figures.update(|figures| figures[1] = figure("1.125", "step 20"));
    settle().await;
    assert!(by_id(&place, "legend-loss@wandb") == row);
    assert_eq!(texts(&row, ".value, .at"), ["step 20", "1.125"]);
    assert_eq!(
        button.get_attribute("aria-pressed").as_deref(),
        Some("false")
    );

    entries.update(|rows| {
        rows.remove(0);
        rows.push(entry("tensorflow", Stroke::Dotted));
    });
    figures.set(vec![figure("1.125", "step 20"), figure("7", "step 30")]);
    settle().await;
    assert_eq!(texts(&place, "li .clip"), ["wandb", "tensorflow"]);
    assert_eq!(texts(&place, "li .value"), ["1.125", "7"]);
}

fn catalog() -> Catalog {
    let info = |(name, count): (&str, u64)| MetricInfo {
        name: name.into(),
        data_source: vec![Source::from("wandb"), Source::from("log")],
        count,
    };
    let metrics = [
        ("train/lm_loss", 300),
        ("train/grad_norm", 1_500),
        ("val/lm_loss", 30),
        ("throughput", 7),
        ("iteration", 300),
    ];
    Catalog::new(metrics.map(info).to_vec())
}

fn boxes(place: &Element) -> Vec<String> {
    let id = |element: Element| element.get_attribute("data-testid").unwrap_or_default();
    all(place, "input[type=checkbox]")
        .into_iter()
        .map(id)
        .collect()
}

fn is_checked(place: &Element, testid: &str) -> bool {
    by_id(place, testid)
        .unchecked_into::<HtmlInputElement>()
        .checked()
}

#[wasm_bindgen_test]
async fn metrics_are_grouped_ticked_and_searched() {
    let (toggled, on_toggle) = calls::<(Vec<String>, bool)>();
    let catalog = RwSignal::new(catalog());
    let chosen = RwSignal::new(BTreeMap::from_iter([("val/lm_loss".to_owned(), 2)]));
    let (place, _handle) = mount(move || view! { <MetricPicker catalog chosen on_toggle /> });
    settle().await;
    let mut groups = texts(&place, "summary");
    groups.sort();
    assert_eq!(
        groups,
        ["bookkeeping (1)", "general (1)", "train (2)", "val (1)"]
    );
    let folded: Vec<String> = texts(&place, "details:not([open]) summary");
    assert_eq!(folded, ["bookkeeping (1)"]);
    // Names without the group's prefix, with their points.
    let train = one(
        &place,
        "details:has([data-testid=\"metric-train/lm_loss\"])",
    );
    assert_eq!(texts(&train, ".grow"), ["grad_norm", "lm_loss"]);
    assert_eq!(texts(&train, ".count").len(), 2);
    assert_eq!(
        one(&train, "label:last-of-type").title(),
        "train/lm_loss, from log, wandb"
    );

    assert!(
        is_checked(&place, "metric-val/lm_loss") && !is_checked(&place, "metric-train/lm_loss")
    );
    check(&by_id(&place, "metric-train/lm_loss"), true).await;
    check(&by_id(&place, "metric-val/lm_loss"), false).await;
    let expected = [
        (vec!["train/lm_loss".to_owned()], true),
        (vec!["val/lm_loss".to_owned()], false),
    ];
    assert_eq!(toggled.get_untracked(), expected);
    chosen.set(BTreeMap::from_iter([("train/lm_loss".to_owned(), 5)]));
    settle().await;
    assert!(
        !is_checked(&place, "metric-val/lm_loss") && is_checked(&place, "metric-train/lm_loss")
    );
    let colour = one(&train, "label:last-of-type .colour").get_attribute("style");
    assert_eq!(colour.as_deref(), Some("background: var(--series-5);"));
}

#[wasm_bindgen_test]
async fn a_search_shows_what_matches_now() {
    let (toggled, on_toggle) = calls::<(Vec<String>, bool)>();
    let (catalog, chosen) = (RwSignal::new(catalog()), RwSignal::new(BTreeMap::new()));
    let (place, _handle) = mount(move || view! { <MetricPicker catalog chosen on_toggle /> });
    settle().await;
    let search = by_id(&place, "metric-search");
    let cases: [(&str, &[&str]); 7] = [
        ("LOSS$", &["metric-train/lm_loss", "metric-val/lm_loss"]),
        ("^train.*loss", &["metric-train/lm_loss"]),
        // As many in the same group, but others.
        ("^train.*norm", &["metric-train/grad_norm"]),
        ("put", &["metric-throughput"]),
        ("iter", &["metric-iteration"]),
        ("nothing", &[]),
        ("loss(", &[]),
    ];
    for (text, found) in cases {
        fill(&search, text, "input").await;
        let mut shown = boxes(&place);
        shown.sort();
        assert_eq!(shown, found, "{text}");
        assert_eq!(
            all(&place, "[data-testid=metrics-empty]").len(),
            usize::from(found.is_empty()),
            "{text}"
        );
        let folded = all(&place, "details:not([open])").len();
        assert_eq!(folded, 0, "{text}: what was searched for is not folded");
    }
    assert!(
        texts(&place, ".hint")
            .iter()
            .any(|hint| hint.contains("plain text"))
    );
    fill(&search, "^train", "input").await;
    click(&by_id(&place, "metrics-all")).await;
    click(&by_id(&place, "metrics-none")).await;
    let train = || vec!["train/grad_norm".to_owned(), "train/lm_loss".to_owned()];
    assert_eq!(toggled.get_untracked(), [(train(), true), (train(), false)]);
    fill(&search, "", "input").await;
    assert_eq!(boxes(&place).len(), 5);
}

#[wasm_bindgen_test]
async fn a_span_is_a_preset_or_a_form() {
    let (changes, on_change) = calls::<Span>();
    let (span, x) = (RwSignal::new(Span::All), RwSignal::new(XChoice::Iteration));
    let (place, _handle) = mount(move || view! { <SpanPicker span x on_change /> });
    settle().await;
    let pressed = || texts(&place, "button[aria-pressed=true]");
    assert_eq!(pressed(), ["All"]);
    click(&by_id(&place, "span-15min")).await;
    click(&by_id(&place, "span-last500")).await;
    let minutes = |n: u64| Span::Last(Last::Duration { ms: n * 60_000 });
    assert_eq!(
        changes.get_untracked(),
        [minutes(15), Span::Last(Last::Points(500))]
    );

    assert!(
        all(&place, "[data-testid=span-from]").is_empty(),
        "closed at first"
    );
    let open = by_id(&place, "span-custom");
    assert_eq!(
        open.get_attribute("aria-expanded").as_deref(),
        Some("false")
    );
    click(&open).await;
    assert_eq!(open.get_attribute("aria-expanded").as_deref(), Some("true"));
    changes.set(Vec::new());
    let (from, to, last) = (
        by_id(&place, "span-from"),
        by_id(&place, "span-to"),
        by_id(&place, "span-last"),
    );
    fill(&from, " 100 ", "change").await;
    span.set(Span::Range {
        from: Some(100.0),
        to: None,
    });
    settle().await;
    fill(&to, "2e3", "change").await;
    span.set(Span::Range {
        from: Some(100.0),
        to: Some(2_000.0),
    });
    settle().await;
    assert_eq!(pressed(), ["100 – 2000"]);
    fill(&from, "", "change").await;
    span.set(Span::Range {
        from: None,
        to: Some(2_000.0),
    });
    settle().await;
    fill(&to, "", "change").await;
    let range = |from, to| Span::Range { from, to };
    let expected = [
        range(Some(100.0), None),
        range(Some(100.0), Some(2_000.0)),
        range(None, Some(2_000.0)),
        Span::All,
    ];
    assert_eq!(changes.get_untracked(), expected);

    changes.set(Vec::new());
    fill(&last, "soon", "change").await;
    assert_eq!(last.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(changes.get_untracked(), []);
    fill(&last, "2000steps", "change").await;
    assert_eq!(last.get_attribute("aria-invalid").as_deref(), Some("false"));
    assert_eq!(changes.get_untracked(), [Span::Last(Last::Steps(2_000))]);

    assert!(texts(&place, ".labelled")[0].contains("step"));
    x.set(XChoice::Wall);
    settle().await;
    assert!(texts(&place, ".labelled")[0].contains("ms since 1970"));
    click(&open).await;
    assert!(all(&place, "[data-testid=span-from]").is_empty());
}

#[wasm_bindgen_test]
async fn what_is_no_number_does_not_stay_in_the_form() {
    let (changes, on_change) = calls::<Span>();
    let span = RwSignal::new(Span::Range {
        from: Some(5.0),
        to: Some(9.0),
    });
    let x = RwSignal::new(XChoice::Iteration);
    let (place, _handle) = mount(move || view! { <SpanPicker span x on_change /> });
    click(&by_id(&place, "span-custom")).await;
    let value = |testid: &str| {
        by_id(&place, testid)
            .unchecked_into::<HtmlInputElement>()
            .value()
    };
    assert_eq!(
        (value("span-from"), value("span-to")),
        ("5".into(), "9".into())
    );
    for text in ["NaN", "inf", "ten"] {
        fill(&by_id(&place, "span-from"), text, "change").await;
    }
    let finite = |span: &Span| !matches!(span, Span::Range { from: Some(n), .. } if !n.is_finite());
    assert!(changes.get_untracked().iter().all(finite));
}

#[wasm_bindgen_test]
async fn a_choice_shows_its_value_and_says_what_was_chosen() {
    let (changes, on_change) = calls::<u8>();
    let value = RwSignal::new(20_u8);
    let (place, _handle) = mount(move || {
        view! { <Choice label="Size" options=&[("Small", 10), ("Middle", 20), ("Large", 30)] value on_change testid="size" /> }
    });
    settle().await;
    let select: HtmlSelectElement = by_id(&place, "size").unchecked_into();
    assert_eq!(texts(&select, "option"), ["Small", "Middle", "Large"]);
    assert!(texts(&place, "label")[0].starts_with("Size"));
    assert_eq!(select.selected_index(), 1);
    value.set(30);
    settle().await;
    assert_eq!(select.selected_index(), 2);
    fill(&select, "0", "change").await;
    assert_eq!(changes.get_untracked(), [10]);
    value.set(10);
    settle().await;
    // "Back" after a choice by hand.
    for (chosen, index) in [(20, 1), (30, 2), (10, 0)] {
        value.set(chosen);
        settle().await;
        assert_eq!(select.selected_index(), index, "{chosen}");
    }
}
