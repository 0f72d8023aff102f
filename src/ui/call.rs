//! The call: who is on it, how it sounds, and what can be done to it.

pub mod controls;
pub mod devices;
pub mod end_dialog;
pub mod levels;
pub mod microphone;
pub mod notices;
pub mod panel;
pub mod recording;
pub mod status;
