//! Whether an element is in sight, or nearly so.

use leptos::html::ElementType;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// How far around what is visible an element still counts as in sight: a screen to each side, so
/// that it is there before it is scrolled to.
const MARGIN: &str = "100%";

/// The element that scrolls the page.
const SCROLLER: &str = ".main";

/// Whether `node` is in sight, updated until the current owner is dropped.
pub fn use_in_sight<E>(node: NodeRef<E>) -> ReadSignal<bool>
where
    E: ElementType,
    E::Output: JsCast + AsRef<Element> + Clone + 'static,
{
    let (in_sight, set_in_sight) = signal(false);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let element: &Element = element.as_ref();
        let report = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>()
                && in_sight.get_untracked() != entry.is_intersecting()
            {
                set_in_sight.set(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        // The margin is of use only around the element that cuts the others off.
        options.set_root(element.closest(SCROLLER).ok().flatten().as_ref());
        let observer =
            IntersectionObserver::new_with_options(report.as_ref().unchecked_ref(), &options);
        let Ok(observer) = observer else {
            return set_in_sight.set(true);
        };
        observer.observe(element);
        let observer = SendWrapper::new((observer, report));
        on_cleanup(move || observer.0.disconnect());
    });
    in_sight
}
