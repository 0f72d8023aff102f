//! A microphone that is a file: for trying everything without one.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{MediaStreamAudioDestinationNode, MediaStreamTrack};

use crate::audio::{AudioEngine, AudioError, Sound};
use crate::source::LoopingSource;

/// A file that is looped into a track, and not heard here. Dropping it ends the track.
///
/// It sounds while the engine runs, so resume the engine first, from a click.
pub struct VoiceTrack {
    track: MediaStreamTrack,
    source: RefCell<Option<LoopingSource>>,
    _destination: MediaStreamAudioDestinationNode,
}

impl VoiceTrack {
    /// Starts to loop a decoded file into a new track.
    pub fn new(engine: &AudioEngine, sound: &Sound) -> Result<Self, AudioError> {
        let destination =
            engine.context().create_media_stream_destination().map_err(|error| AudioError::from_js(&error))?;
        let track = destination.stream().get_audio_tracks().get(0);
        if track.is_undefined() {
            return Err(AudioError::Unsupported("a track from an audio context"));
        }
        let source = LoopingSource::start(engine, sound, &destination, 0)?;
        Ok(Self { track: track.unchecked_into(), source: RefCell::new(Some(source)), _destination: destination })
    }

    /// Fetches, decodes, and starts.
    pub async fn load(engine: &AudioEngine, url: &str) -> Result<Self, AudioError> {
        Self::new(engine, &engine.load(url).await?)
    }

    /// The track, to be used like a microphone's.
    pub fn media_stream_track(&self) -> &MediaStreamTrack {
        &self.track
    }
}

impl Drop for VoiceTrack {
    fn drop(&mut self) {
        if let Some(source) = self.source.take() {
            source.cut();
        }
        self.track.stop();
    }
}
