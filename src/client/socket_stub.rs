//! The event stream's names for the server's build, doing nothing.

use leptos::prelude::*;

use super::stream_status::StreamStatus;

/// See `socket.rs`.
pub struct EventStream;

impl EventStream {
    /// See `socket.rs`.
    pub fn follow<E>(
        _path: &str,
        _hello: impl Fn() -> Option<String> + 'static,
        _status: RwSignal<StreamStatus>,
        _on_event: impl Fn(Option<i64>, E) + 'static,
    ) -> Self {
        Self
    }
}

/// See `socket.rs`.
#[derive(Clone, Copy)]
pub struct StreamSlot;

impl StreamSlot {
    /// See `socket.rs`.
    pub fn empty() -> Self {
        Self
    }

    /// See `socket.rs`.
    pub fn put(&self, _: EventStream) {}

    /// See `socket.rs`.
    pub fn close(&self) {}
}
