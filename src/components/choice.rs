//! One of a few: a labelled select, and a row of buttons.

use leptos::prelude::*;

use crate::reactive::{Handler, Read, flag, memo, on};

/// A labelled `<select>` over named values.
#[component]
pub fn Choice<T>(
    /// What is chosen, for people and for screen readers.
    label: &'static str,
    /// Names and values, in the order of the menu.
    options: &'static [(&'static str, T)],
    /// The chosen value.
    #[prop(into)]
    value: Read<T>,
    /// Called with the new value.
    #[prop(into)]
    on_change: Handler<T>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let names = options.iter().map(|(name, _)| *name).collect();
    let chosen = memo(move || {
        let value = value.get();
        options
            .iter()
            .position(|(_, option)| *option == value)
            .unwrap_or_default()
    });
    let change = Handler::new(move |index: usize| {
        if let Some((_, value)) = options.get(index) {
            on_change.run(*value);
        }
    });
    view! { <Select label names chosen on_change=change testid /> }
}

/// The select itself, by index: compiled once for all kinds of values.
#[component]
fn Select(
    label: &'static str,
    names: Vec<&'static str>,
    chosen: Read<usize>,
    on_change: Handler<usize>,
    testid: &'static str,
) -> impl IntoView {
    let change = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            on_change.run(index);
        }
    };
    let items = names.into_iter().enumerate().map(|(index, name)| {
        view! { <option value=index prop:selected=flag(move || chosen.get() == index)>{name}</option> }
    });
    view! {
        <label class="labelled">
            {label}
            <select class="select" data-testid=testid on:change=on(change)>
                {items.collect_view()}
            </select>
        </label>
    }
}
