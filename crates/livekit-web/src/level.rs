//! How loud a track is at this moment.

use std::cell::RefCell;

use web_sys::{AnalyserNode, MediaStream, MediaStreamAudioSourceNode, MediaStreamTrack};

use crate::audio::{AudioEngine, AudioError};

/// 43 ms at 48 kHz: one frame of an animation or two.
const WINDOW: u32 = 2048;
/// What is quieter is shown as nothing.
const BAR_FLOOR_DBFS: f32 = -60.0;

/// Measures a track while it lives. It works while the engine runs.
pub struct LevelMeter {
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
    samples: RefCell<Vec<f32>>,
    _engine: AudioEngine,
}

impl LevelMeter {
    /// Starts to measure. Somebody else's track must be attached too, or Chromium delivers silence.
    pub fn new(engine: &AudioEngine, track: &MediaStreamTrack) -> Result<Self, AudioError> {
        let in_words = |error| AudioError::from_js(&error);
        let analyser = engine.context().create_analyser().map_err(in_words)?;
        analyser.set_fft_size(WINDOW);
        let source = stream_source(engine, track)?;
        source.connect_with_audio_node(&analyser).map_err(in_words)?;
        Ok(Self { source, analyser, samples: RefCell::new(vec![0.0; WINDOW as usize]), _engine: engine.clone() })
    }

    /// The level (RMS) from 0 to 1; speech is around 0.05.
    pub fn level(&self) -> f32 {
        rms(&self.read())
    }

    /// The level as the length of a bar, from 0 to 1, even to the ear: -60 dBFS and less is 0.
    pub fn bar(&self) -> f32 {
        bar(self.level())
    }

    fn read(&self) -> std::cell::RefMut<'_, Vec<f32>> {
        let mut samples = self.samples.borrow_mut();
        self.analyser.get_float_time_domain_data(&mut samples);
        samples
    }
}

impl Drop for LevelMeter {
    fn drop(&mut self) {
        // They fail only for what is not connected.
        let _ = self.source.disconnect();
        let _ = self.analyser.disconnect();
    }
}

/// The root of the mean square of samples; 0 for none.
pub fn rms(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
    #[expect(clippy::cast_precision_loss, reason = "a window is far shorter than 2^23")]
    let count = samples.len() as f32;
    (sum / count).sqrt()
}

/// A linear level in decibels below the loudest possible.
pub fn to_dbfs(level: f32) -> f32 {
    20.0 * level.log10()
}

fn bar(level: f32) -> f32 {
    (1.0 - to_dbfs(level) / BAR_FLOOR_DBFS).clamp(0.0, 1.0)
}

pub(crate) fn stream_source(
    engine: &AudioEngine,
    track: &MediaStreamTrack,
) -> Result<MediaStreamAudioSourceNode, AudioError> {
    let in_words = |error| AudioError::from_js(&error);
    let stream = MediaStream::new().map_err(in_words)?;
    stream.add_track(track);
    engine.context().create_media_stream_source(&stream).map_err(in_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_square_wave_is_its_height() {
        assert!((rms(&[0.5, -0.5, 0.5, -0.5]) - 0.5).abs() < 1e-6);
        assert!(rms(&[]).abs() < f32::EPSILON);
    }

    #[test]
    fn a_bar_is_empty_in_silence_and_full_at_the_loudest() {
        assert!(bar(0.0).abs() < f32::EPSILON);
        assert!((bar(1.0) - 1.0).abs() < f32::EPSILON);
        assert!((bar(0.001) - 0.0).abs() < 1e-4);
        assert!((bar(0.031_622_8) - 0.5).abs() < 1e-4);
    }
}
