//! What the tests do with the document: mount, find, click, type, wait, read pixels.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement, HtmlInputElement};

/// A canvas that is not in the document.
pub(crate) fn canvas(width_px: u32, height_px: u32) -> HtmlCanvasElement {
    let canvas = document().create_element("canvas").unwrap();
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    canvas.set_width(width_px);
    canvas.set_height(height_px);
    canvas
}

/// Red, green, blue and alpha of each pixel of a canvas, row by row.
pub(crate) fn pixels(canvas: &HtmlCanvasElement) -> Vec<[u8; 4]> {
    let context = canvas.get_context("2d").unwrap().unwrap();
    let whole = [0, 0, canvas.width(), canvas.height()];
    let image = call(
        &context,
        "getImageData",
        &whole.map(JsValue::from).into_iter().collect(),
    );
    let data: js_sys::Uint8ClampedArray = get(&image, "data").unchecked_into();
    let bytes = data.to_vec();
    bytes.as_chunks::<4>().0.to_vec()
}

/// A property.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap()
}

/// Calls a method that the page itself has no use for.
fn call(object: &JsValue, name: &str, arguments: &js_sys::Array) -> JsValue {
    let method: js_sys::Function = get(object, name).unchecked_into();
    js_sys::Reflect::apply(&method, object, arguments).unwrap()
}

/// An empty element at the end of the document.
pub(crate) fn place() -> HtmlElement {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    place
}

/// Shows a view until what comes back is dropped.
pub(crate) fn mount<V: IntoView + 'static>(
    view: impl FnOnce() -> V + 'static,
) -> (HtmlElement, Box<dyn std::any::Any>) {
    let place = place();
    let handle = mount_to(place.clone(), view);
    (place, Box::new(handle))
}

/// All elements that a CSS selector finds.
pub(crate) fn all(within: &Element, selector: &str) -> Vec<Element> {
    let list = call(
        within,
        "querySelectorAll",
        &js_sys::Array::of1(&selector.into()),
    );
    js_sys::Array::from(&list)
        .iter()
        .map(JsCast::unchecked_into)
        .collect()
}

/// The one element that a CSS selector finds.
pub(crate) fn one(within: &Element, selector: &str) -> HtmlElement {
    let mut found = all(within, selector);
    assert_eq!(found.len(), 1, "{selector} in {}", within.inner_html());
    found.remove(0).unchecked_into()
}

/// The one element with this `data-testid`.
pub(crate) fn by_id(within: &Element, testid: &str) -> HtmlElement {
    one(within, &format!("[data-testid=\"{testid}\"]"))
}

/// The texts of all elements that a CSS selector finds.
pub(crate) fn texts(within: &Element, selector: &str) -> Vec<String> {
    let text = |element: Element| element.text_content().unwrap_or_default();
    all(within, selector).into_iter().map(text).collect()
}

/// Puts a text into an input or a select and says so, as a user's hand does.
pub(crate) async fn fill(element: &HtmlElement, value: &str, event: &str) {
    js_sys::Reflect::set(element, &"value".into(), &value.into()).unwrap();
    tell(element, event).await;
}

/// Ticks or unticks a box.
pub(crate) async fn check(element: &HtmlElement, checked: bool) {
    element
        .unchecked_ref::<HtmlInputElement>()
        .set_checked(checked);
    tell(element, "change").await;
}

/// Clicks.
pub(crate) async fn click(element: &HtmlElement) {
    element.click();
    settle().await;
}

async fn tell(element: &HtmlElement, name: &str) {
    // Leptos listens at the window to what bubbles.
    let make: js_sys::Function = get(&js_sys::global(), "Event").unchecked_into();
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"bubbles".into(), &true.into()).unwrap();
    let arguments = js_sys::Array::of2(&name.into(), &options);
    let event: Event = js_sys::Reflect::construct(&make, &arguments)
        .unwrap()
        .unchecked_into();
    element.dispatch_event(&event).unwrap();
    settle().await;
}

/// Until effects have run and the document shows them.
pub(crate) async fn settle() {
    for _ in 0..3 {
        leptos::task::tick().await;
    }
}

/// Until something is so, for as many as 120 frames of the browser.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..120 {
        if holds() {
            return;
        }
        next_frame().await;
    }
    panic!("never: {what}");
}

async fn next_frame() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}
