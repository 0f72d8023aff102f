//! Music and tones: a file that is played in a loop, faded in and out.

use std::cell::RefCell;

use web_sys::GainNode;

use crate::audio::{AudioEngine, AudioError, Sound};
use crate::source::LoopingSource;

/// A file that can be played in a loop on the engine's loudspeaker. Dropping it cuts it off.
pub struct Loop {
    engine: AudioEngine,
    sound: Sound,
    output: GainNode,
    playing: RefCell<Option<LoopingSource>>,
}

impl Loop {
    /// A loop of a decoded file, silent until faded in.
    pub fn new(engine: &AudioEngine, sound: &Sound) -> Result<Self, AudioError> {
        let in_words = |error| AudioError::from_js(&error);
        let output = engine.context().create_gain().map_err(in_words)?;
        output.connect_with_audio_node(&engine.context().destination()).map_err(in_words)?;
        Ok(Self { engine: engine.clone(), sound: sound.clone(), output, playing: RefCell::default() })
    }

    /// Fetches, decodes, and makes a loop of it.
    pub async fn load(engine: &AudioEngine, url: &str) -> Result<Self, AudioError> {
        Self::new(engine, &engine.load(url).await?)
    }

    /// Plays from the beginning, unless it plays already. Until the engine runs, it waits, silent.
    pub fn fade_in(&self, duration_ms: u32) -> Result<(), AudioError> {
        if self.playing.borrow().is_some() {
            return Ok(());
        }
        let source = LoopingSource::start(&self.engine, &self.sound, &self.output, duration_ms)?;
        self.playing.replace(Some(source));
        Ok(())
    }

    /// Falls silent over this time; may be faded in again meanwhile.
    pub fn fade_out(&self, duration_ms: u32) -> Result<(), AudioError> {
        match self.playing.take() {
            Some(source) => source.fade_out(duration_ms),
            None => Ok(()),
        }
    }

    /// Whether it was faded in and not out again, and the engine runs: whether it can be heard.
    pub fn is_running(&self) -> bool {
        self.playing.borrow().is_some() && self.engine.is_running()
    }

    /// From 0 to 1, also where a media element's volume is ignored (iOS).
    pub fn set_volume(&self, volume: f32) {
        self.output.gain().set_value(volume.clamp(0.0, 1.0));
    }

    pub(crate) fn output(&self) -> &GainNode {
        &self.output
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        if let Some(source) = self.playing.take() {
            source.cut();
        }
        // It fails only for what is not connected.
        let _ = self.output.disconnect();
    }
}
