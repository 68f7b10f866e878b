//! The state of data from the API: a failed request keeps the last good answer.

use parallax_api::error::ApiError;

/// Data from the API.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remote<T> {
    /// Requested; no answer yet.
    #[default]
    Loading,
    /// The newest answer.
    Ready(T),
    /// The last good answer, and why there is no newer one.
    Stale(T, ApiError),
    /// No good answer so far.
    Failed(ApiError),
}

impl<T> Remote<T> {
    /// The last good answer.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Ready(value) | Self::Stale(value, _) => Some(value),
            Self::Loading | Self::Failed(_) => None,
        }
    }

    /// Why there is no newer answer.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Stale(_, error) | Self::Failed(error) => Some(error),
            Self::Loading | Self::Ready(_) => None,
        }
    }

    /// Applies a new answer; an error keeps the last good one.
    pub fn apply(&mut self, answer: Result<T, ApiError>) {
        let before = std::mem::take(self);
        *self = match (answer, before) {
            (Ok(value), _) => Self::Ready(value),
            (Err(error), Self::Ready(value) | Self::Stale(value, _)) => Self::Stale(value, error),
            (Err(error), Self::Loading | Self::Failed(_)) => Self::Failed(error),
        };
    }

    /// The state's name, for styles and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready(_) => "ready",
            Self::Stale(..) => "stale",
            Self::Failed(_) => "failed",
        }
    }
}
