//! Hooks: search patterns, the address, sizes, downloads.

use std::cell::Cell;
use std::rc::Rc;

use leptos::html::Div;
use leptos::prelude::*;
use parallax_view::{Last, Span, View, XChoice, YChoice};
use parallax_web::hooks::download::Download;
use parallax_web::hooks::location::{Entry, on_navigate, page_url, query, set_query};
use parallax_web::hooks::pattern::Pattern;
use parallax_web::hooks::size::{Size, use_size};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{get, mount, one, until};

#[wasm_bindgen_test]
fn a_pattern_is_an_expression_or_else_plain_text() {
    let cases: &[(&str, bool, &[&str], &[&str])] = &[
        ("", false, &["loss", ""], &[]),
        ("loss$", false, &["train/lm_loss", "LOSS"], &["loss_scale"]),
        (
            "^train/.*(loss|norm)",
            false,
            &["train/lm_loss", "Train/grad_norm"],
            &["val/loss"],
        ),
        ("LOSS", false, &["lm_loss"], &["lr"]),
        ("loss(", true, &["Loss(a)"], &["loss"]),
        ("[", true, &["x[0]"], &["x"]),
        ("*", true, &["a*b"], &["ab"]),
        ("ÄÖ", false, &["xäöx"], &["ao"]),
    ];
    for (text, plain, hits, misses) in cases {
        let pattern = Pattern::new(text);
        assert_eq!(pattern.is_plain(), *plain, "{text}");
        // Twice: an expression that kept its place would find every other one only.
        for _ in 0..2 {
            assert!(hits.iter().all(|name| pattern.matches(name)), "{text}");
            assert!(!misses.iter().any(|name| pattern.matches(name)), "{text}");
        }
    }
}

fn entries() -> u32 {
    window().history().unwrap().length().unwrap()
}

#[wasm_bindgen_test]
async fn the_query_is_pushed_replaced_and_followed() {
    let (path, before) = (window().location().pathname().unwrap(), query());
    window().location().set_hash("part").unwrap();
    let start = entries();
    set_query("a=1", Entry::Push);
    assert_eq!((query().as_str(), entries()), ("?a=1", start + 1));
    set_query("a=2&b=%2F", Entry::Replace);
    assert_eq!((query().as_str(), entries()), ("?a=2&b=%2F", start + 1));
    let location = window().location();
    assert_eq!(
        (location.pathname().unwrap(), location.hash().unwrap()),
        (path.clone(), "#part".into())
    );
    assert!(
        page_url().ends_with(&path) && !page_url().contains(['?', '#']),
        "{}",
        page_url()
    );

    let followed = Rc::new(Cell::new(0));
    let owner = Owner::new();
    let count = followed.clone();
    owner.with(|| on_navigate(move || count.set(count.get() + 1)));
    set_query("a=3", Entry::Push);
    assert_eq!(
        followed.get(),
        0,
        "what the page sets itself is no navigation"
    );
    window().history().unwrap().back().unwrap();
    until("back is followed", || followed.get() == 1).await;
    assert_eq!(query(), "?a=2&b=%2F");
    owner.cleanup();
    window().history().unwrap().forward().unwrap();
    until("forward", || query() == "?a=3").await;
    assert_eq!(followed.get(), 1, "not after the owner has gone");

    set_query("", Entry::Replace);
    assert_eq!(query(), "");
    set_query(before.trim_start_matches('?'), Entry::Replace);
}

#[wasm_bindgen_test]
fn a_view_comes_back_from_the_address() {
    let before = query();
    let view = View {
        workload: Some("charlm / clean & co? ä#1".into()),
        metrics: Some(
            ["train/lm_loss", "a,b", "50%"]
                .map(String::from)
                .into_iter()
                .collect(),
        ),
        x: XChoice::Wall,
        scale: YChoice::Log,
        span: Span::Last(Last::Steps(2_000)),
        ..View::default()
    };
    set_query(&view.to_query(), Entry::Replace);
    assert_eq!(View::from_query(&query()), view);
    set_query(before.trim_start_matches('?'), Entry::Replace);
}

#[wasm_bindgen_test]
async fn the_size_of_an_element_is_followed() {
    let seen = RwSignal::new(Size::default());
    let width = RwSignal::new(320);
    let (_place, handle) = mount(move || {
        let node = NodeRef::<Div>::new();
        let size = use_size(node);
        Effect::new(move |_| seen.set(size.get()));
        view! { <div node_ref=node style=move || format!("width:{}px;height:90px;padding:7px", width.get())></div> }
    });
    let ratio = window().device_pixel_ratio();
    let is = |width_px: f64| {
        seen.get_untracked()
            == Size {
                width_px,
                height_px: 90.0,
                ratio,
            }
    };
    until("the first size", || is(320.0)).await;
    width.set(411);
    until("the new size", || is(411.0)).await;
    drop(handle);
}

#[wasm_bindgen_test]
fn a_file_is_saved_in_parts_under_its_name() {
    // In place of the browser's dialogue: what the link would have saved.
    let read = "HTMLAnchorElement.prototype.click = function () { \
        const request = new XMLHttpRequest(); request.open('GET', this.href, false); request.send(); \
        window.saved = [this.download, request.responseText, request.getResponseHeader('content-type')]; }";
    js_sys::eval(&format!(
        "window.kept = HTMLAnchorElement.prototype.click; {read}"
    ))
    .unwrap();
    let download = Download::default();
    // The parts may end within a character.
    for part in "metric,value\r\n\"ä\",1\r\n".as_bytes().chunks(5) {
        download.push(part);
    }
    let result = download.save("a b.csv", "text/csv");
    js_sys::eval("HTMLAnchorElement.prototype.click = window.kept").unwrap();
    assert!(result.is_ok());
    let saved: Vec<Option<String>> = js_sys::Array::from(&get(&js_sys::global(), "saved"))
        .iter()
        .map(|v| v.as_string())
        .collect();
    let expected = ["a b.csv", "metric,value\r\n\"ä\",1\r\n", "text/csv"];
    assert_eq!(saved, expected.map(|text| Some(text.to_owned())));
}

#[wasm_bindgen_test]
async fn a_mounted_element_leaves_with_its_handle() {
    let (place, handle) = mount(|| view! { <p>"here"</p> });
    assert_eq!(one(&place, "p").inner_text(), "here");
    drop(handle);
    assert_eq!(place.inner_html().replace("<!---->", ""), "");
}
