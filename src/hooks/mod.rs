//! The browser as signals: each hook turns one DOM facility into plain data.

pub mod clipboard;
pub mod clock;
pub mod download;
pub mod keys;
pub mod location;
pub mod pattern;
pub mod scheme;
pub mod size;
