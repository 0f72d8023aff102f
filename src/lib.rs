//! Baton: a warm-transfer desk for LiveKit. `docs/ARCHITECTURE.md` is the map.

pub mod api;
pub mod app;
pub mod client;
#[cfg(feature = "one-bundle")]
mod one_bundle;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
