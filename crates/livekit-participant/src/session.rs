//! The life of one participant: its media session, its signalling, and how it gets back after a loss.

pub(crate) mod audience;
pub(crate) mod driver;
pub(crate) mod engine;
#[cfg(test)]
mod engine_tests;
pub(crate) mod messages;
pub(crate) mod offer;
pub(crate) mod own_tracks;
pub(crate) mod publishing;
pub(crate) mod recovery;
pub(crate) mod restoring;
pub(crate) mod sections;
pub(crate) mod shared;
pub(crate) mod tcp_plan;
