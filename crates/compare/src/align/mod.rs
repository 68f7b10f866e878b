//! Which point of A is which point of B, what is done to B before, and how often a side logs.

mod alignment;
mod cadence;
mod interpolate;
mod matching;
mod method;
mod transform;

pub use alignment::{Alignment, Pair};
pub use cadence::{Cadence, cadences, missing, usual_cadence};
pub use matching::align;
pub use method::Method;
pub(crate) use transform::gcd;
pub use transform::{Transform, ValueMap};
