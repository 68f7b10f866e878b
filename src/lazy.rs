//! Code splitting: functions whose code is loaded when they are first called.
//!
//! `lazy!` marks a function as a split point. In the release build `cargo xtask split` moves the
//! code that only split points reach into WASM files of their own. A split point returns function
//! pointers, which the caller keeps and calls directly. In builds that are not split (debug, tests)
//! it is a plain `async` function.

/// The code of a lazy module did not load. The next call loads it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoadError;

#[cfg(split)]
impl From<wasm_split_helpers::SplitLoaderError> for LoadError {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Declares an `async` function that loads a lazy module and returns `Result<_, LoadError>`. All
/// functions with the same `$module` share one WASM file.
macro_rules! lazy {
    ($module:ident, fn $name:ident() -> $output:ty { $body:expr }) => {
        #[cfg(split)]
        #[wasm_split_helpers::wasm_split($module, fallible)]
        fn $name() -> Result<$output, $crate::lazy::LoadError> {
            Ok($body)
        }

        #[cfg(not(split))]
        async fn $name() -> Result<$output, $crate::lazy::LoadError> {
            Ok($body)
        }
    };
}
pub(crate) use lazy;
