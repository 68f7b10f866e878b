//! What the engine says about the parts whose code is loaded later, handed to that code.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::Part;
use crate::reactive::State;

/// What a part is told.
#[derive(Clone, Copy)]
pub enum Told<'a> {
    /// Another workload was opened, or none.
    Opened,
    /// The engine said this, in the part's own words.
    Said(&'a [u8]),
}

type Listener = Arc<dyn Fn(Told<'_>) + Send + Sync>;

/// The parts that listen.
#[derive(Clone, Copy)]
pub struct Parts {
    /// What lives as long as the whole page.
    root: StoredValue<Option<Owner>>,
    listeners: StoredValue<Vec<(Part, Listener)>>,
    /// A part whose code the engine could not load.
    pub missing: State<Option<Part>>,
}

impl Parts {
    /// No part listens yet. What parts keep will live as long as the caller.
    pub(super) fn new() -> Self {
        Self {
            root: StoredValue::new(Owner::current()),
            listeners: StoredValue::default(),
            missing: State::default(),
        }
    }

    /// Makes what a part keeps, for as long as the page lives, and tells it from now on.
    pub(super) fn join<T: Copy + Send + Sync + 'static>(
        self,
        part: Part,
        make: fn() -> T,
        listen: fn(T, Told<'_>),
    ) -> T {
        let make = move || {
            let kept = make();
            provide_context(kept);
            kept
        };
        let kept = match self.root.get_value() {
            Some(root) => root.with(make),
            None => make(),
        };
        let listener: Listener = Arc::new(move |told| listen(kept, told));
        self.listeners
            .update_value(|all| all.push((part, listener)));
        kept
    }

    pub(super) fn tell(self, part: Part, told: Told<'_>) {
        for (of, listen) in self.listeners.get_value() {
            if of == part {
                listen(told);
            }
        }
    }

    pub(super) fn tell_all(self, told: Told<'_>) {
        for (_, listen) in self.listeners.get_value() {
            listen(told);
        }
    }
}
