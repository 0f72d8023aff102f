//! Baton: a warm-transfer desk for LiveKit. `docs/ARCHITECTURE.md` is the map.

// A release build keeps the type of every view, and a page of nested views is one deep type.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod client;
#[cfg(feature = "one-bundle")]
mod one_bundle;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
