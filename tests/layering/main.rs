//! Checks that imports point one way, and a few rules that no lint knows.
//!
//! Plain text scanning: comments and the insides of strings are blanked first, `#[cfg(test)]`
//! modules too where a rule is about shipped code. A rule is a row of the table in `rules.rs`; what
//! breaks one is named by file and line.

mod colours;
mod paths;
mod rules;
mod scan;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use colours::{colours, rust_colours};
use paths::forbidden_paths;
use rules::{Forbids, RULES};
use scan::{Strings, blank, blank_css, without_tests};

/// One place that breaks a rule.
struct Breach {
    file: String,
    line: usize,
    what: String,
    why: &'static str,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            what,
            why,
        } = self;
        write!(f, "{file}:{line}: {what}: {why}")
    }
}

#[test]
fn imports_point_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut breaches = Vec::new();
    for folder in ["src", "style", "crates"] {
        for file in sources(&root.join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file is UTF-8");
            breaches.extend(check(&below(root, &file), &text));
        }
    }
    let list: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

/// Every module but a file of tests opens with its purpose.
#[test]
fn every_module_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "crates"];
    let silent: Vec<String> = folders
        .iter()
        .flat_map(|folder| sources(&root.join(folder)))
        .filter(|file| file.extension().is_some_and(|end| end == "rs"))
        .filter(|file| !is_test_file(&below(root, file)))
        .filter(|file| !fs::read_to_string(file).is_ok_and(|text| text.starts_with("//!")))
        .map(|file| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no //! at the top of {silent:?}");
}

/// The path of a file from the repository on, with `/` on every system.
fn below(root: &Path, file: &Path) -> String {
    let path = file.strip_prefix(root).unwrap_or(file);
    path.to_string_lossy().replace('\\', "/")
}

/// Rust and CSS files below a folder, build folders and dependencies left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return files;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if name != "target" && name != "node_modules" {
                files.extend(sources(&path));
            }
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "css")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn check(file: &str, text: &str) -> Vec<Breach> {
    let is_css = file.ends_with(".css");
    let code = if is_css {
        blank_css(text)
    } else {
        blank(text, Strings::Blank)
    };
    let mut breaches = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.scope.covers(file)) {
        let mut found: Vec<(usize, String)> = match &rule.forbids {
            Forbids::Colours if is_css => colours(&code),
            Forbids::Colours => rust_colours(text, &code),
            _ if is_css => Vec::new(),
            Forbids::Paths(paths) => forbidden_paths(file, &code, paths),
            Forbids::Words(words) => forbidden_words(&code, words),
            Forbids::ShippedWords(_) if is_test_file(file) => Vec::new(),
            Forbids::ShippedWords(words) => forbidden_words(&without_tests(&code), words),
        };
        found.dedup();
        breaches.extend(found.into_iter().map(|(at, what)| Breach {
            file: file.to_owned(),
            line: line_of(&code, at),
            what,
            why: rule.why,
        }));
    }
    breaches
}

fn is_test_file(file: &str) -> bool {
    let parts: Vec<&str> = file.split('/').collect();
    let last = parts.last().copied().unwrap_or_default();
    let is_folder = |part: &&str| matches!(*part, "tests" | "benches" | "examples");
    parts.iter().any(is_folder) || last == "tests.rs" || last.ends_with("_tests.rs")
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn forbidden_words(code: &str, words: &[&str]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = words
        .iter()
        .flat_map(|word| code.match_indices(word))
        .map(|(at, word)| (at, word.to_owned()))
        .collect();
    found.sort();
    found
}

/// What a text at a path breaks, as `line what`.
fn broken(file: &str, text: &str) -> Vec<String> {
    let breaches = check(file, text);
    breaches
        .iter()
        .map(|one| format!("{} {}", one.line, one.what))
        .collect()
}

#[test]
fn finds_what_is_forbidden_and_nothing_else() {
    let none: &[&str] = &[];
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "crates/model/src/a.rs",
            "\nfn f() { std::time::Instant::now(); }",
            &["2 std::time::Instant::now"],
        ),
        (
            "crates/model/src/a.rs",
            "use std::{fmt, fs::{self, File}};",
            &["1 std::fs::self", "1 std::fs::File"],
        ),
        (
            "crates/model/src/a.rs",
            "// use std::fs;\n/* /* std::fs::x */ */ \"std::fs::y\"; r#\"std::fs::z\"#;",
            none,
        ),
        (
            "crates/model/src/a.rs",
            "use std::fmt; use crate::time; fn f<'a>(c: char) -> bool { c == '\"' }",
            none,
        ),
        (
            "src/chart/draw.rs",
            "use crate::state::Series;",
            &["1 crate::state::Series"],
        ),
        (
            "src/chart/draw.rs",
            "use super::super::state::Series;",
            &["1 crate::state::Series"],
        ),
        ("src/chart/draw.rs", "use super::state;", none),
        (
            "src/components/a.rs",
            "use crate::{chart::Chart, pages::{self}};",
            &["1 crate::pages::self"],
        ),
        (
            "src/pages/a.rs",
            "use crate::{chart::Chart, state, components::*};",
            none,
        ),
        (
            "src/pages/a.rs",
            "use web_sys::window;",
            &["1 web_sys::window"],
        ),
        (
            "src/pages/a.rs",
            "use leptos::web_sys::Event;",
            &["1 leptos::web_sys::Event"],
        ),
        ("src/hooks/a.rs", "use web_sys::window;", none),
        (
            "src/state/a.rs",
            "use crate::{chart::style::Stroke, pages::Page};",
            &["1 crate::pages::Page"],
        ),
        (
            "src/chart/canvas.rs",
            "use plotters_canvas::CanvasBackend;",
            none,
        ),
        (
            "src/app.rs",
            "fn f() { x.unwrap(); y.expect(\"z\"); }",
            &["1 .expect(", "1 .unwrap()"],
        ),
        (
            "src/app.rs",
            "#[cfg(test)]\nmod tests { fn f() { x.unwrap(); } }\nfn g() { y.unwrap(); }",
            &["3 .unwrap()"],
        ),
        (
            "src/app.rs",
            "#[cfg(test)]\nmod tests;\nfn g() { y.unwrap_or(1); }",
            none,
        ),
        (
            "src/app.rs",
            "#[allow(dead_code)] fn f() {}",
            &["1 #[allow("],
        ),
        (
            "src/chart/theme.rs",
            "const A: &str = \"#1f77b4\"; // #abc",
            &["1 #1f77b4"],
        ),
        (
            "src/chart/theme.rs",
            "const A: RGBColor = RGBColor(1, 2, 3); fn f(r: u8) { RGBColor(r, r, r) }",
            &["1 RGBColor(…)"],
        ),
        (
            "src/chart/theme.rs",
            "#[derive(Debug)] struct A; view! { <a href=\"#metrics\"/> }",
            none,
        ),
        (
            "src/engine/a.rs",
            "use crate::{engine, state::view};",
            &["1 crate::state::view"],
        ),
        (
            "src/pages/a.rs",
            "use gloo_timers::x;",
            &["1 gloo_timers::x"],
        ),
        (
            "src/app.rs",
            "#[test]\nfn f() -> [u8; 2] { x.unwrap() }",
            none,
        ),
        (
            "style/base.css",
            "#add { color: var(--ink); }\na { color: #fff }\n/* #123 */",
            &["2 #fff"],
        ),
        (
            "style/base.css",
            "a { color: rgb(from var(--x) r g b); border: 1px solid hsl( 10 2% 3%) }",
            &["1 hsl(…)"],
        ),
        ("style/tokens.css", ":root { --ink: #111 }", none),
    ];
    for (file, text, expected) in cases {
        let mut found = broken(file, text);
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{file}: {text}");
    }
}
