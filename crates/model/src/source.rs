//! Who recorded a value.

use serde::{Deserialize, Serialize};

/// Who recorded a value: `log`, `wandb`, `tensorflow`, or another name, shown as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(pub String);

impl Source {
    /// Parsed from a training log.
    pub const LOG: &'static str = "log";
    /// Weights & Biases.
    pub const WANDB: &'static str = "wandb";
    /// TensorBoard event files.
    pub const TENSORFLOW: &'static str = "tensorflow";

    /// The name as the API spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the source stands in a list: log, wandb, tensorflow, then the others by name.
    pub fn rank(&self) -> u8 {
        match self.as_str() {
            Self::LOG => 0,
            Self::WANDB => 1,
            Self::TENSORFLOW => 2,
            _ => 3,
        }
    }
}

impl From<&str> for Source {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}
