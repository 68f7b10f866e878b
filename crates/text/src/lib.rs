//! The words of the page and the command line: data in, sentences out. One module a language, one
//! function for each kind of text.
#![forbid(unsafe_code)]

pub mod en;
