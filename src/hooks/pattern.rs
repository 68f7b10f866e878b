//! Search patterns: a regular expression where the text is a valid one, else plain text.

use js_sys::{Array, Function, Reflect, RegExp};
use wasm_bindgen::{JsCast, JsValue};

/// A case-insensitive search pattern.
pub struct Pattern {
    text: String,
    expression: Option<RegExp>,
}

impl Pattern {
    /// Compiles the text of a search field. Never fails: an invalid or unfinished expression
    /// (`loss(`) is searched for literally.
    pub fn new(text: &str) -> Self {
        let expression = construct(text).and_then(|made| made.dyn_into().ok());
        Self {
            text: text.to_lowercase(),
            expression,
        }
    }

    /// True if the text is not a valid regular expression and is searched for literally.
    pub fn is_plain(&self) -> bool {
        self.expression.is_none()
    }

    /// Whether `name` contains a match.
    pub fn matches(&self, name: &str) -> bool {
        match &self.expression {
            Some(expression) => expression.test(name),
            None => name.to_lowercase().contains(&self.text),
        }
    }
}

/// `new RegExp(text, "i")`, through `Reflect`, which reports an invalid pattern as an error where
/// the binding of the constructor would throw.
fn construct(text: &str) -> Option<JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"RegExp".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Reflect::construct(&constructor, &Array::of2(&text.into(), &"i".into())).ok()
}
