//! Files of a known format, read while they grow: bytes → frozen rows.

pub mod checksums;
mod dating;
pub mod file_series;
pub mod follow;
pub mod track;
