//! Components: markup and nothing else.

pub mod format;
pub mod kit;
pub mod pages;
