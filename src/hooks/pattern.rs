//! A search pattern as the user types it: a regular expression where it is one, else plain text.

use js_sys::{Array, Function, Reflect, RegExp};
use parallax_model::format::lower;
use wasm_bindgen::{JsCast, JsValue};

/// What a user typed into a search field.
pub struct Pattern {
    text: String,
    expression: Option<RegExp>,
}

impl Pattern {
    /// Reads a pattern; upper and lower case are one. Never fails: an unfinished expression
    /// (`loss(`) is searched for as it stands.
    pub fn new(text: &str) -> Self {
        let expression = construct(text).and_then(|made| made.dyn_into().ok());
        Self {
            text: lower(text),
            expression,
        }
    }

    /// True if the text is not a regular expression and is searched for as it stands.
    pub fn is_plain(&self) -> bool {
        self.expression.is_none()
    }

    /// Whether `name` has the pattern in it.
    pub fn matches(&self, name: &str) -> bool {
        match &self.expression {
            Some(expression) => expression.test(name),
            None => lower(name).contains(&self.text),
        }
    }
}

/// `new RegExp(text, "i")`; by way of `Reflect`, where a bad pattern is an error and not a throw.
fn construct(text: &str) -> Option<JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"RegExp".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Reflect::construct(&constructor, &Array::of2(&text.into(), &"i".into())).ok()
}
