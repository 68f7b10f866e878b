//! Hands the engine's messages for lazy modules to the state that these modules register.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::Part;

/// What the state of a lazy module is notified of.
#[derive(Clone, Copy)]
pub enum LazyEvent<'a> {
    /// Another workload was opened, or none.
    Opened,
    /// An encoded message of the engine for this module.
    Message(&'a [u8]),
}

type Listener = Arc<dyn Fn(LazyEvent<'_>) + Send + Sync>;

/// The registered states of lazy modules.
#[derive(Clone, Copy)]
pub struct LazyStates {
    /// The owner that lives as long as the page.
    root: StoredValue<Option<Owner>>,
    listeners: StoredValue<Vec<(Part, Listener)>>,
    /// The module whose code the engine could not load, if any.
    pub failed: RwSignal<Option<Part>>,
}

impl LazyStates {
    /// No module is registered. What modules register lives as long as the current owner.
    pub(super) fn new() -> Self {
        Self {
            root: StoredValue::new(Owner::current()),
            listeners: StoredValue::default(),
            failed: RwSignal::default(),
        }
    }

    /// Makes the state of a module, provides it as a context and sends it the module's events.
    pub(super) fn register<T: Copy + Send + Sync + 'static>(
        self,
        module: Part,
        make: fn() -> T,
        on_event: fn(T, LazyEvent<'_>),
    ) -> T {
        let make = move || {
            let state = make();
            provide_context(state);
            state
        };
        let state = match self.root.get_value() {
            Some(root) => root.with(make),
            None => make(),
        };
        let listener: Listener = Arc::new(move |event| on_event(state, event));
        self.listeners
            .update_value(|listeners| listeners.push((module, listener)));
        state
    }

    /// Notifies the state of one module, or of all with `None`.
    pub(super) fn notify(self, module: Option<Part>, event: LazyEvent<'_>) {
        for (of, listener) in self.listeners.get_value() {
            if module.is_none_or(|module| module == of) {
                listener(event);
            }
        }
    }
}
