//! The API and the dashboard over HTTP: one file an endpoint, and what they share.

pub mod access;
mod answer;
pub mod app;
pub mod available;
pub mod chunks;
pub mod dashboard;
pub mod data;
pub mod error;
pub mod etag;
pub mod iteration_times;
pub mod query;
pub mod routes;
pub mod security;
pub mod sources;
pub mod workloads;
