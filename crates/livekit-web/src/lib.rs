//! LiveKit's JavaScript SDK (`livekit-client` 2.23) for Rust in the browser.
//!
//! Everything here is a thin, typed layer over the SDK and the browser's media functions, and knows nothing of what a
//! room is used for. What starts, stops with its owner: a [`room::Room`] leaves when it is dropped, a
//! [`listener::Listener`] unregisters itself, a [`devices::Microphone`] releases the device, a [`track::Playback`] falls silent.
//!
//! The SDK is imported when [`sdk::load`] asks for it, by the bare name `livekit-client`, which the page resolves by an
//! import map:
//!
//! ```html
//! <script type="importmap">{"imports": {"livekit-client": "/livekit-client.mjs"}}</script>
//! ```
//!
//! Nothing here is `Send`: JavaScript values belong to the page's one thread.

#![warn(missing_docs)]

pub mod audio;
pub mod devices;
pub mod error;
pub mod event;
pub mod level;
pub mod listener;
pub mod log;
pub mod looping;
pub mod room;
pub mod sdk;
pub mod silence;
pub mod silence_meter;
pub mod speech;
pub mod track;
pub mod voice;

mod interval;
mod source;
mod sys;
