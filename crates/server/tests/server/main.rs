//! The server from outside: folders that change, and the API over a real connection.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod api;
mod examples;
mod reload;
mod security;
mod support;
