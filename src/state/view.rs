//! The view as a signal, kept equal to the URL.

use leptos::prelude::*;
use parallax_view::View;

use crate::hooks::location::{self, Entry};
use crate::reactive::{Read, State, memo};

/// What the user looks at.
#[derive(Clone, Copy)]
pub struct ViewState(State<View>);

impl ViewState {
    /// Reads the URL and follows "back" and "forward".
    pub fn provide() -> Self {
        let view = State::new(View::from_query(&location::query()));
        location::on_navigate(move || view.set(View::from_query(&location::query())));
        provide_context(Self(view));
        Self(view)
    }

    /// The view, tracked.
    pub fn get(self) -> View {
        self.0.get()
    }

    /// The view, not tracked.
    pub fn peek(self) -> View {
        self.0.peek()
    }

    /// A part of the view that wakes its readers only when it changes.
    pub fn part<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        part: fn(&View) -> T,
    ) -> Read<T> {
        memo(move || self.0.with(part))
    }

    /// Changes the view as a step of its own ("back" returns from it).
    pub fn push(self, change: impl FnOnce(&mut View)) {
        self.change(change, Entry::Push);
    }

    /// Changes the view as part of the step before (while typing or dragging).
    pub fn replace(self, change: impl FnOnce(&mut View)) {
        self.change(change, Entry::Replace);
    }

    fn change(self, change: impl FnOnce(&mut View), entry: Entry) {
        let mut view = self.peek();
        change(&mut view);
        if view != self.peek() {
            location::set_query(&view.to_query(), entry);
            self.0.set(view);
        }
    }
}

/// The view, provided by the shell.
pub fn use_view() -> ViewState {
    // The shell provides it before any component is made; a fresh one is the same URL.
    use_context::<ViewState>().unwrap_or_else(ViewState::provide)
}
