//! Components: markup and nothing else.

pub mod agents;
pub mod call;
pub mod caller;
pub mod desk;
pub mod devices;
pub mod format;
pub mod home;
pub mod insight;
pub mod kit;
pub mod pages;
pub mod recording;
pub mod spoken_file;
pub mod transcript;
pub mod transfer;
pub mod wrap_up;
