//! How well two aligned series agree: how each source rounds, what is tolerated, figures, verdict.

mod agree;
mod agreement;
mod precision;
mod rules;
mod tolerance;

pub use agree::agree;
pub use agreement::{Agreement, Figures, Verdict};
pub(crate) use precision::HalfUnits;
pub use precision::{Precision, detect_precision};
pub(crate) use rules::VerdictRules;
pub use rules::{Rounding, Status, relative_delta};
pub use tolerance::Tolerance;
