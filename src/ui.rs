//! Components: markup and nothing else.

pub mod pages;
