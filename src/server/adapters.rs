//! The outside as it really is: one file per vendor.

mod listening;
pub mod analyst;
pub mod livekit;
pub mod models;
pub mod participation;
pub mod recording_storage;
