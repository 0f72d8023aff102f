//! One run of a sound that loops, with a gain of its own.

use web_sys::{AudioBufferSourceNode, AudioNode, AudioScheduledSourceNode, GainNode};

use crate::audio::{AudioEngine, AudioError, Sound};

pub(crate) struct LoopingSource {
    engine: AudioEngine,
    node: AudioBufferSourceNode,
    gain: GainNode,
    ramp: Ramp,
}

impl LoopingSource {
    pub fn start(engine: &AudioEngine, sound: &Sound, output: &AudioNode, fade_in_ms: u32) -> Result<Self, AudioError> {
        let in_words = |error| AudioError::from_js(&error);
        let context = engine.context();
        let node = context.create_buffer_source().map_err(in_words)?;
        let gain = context.create_gain().map_err(in_words)?;
        node.set_buffer(Some(&sound.buffer));
        node.set_loop(true);
        node.connect_with_audio_node(&gain).map_err(in_words)?;
        gain.connect_with_audio_node(output).map_err(in_words)?;
        let ramp = Ramp::new(0.0, 1.0, context.current_time(), fade_in_ms);
        ramp.apply(&gain).map_err(in_words)?;
        node.start().map_err(in_words)?;
        Ok(Self { engine: engine.clone(), node, gain, ramp })
    }

    /// Falls silent over this time and then ends, on the audio clock, which a busy page does not delay.
    pub fn fade_out(self, duration_ms: u32) -> Result<(), AudioError> {
        let in_words = |error| AudioError::from_js(&error);
        let now = self.engine.context().current_time();
        let ramp = Ramp::new(self.ramp.value_at(now), 0.0, now, duration_ms);
        ramp.apply(&self.gain).map_err(in_words)?;
        AudioScheduledSourceNode::stop_with_when(&self.node, ramp.end).map_err(in_words)
    }

    /// Ends at once. That clicks, so it is for what nobody hears.
    pub fn cut(self) {
        // Both fail only for what has ended already.
        let _ = AudioScheduledSourceNode::stop(&self.node);
        let _ = self.gain.disconnect();
    }
}

/// A straight line of a gain over time. Kept here because not every browser tells a gain's value while it changes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ramp {
    from: f32,
    to: f32,
    start: f64,
    end: f64,
}

impl Ramp {
    fn new(from: f32, to: f32, now: f64, duration_ms: u32) -> Self {
        Self { from, to, start: now, end: now + f64::from(duration_ms) / 1000.0 }
    }

    fn value_at(&self, time: f64) -> f32 {
        if time >= self.end {
            return self.to;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a fraction of 1")]
        let progress = ((time - self.start) / (self.end - self.start)).clamp(0.0, 1.0) as f32;
        self.from + (self.to - self.from) * progress
    }

    fn apply(&self, gain: &GainNode) -> Result<(), wasm_bindgen::JsValue> {
        let gain = gain.gain();
        gain.cancel_scheduled_values(self.start)?;
        gain.set_value_at_time(self.from, self.start)?;
        gain.linear_ramp_to_value_at_time(self.to, self.end)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fade_out_begins_where_the_fade_in_had_got_to() {
        let fade_in = Ramp::new(0.0, 1.0, 10.0, 1000);
        assert_eq!(fade_in.value_at(10.0), 0.0);
        assert_eq!(fade_in.value_at(10.5), 0.5);
        assert_eq!(fade_in.value_at(12.0), 1.0);
        let fade_out = Ramp::new(fade_in.value_at(10.5), 0.0, 10.5, 500);
        assert_eq!(fade_out.value_at(10.75), 0.25);
        assert_eq!(fade_out.value_at(11.0), 0.0);
    }

    #[test]
    fn a_fade_of_no_time_is_a_step() {
        assert_eq!(Ramp::new(0.0, 1.0, 3.0, 0).value_at(3.0), 1.0);
    }
}
