//! The words of the page and the command line: data in, sentences out. One module a language, one
//! function for each thing that is told.
#![forbid(unsafe_code)]

pub mod en;
