//! The pages and the bars around them: they read the state and compose components.

pub mod compare;
pub mod data;
pub mod explore;
pub mod home;
pub mod lazy;
pub mod panel;
pub mod sidebar;
pub mod status;
pub mod toolbar;
pub mod topbar;
