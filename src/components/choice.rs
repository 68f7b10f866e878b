//! A labelled `<select>`.

use leptos::prelude::*;

/// A labelled `<select>` over named values.
#[component]
pub fn Choice<T>(
    /// The label.
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
        let index = event_target_value(&event).parse::<usize>().ok();
        if let Some((_, value)) = index.and_then(|index| options.get(index)) {
            on_change.run(*value);
        }
    };
    let items = options.iter().enumerate().map(|(index, (name, option))| {
        view! { <option value=index prop:selected=move || value.get() == *option>{*name}</option> }
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
