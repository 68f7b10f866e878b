//! The view as a signal, kept equal to the URL.

use leptos::prelude::*;
use parallax_view::View;

use crate::hooks::location::{self, Entry};

/// What the user looks at.
#[derive(Clone, Copy)]
pub struct ViewState(RwSignal<View>);

impl ViewState {
    /// Reads the URL, follows the browser's history, and provides the view as a context.
    pub fn provide() -> Self {
        let view = RwSignal::new(View::from_query(&location::query()));
        location::on_navigate(move || view.set(View::from_query(&location::query())));
        provide_context(Self(view));
        Self(view)
    }

    /// The view, untracked.
    pub fn get_untracked(self) -> View {
        self.0.get_untracked()
    }

    /// A part of the view; its readers are notified only when it changes.
    pub fn part<T: PartialEq + Send + Sync + 'static>(self, part: fn(&View) -> T) -> Memo<T> {
        Memo::new(move |_| self.0.with(part))
    }

    /// Changes the view and adds an entry to the browser's history.
    pub fn push(self, change: impl FnOnce(&mut View)) {
        self.change(change, Entry::Push);
    }

    /// Changes the view within the current entry of the history, as while typing or dragging.
    pub fn replace(self, change: impl FnOnce(&mut View)) {
        self.change(change, Entry::Replace);
    }

    fn change(self, change: impl FnOnce(&mut View), entry: Entry) {
        let old = self.get_untracked();
        let mut view = old.clone();
        change(&mut view);
        if view != old {
            location::set_query(&view.to_query(), entry);
            self.0.set(view);
        }
    }
}

/// The view, as the app provides it.
pub fn use_view() -> ViewState {
    // Outside of the app a new one has the same URL.
    use_context::<ViewState>().unwrap_or_else(ViewState::provide)
}
