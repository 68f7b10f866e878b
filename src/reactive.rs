//! Leptos' signals, memos, effects and callbacks, with their machinery compiled once.
//!
//! Leptos compiles a signal's and a memo's code anew for each type that they hold, and an effect's
//! and a handler's for each closure: on a page of many small values that is more code than the page
//! itself. Here all of them hold one type, and a handle knows what is in it.
//!
//! [`State`] is set by hand, [`Read`] is worked out and wakes its readers only when it changed,
//! [`effect`] acts when what it read changed, [`Handler`] is a callback as a property, [`on`] an
//! event handler; [`live`], [`text`] and [`flag`] are what a view shows of it all. Handles are `Copy`; they live as long as the component that made them.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;

/// Any value, shared.
#[derive(Clone)]
struct Held(Arc<dyn Any + Send + Sync>);

impl Held {
    fn new<T: Send + Sync + 'static>(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// What is in it, as the handle knows: only its own constructor fills what it holds, with its
    /// own type.
    fn of<T: 'static>(&self) -> &T {
        match self.0.downcast_ref() {
            Some(value) => value,
            None => unreachable!("a handle holds its own type"),
        }
    }
}

/// A value that is set by hand.
pub struct State<T>(RwSignal<Held>, PhantomData<fn() -> T>);

/// A value that is worked out from others, once for each time that they change.
pub struct Read<T>(Memo<Held>, PhantomData<fn() -> T>);

/// Something to call with a value.
pub struct Handler<T>(StoredValue<Held>, PhantomData<fn(T)>);

macro_rules! copy {
    ($handle:ident) => {
        impl<T> Clone for $handle<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<T> Copy for $handle<T> {}
    };
}
copy!(State);
copy!(Read);
copy!(Handler);

impl<T: Send + Sync + 'static> State<T> {
    /// Holds `value` for now.
    pub fn new(value: T) -> Self {
        Self(RwSignal::new(Held::new(value)), PhantomData)
    }

    /// Replaces the value and wakes its readers.
    pub fn set(self, value: T) {
        self.0.set(Held::new(value));
    }

    /// Looks at the value; whoever does is woken when it is set.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(self.0.get().of())
    }

    /// Looks at the value without being woken later.
    pub fn peek_with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(self.0.get_untracked().of())
    }

    /// Is woken when the value is set.
    pub fn track(self) {
        self.0.track();
    }
}

impl<T: Clone + Send + Sync + 'static> State<T> {
    /// The value; whoever gets it is woken when it is set.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, without being woken later.
    pub fn peek(self) -> T {
        self.peek_with(T::clone)
    }

    /// Changes a copy of the value and sets it.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let mut value = self.peek();
        change(&mut value);
        self.set(value);
    }
}

impl<T: Default + Send + Sync + 'static> Default for State<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: PartialEq + Send + Sync + 'static> Read<T> {
    /// A value that never changes.
    pub fn of(value: T) -> Self {
        let held = Held::new(value);
        Self(derive(Box::new(move |_| (held.clone(), true))), PhantomData)
    }
}

impl<T: Send + Sync + 'static> Read<T> {
    /// Looks at the value; whoever does is woken when it changes.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(self.0.get().of())
    }

    /// Looks at the value without being woken later.
    pub fn peek_with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(self.0.get_untracked().of())
    }

    /// Is woken when the value changes.
    pub fn track(self) {
        self.0.track();
    }
}

impl<T: Clone + Send + Sync + 'static> Read<T> {
    /// The value; whoever gets it is woken when it changes.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, without being woken later.
    pub fn peek(self) -> T {
        self.peek_with(T::clone)
    }
}

/// Works a value out; again when what it read changed.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    make: impl Fn() -> T + Send + Sync + 'static,
) -> Read<T> {
    let step = move |old: Option<Held>| {
        let new = make();
        match old {
            Some(old) if *old.of::<T>() == new => (old, false),
            _ => (Held::new(new), true),
        }
    };
    Read(derive(Box::new(step)), PhantomData)
}

/// Gives the value, kept from before or new, and whether it changed.
type Step = Box<dyn Fn(Option<Held>) -> (Held, bool) + Send + Sync>;

fn derive(step: Step) -> Memo<Held> {
    Memo::new_owning(step)
}

impl<T: PartialEq + Send + Sync + 'static> From<State<T>> for Read<T> {
    /// The state, but its readers wake only when it changed.
    fn from(state: State<T>) -> Self {
        let step = move |old: Option<Held>| {
            let new = state.0.get();
            let same = |old: &Held| *old.of::<T>() == *new.of::<T>();
            let changed = !old.as_ref().is_some_and(same);
            (new, changed)
        };
        Self(derive(Box::new(step)), PhantomData)
    }
}

/// Acts now, and again when what it read changed, as long as its owner lives.
pub fn effect(act: impl FnMut() + 'static) {
    fn start(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    start(Box::new(act));
}

type Act<T> = Box<dyn Fn(T) + Send + Sync>;

impl<T: 'static> Handler<T> {
    /// Calls `act`.
    pub fn new(act: impl Fn(T) + Send + Sync + 'static) -> Self {
        let act: Act<T> = Box::new(act);
        Self(StoredValue::new(Held::new(act)), PhantomData)
    }

    /// Calls it.
    pub fn run(self, value: T) {
        self.0.get_value().of::<Act<T>>()(value);
    }
}

impl<T: 'static, F: Fn(T) + Send + Sync + 'static> From<F> for Handler<T> {
    fn from(act: F) -> Self {
        Self::new(act)
    }
}

/// A part of the page that is made anew when what it read changed.
pub fn live(make: impl Fn() -> AnyView + Send + 'static) -> Box<dyn Fn() -> AnyView + Send> {
    Box::new(make)
}

/// A text or an attribute that is made anew when what it read changed.
pub fn text<T: Into<String>>(
    make: impl Fn() -> T + Send + 'static,
) -> Box<dyn Fn() -> String + Send> {
    Box::new(move || make().into())
}

/// A class or a property that is on or off with what it read.
pub fn flag(make: impl Fn() -> bool + Send + 'static) -> Box<dyn Fn() -> bool + Send> {
    Box::new(make)
}

/// A handler of an event.
pub fn on<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}
