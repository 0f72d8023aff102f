//! The names of `sound_source.rs` for the server's build, where nothing is recorded or sent.
#![expect(clippy::unused_self, reason = "the same shapes as in a browser")]

use std::future::{Ready, ready};

use web_sys::HtmlInputElement;

use super::file_desk::TakeEnd;
use crate::api::error::ApiError;

/// See `sound_source.rs`.
#[derive(Clone)]
pub struct Sound {
    /// See `sound_source.rs`.
    pub name: String,
    /// See `sound_source.rs`.
    pub media_type: String,
    /// See `sound_source.rs`.
    pub bytes: u64,
}

impl Sound {
    /// See `sound_source.rs`.
    pub fn chosen(_: &HtmlInputElement) -> Option<Self> {
        None
    }
}

/// See `sound_source.rs`.
pub struct Take;

impl Take {
    /// See `sound_source.rs`.
    pub fn begin(_: Option<&str>) -> Ready<Result<Self, String>> {
        ready(Err(String::new()))
    }

    /// See `sound_source.rs`.
    pub fn stop(&self) {}

    /// See `sound_source.rs`.
    pub fn stopped(&self) -> Ready<()> {
        ready(())
    }

    /// See `sound_source.rs`.
    pub fn end(self) -> (Option<Sound>, TakeEnd) {
        (None, TakeEnd::Asked)
    }
}

/// See `sound_source.rs`.
pub struct Sending;

impl Sending {
    /// See `sound_source.rs`.
    pub fn begin(_: &Sound, _: impl Fn(u8) + 'static) -> Result<Self, ApiError> {
        Err(ApiError::new(500, "internal", String::new()))
    }

    /// See `sound_source.rs`.
    pub fn answer(&self) -> Ready<Result<String, ApiError>> {
        ready(Ok(String::new()))
    }

    /// See `sound_source.rs`.
    pub fn give_up(&self) {}
}

/// See `sound_source.rs`.
pub fn remembered() -> Option<String> {
    None
}

/// See `sound_source.rs`.
pub fn remember(_: Option<&str>) {}
