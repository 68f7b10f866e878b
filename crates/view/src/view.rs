//! The view: everything that the user chose to look at, and its spelling in the URL.
//!
//! The URL is the only place that a view is kept in. The codec leaves defaults out, keeps
//! parameters that it does not know, and reads leniently: a value that makes no sense counts as
//! absent, so that an old or hand-edited link still opens. Query parameters only, never paths.

mod codec;
mod comparing;
mod last;
mod list;
mod metric_choice;

pub use comparing::{Comparing, around, spell_tolerance};
pub use last::Last;
pub use metric_choice::MetricChoice;

use serde::{Deserialize, Serialize};

/// Which page is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// Small multiples of the chosen metrics.
    #[default]
    Explore,
    /// Two series of one metric over each other.
    Compare,
    /// The table behind the charts and the files behind the table.
    Data,
}

/// What runs along the x axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum XChoice {
    /// Training steps.
    #[default]
    Iteration,
    /// Milliseconds since the first point of the workload.
    Relative,
    /// Milliseconds since the epoch.
    Wall,
}

/// How the y axis is scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum YChoice {
    /// Linear.
    #[default]
    Linear,
    /// Logarithmic, base 10.
    Log,
}

/// The part of the run that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Span {
    /// Everything.
    #[default]
    All,
    /// From–to in units of the x axis (steps, or ms), both ends included; an open end is absent.
    Range {
        /// Lower end.
        from: Option<f64>,
        /// Upper end.
        to: Option<f64>,
    },
    /// The newest part.
    Last(Last),
}

/// One chart for each metric, or one for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// One chart for each metric.
    #[default]
    Multiples,
    /// One chart with all metrics.
    One,
}

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How often new points are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refresh {
    /// Never.
    Off,
    /// Every 5 seconds.
    #[default]
    S5,
    /// Every 30 seconds.
    S30,
    /// Every minute.
    M1,
}

impl Refresh {
    /// All choices, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Off, Self::S5, Self::S30, Self::M1];

    /// The time between two polls, in ms; `None` for never.
    pub fn interval_ms(self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::S5 => Some(5_000),
            Self::S30 => Some(30_000),
            Self::M1 => Some(60_000),
        }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The metric's name.
    pub metric: String,
    /// Who recorded it.
    pub source: String,
}

/// The two sides of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The reference.
    pub a: Side,
    /// What is held against it.
    pub b: Side,
}

/// Everything that the user chose to look at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The open page.
    pub page: Page,
    /// The open workload's uid.
    pub workload: Option<String>,
    /// Chosen metrics; `None`: those that are preselected.
    pub metrics: Option<MetricChoice>,
    /// Shown sources; `None`: all.
    pub sources: Option<Vec<String>>,
    /// Series that are switched off in a legend, as `metric@source`.
    pub hide: Vec<String>,
    /// The x axis.
    pub x: XChoice,
    /// The part that is shown.
    pub span: Span,
    /// EMA weight, 0 (off) to 0.999.
    pub smooth: f64,
    /// The y axis.
    pub scale: YChoice,
    /// One chart or many.
    pub layout: Layout,
    /// The two sides of the compare page.
    pub compare: Option<Pair>,
    /// How they are compared.
    pub comparing: Comparing,
    /// Light or dark.
    pub theme: Theme,
    /// Auto refresh.
    pub refresh: Refresh,
    /// The charts alone, for an iframe.
    pub embed: bool,
    /// Another API base: a path on the same origin.
    pub api: Option<String>,
    /// Parameters that this version does not know, in their order.
    pub unknown: Vec<(String, String)>,
}

impl View {
    /// Reads the query of a URL, with or without its `?`.
    pub fn from_query(query: &str) -> Self {
        codec::read(query)
    }

    /// Spells the view as a query without `?`; empty for the default view.
    pub fn to_query(&self) -> String {
        codec::write(self)
    }
}
