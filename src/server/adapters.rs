//! The outside as it really is: one file per vendor.

pub mod livekit;
pub mod models;
pub mod participation;
