//! The media core's names for the server's build, doing nothing.

use baton_domain::ids::{CallId, LegId, TransferId};

use super::media_state::{MediaHooks, MediaSettings, MediaState, MicrophoneChoice, Place};

/// See `media.rs`.
#[derive(Clone, Copy)]
pub struct Media {
    /// What the page shows.
    pub state: MediaState,
}

/// Nothing is connected on the server.
impl Media {
    /// See `media.rs`.
    pub fn new(_: MediaSettings, _: MediaHooks) -> Self {
        Self { state: MediaState::new() }
    }

    /// See `media.rs`.
    pub fn unlock(&self, _: MicrophoneChoice) {}

    /// See `media.rs`.
    pub fn resume(&self) -> bool {
        false
    }

    /// See `media.rs`.
    pub fn claim(&self, _: &str) {}

    /// See `media.rs`.
    pub fn choose_microphone(&self, _: MicrophoneChoice) {}

    /// See `media.rs`.
    pub fn try_again(&self) {}

    /// See `media.rs`.
    pub fn choose_speaker(&self, _: &str) {}

    /// See `media.rs`.
    pub fn refresh_devices(&self) {}

    /// See `media.rs`.
    pub fn set_muted(&self, _: bool) {}

    /// See `media.rs`.
    pub fn turn_sound_on(&self) {}

    /// See `media.rs`.
    pub fn follow(&self, _: Option<Place>) {}

    /// See `media.rs`.
    pub fn measure_silence(&self, _: Option<TransferId>) {}

    /// See `media.rs`.
    pub fn take_back(&self) {}

    /// See `media.rs`.
    pub fn is_in(&self, _: CallId) -> bool {
        false
    }

    /// See `media.rs`.
    pub fn hears(&self, _: CallId, _: LegId) -> bool {
        false
    }

    /// See `media.rs`.
    pub fn ring(&self, _: bool) {}

    /// See `media.rs`.
    pub fn play(&self, _: &str) {}

    /// See `media.rs`.
    pub fn cut_off(&self, _: bool) {}

    /// See `media.rs`.
    pub fn end_shift(&self) {}
}
