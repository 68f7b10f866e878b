//! The server from outside: folders that change, and the API over a real connection.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod api;
mod cases;
mod chunk_client;
mod chunks;
mod command;
mod dashboard;
mod examples;
mod reload;
mod security;
mod support;
