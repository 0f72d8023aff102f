//! Components: markup and nothing else.

pub mod agents;
pub mod call;
pub mod desk;
pub mod caller;
pub mod format;
pub mod kit;
pub mod pages;
pub mod transcript;
pub mod transfer;
pub mod wrap_up;
