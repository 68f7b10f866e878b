//! The bar above a page: tabs, the shown part of the run, the axes.

use leptos::prelude::*;
use parallax_view::{Layout, Page, Span, XChoice, YChoice};

use crate::components::choice::Choice;
use crate::components::span_picker::SpanPicker;
use crate::pages::lazy::preload;
use crate::state::view::use_view;

const TABS: &[(&str, Page)] = &[
    ("Explore", Page::Explore),
    ("Compare", Page::Compare),
    ("Data", Page::Data),
];
const X: &[(&str, XChoice)] = &[
    ("iteration", XChoice::Iteration),
    ("relative", XChoice::Relative),
    ("wall time", XChoice::Wall),
];
const Y: &[(&str, YChoice)] = &[("linear", YChoice::Linear), ("log", YChoice::Log)];
const LAYOUTS: &[(&str, Layout)] = &[("grid", Layout::Multiples), ("one", Layout::One)];

/// Tabs and the controls that all pages share.
#[component]
pub fn Toolbar() -> impl IntoView {
    let view = use_view();
    let page = view.part(|v| v.page);
    let x = view.part(|v| v.x);
    let set_x = move |x| {
        view.push(|v| {
            v.x = x;
            // A range is in units of the old axis.
            if matches!(v.span, Span::Range { .. }) {
                v.span = Span::All;
            }
        });
    };
    let tabs = TABS.iter().map(|(name, tab)| {
        view! {
            <button
                role="tab"
                data-testid=format!("tab-{}", name.to_ascii_lowercase())
                aria-selected=move || (page.get() == *tab).to_string()
                on:pointerenter=move |_| preload(*tab)
                on:click=move |_| view.push(|v| v.page = *tab)
            >
                {*name}
            </button>
        }
    });
    view! {
        <div class="toolbar">
            <div class="tabs" role="tablist" aria-label="Pages">{tabs.collect_view()}</div>
            <SpanPicker span=view.part(|v| v.span) x on_change=move |span| view.push(|v| v.span = span) />
            <span class="grow"></span>
            <Choice label="x" options=X value=x on_change=set_x testid="x-axis" />
            <Choice label="y" options=Y value=view.part(|v| v.scale) on_change=move |y| view.push(|v| v.scale = y) testid="y-axis" />
            <Show when=move || page.get() == Page::Explore>
                <Smooth />
                <Choice
                    label="Charts"
                    options=LAYOUTS
                    value=view.part(|v| v.layout)
                    on_change=move |layout| view.push(|v| v.layout = layout)
                    testid="layout"
                />
            </Show>
        </div>
    }
}

#[component]
fn Smooth() -> impl IntoView {
    let view = use_view();
    let smooth = view.part(|v| v.smooth);
    let read = |event: &leptos::ev::Event| event_target_value(event).parse().unwrap_or(0.0);
    view! {
        <label class="labelled slider">
            "smooth"
            <input
                type="range"
                min="0"
                max="0.99"
                step="0.01"
                data-testid="smooth"
                prop:value=move || smooth.get().to_string()
                on:input=move |event| view.replace(|v| v.smooth = read(&event))
                on:change=move |event| view.push(|v| v.smooth = read(&event))
            />
            <output>{move || format!("{:.2}", smooth.get())}</output>
        </label>
    }
}
