//! One of a few: a labelled select, and a row of buttons.

use leptos::prelude::*;

/// A labelled `<select>` over named values.
#[component]
pub fn Choice<T>(
    /// What is chosen, for people and for screen readers.
    label: &'static str,
    /// Names and values, in the order of the menu.
    options: &'static [(&'static str, T)],
    /// The chosen value.
    #[prop(into)]
    value: Signal<T>,
    /// Called with the new value.
    #[prop(into)]
    on_change: Callback<T>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let change = move |event| {
        let chosen: Option<usize> = event_target_value(&event).parse().ok();
        if let Some((_, value)) = chosen.and_then(|index| options.get(index)) {
            on_change.run(*value);
        }
    };
    let items = options.iter().enumerate().map(|(index, (name, option))| {
        view! { <option value=index selected=move || value.get() == *option>{*name}</option> }
    });
    view! {
        <label class="labelled">
            {label}
            <select class="select" data-testid=testid on:change=change>
                {items.collect_view()}
            </select>
        </label>
    }
}
