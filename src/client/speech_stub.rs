//! The names of `speech.rs` for the server's build, doing nothing.

use baton_domain::browser_speech::RecognisedLine;
use leptos::prelude::*;

use super::media::Media;
use super::media_state::Answer;
use super::speech_state::{SpeechPlace, SpeechState};

/// See `speech.rs`.
pub fn recognise(
    _: Media,
    _: Memo<Option<SpeechPlace>>,
    _: RwSignal<SpeechState>,
    _: impl Fn(RecognisedLine) -> Answer<()> + 'static,
) {
}
