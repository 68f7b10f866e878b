//! What the user looks at, and its spelling in the URL.
#![forbid(unsafe_code)]

mod view;

pub use view::*;
