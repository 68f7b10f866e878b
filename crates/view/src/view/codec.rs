//! [`View`] ⇄ URL query. Each parameter is read and written in one place.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::list::{escape, join, split, unescape};
use super::{
    Last, Layout, MetricChoice, Page, Pair, Refresh, Side, Span, Theme, View, XChoice, YChoice,
};

/// What may not stand as it is in a query value. `/`, `,`, `@`, `~` and `:` may, and stay readable.
const VALUE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'^')
    .add(b'[')
    .add(b']')
    .add(b'\\')
    .add(b'\'');

const PAGES: &[(&str, Page)] = &[
    ("explore", Page::Explore),
    ("compare", Page::Compare),
    ("data", Page::Data),
];
const X: &[(&str, XChoice)] = &[
    ("iteration", XChoice::Iteration),
    ("relative", XChoice::Relative),
    ("time", XChoice::Wall),
];
const SCALES: &[(&str, YChoice)] = &[("linear", YChoice::Linear), ("log", YChoice::Log)];
const LAYOUTS: &[(&str, Layout)] = &[("multiples", Layout::Multiples), ("one", Layout::One)];
const THEMES: &[(&str, Theme)] = &[
    ("system", Theme::System),
    ("light", Theme::Light),
    ("dark", Theme::Dark),
];
const REFRESHES: &[(&str, Refresh)] = &[
    ("off", Refresh::Off),
    ("5s", Refresh::S5),
    ("30s", Refresh::S30),
    ("1m", Refresh::M1),
];

/// The largest EMA weight: above it a curve says nothing any more.
const MAX_SMOOTH: f64 = 0.999;

pub(super) fn read(query: &str) -> View {
    let query = query.strip_prefix('?').unwrap_or(query);
    let mut view = View::default();
    let (mut from, mut to, mut last) = (None, None, None);
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*key {
            "page" => view.page = named(PAGES, &value),
            "workload" => view.workload = non_empty(&value),
            "metrics" => view.metrics = Some(MetricChoice::read(&value)),
            "source" => view.sources = Some(split(&value)),
            "hide" => view.hide = split(&value),
            "x" => view.x = named(X, &value),
            "from" => from = number(&value),
            "to" => to = number(&value),
            "last" => last = Last::parse(&value),
            "smooth" => view.smooth = number(&value).unwrap_or(0.0).clamp(0.0, MAX_SMOOTH),
            "scale" => view.scale = named(SCALES, &value),
            "layout" => view.layout = named(LAYOUTS, &value),
            "compare" => view.compare = read_pair(&value),
            "theme" => view.theme = named(THEMES, &value),
            "refresh" => view.refresh = named(REFRESHES, &value),
            "embed" => view.embed = value == "1",
            "api" => view.api = same_origin_path(&value),
            key if view.comparing.read(key, &value) => {}
            _ => view.unknown.push((key.into_owned(), value.into_owned())),
        }
    }
    view.span = match (last, from, to) {
        (Some(last), _, _) => Span::Last(last),
        (None, None, None) => Span::All,
        (None, from, to) => Span::Range { from, to },
    };
    view
}

pub(super) fn write(view: &View) -> String {
    let mut query = Query(String::new());
    query.choice("page", PAGES, view.page);
    query.text("workload", view.workload.as_deref());
    let metrics = view.metrics.as_ref().map(MetricChoice::spell);
    query.text("metrics", metrics.as_deref());
    query.text("source", view.sources.as_deref().map(join).as_deref());
    query.text(
        "hide",
        (!view.hide.is_empty()).then(|| join(&view.hide)).as_deref(),
    );
    query.choice("x", X, view.x);
    match view.span {
        Span::All => {}
        Span::Range { from, to } => {
            query.text("from", from.map(|n| n.to_string()).as_deref());
            query.text("to", to.map(|n| n.to_string()).as_deref());
        }
        Span::Last(last) => query.text("last", Some(&last.to_string())),
    }
    if view.smooth > 0.0 {
        query.text("smooth", Some(&view.smooth.to_string()));
    }
    query.choice("scale", SCALES, view.scale);
    query.choice("layout", LAYOUTS, view.layout);
    query.text("compare", view.compare.as_ref().map(write_pair).as_deref());
    view.comparing
        .write(|key, value| query.text(key, Some(value)));
    query.choice("theme", THEMES, view.theme);
    query.choice("refresh", REFRESHES, view.refresh);
    query.text("embed", view.embed.then_some("1"));
    query.text("api", view.api.as_deref());
    for (key, value) in &view.unknown {
        query.text(key, Some(value));
    }
    query.0
}

struct Query(String);

impl Query {
    fn text(&mut self, key: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(key, VALUE));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, VALUE));
    }

    fn choice<T: PartialEq + Default>(&mut self, key: &str, names: &[(&str, T)], value: T) {
        if value != T::default() {
            self.text(
                key,
                names
                    .iter()
                    .find(|(_, v)| *v == value)
                    .map(|(name, _)| *name),
            );
        }
    }
}

fn named<T: Copy + Default>(names: &[(&str, T)], value: &str) -> T {
    let found = names.iter().find(|(name, _)| *name == value);
    found.map(|(_, v)| *v).unwrap_or_default()
}

fn non_empty(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn number(value: &str) -> Option<f64> {
    value.parse().ok().filter(|n: &f64| n.is_finite())
}

/// `metric@source~metric@source`.
fn read_pair(value: &str) -> Option<Pair> {
    let (a, b) = value.split_once('~')?;
    let side = |text: &str| {
        let (metric, source) = text.split_once('@')?;
        Some(Side {
            metric: unescape(metric),
            source: unescape(source),
        })
    };
    Some(Pair {
        a: side(a)?,
        b: side(b)?,
    })
}

fn write_pair(pair: &Pair) -> String {
    let side = |side: &Side| format!("{}@{}", escape(&side.metric), escape(&side.source));
    format!("{}~{}", side(&pair.a), side(&pair.b))
}

/// A path on this origin (`/lens/v1`); another origin could be made to answer anything. A browser
/// drops tabs and line breaks from an address, and blanks and controls at its ends, before it looks
/// for `//`, and takes `\` for `/`: none of these is part of a path here.
fn same_origin_path(value: &str) -> Option<String> {
    let is_unsafe = |c: char| c <= ' ' || matches!(c, '\\' | '?' | '#');
    let inside = value.starts_with('/') && !value.starts_with("//") && !value.contains(is_unsafe);
    inside.then(|| match value.trim_end_matches('/') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Comparing;

    /// Names that people have used (case 38).
    const NAMES: [&str; 23] = [
        "loss, weighted",
        "val/AR@100",
        "a\"quoted\"",
        "Verlust/größe",
        "",
        "  spaced  ",
        "trailing/",
        "/leading",
        "100%",
        "a+b c",
        "<b>x</b>",
        "q?x=1&y=2#z",
        "损失",
        "a~b",
        "a:b;c",
        "hp[delta=1.3]",
        "tab\tname",
        "new\nline",
        "loss@wandb",
        "*",
        "!not",
        "\"\"",
        "%2C",
    ];

    fn full() -> View {
        let side = |metric: &str, source: &str| Side {
            metric: metric.into(),
            source: source.into(),
        };
        View {
            page: Page::Compare,
            workload: Some("a.b c&d".into()),
            metrics: Some(NAMES.map(String::from).into_iter().collect()),
            sources: Some(vec!["log".into(), String::new(), " spaced ".into()]),
            hide: vec!["lm,loss@log".into()],
            x: XChoice::Wall,
            span: Span::Range {
                from: Some(1_763_727_029_123.0),
                to: None,
            },
            smooth: 0.6,
            scale: YChoice::Log,
            layout: Layout::One,
            compare: Some(Pair {
                a: side("lm loss@x", "log"),
                b: side("train/loss~1", "wandb"),
            }),
            comparing: Comparing {
                baseline: Some("other run".into()),
                relative: true,
                ..Comparing::default()
            },
            theme: Theme::Dark,
            refresh: Refresh::Off,
            embed: true,
            api: Some("/lens/v1".into()),
            unknown: vec![
                ("utm".into(), "a=b&c".into()),
                ("empty".into(), String::new()),
            ],
        }
    }

    #[test]
    fn a_list_of_metrics_is_names_or_a_pattern() {
        let chosen = |query: &str| View::from_query(query).metrics.unwrap();
        let names = chosen(&full().to_query());
        assert!(NAMES.iter().all(|name| names.contains(name)));
        assert_eq!(names.names().collect::<Vec<_>>(), NAMES);
        assert_eq!(chosen("metrics=").names().count(), 0);
        assert!(chosen("metrics=*").contains("anything"));
        let view = View {
            metrics: Some(MetricChoice::all()),
            ..View::default()
        };
        assert_eq!(view.to_query(), "metrics=*");
    }

    #[test]
    fn round_trips() {
        for view in [View::default(), full()] {
            assert_eq!(
                View::from_query(&view.to_query()),
                view,
                "{}",
                view.to_query()
            );
        }
    }

    #[test]
    fn round_trips_every_span() {
        for span in [
            Span::All,
            Span::Range {
                from: None,
                to: Some(-2.5),
            },
            Span::Range {
                from: Some(0.0),
                to: Some(1e21),
            },
            Span::Last(Last::Points(500)),
            Span::Last(Last::Steps(2000)),
            Span::Last(Last::Duration { ms: 3_600_000 }),
        ] {
            let view = View {
                span,
                ..View::default()
            };
            assert_eq!(View::from_query(&view.to_query()), view);
        }
    }

    #[test]
    fn is_readable_and_leaves_defaults_out() {
        assert_eq!(View::default().to_query(), "");
        let view = View {
            workload: Some("charlm-clean".into()),
            metrics: Some(
                ["train/lm_loss", "lm_loss"]
                    .map(String::from)
                    .into_iter()
                    .collect(),
            ),
            ..View::default()
        };
        assert_eq!(
            view.to_query(),
            "workload=charlm-clean&metrics=train/lm_loss,lm_loss"
        );
    }

    #[test]
    fn nonsense_counts_as_absent() {
        let view =
            View::from_query("?x=sideways&smooth=NaN&from=abc&last=soon&refresh=1ns&compare=a");
        assert_eq!(view, View::default());
        assert_eq!(View::from_query("smooth=7").smooth, MAX_SMOOTH);
    }

    #[test]
    fn api_stays_on_this_origin() {
        assert_eq!(View::from_query("api=/v1/").api.as_deref(), Some("/v1"));
        let page = url::Url::parse("https://page.example/portal/").unwrap();
        let hostile = [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example/v1",
            "/\r/evil.example/v1",
            "/\t\\evil.example",
            "\t//evil.example",
            " //evil.example",
            "\u{1}//evil.example",
            "/v1\t",
            "javascript:alert(1)",
            "v1",
            "",
        ];
        let harmless = [
            "/",
            "/lens/v1",
            "/./v1",
            "/../v1",
            "/.//evil.example",
            "/@evil.example",
            "/:80/v1",
            "/größe/v1",
            "/%09/evil.example",
            "/%2F/evil.example",
        ];
        for (paths, is_taken) in [(&hostile[..], false), (&harmless, true)] {
            for path in paths {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("api", path)
                    .finish();
                let api = View::from_query(&query).api;
                assert_eq!(api.is_some(), is_taken, "{path:?}");
                // As a browser resolves it.
                let resolved = api.map(|api| page.join(&api).unwrap());
                let stays = |url: &url::Url| url.origin() == page.origin();
                assert!(resolved.iter().all(stays), "{path:?}: {resolved:?}");
            }
        }
    }
}
