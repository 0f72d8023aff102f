//! The names of `sound_source.rs` for the server's build, where nothing is recorded or sent.

use web_sys::HtmlInputElement;

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
    pub async fn begin() -> Result<Self, String> {
        Ok(Self)
    }

    /// See `sound_source.rs`.
    pub async fn finish(self) -> Option<Sound> {
        None
    }
}

/// See `sound_source.rs`.
pub struct Sending;

impl Sending {
    /// See `sound_source.rs`.
    pub fn begin(_: &Sound, _: impl Fn(u8) + 'static) -> Result<Self, ApiError> {
        Ok(Self)
    }

    /// See `sound_source.rs`.
    pub async fn answer(&self) -> Result<String, ApiError> {
        Ok(String::new())
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
