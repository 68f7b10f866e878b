//! The size of an element, in CSS pixels and in device pixels.

use leptos::html::Div;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

/// The size of an element's content box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Device pixels per CSS pixel.
    pub ratio: f64,
}

/// The size of `node`, updated until the current owner is dropped; zero before the first layout.
pub fn use_size(node: NodeRef<Div>) -> RwSignal<Size> {
    let size = RwSignal::new(Size::default());
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let report = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let Ok(entry) = entries.get(0).dyn_into::<ResizeObserverEntry>() else {
                return;
            };
            let rect = entry.content_rect();
            let new = Size {
                width_px: rect.width(),
                height_px: rect.height(),
                ratio: window().device_pixel_ratio(),
            };
            if size.get_untracked() != new {
                size.set(new);
            }
        });
        let Ok(observer) = ResizeObserver::new(report.as_ref().unchecked_ref()) else {
            return;
        };
        observer.observe(&element);
        let observer = SendWrapper::new((observer, report));
        on_cleanup(move || observer.0.disconnect());
    });
    size
}
