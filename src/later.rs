//! Code that is loaded when it is first called.
//!
//! `later!` marks a function as the door of a part: the release build cuts what only doors lead to
//! out of the program (`cargo xtask split`) into a file of its own. A door gives functions; the
//! caller keeps and calls them. Without the cut (debug builds, tests) doors are plain functions.

/// A part's code did not load. Asking again loads it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Missing;

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// A door: the file that it is in, and an `async` function that gives `Result<_, Missing>`.
macro_rules! later {
    ($file:ident, fn $name:ident() -> $gives:ty { $body:expr }) => {
        #[cfg(split)]
        #[wasm_split_helpers::wasm_split($file, fallible)]
        fn $name() -> Result<$gives, $crate::later::Missing> {
            Ok($body)
        }

        #[cfg(not(split))]
        async fn $name() -> Result<$gives, $crate::later::Missing> {
            Ok($body)
        }
    };
}
pub(crate) use later;
