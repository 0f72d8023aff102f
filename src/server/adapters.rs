//! The outside as it really is: one file per vendor.

pub mod analyst;
mod bridging;
mod listening;
pub mod livekit;
pub mod models;
pub mod participation;
pub mod recording_storage;
