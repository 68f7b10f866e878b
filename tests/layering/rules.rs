//! The rules, as a table: where, what is forbidden there, and why.

/// Which files a rule is about: paths below the repository, `/` at the end for folders.
pub(crate) struct Scope {
    pub(crate) within: &'static [&'static str],
    pub(crate) except: &'static [&'static str],
}

/// What a rule forbids.
pub(crate) enum Forbids {
    /// Paths that start like one of these, in `use` trees and in expressions alike; `*` stands for the rest of a name.
    Paths(&'static [&'static str]),
    /// These words as they stand in the code.
    Words(&'static [&'static str]),
    /// These words outside `#[cfg(test)]`.
    ShippedWords(&'static [&'static str]),
    /// A colour written as a number or by a function of numbers.
    Colours,
}

pub(crate) struct Rule {
    pub(crate) scope: Scope,
    pub(crate) forbids: Forbids,
    pub(crate) why: &'static str,
}

const EVERYWHERE: &[&str] = &["src/", "crates/"];
const PAGE: &[&str] = &["src/"];
const COMPUTE: &[&str] = &[
    "crates/model/src/",
    "crates/api/src/",
    "crates/series/src/",
    "crates/frame/src/",
    "crates/compare/src/",
    "crates/view/src/",
];

/// The files that may speak to the browser: the worker's side, and the page's edge.
const BROWSER_EDGE: &[&str] = &[
    "src/main.rs",
    "src/api.rs",
    "src/api/",
    "src/engine.rs",
    "src/engine/",
    "src/hooks/",
    "src/state/prefs.rs",
    "src/state/engine.rs",
    "src/chart/canvas.rs",
    "src/chart/theme.rs",
];

pub(crate) const RULES: &[Rule] = &[
    // Within the dashboard: app -> pages -> components, chart, state.
    rule(
        &["src/pages.rs", "src/pages/"],
        Forbids::Paths(&["crate::app"]),
        "pages do not know the app around them",
    ),
    rule(
        &["src/components.rs", "src/components/"],
        Forbids::Paths(&["crate::app", "crate::pages", "crate::state"]),
        "components get props: no state, no pages",
    ),
    rule(
        &["src/chart.rs", "src/chart/"],
        Forbids::Paths(&[
            "crate::app",
            "crate::pages",
            "crate::state",
            "crate::components",
        ]),
        "charts get props: no state, no pages, no components",
    ),
    rule(
        &["src/state.rs", "src/state/"],
        Forbids::Paths(&["crate::app", "crate::pages", "crate::components"]),
        "state does not know who shows it",
    ),
    rule(
        &["src/hooks.rs", "src/hooks/"],
        Forbids::Paths(&[
            "crate::app",
            "crate::pages",
            "crate::components",
            "crate::chart",
            "crate::state",
        ]),
        "hooks turn the DOM into signals and know nothing else",
    ),
    rule(
        &["src/api.rs", "src/api/", "src/engine.rs", "src/engine/"],
        Forbids::Paths(&[
            "crate::app",
            "crate::pages",
            "crate::components",
            "crate::chart",
            "crate::state",
            "crate::hooks",
            "leptos",
        ]),
        "the engine runs in the worker, where there is no page",
    ),
    Rule {
        scope: Scope {
            within: PAGE,
            except: BROWSER_EDGE,
        },
        forbids: Forbids::Paths(&[
            "web_sys",
            "js_sys",
            "gloo_*",
            "plotters_canvas",
            "leptos::web_sys",
        ]),
        why: "only the edge speaks to the browser: the worker's side, hooks, prefs, the link to the worker, canvas",
    },
    // The crates below readers and page compute; they do no I/O.
    rule(
        COMPUTE,
        Forbids::Paths(&[
            "std::time",
            "std::fs",
            "std::thread",
            "std::net",
            "std::env",
            "std::process",
            "std::io",
        ]),
        "no I/O, no clock, no threads below the readers and the page",
    ),
    // Everywhere.
    rule(
        EVERYWHERE,
        Forbids::ShippedWords(&[".unwrap()", ".expect(", ".unwrap_err()", ".expect_err("]),
        "errors are handled, not unwrapped, outside tests",
    ),
    rule(
        EVERYWHERE,
        Forbids::Words(&["#[allow(", "#![allow("]),
        "#[expect(lint, reason = \"…\")], never a bare allow",
    ),
    rule(
        EVERYWHERE,
        Forbids::Words(&["todo!", "unimplemented!"]),
        "nothing is left for later",
    ),
    Rule {
        scope: Scope {
            within: &["src/", "style/"],
            except: &["style/tokens.css"],
        },
        forbids: Forbids::Colours,
        why: "colours live in style/tokens.css",
    },
];

const fn rule(within: &'static [&'static str], forbids: Forbids, why: &'static str) -> Rule {
    Rule {
        scope: Scope {
            within,
            except: &[],
        },
        forbids,
        why,
    }
}

impl Scope {
    /// Whether the rule is about this file.
    pub(crate) fn covers(&self, file: &str) -> bool {
        let is_in =
            |place: &&str| file == *place || (place.ends_with('/') && file.starts_with(*place));
        self.within.iter().any(is_in) && !self.except.iter().any(is_in)
    }
}
